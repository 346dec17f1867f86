"""A nightly job for tests: sources that can be changed, the program to run it, and what its store holds."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from finmetrics.batch import api

CONFIG = """\
store = "store"
workers = 1

[[sources]]
name = "articles"
paths = ["articles"]
"""


class Job:
    """A job in a folder of its own."""

    def __init__(self, folder: Path, config: str = CONFIG) -> None:
        self.folder = folder
        self.articles = folder / "articles"
        self.articles.mkdir(parents=True, exist_ok=True)
        self.configure(config)

    def configure(self, config: str) -> None:
        """Replaces the configuration."""
        (self.folder / "job.toml").write_text(config, encoding="utf-8")

    def write(self, name: str, text: str | bytes) -> Path:
        """Writes a file of the articles."""
        path = self.articles / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def start(self, *arguments: str, **env: str) -> subprocess.Popen[bytes]:
        """``finmetrics batch`` in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "finmetrics.cli", "batch", *arguments],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"COLUMNS": "100"} | env,
            start_new_session=True,
        )

    def program(self, *arguments: str, **env: str) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of ``finmetrics batch``."""
        process = self.start(*arguments, **env)
        out, err = process.communicate(timeout=120)
        return process.returncode, out.decode(), err.decode()

    def run(self, *, code: int = 0, rebuild: bool = False) -> dict[str, Any]:
        """Runs the job in this process (its workers are others); gives its summary and what it said."""
        said: list[api.Event] = []
        summary = api.run(api.load(self.folder / "job.toml"), rebuild=rebuild, say=said.append)
        assert summary.code == code, [event.text for event in said]
        return summary.fields() | {"said": [(event.name, event.text) for event in said]}

    def sql(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the store."""
        with closing(sqlite3.connect(self.folder.as_uri() + "/store/finmetrics.sqlite?mode=ro", uri=True)) as db:
            return db.execute(query, values).fetchall()

    def published(self, table: str = "figures") -> list[dict[str, Any]]:
        """Rows of what readers see."""
        rows: list[dict[str, Any]] = pq.read_table(self.folder / f"store/published/latest/{table}.parquet").to_pylist()
        return rows

    def quotes(self) -> list[tuple[str, str]]:
        """Document and quote of every figure that readers see."""
        return [(row["doc_id"].removeprefix("articles/"), row["quote"]) for row in self.published()]
