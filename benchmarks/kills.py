"""Kills a nightly run again and again, and compares the store with that of a run nobody disturbed.

    python benchmarks/kills.py                              200 kills over a run of 2,000 documents
    python benchmarks/kills.py --kills 10 --documents 200   a short form

SIGKILL comes at a random moment of a run: while it starts, reads, extracts, commits or publishes (every twelfth time it
is aimed at the latter). When a run has ended before its kill, every document changes, some go and some come, and the
next night begins. At last nobody kills any more. Prints what the kills hit and whether the two stores, with all their
history, and the published tables are equal, row for row; exit code 1 where they are not.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from finmetrics.batch.night import last_run
from finmetrics.batch.store import NAME, Store
from finmetrics.judging.evaluation import read_gold

GOLD = Path(__file__).resolve().parents[1] / "tests/gold"
CONFIG = """\
store = "store"
workers = 2

[[sources]]
name = "articles"
paths = ["articles"]

[[sources]]
name = "feeds"
paths = ["feeds/*.jsonl"]
"""
# What a run may say otherwise though it did the same: surrogate keys, clocks, and what restarting changes.
_TABLES = {
    "documents": "file, doc_id, content, title, published, source, characters, unresolved, rules, from_run, to_run",
    "figures": "d.file, d.doc_id, d.from_run, f.*",
    "failures": "file, place, kind, reason, content, rules, from_run, to_run",
    "files": "file, source, content",
    "first_seen": "kind, value, run",
}


@dataclass(slots=True)
class Outcome:
    """``hit`` counts the kills by what the run had said last; ``unequal`` is empty where both stores agree."""

    kills: int = 0
    nights: int = 0
    unequal: list[str] = field(default_factory=list)
    hit: Counter[str] = field(default_factory=Counter)
    rows: dict[str, int] = field(default_factory=dict)


class Job:
    """A nightly job in a folder of its own: half of its documents are files, half stand in feeds, some fail."""

    def __init__(self, folder: Path, documents: int) -> None:
        self.folder = folder
        self._documents = documents
        texts = sorted((gold["text"] for gold in read_gold(GOLD)), key=len)
        self._texts = texts[: len(texts) * 9 // 10]  # the longest are a second of work each
        (folder / "articles").mkdir(parents=True)
        (folder / "feeds").mkdir()
        (folder / "articles" / "broken.txt").write_bytes(b"\xff\xff" * 50)
        (folder / "job.toml").write_text(CONFIG, encoding="utf-8")

    def renew(self, night: int) -> None:
        """Writes the sources of a night: every document another than the night before, some gone, some new."""
        files = self._documents // 2
        for number in range(files):
            path = self.folder / "articles" / f"{number:05}.txt"
            path.unlink(missing_ok=True)
            if (number + night) % 20:
                path.write_text(self._text(number, night), encoding="utf-8")
        for feed in range(4):
            with open(self.folder / "feeds" / f"{feed}.jsonl", "w", encoding="utf-8") as file:
                for number in range(files + feed, self._documents, 4):
                    if (number + night) % 20:
                        row = {"doc_id": f"f{number}", "text": self._text(number, night)}
                        file.write(json.dumps(row, ensure_ascii=False) + "\n")
                if feed == 0:
                    file.write("{broken\n")

    def _text(self, number: int, night: int) -> str:
        return f"{self._texts[(number + night) % len(self._texts)]}\n客户{number + 1}户"

    def start(self) -> subprocess.Popen[str]:
        """The program's ``batch run`` in a process group of its own, with JSON logs."""
        return subprocess.Popen(
            [sys.executable, "-m", "finmetrics.cli", "batch", "run", "job.toml", "--log", "json"],
            cwd=self.folder,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def finish(self) -> float:
        """Runs to the end; gives the seconds it took."""
        began = time.monotonic()
        process = self.start()
        _, said = process.communicate()
        if process.returncode not in (0, 1):
            raise SystemExit(f"exit code {process.returncode}: {said}")
        return time.monotonic() - began

    def last_run(self) -> int:
        """The number of the last run that ended."""
        with closing(Store(self.folder / "store")) as store:
            return last_run(store)


def killed(job: Job, chance: random.Random, longest: float) -> str | None:
    """Starts a run and kills it at a random moment; gives what it had said last, ``None`` where it ended before."""
    process = job.start()
    said: list[str] = []
    seen = threading.Event()

    def listen() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            with suppress(ValueError):  # what workers say whose parent has gone
                said.append(json.loads(line)["event"])
            if said[-1:] == ["committed"]:
                seen.set()

    ear = threading.Thread(target=listen)
    ear.start()
    if chance.random() < 0.08 and seen.wait(longest * 4):
        time.sleep(chance.uniform(0, 0.2))
    else:
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0, longest))
    alive = process.poll() is None
    if alive and chance.random() < 0.5:  # else the workers have to find out for themselves
        os.killpg(process.pid, signal.SIGKILL)
    elif alive:
        process.kill()
    code = process.wait()
    ear.join()
    assert process.stderr is not None
    process.stderr.close()
    if code not in (0, 1, -signal.SIGKILL):
        raise SystemExit(f"exit code {code}")
    if code == -signal.SIGKILL:
        return said[-1] if said else "nothing"
    return None


