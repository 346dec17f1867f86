"""Rows -> .csv, .parquet, .jsonl, .xlsx: streamed, and whole or not there."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias

from finmetrics.output.columns import Column, Headers, schema_of, select
from finmetrics.output.replacing import replacing

if TYPE_CHECKING:
    import pyarrow as pa

    Part: TypeAlias = Mapping[str, list[Any]] | pa.Table

# What a spreadsheet would run as a formula; those of a Chinese keyboard too.
_FORMULA = re.compile(r"[=+\-@＝＋－＠\t\r\n].", re.DOTALL)
# What it would silently change: leading zeros, more digits than a double holds, exponents, would-be dates.
_CODE = re.compile(
    r"0\d+|\d{16,}|\d+(?:\.\d+)?[eE][+-]?\d+|\d+(?:[-/]\d+){1,2}"
    r"|(?i:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)[- /]?\d+"
)

_SHEET_ROWS = 1_048_575  # below the header row
_CELL_CHARACTERS = 32_767


def write(
    parts: Iterable[Part],
    target: Path,
    *,
    columns: Iterable[str] | None = None,
    headers: Headers = "en",
) -> int:
    """Writes the rows, part by part, to ``target``, in the format of its suffix; returns how many.

    A part is a table, or lists by column, which all but Parquet take; memory is that of one. ``columns`` selects and
    orders (ids or Chinese headers). Raises ``ValueError`` for an unknown suffix or column, ``OSError`` where the file
    cannot be written; then nothing is left behind.
    """
    return write_columns(parts, target, select(columns), headers)


def wants_tables(target: Path) -> bool:
    """Whether the format that the suffix names takes Arrow's tables only."""
    return _WRITERS.get(target.suffix.lower()) is _parquet


def write_columns(parts: Iterable[Part], target: Path, columns: Sequence[Column], headers: Headers = "en") -> int:
    """As :func:`write`, of columns that need not be those of the table of figures."""
    writer = writer_for(target)
    with replacing(target) as path:
        return writer(parts, path, columns, _titles(columns, headers))


def writer_for(target: Path) -> Callable[[Iterable[Any], Path, Sequence[Column], list[str]], int]:
    """The writer of the format that the suffix of ``target`` names; ``ValueError`` where there is none."""
    writer = _WRITERS.get(target.suffix.lower())
    if writer is None:
        raise ValueError(f"cannot write {target.name!r}: the name must end in {', '.join(_WRITERS)}")
    return writer


def write_csv(
    parts: Iterable[Mapping[str, list[Any]]],
    file: TextIO,
    *,
    columns: Iterable[str] | None = None,
    headers: Headers = "en",
) -> int:
    """Writes rows, given by columns, as CSV to an open text file (no byte-order mark); returns how many."""
    chosen = select(columns)
    return csv_rows(parts, file, chosen, _titles(chosen, headers))


def _titles(columns: Sequence[Column], headers: Headers) -> list[str]:
    return [column.zh if headers == "zh" else column.name for column in columns]


def plain(value: float) -> str:
    """A float in plain decimal digits: 3573200, 41.97, 550000000000; never an exponent."""
    text = repr(value)
    if "e" in text:
        text = format(Decimal(text), "f")
    return text.removesuffix(".0")


def spreadsheet_safe(text: str) -> str:
    """The cell's text, with an apostrophe before what a spreadsheet would run or alter."""
    return "'" + text if _FORMULA.match(text) or _CODE.fullmatch(text) else text


def plain_cells(part: Mapping[str, list[Any]], columns: Sequence[Column]) -> Iterator[list[str]]:
    """Column by column the cells as text: plain digits, ISO dates, ``true`` and ``false``, empty where null."""
    for column in columns:
        values = part[column.name]
        if column.kind == "string":
            yield ["" if v is None else v for v in values]
        elif column.kind == "float64":
            yield ["" if v is None else plain(v) for v in values]
        elif column.kind == "bool":
            yield ["true" if v else "false" for v in values]
        else:
            yield ["" if v is None else str(v) for v in values]


