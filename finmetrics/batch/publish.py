"""A night in the store -> Parquet files that readers open without ever waiting, or seeing half a night.

Every night has a folder of its own; ``published/latest`` is a symbolic link to the last whole one, replaced in one
step. What a night has in common with the one before is linked, not written again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from finmetrics.batch import night
from finmetrics.batch.store import Store
from finmetrics.output import datapackage
from finmetrics.output.columns import COLUMNS
from finmetrics.output.datapackage import Resource

if TYPE_CHECKING:
    import pyarrow as pa

LATEST = Path("published", "latest")

_TABLES: dict[str, tuple[Callable[[Store, int], Iterator[pa.Table]], Resource]] = {
    "figures": (night.figures, Resource("figures.parquet", "Every figure that the documents state.", COLUMNS)),
    "documents": (
        night.documents,
        Resource("documents.parquet", "The documents.", night.DOCUMENT_COLUMNS, ("file", "doc_id")),
    ),
    "failures": (
        night.failures,
        Resource("failures.parquet", "What gave no figures, and why.", night.FAILURE_COLUMNS, ("file", "place")),
    ),
    "runs": (night.runs, Resource("runs.parquet", "The runs so far.", night.RUN_COLUMNS, ("run",))),
}
_OF_DOCUMENTS = ("figures", "documents")


def publish(store: Store, folder: Path, *, keep: int) -> Path:
    """Publishes the last night, where that is not done yet, and keeps the folders of the last ``keep`` nights.

    What it returns is on disk: files, their folder and the link are synced in that order. Raises ``OSError``.
    """
    run = night.last_run(store)
    home = folder / LATEST.parent
    home.mkdir(exist_ok=True)
    last = published_run(folder)
    target = home / _named(run)
    if last != run:
        partial = home / f".{_named(run)}"
        shutil.rmtree(partial, ignore_errors=True)  # of a run that was killed
        shutil.rmtree(target, ignore_errors=True)
        partial.mkdir()
        same = last is not None and not _changed(store, last, run)
        for name, (tables, resource) in _TABLES.items():
            before = home / _named(last or 0) / resource.path
            if not (same and name in _OF_DOCUMENTS and _linked(before, partial / resource.path)):
                _write(tables(store, run), partial / resource.path)
        datapackage.write(partial, "finmetrics", [resource for _, resource in _TABLES.values()], run=run)
        _sync(partial)
        partial.rename(target)
        _sync(home)
        _point(home / LATEST.name, target.name)
        _sync(home)
    _tidy(home, keep)
    return target


def published_run(folder: Path) -> int | None:
    """The run whose night readers see; ``None`` where none is published."""
    try:
        name = os.readlink(folder / LATEST)
    except OSError:
        return None
    return int(name.removeprefix("run-"))


def _named(run: int) -> str:
    return f"run-{run:06}"


def _changed(store: Store, last: int, run: int) -> bool:
    """Whether any document, or what is said of one, is another than it was."""
    row = store.db.execute(
        "SELECT 1 FROM documents WHERE from_run > :last AND from_run <= :run "
        "UNION ALL SELECT 1 FROM documents WHERE to_run > :last AND to_run <= :run "
        "UNION ALL SELECT 1 FROM runs WHERE run IN (:last, :run) GROUP BY 1 HAVING count(DISTINCT rules) > 1 LIMIT 1",
        {"last": last, "run": run},
    ).fetchone()
    return row is not None


def _write(tables: Iterator[pa.Table], path: Path) -> None:
    import pyarrow.parquet as pq

    first = next(tables)
    with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _linked(before: Path, path: Path) -> bool:
    try:
        os.link(before, path)
    except OSError:
        return False
    return True


def _point(link: Path, name: str) -> None:
    new = link.with_name(f".{link.name}")
    new.unlink(missing_ok=True)
    new.symlink_to(name, target_is_directory=True)
    os.replace(new, link)


def _sync(folder: Path) -> None:
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _tidy(home: Path, keep: int) -> None:
    """Removes the nights before the last ``keep``; who reads one of them keeps the files that are open."""
    for old in sorted(home.glob("run-*"))[:-keep]:
        shutil.rmtree(old, ignore_errors=True)
