"""Rows of an analysis -> pandas with fixed dtypes, and frames -> files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from finmetrics.output.columns import Column

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def to_frame(columns: Sequence[Column], rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """The rows under these columns, with the same dtypes whatever they hold; "" is null."""
    from finmetrics.output import table

    return table.to_frame(_table(columns, list(rows)))


def write(frame: pd.DataFrame, columns: Sequence[Column], target: str | os.PathLike[str]) -> None:
    """Writes a frame of these columns to a .csv, .parquet, .jsonl or .xlsx file, whole or not at all.

    Raises ``ValueError`` for another suffix, ``OSError`` where it cannot be written.
    """
    from finmetrics.output import export

    export.write_columns([_table(columns, _rows(frame))], Path(target), columns)


def write_csv(frame: pd.DataFrame, columns: Sequence[Column], file: TextIO) -> None:
    """Writes a frame of these columns as CSV to an open text file."""
    from finmetrics.output import export

    export.csv_rows([_table(columns, _rows(frame)).to_pydict()], file, columns, [column.name for column in columns])


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    missing = frame.isna()
    columns = {
        name: [None if none else cell for cell, none in zip(frame[name].tolist(), missing[name], strict=True)]
        for name in map(str, frame.columns)
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _table(columns: Sequence[Column], rows: list[dict[str, Any]]) -> pa.Table:
    import pyarrow as pa

    from finmetrics.output.columns import schema_of

    fields = schema_of(columns)
    arrays = []
    for column in columns:
        cells = [_cell(row.get(column.name)) for row in rows]
        arrays.append(pa.array(cells, fields.field(column.name).type))
    return pa.Table.from_arrays(arrays, schema=fields)


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return None if value == "" else value
