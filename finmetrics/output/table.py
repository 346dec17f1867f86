"""Extractions -> Arrow -> pandas. Built column by column: a dict per row would cost more than the extraction."""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from math import isfinite
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from finmetrics.model import Extraction, Figure
from finmetrics.output.columns import COLUMNS, NAMES, OF_DOCUMENT, schema

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# Attributes of a Figure.
_OF_FIGURE = tuple(name for name in NAMES if name not in (*OF_DOCUMENT, "fact_id"))
_TEXT = frozenset(column.name for column in COLUMNS if column.kind == "string")

# A batch is cut at whichever comes first, so that neither many figures nor long texts pile up in memory.
_BATCH_FIGURES = 8_192
_BATCH_CHARACTERS = 4_000_000
# Up to here a table costs less without pandas than pandas takes to import.
_FEW = 1_000
_EPOCH = dt.date(1970, 1, 1)


def fact_id(doc_id: str, start: int, end: int) -> str:
    """A stable id of a span in a document.

    The leading letter keeps spreadsheets from reading ids such as ``12345678e1234567`` as numbers.
    """
    key = f"{doc_id}\0{start}\0{end}".encode("utf-8", "surrogatepass")
    return "f" + hashlib.blake2b(key, digest_size=8).hexdigest()


def to_table(extractions: Iterable[Extraction]) -> pa.Table:
    """The figures of these extractions as one Arrow table with every column; "not said" is null.

    Values are the float64 nearest to the exact ones, null beyond its range. Lone surrogates, which no file can
    hold, become U+FFFD.
    """
    import pyarrow as pa

    columns, fields = to_columns(extractions), schema()
    array = pa.array if len(columns["value"]) > _FEW or "pandas" in sys.modules else without_pandas
    return pa.Table.from_arrays([array(columns[field.name], field.type) for field in fields], schema=fields)


def to_columns(extractions: Iterable[Extraction]) -> dict[str, list[Any]]:
    """The same as :func:`to_table` in Python's own values: to import Arrow takes longer than an article."""
    figures: list[Figure] = []
    documents: dict[str, list[Any]] = {name: [] for name in OF_DOCUMENT}
    for extraction in extractions:
        count = len(extraction.figures)
        figures += extraction.figures
        for name, values in documents.items():
            values += [getattr(extraction.document, name)] * count
    columns = documents | {name: list(map(attrgetter(name), figures)) for name in _OF_FIGURE}
    columns["fact_id"] = list(map(fact_id, columns["doc_id"], columns["start"], columns["end"]))
    columns["value"] = list(map(_float, columns["value"]))
    columns["value_max"] = [None if v is None else _float(v) for v in columns["value_max"]]
    return columns | {name: _said(columns[name]) for name in _TEXT}


def _float(value: Decimal) -> float | None:
    number = float(value)
    return number if isfinite(number) else None


def _said(values: list[str]) -> list[str | None]:
    """Texts without lone surrogates; ``None`` where there is none."""
    try:
        "".join(values).encode()
    except UnicodeEncodeError:
        values = [value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for value in values]
    return [value or None for value in values]


def without_pandas(values: list[Any], kind: pa.DataType) -> pa.Array:
    """What ``pa.array`` gives, which imports pandas to know its types: that takes longer than an article does.

    Of a type of our columns: text, int64, float64, bool or date.
    """
    import numpy as np
    import pyarrow as pa

    if pa.types.is_string(kind):
        builder = pa.lib.StringBuilder()
        builder.append_values(values)
        return builder.finish()
    held: np.ndarray[Any, Any]
    if pa.types.is_date32(kind):
        values = [value and (value - _EPOCH).days for value in values]
        held = np.array([0 if value is None else value for value in values], np.int32)
    elif pa.types.is_boolean(kind):
        held = np.packbits(np.array(values, bool), bitorder="little")
    else:
        held = np.array([0 if value is None else value for value in values], kind.to_pandas_dtype())
    said = np.packbits(np.array([value is not None for value in values], bool), bitorder="little")
    return pa.Array.from_buffers(kind, len(values), [pa.py_buffer(said), pa.py_buffer(held)])


def batches(extractions: Iterable[Extraction]) -> Iterator[pa.Table]:
    """The same rows as :func:`to_table` as a stream of tables of bounded size; at least one, if empty."""
    return map(to_table, _held(extractions))


def column_batches(extractions: Iterable[Extraction]) -> Iterator[dict[str, list[Any]]]:
    """The same as :func:`batches`, as :func:`to_columns` has it."""
    return map(to_columns, _held(extractions))


def _held(extractions: Iterable[Extraction]) -> Iterator[list[Extraction]]:
    held: list[Extraction] = []
    figures = characters = 0
    yielded = False
    for extraction in extractions:
        if not extraction.figures:
            continue
        held.append(extraction)
        figures += len(extraction.figures)
        characters += len(extraction.document.text)
        if figures >= _BATCH_FIGURES or characters >= _BATCH_CHARACTERS:
            yield held
            held, figures, characters, yielded = [], 0, 0, True
    if held or not yielded:
        yield held


def to_frame(table: pa.Table) -> pd.DataFrame:
    """The table as pandas, with the same dtypes whatever the rows.

    ``string`` (null is ``<NA>``), ``float64``, ``Int64``, ``boolean`` and ``datetime64[s]``; all columns are
    there also when there are no rows.
    """
    import pandas as pd
    import pyarrow as pa

    dates = [i for i, field in enumerate(table.schema) if pa.types.is_date32(field.type)]
    for i in dates:
        name = table.schema.field(i).name
        table = table.set_column(i, name, table.column(i).cast(pa.timestamp("s")))
    dtypes = {pa.string(): pd.StringDtype(), pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    frame: pd.DataFrame = table.to_pandas(types_mapper=dtypes.get)
    return frame
