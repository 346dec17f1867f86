"""Characters -> lines of pieces, and the text of what stands in one place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

from finmetrics.reading.pdf.model import Glyph, Piece, put_in

_APART = 1.0  # heights of a character: a gap wider than that divides pieces
_FIGURES_APART = 0.4  # the same between two figures, which never stand so far apart in one cell
_SPACE = 0.14  # a gap that is a space between words or numbers
_BLANK = 0.6  # a gap that is a put_in, whatever it stands between
_SAME_LINE = 0.5  # heights that two middles in one line may differ by
_TWICE = 0.3  # heights by which a character drawn twice, to look bold, is shifted

_REACHES = 1.8  # characters from the right margin where a line is full
_CLOSING = "，。、；：？！）》”’」』】%％,.;:?!)"  # what no line begins with
_FIGURE_ENDS, _FIGURE_BEGINS = frozenset("0123456789%)）"), frozenset("0123456789(（")
_IN_NUMBER = re.compile(r"[0-9A-Za-z,.%+-]")  # what no line break divides

Placed = TypeVar("Placed", Glyph, Piece)


def in_lines(placed: Iterable[Placed]) -> list[list[Placed]]:
    """What stands at one height together, from top to bottom, each line from left to right."""
    lines: list[list[Placed]] = []
    middle = height = 0.0
    for one in sorted(placed, key=lambda one: one.y0 + one.y1):
        own = (one.y0 + one.y1) / 2
        if lines and own - middle <= _SAME_LINE * min(height, one.y1 - one.y0):
            lines[-1].append(one)
            middle += (own - middle) / len(lines[-1])
            height = max(height, one.y1 - one.y0)
        else:
            lines.append([one])
            middle, height = own, one.y1 - one.y0
    for line in lines:
        line.sort(key=lambda one: one.x0)
    return lines


def pieces_of(glyphs: Iterable[Glyph]) -> list[Piece]:
    """The pieces of a stretch of characters, line by line."""
    pieces: list[Piece] = []
    for line in in_lines(glyphs):
        run: list[Glyph] = []
        for glyph in line:
            before = run[-1] if run else None
            if before is not None and _drawn_twice(before, glyph):
                continue
            if before is not None and _divided(before, glyph):
                pieces.append(piece(run))
                run = []
            run.append(glyph)
        if run:
            pieces.append(piece(run))
    return pieces


def _divided(before: Glyph, glyph: Glyph) -> bool:
    """Whether the gap between two characters of a line divides pieces."""
    figures = before.char in _FIGURE_ENDS and glyph.char in _FIGURE_BEGINS
    least = _FIGURES_APART if figures else _APART
    return glyph.x0 - before.x1 > least * max(glyph.y1 - glyph.y0, before.y1 - before.y0)


def piece(glyphs: list[Glyph]) -> Piece:
    """Characters in a line as one piece, with the spaces between words."""
    spaced = glyphs[:1]
    for before, glyph in pairwise(glyphs):
        gap = (glyph.x0 - before.x1) / max(0.1, glyph.y1 - glyph.y0)
        if gap > _SPACE and _words(before.char, glyph.char) or gap > _BLANK:
            spaced.append(Glyph(" ", before.x1, glyph.y0, glyph.x0, glyph.y1))
        spaced.append(glyph)
    return Piece(
        spaced,
        min(one.x0 for one in glyphs),
        min(one.y0 for one in glyphs),
        max(one.x1 for one in glyphs),
        max(one.y1 for one in glyphs),
    )


def run_on(lines: Sequence[Sequence[Glyph]]) -> list[Glyph]:
    """Lines of one paragraph or cell as one line; a space only where words would run together."""
    joined: list[Glyph] = []
    for line in lines:
        if joined and line and _letters(joined[-1].char, line[0].char):
            joined += put_in()
        joined += line
    return joined


def side_by_side(pieces: Sequence[Piece]) -> list[Glyph]:
    """Pieces of one line that is no table's row: with a blank between them."""
    joined: list[Glyph] = []
    for one in pieces:
        if joined:
            joined += put_in()
        joined += one.glyphs
    return joined


def needed(glyphs: Sequence[Glyph], size: float) -> float:
    """The width that a line must have left for these characters to begin on it: up to where they may be divided."""
    end = 1
    while end < len(glyphs) and (
        glyphs[end].char in _CLOSING or _IN_NUMBER.match(glyphs[end].char) and _IN_NUMBER.match(glyphs[end - 1].char)
    ):
        end += 1
    while end < len(glyphs) and glyphs[end].char in _CLOSING:
        end += 1
    return max(_REACHES * size, glyphs[end - 1].x1 - glyphs[0].x0 + size)


def _drawn_twice(before: Glyph, glyph: Glyph) -> bool:
    return glyph.char == before.char and glyph.x0 - before.x0 < _TWICE * min(
        glyph.y1 - glyph.y0, 2 * (before.x1 - before.x0)
    )


def _words(before: str, after: str) -> bool:
    """Whether a gap between two characters is a space: between Latin letters or digits, not beside Chinese."""
    return before < "\u2000" and after < "\u2000" and after not in ",.;:%)]" and before not in "(["


def _letters(before: str, after: str) -> bool:
    return before.isascii() and after.isascii() and before.isalpha() and after.isalpha()
