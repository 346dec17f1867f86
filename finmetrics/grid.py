"""Tables in running text (pipes, tabs, wide spaces): where they are and what each cell stands under."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from finmetrics.characters import UNIT_BEGINS
from finmetrics.clean import DIVIDER

_RULE = re.compile(r"[\s|:\-—–+=]+")
# A figure as a cell holds it; a bare year heads a column.
_VALUE = re.compile(rf"[+\-−（(]?\d[\d,.]*\s?{UNIT_BEGINS}")
_NUMBER = re.compile(r"[+\-−]?(?!(?:19|20)\d\d\b)\d[\d,.]*")
_WIDE = re.compile(r" {2,}|\t")

_SENTENCE = re.compile("[。；]")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's span in the text, blanks trimmed."""

    start: int
    end: int


@dataclass(slots=True)
class Table:
    """A table: its span, the line above it, its header cells and its rows of cells."""

    start: int
    end: int
    caption: Cell
    header: list[Cell] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)


def tables(text: str) -> list[Table]:
    """Every stretch of two lines or more that divide into the same cells, with a header on top."""
    if not any(mark in text for mark in ("|", "\t", "   ", DIVIDER)):
        return []
    found: list[Table] = []
    block: list[tuple[int, int, list[Cell]]] = []
    delimiter = ""
    above = [Cell(0, 0), Cell(0, 0)]
    for start, end in _lines(text):
        if delimiter and _RULE.fullmatch(text, start, end) and end - start >= 3:
            continue  # |---|---|
        kind, cells = _cells(text, start, end)
        if cells and (not block or kind == delimiter and abs(len(cells) - len(block[0][2])) <= 1):
            if not block:
                delimiter = kind
            block.append((start, end, cells))
            continue
        if not _close(text, block, above, found, delimiter) and block:
            above = [above[1], Cell(block[-1][0], block[-1][1])]  # 附表　纯网银营运概况: a title with a blank in it
        block, delimiter = [], ""
        if cells:
            block, delimiter = [(start, end, cells)], kind
        elif end > start:
            above = [above[1], Cell(start, end)]
    _close(text, block, above, found, delimiter)
    return found


def _close(
    text: str, block: list[tuple[int, int, list[Cell]]], above: list[Cell], found: list[Table], delimiter: str
) -> bool:
    """Whether the lines of a block are a table, which is then added to ``found``."""
    if len(block) < (3 if delimiter in (" ", DIVIDER) else 2):
        return False
    caption = Cell(above[0].start, above[1].end) if above[1].end else Cell(block[0][0], block[0][0])
    first = block[0][2]
    headless = all(
        _VALUE.match(text, cell.start) is not None or _NUMBER.fullmatch(text, cell.start, cell.end) is not None
        for cell in first[1:]
    )
    rows = [cells for _, _, cells in (block if headless else block[1:])]
    header = [Cell(block[0][0], block[0][0])] * len(first) if headless else first
    found.append(Table(block[0][0], block[-1][1], caption, header, rows))
    return True


def _lines(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for line in text.split("\n"):
        spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _cells(text: str, start: int, end: int) -> tuple[str, list[Cell]]:
    line = text[start:end]
    if line.count("|") >= 1:
        parts = _split(line, re.compile(r"\|"))
        if not line.strip().startswith("|") and len(parts) < 2:
            return "", []
        kind = "|"
        if line.strip().startswith("|"):
            parts = parts[1:]
        if line.strip().endswith("|"):
            parts = parts[:-1]
    elif "\t" in line:
        kind, parts = "\t", _split(line, re.compile(r"\t"))
    elif DIVIDER in line and not _SENTENCE.search(line):
        kind, parts = DIVIDER, _split(line, re.compile(DIVIDER))
    elif "  " in line.strip() and not _SENTENCE.search(line):
        kind, parts = " ", _split(line.rstrip(), _WIDE)
        if len(parts) < 3:
            return "", []
    else:
        return "", []
    if len(parts) < 2:
        return "", []
    cells = []
    for low, high in parts:
        piece = line[low:high]
        lead = len(piece) - len(piece.lstrip())
        cells.append(
            Cell(start + low + lead, start + low + len(piece.rstrip()) if piece.strip() else start + low + lead)
        )
    return kind, cells


def _split(line: str, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    spans, at = [], 0
    for match in pattern.finditer(line):
        spans.append((at, match.start()))
        at = match.end()
    spans.append((at, len(line)))
    return spans
