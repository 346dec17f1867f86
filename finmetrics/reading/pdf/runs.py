"""Lines -> the stretches of them that may be a table without drawn rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from finmetrics.characters import UNIT, UNIT_SURELY
from finmetrics.reading.pdf.model import Piece
from finmetrics.reading.tables import is_dated

# What a column of figures holds; a year or a date heads one.
_FIGURE = re.compile(rf"[(（+\-−]?(?!(?:19|20)\d\d年?$)\d[\d,.]*\s?[)）]?{UNIT}?|[-—–]+")
_UNIT = re.compile(f"[（(].*{UNIT_SURELY}.*[)）]|单位")
_SIZES = 0.12  # by how much heights in one table differ
CLOSE = 0.75  # of a line's height between lines of one cell
_FAR = 3.0  # heights between lines of one table

Line = list[Piece]


def is_figure(text: str) -> bool:
    """Whether a text is nothing but a figure, as cells hold them."""
    return _FIGURE.fullmatch(text.strip()) is not None


def states_unit(text: str) -> bool:
    """Whether a label names a unit, as a section of a table does: 规模指标（亿元）; not the unit of a label alone."""
    return _UNIT.search(text) is not None and text[:1] not in "（("


def near(above: Line, below: Line, heights: float) -> bool:
    """Whether the gap between two lines is at most so many heights of their characters."""
    low = max(piece.y1 for piece in above)
    high = min(piece.y0 for piece in below)
    return high - low <= heights * max(piece.size for piece in above + below)


def runs_of(lines: Sequence[Line]) -> Iterator[tuple[int, int, list[Line], bool]]:
    """Where each stretch begins and ends, its rows of figures, and whether it is loose.

    Loose is what is too little to be a table, but stands first or last, where a page break may have cut it off.
    """
    start = 0
    while start < len(lines):
        end = _end(lines, start)
        held = lines[start:end]
        rows = [line for line in held if len(line) > 1 and _states_figures(line)]
        if len(rows) >= 2:
            yield start, end, rows, False
        elif rows and (start == 0 or end == len(lines)):
            yield start, end, rows, True
        elif held and end == len(lines) and (head := _head(held)):
            yield start, end, head, True
        start = max(end, start + 1)


def _head(lines: Sequence[Line]) -> list[Line]:
    """The lines with the most pieces, where they may be the head of a table."""
    most = max(map(len, lines))
    widest = [line for line in lines if len(line) == most]
    dated = any(is_dated(piece.text) for line in lines for piece in line[1:])
    return widest if dated and most > 1 else []


def _end(lines: Sequence[Line], start: int) -> int:
    """The line after those that may be one table: of several pieces, or a label between such lines."""
    if len(lines[start]) < 2 or lines[start][0].grid is not None:
        return start
    end = start + 1
    figures = _states_figures(lines[start])
    right = max(piece.x0 for piece in lines[start])
    while end < len(lines) and lines[end][0].grid is None and _alike(lines[start], lines[end]):
        line = lines[end]
        if not near(lines[end - 1], line, _FAR):
            break
        if figures and _begins_another(line):
            break
        figures = figures or _states_figures(line)
        if len(line) > 1:
            right = max(right, *(piece.x0 for piece in line))
            end += 1
            continue
        # A label alone: it ends left of the last column, and rows go on below it.
        ahead = next((i for i in range(end + 1, min(end + 3, len(lines))) if len(lines[i]) > 1), None)
        between = lines[end : ahead or end + 1]
        alone = all(own[0].x1 < right or is_figure(own[0].text) for own in between)
        if ahead is None or not alone or not all(_alike(lines[start], own) for own in between):
            if alone and near(lines[end - 1], line, CLOSE) and not states_unit(line[0].text):
                end += 1  # the second line of the last row's label
            break
        if not all(near(lines[i - 1], lines[i], _FAR) for i in range(end, ahead + 1)):
            break
        end = ahead
    return end


def _states_figures(line: Line) -> bool:
    return any(is_figure(piece.text) for piece in line[1:])


def _begins_another(line: Line) -> bool:
    """Whether a line below figures is the head of another table: of dates over columns, and no figure."""
    dated = sum(is_dated(piece.text) for piece in line)
    return dated >= 2 and dated * 2 >= len(line) and not any(is_figure(piece.text) for piece in line)


def _alike(one: Line, other: Line) -> bool:
    """Whether two lines are of one size: a heading is of another."""
    return abs(one[0].size - other[0].size) <= _SIZES * max(one[0].size, other[0].size)
