"""What kills, hangs, fills and locks: the store stays whole, and the next run ends the work."""

from __future__ import annotations

import importlib.util
import json
import multiprocessing
import multiprocessing.spawn
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from nightly import CONFIG, Job

from finmetrics.batch import pool
from finmetrics.batch.model import Failed, File, NoWorkers, Unit
from finmetrics.batch.versions import version_of
from finmetrics.batch.work import Orders
from finmetrics.model import Document
from finmetrics.rules import load

ROOT = Path(__file__).parents[1]
TEXT = "截至2021年末，光大银行手机银行注册用户突破5200万户。"

SLOW = "客户1户、" * 400_000  # minutes of work


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB; skips where this user may make none."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if (
        shutil.which("mount") is None
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("may not mount")
    yield folder
    subprocess.run(["umount", folder], check=True)


def benchmark() -> ModuleType:
    """benchmarks/kills.py."""
    spec = importlib.util.spec_from_file_location("kills", ROOT / "benchmarks" / "kills.py")
    assert spec is not None and spec.loader is not None
    module = sys.modules["kills"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_job_killed_again_and_again_ends_as_one_that_was_not(tmp_path: Path) -> None:
    outcome = benchmark().measure(tmp_path, kills=3, documents=60, seed=random.randrange(2**32), longest=4.0)
    assert outcome.kills == 3 and outcome.rows["documents"] > 50
    assert outcome.unequal == []


def test_termination_ends_the_workers_too(job: Job) -> None:
    job.write("1.jsonl", "\n".join(json.dumps({"doc_id": str(n), "text": TEXT * 40}) for n in range(200)))
    process = job.start("run", "job.toml", "--log", "json")
    deadline = time.monotonic() + 60
    while not _has_documents(job):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 143 and "the next run goes on" in err.decode()
    while _alive(process.pid):  # everybody of its group goes
        assert time.monotonic() < deadline
        time.sleep(0.05)
    status = job.program("status", "job.toml")[1]
    assert "run 1 did not end; the next run goes on with it" in status and "no run has ended yet" in status
    done = job.run()
    assert (done["run"], done["resumed"], done["documents"]) == (1, True, 200)
    assert 0 < done["new"] < 200  # the first run's work was kept


def test_of_two_runs_one_leaves_or_waits(job: Job) -> None:
    job.write("1.txt", TEXT)
    job.run()
    hold = (
        "import sys; from pathlib import Path; from finmetrics.batch.lock import locked\n"
        "with locked(Path('store')): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", hold], cwd=job.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None and holder.stdin is not None
    holder.stdout.readline()
    code, out, err = job.program("run", "job.toml")
    assert (code, out, err) == (75, "", f"finmetrics: {job.folder}/store: another run holds the store\n")
    assert json.loads(job.program("status", "job.toml", "--json")[1])["running"] is True
    assert job.quotes() == [("1.txt", "5200万户")]  # readers are not held up

    waiting = job.start("run", "job.toml", "--wait", "60")
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.communicate(timeout=3)
    holder.kill()  # the lock goes with its holder
    holder.communicate()
    assert waiting.communicate(timeout=60)[0].decode().startswith("run 2:") and waiting.returncode == 0


def test_full_disk(job: Job, small_disk: Path) -> None:
    job.configure(CONFIG.replace('"store"', f'"{small_disk}/store"'))
    job.write("1.txt", TEXT)
    assert job.program("run", "job.toml")[0] == 0
    before = (small_disk / "store/published/latest").resolve()
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(6_000_000))
    rows = [json.dumps({"doc_id": str(n), "text": TEXT * 10}) for n in range(600)]
    job.write("2.jsonl", "\n".join(rows))
    code, _, err = job.program("run", "job.toml")
    assert code == 3
    assert re.fullmatch(rf"finmetrics: {small_disk}/store.*: .*(full|No space left on device)\n", err)
    assert (small_disk / "store/published/latest").resolve() == before  # readers see the last whole night

    ballast.unlink()
    job.folder.joinpath("store").symlink_to(small_disk / "store")
    done = job.run()
    assert (done["run"], done["resumed"], done["documents"], done["figures"]) == (2, True, 601, 6_001)
    assert job.sql("PRAGMA integrity_check") == [("ok",)]