def _csv_cells(part: Mapping[str, list[Any]], columns: Sequence[Column]) -> Iterator[list[str]]:
    for column, cells in zip(columns, plain_cells(part, columns), strict=True):
        yield [spreadsheet_safe(cell) for cell in cells] if column.kind == "string" else cells


def csv_rows(
    parts: Iterable[Mapping[str, list[Any]]], file: TextIO, columns: Sequence[Column], titles: list[str]
) -> int:
    """Writes these columns of rows, given by columns, under these titles; returns their number."""
    out = csv.writer(file, lineterminator="\n")
    out.writerow(titles)
    rows = 0
    for part in parts:
        out.writerows(zip(*_csv_cells(part, columns), strict=True))
        rows += len(part[columns[0].name])
    return rows


def _lists(part: Part) -> Mapping[str, list[Any]]:
    return part if isinstance(part, Mapping) else part.to_pydict()


def _csv(parts: Iterable[Part], path: Path, columns: Sequence[Column], titles: list[str]) -> int:
    # The byte-order mark is what tells Excel that the file is UTF-8.
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        return csv_rows(map(_lists, parts), file, columns, titles)


def _parquet(tables: Iterable[pa.Table], path: Path, columns: Sequence[Column], titles: list[str]) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [column.name for column in columns]
    fields = pa.schema([field.with_name(title) for field, title in zip(schema_of(columns), titles, strict=True)])
    rows = 0
    with pq.ParquetWriter(path, fields, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table.select(names).rename_columns(titles).cast(fields))
            rows += table.num_rows
    return rows


def _jsonl(parts: Iterable[Part], path: Path, columns: Sequence[Column], titles: list[str]) -> int:
    rows = 0
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for part in map(_lists, parts):
            values = [_json_values(part[column.name], column) for column in columns]
            for row in zip(*values, strict=True):
                file.write(json.dumps(dict(zip(titles, row, strict=True)), ensure_ascii=False) + "\n")
                rows += 1
    return rows


def _json_values(values: list[Any], column: Column) -> list[Any]:
    if column.kind == "date":
        return [v and v.isoformat() for v in values]
    if column.kind == "float64":
        return [int(v) if v is not None and v.is_integer() else v for v in values]
    return values


def _xlsx(parts: Iterable[Part], path: Path, columns: Sequence[Column], titles: list[str]) -> int:
    import xlsxwriter

    # constant_memory keeps one row in memory; its temporary files lie beside ours and go with them.
    options = {"constant_memory": True, "tmpdir": str(path.parent), "in_memory": False}
    rows = 0
    with xlsxwriter.Workbook(str(path), options) as book:
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})

        def new_sheet() -> Any:
            sheet = book.add_worksheet()
            sheet.freeze_panes(1, 0)
            for i, column in enumerate(columns):
                sheet.set_column(i, i, 12, text if column.kind == "string" else None)
            for i, title in enumerate(titles):
                sheet.write_string(0, i, title, bold)
            return sheet

        sheet, at = new_sheet(), 0
        for part in map(_lists, parts):
            for row in zip(*(part[column.name] for column in columns), strict=True):
                if at == _SHEET_ROWS:
                    sheet, at = new_sheet(), 0
                at, rows = at + 1, rows + 1
                for i, (column, value) in enumerate(zip(columns, row, strict=True)):
                    if value is None:
                        continue
                    if column.kind == "string":
                        sheet.write_string(at, i, _fitting(value), text)
                    elif column.kind == "date":
                        sheet.write_datetime(at, i, value, day)
                    elif column.kind == "bool":
                        sheet.write_boolean(at, i, value)
                    else:
                        sheet.write_number(at, i, value)
    return rows


def _fitting(text: str) -> str:
    """The text, cut to what a cell of a workbook can hold (which counts characters beyond U+FFFF twice)."""
    if len(text) * 2 <= _CELL_CHARACTERS:
        return text
    wide = text.encode("utf-16-le")
    if len(wide) <= _CELL_CHARACTERS * 2:
        return text
    return wide[: _CELL_CHARACTERS * 2 - 2].decode("utf-16-le", "ignore") + "…"


_WRITERS = {".csv": _csv, ".parquet": _parquet, ".jsonl": _jsonl, ".xlsx": _xlsx}
