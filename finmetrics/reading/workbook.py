"""Workbooks (.xlsx) -> Documents: a sheet of figures is one, a sheet with a column of texts is a feed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import IO, TYPE_CHECKING

from finmetrics.model import Document
from finmetrics.reading.failure import ReadFailure, Unreadable
from finmetrics.reading.fields import Keys
from finmetrics.reading.limits import Limits
from finmetrics.reading.office import properties_of, unpacking_within
from finmetrics.reading.sheet import Sheet, documents_of

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

# 0.00, #,##0, #,##0.0,, (in millions)
_WRITTEN = re.compile(r"(?P<whole>[#0?][#0?,]*[#0?]|[#0?])(?:\.(?P<places>[0#?]*))?(?P<thousands>,*)")
_LITERAL = re.compile(r"\"([^\"]*)\"")
_DIGITS = 15  # that a spreadsheet's number has


def read_workbook(file: IO[bytes], name: str, keys: Keys, limits: Limits) -> Iterator[Document | ReadFailure]:
    """The documents of the sheets that are shown; of several sheets each has its name in the ``doc_id``.

    Numbers read as the sheet shows them: 0.0376 formatted as a percentage is 3.76%. Raises :class:`Unreadable`
    where there is nothing to read.
    """
    import openpyxl

    unpacking_within(file, limits)
    stated = properties_of(file)
    file.seek(0)
    book = openpyxl.load_workbook(file, data_only=True)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible" and sheet.max_row]
    cells = sum(sheet.max_row * sheet.max_column for sheet in sheets)
    if cells > limits.cells:
        raise Unreadable(f"{cells} cells; at most {limits.cells} are read")
    found = [_sheet(sheet) for sheet in sheets]
    filled = [sheet for sheet in found if any(cell.strip() for cell in sheet.cells)]
    if not filled:
        raise Unreadable("an empty workbook")
    for sheet in filled:
        own = f"{name}#{sheet.name}" if len(filled) > 1 else name
        yield from documents_of(sheet, own, name, keys, title=stated.title, created=stated.created)


def _sheet(sheet: Worksheet) -> Sheet:
    """The cells of a sheet as shown, those that are merged as one."""
    texts: list[str] = []
    grid: list[list[int]] = []
    for row in sheet.iter_rows():
        places = []
        for cell in row:
            text = _shown(cell)
            places.append(len(texts) if text else -1)
            if text:
                texts.append(text)
        grid.append(places)
    for area in sheet.merged_cells.ranges:
        first = _place(grid, area.min_row - 1, area.min_col - 1)
        if first < 0:
            continue
        for line in grid[area.min_row - 1 : area.max_row]:
            for column in range(area.min_col - 1, min(area.max_col, len(line))):
                line[column] = first
    return Sheet(sheet.title, texts, grid)


def _place(grid: Sequence[Sequence[int]], row: int, column: int) -> int:
    return grid[row][column] if row < len(grid) and column < len(grid[row]) else -1


def _shown(cell: Cell) -> str:
    """A cell's value as its number format shows it, as far as figures depend on that."""
    value, shape = cell.value, (cell.number_format or "").split(";")[0]
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, dt.datetime | dt.date):
        return _day(value, shape.lower())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value, shape)
    return " ".join(str(value).split())


def _day(value: dt.date, shape: str) -> str:
    if "d" in shape or "y" not in shape:
        return f"{value.year}-{value.month:02}-{value.day:02}"
    return f"{value.year}年{value.month}月" if "m" in shape else f"{value.year}年"


def _number(value: int | float, shape: str) -> str:
    exact = Decimal(f"{value:.{_DIGITS}g}" if isinstance(value, float) else value)
    if not exact.is_finite():
        return ""
    written = _WRITTEN.search(shape)
    if written is None:
        return f"{exact:f}"
    exact = exact.scaleb(2 if "%" in shape else 0).scaleb(-3 * len(written["thousands"]))
    grouped = "," if "," in written["whole"] else ""
    return f"{exact:{grouped}.{len(written['places'] or '')}f}{'%' if '%' in shape else _after(shape[written.end() :])}"


def _after(shape: str) -> str:
    """What a format writes behind its number: 0.00"亿元"."""
    return "".join(_LITERAL.findall(shape)).strip()
