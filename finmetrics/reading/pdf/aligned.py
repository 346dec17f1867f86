"""Lines of pieces that stand below each other -> tables without drawn rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from finmetrics.reading.pdf.lines import needed, run_on
from finmetrics.reading.pdf.model import Glyph, Grid, Piece, text_of
from finmetrics.reading.pdf.runs import CLOSE, Line, is_figure, runs_of, states_unit

_DIGIT = re.compile(r"\d")


def tables_in(lines: Sequence[Line]) -> list[tuple[int, int, Grid]]:
    """The tables among lines: first line, line after the last, and the cells."""
    found = []
    for start, end, rows, loose in runs_of(lines):
        grid = _grid(lines[start:end], rows, loose=loose)
        if grid is not None:
            found.append((start, end, grid))
    return found


def _grid(lines: Sequence[Line], rows: Sequence[Line], *, loose: bool) -> Grid | None:
    figures = any(is_figure(piece.text) for row in rows for piece in row[1:])
    columns = _columns(rows) if figures else _filled(_beside(lines, rows))
    if not columns:
        return None
    beside = [line[0] for line in lines if (len(line) == 1 or line in rows) and line[0].x1 <= columns[0][0]]
    labels = max((piece.x1 for piece in beside), default=rows[0][0].x1)
    sections = not any(states_unit(row[0].text) for row in rows)
    height = median(line[0].size for line in lines)
    body = _body(lines, rows, height) if figures else len(lines)
    cells: list[list[Glyph]] = []
    grid: list[list[int]] = []
    before: Line | None = None
    for at, line in enumerate(lines):
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
        if at > body and before is not None and _goes_on(before, line, grid[-1], row, cells, labels, sections=sections):
            _add_to(grid[-1], row, cells)
        else:
            grid.append(row)
        before = line
    return Grid(cells, grid, loose)


def _body(lines: Sequence[Line], rows: Sequence[Line], height: float) -> int:
    """The first line below the head: that of the first figures, or where its label begins."""
    body = next(i for i, line in enumerate(lines) if line is rows[0])
    while body > 1 and len(lines[body - 1]) == 1 and _gap(lines[body - 1], lines[body]) <= CLOSE * height:
        body -= 1
    return body


def _beside(lines: Sequence[Line], rows: Sequence[Line]) -> list[Piece]:
    """The pieces of a head that do not stand over the labels."""
    left = min(line[0].x0 for line in lines)
    return [piece for row in rows for piece in row if piece.x0 > left + piece.size]


def _gap(above: Line, below: Line) -> float:
    return min(piece.y0 for piece in below) - max(piece.y1 for piece in above)


def _spread(line: Line, below: Sequence[Line], labels: float, columns: int) -> dict[int, list[int]]:
    """The columns that the pieces of a head's upper line stand over, where a lower line has one for each column."""
    beside = [piece for piece in line if piece.x0 > labels]
    each, rest = divmod(columns, len(beside)) if beside else (0, 1)
    if rest or each < 2 or not any(sum(piece.x0 > labels for piece in other) == columns for other in below):
        return {}
    return {id(piece): list(range(i * each + 1, (i + 1) * each + 1)) for i, piece in enumerate(beside)}


def _columns(rows: Sequence[Line]) -> list[tuple[float, float]]:
    """The columns beside the labels: stretches that figures, and words between them, fill together."""
    figures = _filled([piece for row in rows for piece in row[1:] if is_figure(piece.text)])
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


def _goes_on(
    before: Line,
    line: Line,
    above: list[int],
    row: list[int],
    cells: list[list[Glyph]],
    labels: float,
    *,
    sections: bool,
) -> bool:
    """Whether a line goes on the cells of the row above: close below it, and with no figure below a figure."""
    height = line[0].size
    if _gap(before, line) > CLOSE * height or _figures(above, cells) and _figures(row, cells):
        return False
    if row[0] < 0 or above[0] < 0:
        return True
    # A label that goes on fills its line first. What names a unit is a section, where the rows name none themselves.
    full = labels - before[0].x1 <= needed(line[0].glyphs, height)
    label = cells[row[0] if _figures(above, cells) else above[0]]
    return full and not (sections and states_unit(text_of(label)))


def _figures(row: list[int], cells: list[list[Glyph]]) -> bool:
    return any(i >= 0 and is_figure(text_of(cells[i])) for i in row[1:])


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