def measure(folder: Path, kills: int, documents: int, seed: int, longest: float) -> Outcome:
    """An undisturbed job and a disturbed one in ``folder``, night by night, compared at the end.

    ``longest`` is how many seconds a run may live at most before it is killed.
    """
    calm, wild = Job(folder / "calm", documents), Job(folder / "wild", documents)
    chance = random.Random(seed)
    outcome = Outcome()
    while not outcome.nights or outcome.kills < kills:
        for job in (calm, wild):
            job.renew(outcome.nights)
        outcome.nights += 1
        seconds = calm.finish()
        while outcome.kills < kills:
            hit = killed(wild, chance, longest)
            if hit is None:
                break
            outcome.kills += 1
            outcome.hit[hit] += 1
        else:
            wild.finish()
        while calm.last_run() < wild.last_run():  # a kill after the commit leaves a run to start that has nothing to do
            calm.finish()
        print(f"night {outcome.nights}: {seconds:.1f} s undisturbed; {outcome.kills} kills so far", flush=True)
    outcome.unequal, outcome.rows = compare(calm.folder, wild.folder)
    return outcome


def rows(folder: Path, table: str) -> list[tuple[Any, ...]]:
    """The rows of a table of the store that a run decides, sorted."""
    columns = _TABLES[table]
    source = "figures f JOIN documents d USING (version)" if table == "figures" else table
    with closing(sqlite3.connect(folder / "store" / NAME)) as db:
        cursor = db.execute(f"SELECT {columns} FROM {source}")
        keep = [i for i, column in enumerate(cursor.description) if column[0] != "version"]
        return sorted((tuple(row[i] for i in keep) for row in cursor), key=repr)


def compare(one: Path, other: Path) -> tuple[list[str], dict[str, int]]:
    """What differs between the stores and published tables of two jobs, and how many rows were compared."""
    unequal, counts = [], {}
    for table in _TABLES:
        left, right = rows(one, table), rows(other, table)
        counts[table] = len(left)
        if left != right:
            unequal.append(f"{table}: {len(left)} rows against {len(right)}, {len(set(left) ^ set(right))} differ")
    for name in ("figures", "documents", "failures"):
        left, right = (pq.read_table(job / "store/published/latest" / f"{name}.parquet") for job in (one, other))
        counts[f"published {name}"] = left.num_rows
        if not left.equals(right):
            unequal.append(f"published {name}: {left.num_rows} rows against {right.num_rows}")
    return unequal, counts


def main() -> None:
    """The script."""
    options = argparse.ArgumentParser(description="Kills nightly runs and compares what is left.")
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--documents", type=int, default=2_000)
    options.add_argument("--seed", type=int, default=20220329)
    options.add_argument("--longest", type=float, default=8.0, help="seconds a run may live")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = measure(Path(folder), chosen.kills, chosen.documents, chosen.seed, chosen.longest)
    print(f"{outcome.kills} kills in {outcome.nights} nights; what a run had said last: {dict(outcome.hit)}")
    print("compared: " + ", ".join(f"{count} rows of {name}" for name, count in outcome.rows.items()))
    print("\n".join(outcome.unequal) or "equal, row for row")
    raise SystemExit(bool(outcome.unequal))


if __name__ == "__main__":
    main()
