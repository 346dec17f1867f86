"""A table that a page break divides -> one table."""

from __future__ import annotations

from collections.abc import Sequence

from finmetrics.reading.pdf.lines import needed, run_on
from finmetrics.reading.pdf.model import Block, Grid, Paragraph, text_of
from finmetrics.reading.tables import is_value

_SECTION = 30  # characters of what stands across a table


def over_break(blocks: list[Block], own: list[Block]) -> None:
    """Adds a page's blocks to those before it; a table that the break divides is then one."""
    before = blocks[-1] if blocks else None
    while isinstance(before, Grid) and own:
        rest = own
        first = own[0]
        section = None
        if isinstance(first, Paragraph) and len(own) > 1 and _may_be_section(first):
            section, rest = first, own[1:]
        after = rest[0]
        together = _rejoined(before, after, section) if isinstance(after, Grid) else None
        if together is None:
            break
        blocks[-1] = before = together
        own = rest[1:]
    blocks += own


def _may_be_section(paragraph: Paragraph) -> bool:
    return len(paragraph.glyphs) <= _SECTION and paragraph.glyphs[-1].char not in "。；"


def _rejoined(before: Grid, after: Grid, section: Paragraph | None) -> Grid | None:
    """A table that goes on over a page break; ``None`` where the second is one of its own."""
    if section is not None:
        width = len(before.rows[0])
        head = Grid([*before.cells, section.glyphs], [*before.rows, [len(before.cells)] * width], before.loose)
        return _rejoined(head, after, None) if not any(_values(before, row) for row in before.rows) else None
    if not before.rows or not after.rows or len(before.rows[0]) != len(after.rows[0]):
        return None
    rows = after.rows
    top = _texts(before, before.rows[0])
    if _texts(after, rows[0]) == top and any(top):
        rows = rows[1:]  # the head, printed again
        if not rows:
            return before
    elif not _goes_on(after, rows) or after.loose and not _values(after, rows[0]):
        return None
    offset = len(before.cells)
    cells = before.cells + after.cells
    moved = [[index + offset if index >= 0 else -1 for index in row] for row in rows]
    whole = Grid(cells, before.rows + moved, before.loose and after.loose and len(before.rows) + len(moved) < 2)
    if _divided(before, after, rows[0]):
        _join_rows(whole, len(before.rows) - 1)
    return whole


def _values(grid: Grid, row: Sequence[int]) -> bool:
    return any(map(is_value, _texts(grid, row)[1:]))


def _goes_on(grid: Grid, rows: Sequence[Sequence[int]]) -> bool:
    """Whether the first of the rows is no head: it has a value, or columns without a word, or goes across."""
    row = rows[0]
    if len(set(row)) == 1:
        return len(rows) > 1 and _goes_on(grid, rows[1:])
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
    return max(end.x1 for end in ends) - label.x1 <= needed(after.cells[row[0]], label.y1 - label.y0)


def _join_rows(grid: Grid, at: int) -> None:
    above, below = grid.rows[at], grid.rows.pop(at + 1)
    for column, index in enumerate(below):
        if index >= 0 and above[column] < 0:
            above[column] = index
        elif index >= 0 and above[column] != index:
            grid.cells[above[column]] = run_on([grid.cells[above[column]], grid.cells[index]])


def _texts(grid: Grid, row: Sequence[int]) -> list[str]:
    return [text_of(grid.cells[index]) if index >= 0 else "" for index in row]
