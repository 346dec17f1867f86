"""Figures of texts in a Spark DataFrame: the same extraction, wherever the partitions lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from finmetrics.extractor import Extractor
from finmetrics.model import Document, Extraction
from finmetrics.output.columns import COLUMNS
from finmetrics.reading.dates import day_of
from finmetrics.reading.decode import decode
from finmetrics.reading.failure import Unreadable, one_line

if TYPE_CHECKING:
    import os

    import pyarrow as pa
    from pyspark.sql import DataFrame

ERROR = "error"

_TYPES = {"string": "string", "float64": "double", "int64": "bigint", "bool": "boolean", "date": "date"}
_TEXTS = 64  # that are turned into one batch of rows


def extract(
    df: DataFrame,
    text: str = "text",
    *,
    doc_id: str | None = None,
    title: str | None = None,
    published: str | None = None,
    source: str | None = None,
    rules: str | os.PathLike[str] | None = None,
) -> DataFrame:
    """The figures of a DataFrame of texts as a DataFrame with the columns of the table, and ``error``.

    ``text``, ``doc_id``, ``title``, ``published`` and ``source`` name columns of ``df``; those not given are used
    where they are there under these names. Missing texts have no figures. A document that fails gives one row with
    its ``doc_id`` and an ``error``, which is null in all others; no row fails a stage. ``rules`` is a folder laid
    over our rules; it is read here, on the driver, and broadcast once. Raises ``KeyError`` for a column that is not
    there, :class:`finmetrics.RulesError` for bad rules.
    """
    from finmetrics.rules import load

    given = {"text": text, "doc_id": doc_id, "title": title, "published": published, "source": source}
    for wanted in given.values():
        if wanted is not None and wanted not in df.columns:
            raise KeyError(f"no column {wanted!r}; there are {', '.join(df.columns)}")
    names = {key: name or key for key, name in given.items() if name is not None or key in df.columns}
    entries = load(rules).model_dump_json(by_alias=True, exclude_defaults=True)
    # As bytes: a string of Spark's may hold what is no UTF-8, which would fail the stage before we saw it.
    rows = df.select(*(df[f"`{name}`"].cast("string").cast("binary").alias(key) for key, name in names.items()))
    shared = df.sparkSession.sparkContext.broadcast(entries)
    return rows.mapInArrow(_kernel(lambda: shared.value), ddl())


def ddl() -> str:
    """The fixed schema of what :func:`extract` gives, as Spark writes schemas."""
    return ", ".join([*(f"`{column.name}` {_TYPES[column.kind]}" for column in COLUMNS), f"`{ERROR}` string"])


def _kernel(entries: Callable[[], str]) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function that Spark runs on a partition: batches of rows in, batches of figures out."""

    def figures(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        extractor = _compiled(entries())
        for batch in batches:
            for low in range(0, batch.num_rows, _TEXTS):
                yield from _figures(batch.slice(low, _TEXTS), extractor)

    return figures


@cache
def _compiled(entries: str) -> Extractor:
    """The rules, compiled once in each of Spark's Python workers."""
    from finmetrics.schema import Rules

    return Extractor(Rules.model_validate_json(entries))


def _figures(batch: pa.RecordBatch, extractor: Extractor) -> Iterator[pa.RecordBatch]:
    found: list[Extraction] = []
    failed: list[tuple[str, str]] = []
    for row in batch.to_pylist():
        if row["text"] is None:
            continue
        said = {key: value.decode("utf-8", "replace") for key, value in row.items() if value is not None}
        doc_id = said.get("doc_id", "")
        try:
            found.append(extractor.run(_document(_text(row["text"]), said)))
        except Unreadable as error:
            failed.append((doc_id, str(error)))
        except Exception as error:  # one row must not fail a stage
            failed.append((doc_id, f"extraction failed: {type(error).__name__}: {one_line(error)}"))
    yield from _table(found, failed).to_batches()


def _text(data: bytes) -> str:
    """A text of UTF-8, or as a file would be read."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return decode(data)


def _document(text: str, said: dict[str, str]) -> Document:
    return Document(
        text=text,
        doc_id=said.get("doc_id", ""),
        title=said.get("title", ""),
        published=day_of(said.get("published")),
        source=said.get("source", ""),
    )


def _table(found: list[Extraction], failed: list[tuple[str, str]]) -> pa.Table:
    import pyarrow as pa

    from finmetrics.output.table import to_table

    table = to_table(found)
    table = table.append_column(ERROR, pa.nulls(table.num_rows, pa.string()))
    if not failed:
        return table
    ids, errors = zip(*failed, strict=True)
    values = {"doc_id": list(ids), ERROR: list(errors)}
    missing = [None] * len(failed)
    columns = [pa.array(values.get(field.name, missing), field.type) for field in table.schema]
    return pa.concat_tables([table, pa.Table.from_arrays(columns, schema=table.schema)])
