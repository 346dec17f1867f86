"""One run at a time: the lock on a store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from finmetrics.batch.model import Locked

_NAME = "lock"
_PATIENCE = 1.0  # seconds: whoever looks whether the lock is held holds it for a moment


@contextmanager
def locked(folder: Path, wait: float = 0.0) -> Iterator[None]:
    """Holds the store alone, waiting up to ``wait`` seconds; raises :class:`Locked` where another run holds it.

    The lock is one of SQLite, on a file of its own: it goes with the process that holds it, however that ends.
    """
    with closing(sqlite3.connect(folder / _NAME, timeout=max(wait, _PATIENCE), isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            raise Locked(f"{folder}: another run holds the store") from None
        yield


def is_held(folder: Path) -> bool:
    """Whether a run holds the lock: reading its file needs a lock that goes with no other."""
    with closing(sqlite3.connect(folder / _NAME, timeout=0)) as lock:
        try:
            lock.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            return True
    return False