def test_read_only_store(job: Job, small_disk: Path) -> None:
    job.configure(CONFIG.replace('"store"', f'"{small_disk}/store"'))
    job.write("1.txt", TEXT)
    assert job.program("run", "job.toml")[0] == 0
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    code, _, err = job.program("run", "job.toml")
    assert code == 3 and err.count("\n") == 1 and f"{small_disk}/store" in err
    assert job.program("status", "job.toml")[0] == 0


def test_unusable_stores(job: Job) -> None:
    assert job.program("status", "job.toml")[::2] == (
        3,
        f"finmetrics: {job.folder}/store: no store there yet; finmetrics batch run makes one\n",
    )
    (job.folder / "store").mkdir()
    (job.folder / "store" / "finmetrics.sqlite").write_bytes(b"no database" * 1_000)
    code, _, err = job.program("run", "job.toml")
    assert (code, err.count("\n")) == (3, 1) and "file is not a database" in err
    shutil.rmtree(job.folder / "store")
    (job.folder / "store").write_text("a file")
    code, _, err = job.program("run", "job.toml")
    assert (code, err) == (3, f"finmetrics: {job.folder}/store: File exists\n")


def test_a_document_that_hangs_its_worker_is_put_aside(job: Job) -> None:
    job.configure("timeout = 4\n" + CONFIG)
    rows = [{"doc_id": doc_id, "text": text} for doc_id, text in (("good", TEXT), ("slow", SLOW), ("after", TEXT))]
    feed = job.write("1.jsonl", "\n".join(map(json.dumps, rows)))
    first = job.run(code=1)
    assert (first["failed"], first["documents"]) == (1, 2)
    assert [(row["place"], row["kind"], row["reason"]) for row in job.published("failures")] == [
        ("slow", "hung", "took longer than 4 s")
    ]
    with feed.open("a") as file:
        file.write("\n" + json.dumps({"doc_id": "new", "text": TEXT}))
    second = job.run()  # its content is the same: it is not tried again
    assert (second["failed"], second["quarantined"], second["new"]) == (0, 1, 1)
    feed.write_text("\n".join(json.dumps(row | {"text": row["text"][:40]}) for row in rows))
    third = job.run()
    assert (third["open_failures"], third["documents"]) == (0, 3)
    assert job.sql("SELECT place, from_run, to_run FROM failures") == [("slow", 1, 3)]


def test_a_document_that_kills_its_worker_is_put_aside() -> None:
    units = (_unit("good", TEXT), _unit("deadly", SLOW), _unit("after", TEXT))

    def kill() -> None:
        (worker,) = multiprocessing.active_children()
        worker.kill()

    done: list[str] = []
    failures: list[Failed] = []
    for unit, message in _answers([units], timeout=60.0):
        assert unit.document is not None
        if isinstance(message, Failed):
            failures.append(message)
        elif message is None:
            done.append(unit.document.doc_id)
            if unit.document.doc_id != "deadly":  # which is next: once for the first try, once for the second
                threading.Timer(1.0, kill).start()
    assert done == ["good", "after", "deadly"]
    assert [(one.place, one.kind, one.reason) for one in failures] == [
        ("deadly", "killed", "a worker died of it, 2 times (exit code -9)")
    ]


def _has_documents(job: Job) -> bool:
    try:
        return bool(job.sql("SELECT 1 FROM documents LIMIT 1"))
    except sqlite3.OperationalError:  # it is only being made
        return False


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_workers_that_cannot_start_blame_no_document() -> None:
    before = multiprocessing.spawn.get_executable()
    multiprocessing.set_executable("/bin/false")
    try:
        with pytest.raises(NoWorkers, match=r"worker processes cannot be started \(exit code 1\)"):
            list(_answers([(_unit("good", TEXT),)], timeout=60.0))
    finally:
        multiprocessing.set_executable(before)


def _unit(doc_id: str, text: str) -> Unit:
    return Unit(File("feed", "feed", "source", True, 1, ""), Document(text, doc_id))


def _answers(orders: list[tuple[Unit, ...]], timeout: float) -> Iterator[pool.Answer]:
    version = version_of(load())
    workers = pool.Pool(1, Orders(version.entries, version.rules, {}), timeout)
    try:
        yield from workers.run(iter(orders))
    finally:
        workers.close()
