"""A sheet's cells, from a workbook or a CSV file -> Documents."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from finmetrics.characters import HAN
from finmetrics.model import Document
from finmetrics.reading.dates import day_in, made_for
from finmetrics.reading.failure import ReadFailure
from finmetrics.reading.feed import document_of, refuse_own
from finmetrics.reading.fields import Keys, whole
from finmetrics.reading.kind import delimiter_of
from finmetrics.reading.limits import Limits
from finmetrics.reading.tables import as_text, is_value
from finmetrics.reading.text import title_in

_PROSE = 120  # characters of a cell that is an article, not a label


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cells, and for each place of rows and columns the index of the cell there (-1: none; a merged one: in all)."""

    name: str
    cells: Sequence[str]
    grid: Sequence[Sequence[int]]


def _states_figures(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows are a table of figures: labels in Chinese, values beside them, no cell that is an article."""
    beside = [cell for row in rows for cell in row[1:]]
    words = any(HAN.search(cell) for row in rows for cell in row)
    return words and any(map(is_value, beside)) and all(len(cell) <= _PROSE for row in rows for cell in row)


def documents_of(
    sheet: Sheet, doc_id: str, source: str, keys: Keys, *, title: str = "", created: dt.date | None = None
) -> Iterator[Document | ReadFailure]:
    """A document per row, where a column of the first row is named as one of texts; else one of the whole sheet.

    Raises :class:`finmetrics.reading.feed.OwnTable` where the sheet is a table of ours.
    """
    head = [sheet.cells[i].lower() if i >= 0 else "" for i in next(iter(sheet.grid), [])]
    refuse_own(head, keys)
    if any(key in head for key in keys.text):
        for number, row in enumerate(sheet.grid[1:], start=2):
            values = {name: sheet.cells[i] if i >= 0 else None for name, i in zip(head, row, strict=False) if name}
            if any(values.values()):
                yield document_of(values, doc_id, number, keys)
        return
    yield _document(sheet, doc_id, source, title=title, created=created)


def _document(sheet: Sheet, doc_id: str, source: str, *, title: str = "", created: dt.date | None = None) -> Document:
    """The sheet as text; its title is the line that stands above its table, else ``title``, else the sheet's name."""
    lines: list[str] = []
    for stretch in _stretches(sheet.grid):
        lines += [*as_text(sheet.cells, stretch), ""]
    text = whole("".join(line + "\n" for line in lines))
    own = title_in(text)
    if not own and HAN.search(title or sheet.name):
        own = title or sheet.name
    return Document(text, doc_id, whole(own), day_in(text) or made_for(created, text), source)


def _stretches(grid: Sequence[Sequence[int]]) -> Iterator[list[Sequence[int]]]:
    """The tables of a sheet: empty rows divide them."""
    held: list[Sequence[int]] = []
    for row in grid:
        if any(i >= 0 for i in row):
            held.append(row)
        elif held:
            yield held
            held = []
    if held:
        yield held


def read_csv_table(text: str, name: str, limits: Limits) -> Document | None:
    """The document of a CSV table of figures; ``None`` where its rows are something else."""
    try:
        rows = list(csv.reader(text.splitlines(), delimiter=delimiter_of(text.partition("\n")[0])))
    except csv.Error:
        return None
    count = sum(map(len, rows))
    if count > limits.cells or not _states_figures(rows):
        return None
    cells = [cell.strip() for row in rows for cell in row]
    numbers = iter(range(len(cells)))
    grid = [[i if cells[i] else -1 for _, i in zip(row, numbers, strict=False)] for row in rows]
    return _document(Sheet(name, cells, grid), name, name)
