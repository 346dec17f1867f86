"""The functions a user of the nightly job calls: run it, read a night of it, compare two, see how it stands."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from finmetrics.batch.config import Config, ConfigError, load
from finmetrics.batch.differences import Change, changes
from finmetrics.batch.job import run
from finmetrics.batch.model import Event, Locked, StoreError
from finmetrics.batch.state import Status, standing
from finmetrics.batch.store import Store, told
from finmetrics.batch.summary import Summary

if TYPE_CHECKING:
    import pandas as pd

    from finmetrics.output.columns import Headers

__all__ = [
    "Change", "Config", "ConfigError", "Event", "Locked", "Status", "StoreError", "Summary", "diff", "export",
    "figures", "load", "run", "status",
]  # fmt: skip


def figures(config: Config, run: int | None = None) -> pd.DataFrame:
    """The figures of a night, the last one or that of ``run``, as a frame with every column.

    Raises ``ValueError`` where there is no such night, :class:`StoreError` where the store cannot be used.
    """
    import pyarrow as pa

    from finmetrics.batch import night
    from finmetrics.output.table import to_frame

    with _opened(config) as store:
        return to_frame(pa.concat_tables(night.figures(store, night.chosen(store, run))))


def export(
    config: Config,
    target: str | os.PathLike[str],
    *,
    run: int | None = None,
    columns: Sequence[str] | None = None,
    headers: Headers = "en",
    package: bool = False,
) -> int:
    """Writes the figures of a night to a file (.csv, .parquet, .jsonl, .xlsx), streamed; returns the rows.

    With ``package`` a ``datapackage.json`` beside the file describes its columns. Raises as :func:`figures` does,
    ``ValueError`` for an unknown suffix or column, ``OSError`` where the file cannot be written.
    """
    from finmetrics.batch import night
    from finmetrics.output import datapackage
    from finmetrics.output.export import write

    with _opened(config) as store:
        tables = night.figures(store, night.chosen(store, run))
        rows = write(tables, Path(target), columns=columns, headers=headers)
    if package:
        datapackage.beside(Path(target), columns, headers)
    return rows


def diff(config: Config, before: int | None = None, after: int | None = None) -> Iterator[Change]:
    """What figures are new, changed and gone between two nights; the last one and the one before it, if not named.

    ``before`` may be 0, the state before the first night. Raises as :func:`figures` does.
    """
    from finmetrics.batch import night

    with _opened(config) as store:
        later = night.chosen(store, after)
        earlier = later - 1 if before is None else before
        yield from changes(store, night.chosen(store, earlier) if earlier else 0, later)


def status(config: Config) -> Status:
    """How the job stands; raises :class:`StoreError` where its store cannot be used."""
    folder = config.place(config.store)
    with told(folder), closing(Store(folder)) as store:
        return standing(store, folder)


def _opened(config: Config) -> closing[Store]:
    folder = config.place(config.store)
    with told(folder):
        return closing(Store(folder))
