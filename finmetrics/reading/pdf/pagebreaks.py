"""A table that a page break divides -> one table."""

from __future__ import annotations

from collections.abc import Sequence

from finmetrics.reading.pdf.lines import run_on
from finmetrics.reading.pdf.model import Glyph, Grid
from finmetrics.reading.tables import is_value

_REACHES = 1.3  # characters from the end of the longest label where another one is full


def rejoined(before: Grid, after: Grid) -> Grid | None:
    """A table that goes on over a page break; ``None`` where the second is one of its own."""
    if not before.rows or not after.rows or len(before.rows[0]) != len(after.rows[0]):
        return None
    rows = after.rows
    head = _texts(before, before.rows[0])
    if _texts(after, rows[0]) == head and any(head):
        rows = rows[1:]  # the head, printed again
        if not rows:
            return before
    elif not _goes_on(after, rows[0]):
        return None
    offset = len(before.cells)
    cells = before.cells + after.cells
    moved = [[index + offset if index >= 0 else -1 for index in row] for row in rows]
    whole = Grid(cells, before.rows + moved)
    if _divided(before, after, rows[0]):
        _join_rows(whole, len(before.rows) - 1)
    return whole


def _goes_on(grid: Grid, row: Sequence[int]) -> bool:
    """Whether a row is no head: it has a value, or columns without a word."""
    texts = _texts(grid, row)
    others = [text for text in texts[1:] if text]
    return any(map(is_value, others)) or len(others) < len(texts) - 1


def _divided(before: Grid, after: Grid, row: Sequence[int]) -> bool:
    """Whether a row stands partly above the page break: its label, or a cell's first line."""
    last, texts = _texts(before, before.rows[-1]), _texts(after, row)
    if not texts[0]:
        return not any(map(is_value, texts[1:]))
    if any(last[1:]) or not any(map(is_value, texts[1:])):
        return False
    ends = [before.cells[own[0]][-1] for own in before.rows if own[0] >= 0 and before.cells[own[0]]]
    label = before.cells[before.rows[-1][0]][-1]
    return max(end.x1 for end in ends) - label.x1 <= _REACHES * (label.x1 - label.x0)


def _join_rows(grid: Grid, at: int) -> None:
    above, below = grid.rows[at], grid.rows.pop(at + 1)
    for column, index in enumerate(below):
        if index >= 0 and above[column] < 0:
            above[column] = index
        elif index >= 0 and above[column] != index:
            grid.cells[above[column]] = run_on([grid.cells[above[column]], grid.cells[index]])


def _texts(grid: Grid, row: Sequence[int]) -> list[str]:
    return [_text(grid.cells[index]) if index >= 0 else "" for index in row]


def _text(cell: Sequence[Glyph]) -> str:
    return "".join(glyph.char for glyph in cell)
