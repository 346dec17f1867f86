"""The record of a nightly job: documents, figures, failures and runs with their history, in SQLite.

Write-ahead log and ``synchronous=FULL``: what :meth:`Store.commit` has returned from is on disk. One process writes
(:mod:`finmetrics.batch.lock`), any number reads.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from finmetrics.batch.model import Extracted, Failed, File, Known, StoreError
from finmetrics.batch.versions import Version
from finmetrics.output.columns import COLUMNS, OF_DOCUMENT, Column

NAME = "finmetrics.sqlite"
_EVERY = 1.0  # seconds between commits
_FORMAT = 1  # of schema.sql; a store of a later one is refused
_TYPES = {"string": "TEXT", "float64": "REAL", "int64": "INTEGER", "bool": "INTEGER", "date": "TEXT"}

FIGURE_COLUMNS: tuple[Column, ...] = tuple(column for column in COLUMNS if column.name not in OF_DOCUMENT)


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Turns what SQLite and the disk complain of into one line that names the store."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{folder}: the store cannot be used: {error}") from None
    except OSError as error:
        raise StoreError(f"{error.filename or folder}: {error.strerror or error}") from None


def _connected(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=30, isolation_level=None)


class Store:
    """The store in a folder, made where there is none; ``writing`` is for the one who holds the lock."""

    def __init__(self, folder: Path, *, writing: bool = False) -> None:
        path = folder / NAME
        if not writing and not path.exists():
            raise StoreError(f"{folder}: no store there yet; finmetrics batch run makes one")
        # Where nobody can write, readers cannot note that they read, and need not.
        still = not os.access(folder, os.W_OK) and not path.with_name(f"{NAME}-wal").exists()
        self.db = _connected(path, "mode=rwc" if writing else "immutable=1" if still else "mode=ro")
        self._committed = time.monotonic()
        if writing:
            self.db.execute("PRAGMA journal_mode = WAL")
            self.db.execute("PRAGMA synchronous = FULL")
        self._check_format(path, writing)
        names = ", ".join(f'"{column.name}"' for column in FIGURE_COLUMNS)
        marks = ", ".join("?" * (len(FIGURE_COLUMNS) + 2))
        self._insert_figures = f"INSERT INTO figures (version, position, {names}) VALUES ({marks})"
        self.run = 0
        self.rules = ""

    def _check_format(self, path: Path, writing: bool) -> None:
        (format_,) = self.db.execute("PRAGMA user_version").fetchone()
        if format_ > _FORMAT:
            raise StoreError(f"{path}: made by a later finmetrics (format {format_})")
        if not writing:
            return
        with self.transaction():
            if format_ == 0:
                for statement in (files("finmetrics.batch") / "schema.sql").read_text("utf-8").split(";\n"):
                    self.db.execute(statement)
                columns = ", ".join(f'"{column.name}" {_TYPES[column.kind]}' for column in FIGURE_COLUMNS)
                self.db.execute(
                    f"CREATE TABLE figures (version INTEGER, position INTEGER, {columns}, "
                    "PRIMARY KEY (version, position)) WITHOUT ROWID"
                )
                self.db.execute(f"PRAGMA user_version = {_FORMAT}")
            there = {row[1] for row in self.db.execute("PRAGMA table_info(figures)")}
            for column in FIGURE_COLUMNS:
                if column.name not in there:  # the store is older than the column
                    self.db.execute(f'ALTER TABLE figures ADD COLUMN "{column.name}" {_TYPES[column.kind]}')

    def close(self) -> None:
        """Takes back what is not committed, and closes."""
        self.db.close()

    # Transactions: one is open while a run writes; commit ends it.

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One commit around the block; taken back where it fails."""
        self._begin()
        try:
            yield
        except BaseException:
            if self.db.in_transaction:  # SQLite itself takes back on some errors
                self.db.execute("ROLLBACK")
            raise
        self.commit()

    def _begin(self) -> None:
        if not self.db.in_transaction:
            self.db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Puts everything written so far on disk."""
        if self.db.in_transaction:
            self.db.execute("COMMIT")
        self._committed = time.monotonic()

    def commit_now_and_then(self) -> None:
        """Commits where the last commit is longer ago: a kill loses no more work than that."""
        if time.monotonic() - self._committed >= _EVERY:
            self.commit()

    # A run

    def begin(self, version: Version) -> bool:
        """Opens a run under these rules, and tells whether it goes on with one that did not end."""
        self._begin()
        self.db.execute(
            "INSERT OR IGNORE INTO rules VALUES (?, ?, ?)",
            (version.rules, version.engine, version.entries),
        )
        self.rules = version.rules
        row = self.db.execute("SELECT run FROM runs WHERE ended IS NULL").fetchone()
        if row is not None:
            self.run = row[0]
            self.db.execute("UPDATE runs SET rules = ? WHERE run = ?", (self.rules, self.run))
        else:
            (self.run,) = self.db.execute("SELECT coalesce(max(run), 0) + 1 FROM runs").fetchone()
            self.db.execute("INSERT INTO runs (run, began, rules) VALUES (?, ?, ?)", (self.run, now(), self.rules))
        self.commit()
        self.db.execute("CREATE TEMP TABLE seen (file TEXT PRIMARY KEY) WITHOUT ROWID")
        self.db.execute("CREATE TEMP TABLE due (file TEXT PRIMARY KEY) WITHOUT ROWID")
        self.db.execute(
            "CREATE TEMP TABLE met (file TEXT, doc_id TEXT, content BLOB, PRIMARY KEY (file, doc_id)) WITHOUT ROWID"
        )
        self.db.execute("CREATE TEMP TABLE failing (file TEXT, place TEXT, PRIMARY KEY (file, place)) WITHOUT ROWID")
        return row is not None

    def end(self, summary: Mapping[str, Any]) -> None:
        """Ends the run: from this commit on it is the last night."""
        self._begin()
        said = json.dumps(summary, ensure_ascii=False)
        self.db.execute("UPDATE runs SET ended = ?, summary = ? WHERE run = ?", (now(), said, self.run))
        self.commit()

    def version(self, rules: str) -> Version | None:
        """A version of the rules that figures of the store come from."""
        row = self.db.execute("SELECT engine, entries FROM rules WHERE rules = ?", (rules,)).fetchone()
        return None if row is None else Version(rules, row[0], row[1])

    def versions_in_use(self) -> list[str]:
        """The rules of the figures that are true now."""
        return [row[0] for row in self.db.execute("SELECT DISTINCT rules FROM documents WHERE to_run IS NULL")]

    # Files

    def mark_due(self, *, rebuild: bool) -> None:
        """Notes the files to look into though they are unchanged: failures to try again, rules to bring up."""
        self._begin()
        self.db.execute(
            "INSERT OR IGNORE INTO due SELECT file FROM failures "
            "WHERE to_run IS NULL AND (kind = 'unreachable' OR rules <> ?)",
            (self.rules,),
        )
        if rebuild:
            self.db.execute(
                "INSERT OR IGNORE INTO due SELECT file FROM documents WHERE to_run IS NULL AND rules <> ?",
                (self.rules,),
            )

    def see(self, file: File) -> tuple[str | None, bytes | None, bool]:
        """Notes that a file is there; gives its signature and content as last read, and whether it is due."""
        self._begin()
        self.db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (file.name,))
        row = self.db.execute("SELECT signature, content, source FROM files WHERE file = ?", (file.name,)).fetchone()
        due = self.db.execute("SELECT 1 FROM due WHERE file = ?", (file.name,)).fetchone() is not None
        if row is None:
            return None, None, due
        if row[2] != file.source:
            self.db.execute("UPDATE files SET source = ? WHERE file = ?", (file.source, file.name))
        return row[0], row[1], due

    def known(self, file: str) -> dict[str, Known]:
        """The documents of a file that are true now."""
        rows = self.db.execute(
            "SELECT doc_id, content, rules FROM documents WHERE file = ? AND to_run IS NULL", (file,)
        )
        return {doc_id: Known(content, rules) for doc_id, content, rules in rows}

    def known_document(self, file: str, doc_id: str) -> Known | None:
        """One document of a file, where it is true now."""
        row = self.db.execute(
            "SELECT content, rules FROM documents WHERE file = ? AND doc_id = ? AND to_run IS NULL", (file, doc_id)
        ).fetchone()
        return None if row is None else Known(*row)

    def meet(self, file: str, doc_id: str, content: bytes) -> bytes | None:
        """Notes that a document stands in the file; gives the content it was met with before in this reading."""
        self._begin()
        row = self.db.execute("SELECT content FROM met WHERE file = ? AND doc_id = ?", (file, doc_id)).fetchone()
        if row is None:
            self.db.execute("INSERT INTO met VALUES (?, ?, ?)", (file, doc_id, content))
            return None
        return bytes(row[0])

    def quarantined(self, file: str, doc_id: str, content: bytes) -> Failed | None:
        """The failure of a document that is of no use to try again: the same content under the same rules."""
        row = self.db.execute(
            "SELECT kind, reason FROM failures WHERE file = ? AND place = ? AND to_run IS NULL AND content = ? "
            "AND rules = ? AND kind IN ('extraction', 'killed', 'hung')",
            (file, doc_id, content, self.rules),
        ).fetchone()
        return None if row is None else Failed(doc_id, row[0], row[1], doc_id, content, quarantined=True)

    # Documents

    def replace(self, file: str, one: Extracted) -> bool:
        """Puts a document and its figures in the place of what was true of it; tells whether it is new."""
        self._begin()
        new = not self._retire("file = ? AND doc_id = ?", (file, one.doc_id))
        published = one.published.isoformat() if one.published else None
        cursor = self.db.execute(
            "INSERT INTO documents (file, doc_id, content, title, published, source, characters, unresolved, rules, "
            "from_run) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (file, one.doc_id, one.content, one.title or None, published, one.source or None, one.characters,
             one.unresolved, self.rules, self.run),
        )  # fmt: skip
        version = cursor.lastrowid
        self.db.executemany(self._insert_figures, ((version, i, *row) for i, row in enumerate(one.rows)))
        return new

    def bring_up(self, file: str, doc_id: str, rules: str) -> None:
        """Notes that a document's figures are those of these rules too."""
        self._begin()
        self.db.execute(
            "UPDATE documents SET rules = ? WHERE file = ? AND doc_id = ? AND to_run IS NULL", (rules, file, doc_id)
        )

    def same_figures(self, file: str, one: Extracted) -> bool:
        """Whether a document has, with the same content, just the figures it had."""
        row = self.db.execute(
            "SELECT version, content, unresolved FROM documents WHERE file = ? AND doc_id = ? AND to_run IS NULL",
            (file, one.doc_id),
        ).fetchone()
        if row is None or row[1:] != (one.content, one.unresolved):
            return False
        names = ", ".join(f'"{column.name}"' for column in FIGURE_COLUMNS)
        had = self.db.execute(f"SELECT {names} FROM figures WHERE version = ? ORDER BY position", (row[0],))
        return had.fetchall() == one.rows

    def _retire(self, where: str, values: Iterable[Any]) -> int:
        """Ends what is true now; what this very run brought is taken back. Gives the number of documents."""
        values = tuple(values)
        mine = f"to_run IS NULL AND +from_run = {self.run:d} AND {where}"  # + keeps it from searching by the run
        self.db.execute(f"DELETE FROM figures WHERE version IN (SELECT version FROM documents WHERE {mine})", values)
        taken = self.db.execute(f"DELETE FROM documents WHERE {mine}", values).rowcount
        ended = self.db.execute(
            f"UPDATE documents SET to_run = {self.run:d} WHERE to_run IS NULL AND {where}", values
        ).rowcount
        return taken + ended

    def notice(self, kind: str, values: Iterable[str]) -> None:
        """Notes the banks or metrics of this run; the store keeps which run first saw each."""
        self._begin()
        self.db.executemany(
            "INSERT OR IGNORE INTO first_seen VALUES (?, ?, ?)", ((kind, value, self.run) for value in values)
        )

    # Failures

    def fail(self, file: str, one: Failed) -> bool:
        """Notes a failure of this reading; tells whether it is another one than the store had."""
        self._begin()
        self.db.execute("INSERT OR IGNORE INTO failing VALUES (?, ?)", (file, one.place))
        said = (one.kind, one.reason, one.content, self.rules)
        row = self.db.execute(
            "SELECT kind, reason, content, rules FROM failures WHERE file = ? AND place = ? AND to_run IS NULL",
            (file, one.place),
        ).fetchone()
        if row == said:
            return False
        self._forgive("file = ? AND place = ?", (file, one.place))
        self.db.execute(
            "INSERT INTO failures (file, place, kind, reason, content, rules, from_run) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (file, one.place, *said, self.run),
        )
        return True

    def _forgive(self, where: str, values: Iterable[Any]) -> None:
        values = tuple(values)
        self.db.execute(f"DELETE FROM failures WHERE to_run IS NULL AND from_run = {self.run:d} AND {where}", values)
        self.db.execute(f"UPDATE failures SET to_run = {self.run:d} WHERE to_run IS NULL AND {where}", values)

    # What is gone

    def finish(self, file: File, content: bytes, *, whole: bool) -> tuple[int, int]:
        """Closes the reading of a file: what it no longer holds is gone, or kept where it was not read ``whole``.

        Gives the documents gone and the documents kept.
        """
        self._begin()
        missing = "file = ? AND doc_id NOT IN (SELECT doc_id FROM met WHERE met.file = documents.file)"
        gone = kept = 0
        if whole:
            gone = self._retire(missing, (file.name,))
        else:
            (kept,) = self.db.execute(
                f"SELECT count(*) FROM documents WHERE to_run IS NULL AND {missing}", (file.name,)
            ).fetchone()
        self._forgive(
            "file = ? AND place NOT IN (SELECT place FROM failing WHERE failing.file = failures.file)", (file.name,)
        )
        self.note(file, content)
        self.forget_reading(file.name)
        return gone, kept

    def note(self, file: File, content: bytes) -> None:
        """Notes the state in which a file was read."""
        self._begin()
        self.db.execute(
            "INSERT INTO files VALUES (?, ?, ?, ?) ON CONFLICT (file) DO UPDATE SET source = excluded.source, "
            "signature = excluded.signature, content = excluded.content",
            (file.name, file.source, file.signature or None, content),
        )

    def forget_reading(self, file: str) -> None:
        """Drops what was noted of a reading."""
        self.db.execute("DELETE FROM met WHERE file = ?", (file,))
        self.db.execute("DELETE FROM failing WHERE file = ?", (file,))

    def retire_unseen(self, sources: Iterable[str], dropped: Iterable[str]) -> int:
        """Ends the documents of files that are gone from these ``sources``, and all of the ``dropped`` ones."""
        self._begin()
        names, off = json.dumps(list(sources)), json.dumps(list(dropped))
        gone = (
            "file IN (SELECT file FROM files WHERE source IN (SELECT value FROM json_each(?)) "
            "AND file NOT IN (SELECT file FROM seen) OR source IN (SELECT value FROM json_each(?)))"
        )
        count = self._retire(gone, (names, off))
        self._forgive(gone, (names, off))
        self.db.execute(f"DELETE FROM files WHERE {gone}", (names, off))
        return count


def now() -> str:
    """This moment as text: UTC, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
