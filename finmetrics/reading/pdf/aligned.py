"""Lines of pieces that stand below each other -> tables without drawn rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from finmetrics.reading.pdf.lines import run_on
from finmetrics.reading.pdf.model import Glyph, Grid, Piece

# What a column of figures holds; a year or a date heads one.
_FIGURE = re.compile(
    r"[(（+\-−]?(?!(?:19|20)\d\d年?$)\d[\d,.]*\s?[)）]?(?:[%％倍]|个?百分点|[万亿]?[元户笔家人])?|[-—–]+"
)
_DIGIT = re.compile(r"\d")
_CLOSE = 0.75  # of a line's height between lines of one cell
_UNIT = re.compile(r"[（(].*[%％元户笔家人].*[)）]|单位")

Line = list[Piece]


def is_figure(piece: Piece) -> bool:
    """Whether a piece is nothing but a figure, as cells hold them."""
    return _FIGURE.fullmatch(piece.text.strip()) is not None


def tables_in(lines: Sequence[Line]) -> list[tuple[int, int, Grid]]:
    """The tables among lines: first line, line after the last, and the cells."""
    found = []
    start = 0
    while start < len(lines):
        end = _end_of_run(lines, start)
        rows = [line for line in lines[start:end] if len(line) > 1 and any(map(is_figure, line[1:]))]
        if len(rows) >= 2:
            grid = _grid(lines[start:end], rows)
            if grid is not None:
                found.append((start, end, grid))
        start = max(end, start + 1)
    return found


def _end_of_run(lines: Sequence[Line], start: int) -> int:
    """The line after those that may be one table: of several pieces, or a label between such lines."""
    if len(lines[start]) < 2 or lines[start][0].grid is not None:
        return start
    end = start + 1
    right = max(piece.x0 for piece in lines[start])
    while end < len(lines):
        line = lines[end]
        if line[0].grid is not None:
            break
        if len(line) > 1:
            right = max(right, *(piece.x0 for piece in line))
            end += 1
            continue
        # A label alone: it ends left of the last column, and rows go on below it.
        ahead = next((i for i in range(end + 1, min(end + 3, len(lines))) if len(lines[i]) > 1), None)
        alone = all(one.x1 < right or is_figure(one) for own in lines[end : ahead or end + 1] for one in own[:1])
        if ahead is None or not alone or not _near(lines[end - 1], line) or not _near(lines[ahead - 1], lines[ahead]):
            if alone and _near(lines[end - 1], line, _CLOSE) and not _UNIT.search(line[0].text):
                end += 1  # the second line of the last row's label
            break
        end = ahead
    return end


def _near(above: Line, below: Line, heights: float = 3.0) -> bool:
    low = max(piece.y1 for piece in above)
    high = min(piece.y0 for piece in below)
    return high - low <= heights * max(piece.size for piece in above + below)


def _grid(lines: Sequence[Line], rows: Sequence[Line]) -> Grid | None:
    columns = _columns(rows)
    if not columns:
        return None
    labels = max(row[0].x1 for row in rows)
    body = next(i for i, line in enumerate(lines) if line is rows[0])
    cells: list[list[Glyph]] = []
    grid: list[list[int]] = []
    height = median(line[0].size for line in lines)
    before: float | None = None  # the lower edge of the line above, where the next may go on its cells
    for at, line in enumerate(lines):
        top, below = min(piece.y0 for piece in line), max(piece.y1 for piece in line)
        row = [-1] * (len(columns) + 1)
        spread = _spread(line, lines[at + 1 : body], labels, len(columns)) if at < body else {}
        for piece in line:
            reached = spread.get(id(piece)) or _reached(piece, columns, labels)
            if row[reached[0]] >= 0:
                cells[row[reached[0]]] = run_on([cells[row[reached[0]]], piece.glyphs])
                continue
            cells.append(piece.glyphs)
            for column in reached:
                row[column] = len(cells) - 1
        close = before is not None and top - before <= _CLOSE * height
        if at > body and close and _goes_on(grid[-1], row, cells):
            _add_to(grid[-1], row, cells)
        else:
            grid.append(row)
        before = below
    return Grid(cells, grid)


def _spread(line: Line, below: Sequence[Line], labels: float, columns: int) -> dict[int, list[int]]:
    """The columns that the pieces of a head's upper line stand over, where a lower line has one for each column."""
    beside = [piece for piece in line if piece.x0 > labels]
    each, rest = divmod(columns, len(beside)) if beside else (0, 1)
    if rest or each < 2 or not any(sum(piece.x0 > labels for piece in other) == columns for other in below):
        return {}
    return {id(piece): list(range(i * each + 1, (i + 1) * each + 1)) for i, piece in enumerate(beside)}


def _columns(rows: Sequence[Line]) -> list[tuple[float, float]]:
    """The columns beside the labels: stretches that figures, and words between them, fill together."""
    figures = _filled([piece for row in rows for piece in row[1:] if is_figure(piece)])
    found = _filled([piece for row in rows for piece in row[1:]])
    if len(found) < len(figures):  # words that reach over several columns
        found = figures
    # Labels begin where most rows do; a row that begins with a figure has none.
    label = min(row[0].x0 for row in rows)
    return [one for one in found if one[0] > label]


def _filled(pieces: Sequence[Piece]) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for low, high in sorted((piece.x0, piece.x1) for piece in pieces):
        if found and low < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def _reached(piece: Piece, columns: list[tuple[float, float]], labels: float) -> list[int]:
    """The columns that a piece stands in, the labels' being 0; the nearest where it stands between them."""
    over = [i + 1 for i, (low, high) in enumerate(columns) if piece.x0 < high and piece.x1 > low]
    if over and piece.x0 < columns[0][0] and (piece.x1 < columns[0][1] or not _DIGIT.search(piece.text)):
        shared = min(piece.x1, columns[0][1]) - columns[0][0]
        if shared < 0.5 * (piece.x1 - piece.x0):
            return [0]
    if over:
        return over
    if piece.x1 <= columns[0][0]:
        return [1] if piece.x0 > labels else [0]
    middle = (piece.x0 + piece.x1) / 2
    return [min(range(len(columns)), key=lambda i: abs(sum(columns[i]) / 2 - middle)) + 1]


def _goes_on(above: list[int], row: list[int], cells: list[list[Glyph]]) -> bool:
    """Whether a row is the next line of the cells above: no figure of its own below a figure."""

    def figures(of: list[int]) -> bool:
        return any(
            i >= 0 and _FIGURE.fullmatch("".join(glyph.char for glyph in cells[i]).strip()) is not None for i in of[1:]
        )

    label = above[0] >= 0 and _UNIT.search("".join(glyph.char for glyph in cells[above[0]])) is not None
    return not (figures(above) and figures(row)) and not (label and figures(row))


def _add_to(above: list[int], row: list[int], cells: list[list[Glyph]]) -> None:
    added: set[int] = set()
    for column, index in enumerate(row):
        if index < 0 or index in added:
            continue
        added.add(index)
        if above[column] < 0:
            above[column] = index
        else:
            cells[above[column]] = run_on([cells[above[column]], cells[index]])
