"""What was true at the end of a run: its figures, documents and failures as Arrow tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from finmetrics.batch.store import Store
from finmetrics.output.columns import BY_NAME, COLUMNS, NAMES, OF_DOCUMENT, Column, schema_of

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 50_000  # rows of a table

DOCUMENT_COLUMNS: tuple[Column, ...] = (
    BY_NAME["doc_id"],
    Column("file", "string", "文件", "The file it stands in, as the sources lead to it."),
    BY_NAME["title"],
    BY_NAME["published"],
    BY_NAME["source"],
    Column("characters", "int64", "字数", "Length of its text in code points."),
    Column("figures", "int64", "数字数", "How many figures it gave."),
    Column("unresolved", "int64", "未决数", "How many numerals of it could not be decided."),
    Column("rules", "string", "规则版本", "The version of rules and engine that its figures come from."),
    Column("from_run", "int64", "起始批次", "The run that brought this version of the document."),
)
FAILURE_COLUMNS: tuple[Column, ...] = (
    Column("file", "string", "文件", "The file that failed, or that holds what failed."),
    Column("place", "string", "位置", "The document, or the line of a feed."),
    Column("kind", "string", "类型", "unreachable, unreadable, repeated, extraction, killed or hung."),
    Column("reason", "string", "原因", "Why, in one line."),
    Column("from_run", "int64", "起始批次", "The run that first met this failure."),
)
RUN_COLUMNS: tuple[Column, ...] = (
    Column("run", "int64", "批次", "Number of the run."),
    Column("began", "string", "开始时间", "When it began (UTC)."),
    Column("ended", "string", "结束时间", "When it was on disk (UTC)."),
    Column("rules", "string", "规则版本", "The rules and engine it ran with."),
    Column("summary", "string", "摘要", "Its summary as JSON."),
)


def true_at(run: str) -> str:
    """In SQL: whether a row of the store is true at the end of a run, which a parameter names."""
    return f"from_run <= {run} AND (to_run IS NULL OR to_run > {run})"


def last_run(store: Store) -> int:
    """The last run that ended; 0 where none has."""
    (run,) = store.db.execute("SELECT coalesce(max(run), 0) FROM runs WHERE ended IS NOT NULL").fetchone()
    return int(run)


def chosen(store: Store, run: int | None) -> int:
    """The run, where it has ended, or the last one; raises ``ValueError`` where there is no such night."""
    last = last_run(store)
    if not last:
        raise ValueError("no run has ended yet")
    if run is None:
        return last
    if not 1 <= run <= last:
        raise ValueError(f"no run {run}; there are 1 to {last}")
    return run


def figures(store: Store, run: int) -> Iterator[pa.Table]:
    """The figures of a night in the order of files, documents and text, as a stream of tables; at least one."""
    names = ", ".join(f'{"d" if name in OF_DOCUMENT else "f"}."{name}"' for name in NAMES)
    sql = (
        f"SELECT {names} FROM documents d CROSS JOIN figures f ON f.version = d.version WHERE {true_at(':run')} "
        "ORDER BY d.file, d.doc_id, d.version, f.position"
    )
    return _tables(store, sql, run, COLUMNS)


def documents(store: Store, run: int) -> Iterator[pa.Table]:
    """The documents of a night."""
    sql = (
        "SELECT doc_id, file, title, published, source, characters, "
        "(SELECT count(*) FROM figures f WHERE f.version = d.version), unresolved, rules, from_run "
        f"FROM documents d WHERE {true_at(':run')} ORDER BY file, doc_id"
    )
    return _tables(store, sql, run, DOCUMENT_COLUMNS)


def failures(store: Store, run: int) -> Iterator[pa.Table]:
    """The failures of a night."""
    sql = f"SELECT file, place, kind, reason, from_run FROM failures WHERE {true_at(':run')} ORDER BY file, place"
    return _tables(store, sql, run, FAILURE_COLUMNS)


def runs(store: Store, run: int) -> Iterator[pa.Table]:
    """The runs up to this one."""
    sql = "SELECT run, began, ended, rules, summary FROM runs WHERE run <= :run AND ended IS NOT NULL ORDER BY run"
    return _tables(store, sql, run, RUN_COLUMNS)


def _tables(store: Store, sql: str, run: int, columns: tuple[Column, ...]) -> Iterator[pa.Table]:
    rows = store.db.execute(sql, {"run": run})
    batch = rows.fetchmany(_BATCH)
    yield _table(batch, columns)
    while batch := rows.fetchmany(_BATCH):
        yield _table(batch, columns)


def _table(rows: list[tuple[Any, ...]], columns: tuple[Column, ...]) -> pa.Table:
    import pyarrow as pa

    fields = schema_of(columns)
    values = zip(*rows, strict=True) if rows else [()] * len(columns)
    plain = {"date": pa.string(), "bool": pa.int64()}
    arrays = [
        pa.array(column, plain.get(known.kind, fields.field(known.name).type)).cast(fields.field(known.name).type)
        for column, known in zip(values, columns, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=fields)
