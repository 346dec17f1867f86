"""Pieces of a page -> flows in the order they are read: columns from left to right, between what goes across."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from finmetrics.reading.pdf.model import Flow, Piece

_GUTTER = 7.0  # points between columns
_ACROSS = 0.35  # share of pieces that may go across the gutter of a page in columns
_FEWEST = 3  # lines of a column
_SHORTEST = 8  # characters of a column's line, as a rule
_NARROWEST = 0.2  # of the width, from either margin, where no gutter is looked for
_STEP = 2.0
_SAME_EDGE = 1.0  # points between edges that are the same
_DIGITS = re.compile(r"\d")


def margins(pieces: Sequence[Piece]) -> tuple[float, float]:
    """Where text begins and ends on a page: the first left edge that lines share, and the last right one."""
    lines = [piece for piece in pieces if piece.grid is None] or pieces
    right = max(piece.x1 for piece in lines)
    starts = sorted(piece.x0 for piece in lines)
    shared = [a for a, b in pairwise(starts) if b - a <= _SAME_EDGE]
    return shared[0] if shared else starts[0], right


def flows(pieces: list[Piece], left: float, right: float) -> list[Flow]:
    """The flows of the pieces between two margins."""
    gutter = _gutter(pieces, left, right)
    if gutter is None:
        return [Flow(pieces, left, right)] if pieces else []
    low, high = gutter
    found: list[Flow] = []
    band: list[Piece] = []

    def close() -> None:
        one = [piece for piece in band if piece.x1 <= (low + high) / 2]
        other = [piece for piece in band if piece.x1 > (low + high) / 2]
        if _prose(one) and _prose(other):
            found.extend(flows(one, left, low))
            found.extend(flows(other, high, right))
        elif band:
            _across(found, band, left, right)
        band.clear()

    for piece in sorted(pieces, key=lambda piece: piece.y0):
        if piece.x0 < high - _STEP and piece.x1 > low + _STEP:
            close()
            _across(found, [piece], left, right)
        else:
            band.append(piece)
    close()
    return found


def _across(found: list[Flow], pieces: list[Piece], left: float, right: float) -> None:
    """Adds pieces that go across to the flow before, where that goes across too."""
    if found and (found[-1].left, found[-1].right) == (left, right):
        found[-1].pieces.extend(pieces)
    else:
        found.append(Flow(list(pieces), left, right))


def _gutter(pieces: list[Piece], left: float, right: float) -> tuple[float, float] | None:
    """The widest upright stretch, away from the margins, that few pieces cross."""
    width = right - left
    steps = int(width / _STEP)
    if len(pieces) < 2 * _FEWEST or steps < 10:
        return None
    crossing = [0] * (steps + 1)
    for piece in pieces:
        low = max(0, int((piece.x0 - left) / _STEP) + 1)
        for i in range(low, min(steps, int((piece.x1 - left) / _STEP)) + 1):
            crossing[i] += 1
    best: tuple[int, int, int] | None = None
    allowed = _ACROSS * len(pieces)
    middle = range(int(_NARROWEST * steps), int((1 - _NARROWEST) * steps) + 1)
    least = min(crossing[i] for i in middle)
    if least > allowed:
        return None
    i = middle.start
    while i < middle.stop:
        if crossing[i] > least:
            i += 1
            continue
        end = i
        while end + 1 <= steps and crossing[end + 1] <= least:
            end += 1
        if best is None or end - i > best[0]:
            best = (end - i, i, end)
        i = end + 1
    if best is None or (best[0] + 1) * _STEP < _GUTTER:
        return None
    return left + best[1] * _STEP, left + best[2] * _STEP


def _prose(pieces: list[Piece]) -> bool:
    """Whether pieces are lines of running text, not the cells of a table's column."""
    texts = [piece.text for piece in pieces if piece.grid is None]
    if len(texts) < _FEWEST or median(map(len, texts)) < _SHORTEST:
        return False
    whole = "".join(texts)
    return len(_DIGITS.findall(whole)) < 0.4 * len(whole)
