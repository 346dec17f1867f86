"""A flow's lines -> paragraphs and tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from finmetrics.characters import ITEM
from finmetrics.reading.pdf.aligned import tables_in
from finmetrics.reading.pdf.lines import in_lines, needed, run_on, side_by_side
from finmetrics.reading.pdf.model import Block, Flow, Paragraph, Piece

_INDENT = 0.9  # characters from the left margin where a line is indented
_SIZES = 0.12  # by how much heights in one paragraph differ
_OPEN = 0.6  # of the width that such a line has at least
_GAP = 1.4  # of the usual distance between lines: more ends a paragraph
_ENDED = "。！？；：!?;:"
# What opens an item or a heading; after a finished sentence it is a line of its own.
_OPENS = re.compile(rf"{ITEM}|第[一二三四五六七八九十百\d]+[章节]")
# A table of contents leads to its page numbers.
_LEADERS = re.compile(r"(?:[.．·…]\s?){6}")


def blocks_of(flow: Flow) -> list[Block]:
    """The paragraphs and tables of a flow in their order."""
    lines = in_lines(flow.pieces)
    blocks: list[Block] = []
    at = 0
    for start, end, grid in tables_in(lines):
        blocks += _paragraphs(lines[at:start], flow)
        blocks.append(grid)
        at = end
    blocks += _paragraphs(lines[at:], flow)
    return blocks


def _paragraphs(lines: Sequence[Sequence[Piece]], flow: Flow) -> list[Block]:
    gaps = [b[0].y0 - a[0].y0 for a, b in pairwise(lines) if a[0].grid is None and b[0].grid is None]
    usual = median(gaps) if gaps else 0.0
    blocks: list[Block] = []
    held: list[Sequence[Piece]] = []
    for line in lines:
        if line[0].grid is not None:
            blocks += _closed(held, flow)
            blocks += [piece.grid for piece in line if piece.grid is not None]
            held = []
            continue
        if held and not _wrapped(held, line, flow, usual):
            blocks += _closed(held, flow)
            held = []
        held.append(line)
    return blocks + _closed(held, flow)


def _closed(held: Sequence[Sequence[Piece]], flow: Flow) -> list[Block]:
    if not held:
        return []
    last, first = held[-1], held[0]
    size = median(line[0].size for line in held)
    return [
        Paragraph(
            run_on([side_by_side(line) for line in held]),
            size,
            room=flow.right - last[-1].x1,
            flush=first[0].x0 - flow.left <= _INDENT * size,
        )
    ]


def _wrapped(held: Sequence[Sequence[Piece]], line: Sequence[Piece], flow: Flow, usual: float) -> bool:
    """Whether a line goes on the paragraph whose lines are ``held``."""
    above, one = held[-1][-1], line[0]
    size = max(above.size, one.size)
    if abs(above.size - one.size) > _SIZES * size:
        return False
    if min(len(held[-1]), len(line)) > 1 or max(len(held[-1]), len(line)) > 2:
        return False  # columns of words
    flush = one.x0 - flow.left <= _INDENT * size
    if flow.right - above.x1 > needed(one.glyphs, size) and not (flush and _left_open(held, flow, size)):
        return False
    distance = one.y0 - held[-1][0].y0
    if distance > max(_GAP * usual, 1.2 * size) and distance > 1.6 * size:
        return False
    ended = above.glyphs[-1].char in _ENDED
    if ended and _OPENS.match(one.text) or _LEADERS.search(above.text) or _LEADERS.search(one.text):
        return False
    if flush:
        return True
    # Items hang: their later lines begin where the line above does.
    return (
        not ended
        and abs(one.x0 - held[-1][0].x0) <= _INDENT * size
        or len(held) > 1
        and abs(one.x0 - held[-1][0].x0) <= 1.0
        and abs(held[-1][0].x0 - held[0][0].x0) > size
    )


def _left_open(held: Sequence[Sequence[Piece]], flow: Flow, size: float) -> bool:
    """Whether a paragraph cannot have ended here: it began indented, and its last line breaks off within a sentence.

    Programs differ in where they may divide a line: one may be left as short as the next word is long.
    """
    last = held[-1][-1]
    indented = held[0][0].x0 - flow.left > _INDENT * size
    return indented and last.glyphs[-1].char not in _ENDED and last.x1 - flow.left > _OPEN * (flow.right - flow.left)


def joined(blocks: Sequence[Block]) -> list[Block]:
    """Blocks of flow after flow, where what a column or a page divides is one again."""
    found: list[Block] = []
    for block in blocks:
        before = found[-1] if found else None
        if isinstance(block, Paragraph) and isinstance(before, Paragraph) and _divided(before, block):
            found[-1] = Paragraph(run_on([before.glyphs, block.glyphs]), before.size, block.room, before.flush)
        else:
            found.append(block)
    return found


def _divided(before: Paragraph, after: Paragraph) -> bool:
    ended = before.glyphs[-1].char in _ENDED
    same = abs(before.size - after.size) <= _SIZES * before.size
    full = before.room <= needed(after.glyphs, after.size)
    return same and full and after.flush and not ended and not _OPENS.match(after.text)
