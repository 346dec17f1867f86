"""Hard-wrapped text (as PDF gives it) -> running text, with the way back to every offset."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

from finmetrics.characters import HAN, ITEM
from finmetrics.clean import DIVIDER

# A line that ends in one of these was ended by its writer.
_ENDS = "。！？!?；;：:”）)》】」|"
# What opens an item, a heading or a table row: the line before it was no part of it.
_OPENS = re.compile(rf"\s*(?:{ITEM}|[*#|>▲【]|第[一二三四五六七八九十\d]+[章节、]|表\s?\d|图\s?\d|注[：:])")
_CELLS = re.compile(rf"\S(?: {{3,}}|[\t{DIVIDER}])\S|\|")
# What a heading seldom has.
_RUNNING = re.compile(r"[，。；、\d]")
_SHORTEST, _LONGEST = 18, 90  # characters of a line that wrapping may have made
_FULL = 0.8  # how full a line must be, against the widest of its block, to have been wrapped


@dataclass(slots=True)
class Running:
    """``text`` without the breaks; ``cuts`` and ``shifts`` lead back: from ``cuts[i]`` on, add ``shifts[i]``."""

    text: str
    cuts: list[int] = field(default_factory=list)
    shifts: list[int] = field(default_factory=list)

    def origin(self, at: int) -> int:
        """The offset in the wrapped text of the character at ``at``."""
        i = bisect_right(self.cuts, at) - 1
        return at + self.shifts[i] if i >= 0 else at

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the wrapped text of a stretch that is not empty."""
        return self.origin(start), self.origin(end - 1) + 1


def unwrap(text: str) -> Running:
    """The text with the line breaks taken out that only wrap a line, and the blanks around them."""
    if text.count("\n") < 2:
        return Running(text)
    breaks = _soft_breaks(text)
    if not breaks:
        return Running(text)
    running = Running("")
    pieces: list[str] = []
    at = removed = length = 0
    for start, end in breaks:
        pieces.append(text[at:start])
        length += start - at
        removed += end - start
        running.cuts.append(length)
        running.shifts.append(removed)
        at = end
    pieces.append(text[at:])
    running.text = "".join(pieces)
    return running


def _soft_breaks(text: str) -> list[tuple[int, int]]:
    """Spans of breaks inside a block of lines that are about equally full and do not end a sentence."""
    found: list[tuple[int, int]] = []
    block: list[tuple[int, int]] = []
    start = 0
    for line in (*text.split("\n"), ""):
        end = start + len(line)
        if line.strip():
            block.append((start, end))
        else:
            _of_block(text, block, found)
            block = []
        start = end + 1
    return found


def _of_block(text: str, block: list[tuple[int, int]], found: list[tuple[int, int]]) -> None:
    if len(block) < 2:
        return
    longest = max(end - start for start, end in block)
    if not _SHORTEST <= longest <= _LONGEST:
        return
    widest = max(_width(text[start:end]) for start, end in block)
    for (start, end), (after, after_end) in pairwise(block):
        line = text[start:end].rstrip()
        if not line or line[-1] in _ENDS or _width(line) < _FULL * widest:
            continue
        if not _RUNNING.search(line) and (len(block) < 3 or end - start < longest - 2):
            continue
        if _CELLS.search(text, start, end) or _CELLS.search(text, after, after_end) or _OPENS.match(text, after):
            continue
        low, high = start + len(line), after
        while high < len(text) and text[high] == " ":
            high += 1
        if HAN.match(text, high) or text[high : high + 1].isalnum() or line[-1] in "，、":
            found.append((low, high))


def _width(line: str) -> int:
    """How wide a line is, in halves of a Chinese character."""
    return len(line) + sum(not c.isascii() for c in line)
