"""A table's cells, wherever they come from -> the lines of text that state it: one head, a row a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from finmetrics.characters import UNIT, UNIT_ENDS

# A line of the text: for each of its columns the cells (by index) whose texts it holds; one column is a line of prose.
# ~i is cell i in parentheses: the unit of a row, where a column states it.
Line = list[list[int]]

_VALUE = re.compile(
    rf"[(（]?[+\-−±]?[(（]?\d[\d,，.]*\s?[)）]?{UNIT}?[)）]?"
    r"|(?:上升|下降|增加|减少|提高|降低).{0,12}|[-—–/]+|不适用|N/?A"
)
DIVIDED = " | "  # between the cells of a row
_UNIT_HEADS = frozenset({"单位", "计量单位"})
_TALLEST_HEAD = 4  # rows
_YEAR = re.compile(r"(?:19|20)\d\d(?:\.0)?")
_DATED = re.compile(r"(?:19|20)\d\d\s?(?:年|[-/.]\d)|(?:19|20)\d\d$|[上去本前]年|本期|上期|期末|期初")
_WITH_UNIT = re.compile(rf"[（(][^（）()]*(?:{UNIT_ENDS}|人民币|百万|千万|亿)[）)]|单位\s?[:：]|^[^\d]{{0,20}}：$")


def laid_out(cells: Sequence[str], grid: Sequence[Sequence[int]]) -> list[Line]:
    """How a table reads as text; an empty line where another table begins within it.

    ``grid`` holds for each place the index of the cell there (-1 for none); a cell that spans places stands in all.
    Heads of several rows become one row; what is written across the table is a line of its own, and where that names
    a unit the head follows it again, so that the figures below stand under both.
    """
    lines: list[Line] = []
    for rows in _apart(cells, grid):
        lines += [[], *_one(cells, _trimmed(cells, rows))] if lines else _one(cells, _trimmed(cells, rows))
    return lines


def _apart(cells: Sequence[str], grid: Sequence[Sequence[int]]) -> Iterator[list[Sequence[int]]]:
    """The tables that stand below each other in one grid: a row of dates is the head of the next."""
    held: list[Sequence[int]] = []
    values = False  # whether what is held has any
    for row in grid:
        if values and _is_head(cells, row):
            title = len(held)  # where its title begins: what is written across the table right above the head
            while title > 1 and len(_distinct(held[title - 1])) == 1:
                title -= 1
            yield held[:title]
            held, values = held[title:], False
        held.append(row)
        values = values or any(is_value(cells[i]) for i in row[1:] if i >= 0)
    yield held


def _one(cells: Sequence[str], rows: list[list[int]]) -> list[Line]:
    """The lines of one table."""
    lines: list[Line] = []
    while rows and len(_distinct(rows[0])) == 1 and len(rows) > 1:
        lines.append([_distinct(rows.pop(0))])  # the table's title, or its unit
    if not rows:
        return lines
    if len(rows[0]) < 2:
        return lines + [[_distinct(row)] for row in rows]
    head, body = _headed(cells, rows)
    labels = _labels(cells, head, body)
    units = next((i for i in range(1, len(rows[0])) if any(_names_units(cells, row[i]) for row in head)), None)
    if units is not None and units < labels:
        units = None
    top = _without(_stacked(cells, head, labels), units, labels)
    again = top is not None
    above: Sequence[int] = ()
    for row in body:
        own = _distinct(row)
        if len(own) == 1 and (len(set(row)) == 1 or _WITH_UNIT.search(cells[own[0]])) and len(row) > 2:
            lines.append([own])
            again = top is not None
            continue
        if again and top is not None:
            lines.append(top)
            again = False
        lines.append(_with_unit(_row(cells, row, above, labels), units, labels))
        above = row
    if again and top is not None:
        lines.append(top)
    return lines


def as_text(cells: Sequence[str], grid: Sequence[Sequence[int]]) -> list[str]:
    """The lines of a table, cells divided by bars; blank where a new head begins."""
    texts = [" ".join(cell.split()) for cell in cells]
    lines = []
    for line in laid_out(texts, grid):
        columns = ["".join(_said(texts, i, at) for at, i in enumerate(column)) for column in line]
        lines.append("" if not columns else columns[0] if len(columns) == 1 else row_text(columns))
    return lines


def row_text(cells: Sequence[str]) -> str:
    """The cells joined by `` | ``; bars outside them too where an empty first or last cell would be lost."""
    line = DIVIDED.join(cells)
    return line if cells[0] and cells[-1] else f"| {line} |"


def _said(texts: Sequence[str], i: int, at: int) -> str:
    """One of the texts of a column."""
    return f"（{texts[~i]}）" if i < 0 else f" {texts[i]}" if at else texts[i]


def _trimmed(cells: Sequence[str], grid: Sequence[Sequence[int]]) -> list[list[int]]:
    """The rows and columns that hold anything."""
    width = max((len(row) for row in grid), default=0)
    rows = [[i if i >= 0 and cells[i].strip() else -1 for i in row] + [-1] * (width - len(row)) for row in grid]
    rows = [row for row in rows if any(i >= 0 for i in row)]
    used = [column for column in range(width) if _used(rows, column)]
    return [[row[column] for column in used] for row in rows]


def _used(rows: Sequence[Sequence[int]], column: int) -> bool:
    """Whether a column holds a cell that is not also in the column before it, throughout."""
    return any(row[column] >= 0 and (not column or row[column - 1] != row[column]) for row in rows)


def _distinct(row: Sequence[int]) -> list[int]:
    """The cells of a row, each once."""
    return list(dict.fromkeys(i for i in row if i >= 0))


def is_value(text: str) -> bool:
    """Whether a cell holds a value: a figure, a change in words, a sign that there is none; a year is a head."""
    text = text.strip()
    return _VALUE.fullmatch(text) is not None and _YEAR.fullmatch(text) is None


def is_dated(text: str) -> bool:
    """Whether a text names a year or a date, as the heads of columns do."""
    return _DATED.search(text) is not None


def _is_head(cells: Sequence[str], row: Sequence[int]) -> bool:
    """Whether a row inside a table is the head of another: dates over its columns, and no value."""
    others = [cells[i] for i in _distinct(row[1:])]
    dated = sum(map(is_dated, others))
    return dated >= 1 and dated * 2 >= len(others) and not any(map(is_value, others))


def _headed(cells: Sequence[str], rows: list[list[int]]) -> tuple[list[list[int]], list[list[int]]]:
    """The rows of the head, and those below; no head where the first row holds values, or no row does."""
    first = next((i for i, row in enumerate(rows) if any(is_value(cells[j]) for j in row[1:] if j >= 0)), None)
    if first is None:
        return [], rows
    if first > _TALLEST_HEAD:
        return rows[:1], rows[1:]
    # A label alone above the first values is a section, not a part of the head.
    while first > 1 and len(_distinct(rows[first - 1])) == 1 and rows[first - 1][0] >= 0:
        if rows[first - 1][0] in rows[first - 2]:  # a cell that reaches down into it
            break
        first -= 1
    return rows[:first], rows[first:]


def _labels(cells: Sequence[str], head: Sequence[Sequence[int]], body: Sequence[Sequence[int]]) -> int:
    """How many columns name the rows: the first, and those of words beside a cell that spans several rows."""
    width = len(body[0]) if body else 1
    count = 1
    while count + 1 < width:
        spanning = any(a[count - 1] == b[count - 1] >= 0 and a[count] != b[count] for a, b in pairwise(body))
        words = [cells[row[count]] for row in body if row[count] >= 0]
        if not spanning or not words or any(is_value(text) for text in words):
            break
        count += 1
    return count


def _names_units(cells: Sequence[str], index: int) -> bool:
    return index >= 0 and cells[index].strip() in _UNIT_HEADS


def _stacked(cells: Sequence[str], head: Sequence[Sequence[int]], labels: int) -> Line | None:
    """The rows of a head as one row: for each column what stands over it, from top to bottom."""
    if not head:
        return None
    columns = []
    for i in range(len(head[0])):
        over = {cells[row[i]]: row[i] for row in reversed(head) if row[i] >= 0}  # the same words only once
        columns.append(list(reversed(over.values())))
    return [list(dict.fromkeys(i for column in columns[:labels] for i in column)), *columns[labels:]]


def _row(cells: Sequence[str], row: Sequence[int], above: Sequence[int], labels: int) -> Line:
    """A row below the head; of a cell that spans places the first has it, but labels go for each row they span."""
    columns = []
    for at, i in enumerate(row):
        first = i >= 0 and (not at or row[at - 1] != i) and (not above or above[at] != i)
        columns.append([i] if first or i >= 0 and at < labels else [])
    return [_distinct([i for column in columns[:labels] for i in column]), *columns[labels:]]


def _with_unit(line: Line, units: int | None, labels: int) -> Line:
    """A row with the unit that a column states in parentheses after its label, as other tables have it."""
    if units is None:
        return line
    at = units - labels + 1
    label = line[0] + [~i for i in line[at]]
    return [label, *line[1:at], *line[at + 1 :]]


def _without(head: Line | None, units: int | None, labels: int) -> Line | None:
    """A head without the column that states units."""
    at = None if units is None else units - labels + 1
    return head if head is None or at is None else head[:at] + head[at + 1 :]
