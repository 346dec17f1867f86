"""Drawn lines -> tables: where rules cross there are cells, and a cell goes on to where a rule ends it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from finmetrics.reading.pdf.lines import in_lines, piece, run_on
from finmetrics.reading.pdf.model import Glyph, Grid, Page, Piece, Rule, put_in, text_of

_NEAR = 3.0  # points between rules that count as one, or as touching
_COVERED = 0.5  # of a border that must be drawn
_ENDS_BEFORE = 1.6  # heights of a character
_MOST_PLACES = 20_000  # rows times columns of one table
_NUMBER = re.compile(r"[(（+\-−]?\d[\d,.]*[)）]?[%％]?")

# One number that a narrow cell divides: 670,70 9,358. 31.
_DIVIDED = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?%?|-?\d{1,3}\.\d+%?")


def ruled(page: Page) -> tuple[list[Piece], list[Glyph]]:
    """The page's ruled tables as pieces, and the characters outside them."""
    rest = page.glyphs
    tables: list[Piece] = []
    for across, down in _touching(page.across, page.down):
        ys = _positions([rule.at for rule in across])
        ends = [rule.low for rule in across] + [rule.high for rule in across]
        xs = _positions([*(rule.at for rule in down), min(ends), max(ends)])
        if len(xs) < (3 if len(ys) > 2 else 4) or len(ys) < 2 or len(xs) * len(ys) > _MOST_PLACES:
            continue
        inside = [g for g in rest if xs[0] <= (g.x0 + g.x1) / 2 <= xs[-1] and ys[0] <= (g.y0 + g.y1) / 2 <= ys[-1]]
        grid = _grid(xs, ys, across, down, inside)
        if grid is None:
            continue
        taken = set(map(id, inside))
        rest = [glyph for glyph in rest if id(glyph) not in taken]
        tables.append(Piece([], xs[0], ys[0], xs[-1], ys[-1], grid))
    return tables, rest


def _positions(values: Sequence[float]) -> list[float]:
    """The distinct ones among positions, those near each other as one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def _touching(across: list[Rule], down: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Groups of rules that hang together, from top to bottom.

    Rules are joined by the bands of height that they fill: tables stand one below the other, seldom side by side.
    """
    spans = sorted(
        [(rule.low, rule.high) for rule in down] + [(rule.at, rule.at) for rule in across if _crossed(rule, down)]
    )
    bands: list[list[float]] = []
    for low, high in spans:
        if bands and low - bands[-1][1] <= _NEAR:
            bands[-1][1] = max(bands[-1][1], high)
        else:
            bands.append([low, high])
    groups = []
    for low, high in bands:
        inside = [rule for rule in across if low - _NEAR <= rule.at <= high + _NEAR]
        upright = [rule for rule in down if rule.low >= low - _NEAR and rule.high <= high + _NEAR]
        if inside and upright:
            groups.append((inside, upright))
    return groups


def _crossed(rule: Rule, down: list[Rule]) -> bool:
    return any(
        other.low - _NEAR <= rule.at <= other.high + _NEAR and rule.low - _NEAR <= other.at <= rule.high + _NEAR
        for other in down
    )


def _grid(xs: list[float], ys: list[float], across: list[Rule], down: list[Rule], glyphs: list[Glyph]) -> Grid | None:
    """The table of these columns and rows; ``None`` where it is a frame around text, or rules only some rows."""
    columns, rows = len(xs) - 1, len(ys) - 1
    parent = list(range(rows * columns))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for row in range(rows):
        for column in range(columns):
            place = row * columns + column
            if column and not _drawn(down, xs[column], ys[row], ys[row + 1]):
                parent[root(place)] = root(place - 1)
            if row and not _drawn(across, ys[row], xs[column], xs[column + 1]):
                parent[root(place)] = root(place - columns)
    held: dict[int, list[Glyph]] = {}
    for glyph in glyphs:
        column = min(columns - 1, max(0, bisect_right(xs, (glyph.x0 + glyph.x1) / 2) - 1))
        row = min(rows - 1, max(0, bisect_right(ys, (glyph.y0 + glyph.y1) / 2) - 1))
        held.setdefault(root(row * columns + column), []).append(glyph)
    if len(held) < 2:
        return None
    lines = {place: [piece(line).glyphs for line in in_lines(inside)] for place, inside in held.items()}
    if _rows_unruled(lines, columns):
        return None
    number = {place: i for i, place in enumerate(lines)}
    return Grid(
        [_cell(own) for own in lines.values()],
        [[number.get(root(row * columns + column), -1) for column in range(columns)] for row in range(rows)],
    )


def _cell(lines: list[list[Glyph]]) -> list[Glyph]:
    """A cell's lines as one; a blank after one that ends before the cell does."""
    reach = max(line[-1].x1 for line in lines)
    joined: list[Glyph] = []
    for before, line in zip([[], *lines], lines, strict=False):
        if before and reach - before[-1].x1 > _ENDS_BEFORE * (before[-1].y1 - before[-1].y0):
            joined += put_in()
        joined = run_on([joined, line])
    return joined


def _drawn(rules: list[Rule], at: float, low: float, high: float) -> bool:
    """Whether rules cover the border at ``at`` between ``low`` and ``high``."""
    covered = sum(max(0.0, min(high, rule.high) - max(low, rule.low)) for rule in rules if abs(rule.at - at) <= _NEAR)
    return covered >= _COVERED * (high - low)


def _rows_unruled(lines: dict[int, list[list[Glyph]]], columns: int) -> bool:
    """Whether cells side by side hold several numbers each, one below the other: their rows have no rules."""
    stacked: dict[int, int] = {}
    for place, own in lines.items():
        texts = list(map(text_of, own))
        numbers = sum(_NUMBER.fullmatch(text) is not None for text in texts)
        if numbers > 1 and not _DIVIDED.fullmatch("".join(texts)):
            stacked[place // columns] = stacked.get(place // columns, 0) + 1
    return any(count > 1 for count in stacked.values())
