"""How fast a nightly run is: one core against two, and a night in which nothing has changed. Prints one table.

    python benchmarks/nightly.py                       3,000 documents of work, 100,000 unchanged ones
    python benchmarks/nightly.py --unchanged 10000     a short form

Documents are those of tests/gold. One core and two are what the process may run on (``sched_setaffinity``), so that
the program's own part counts as well as the workers'.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from finmetrics.judging.evaluation import read_gold

GOLD = Path(__file__).resolve().parents[1] / "tests/gold"
CONFIG = 'store = "{store}"\nworkers = {workers}\n\n[[sources]]\nname = "articles"\npaths = ["articles"]\n'


def texts() -> list[str]:
    """The texts of tests/gold, without the longest tenth."""
    found = sorted((gold["text"] for gold in read_gold(GOLD)), key=len)
    return found[: len(found) * 9 // 10]


def articles(folder: Path, count: int, short: bool) -> None:
    """Writes ``count`` articles, a thousand a folder; ``short`` ones are of one sentence."""
    for number, text in enumerate(islice(cycle(texts()), count)):
        path = folder / "articles" / f"{number // 1000:03}" / f"{number % 1000:03}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"光大银行手机银行客户达{number + 1}户。" if short else text, encoding="utf-8")


def night(folder: Path, store: str, cores: int, workers: int) -> tuple[float, dict[str, object]]:
    """Seconds of a run on so many cores and with so many workers, starting included, and its summary."""
    (folder / "job.toml").write_text(CONFIG.format(store=store, workers=workers), encoding="utf-8")
    allowed = sorted(os.sched_getaffinity(0))[:cores]
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "finmetrics.cli", "batch", "run", "job.toml", "--log", "json"],
        cwd=folder,
        capture_output=True,
        preexec_fn=lambda: os.sched_setaffinity(0, allowed),
        check=True,
    )
    return time.monotonic() - began, json.loads(done.stderr.splitlines()[-1])


def scaling(folder: Path, documents: int, times: int) -> None:
    """One core against two, alternating."""
    articles(folder, documents, short=False)
    seconds: dict[int, list[float]] = {1: [], 2: []}
    figures: object = 0
    for turn in range(times):
        for cores in (1, 2):
            took, said = night(folder, f"store-{turn}-{cores}", cores, cores)
            seconds[cores].append(took)
            figures = said["figures"]
    one, two = (statistics.median(seconds[cores]) for cores in (1, 2))
    best = min(seconds[1]) / min(seconds[2])
    print(
        f"| first run, {documents:,} documents, {figures:,} figures | {one:.1f} s on one core, {two:.1f} s on two |  |"
    )
    print(f"| two cores against one | {one / two:.2f} times (medians of {times}), {best:.2f} (best of each) | 1.8 |")


def unchanged(folder: Path, documents: int) -> None:
    """A first run, and two more over the same documents."""
    articles(folder, documents, short=True)
    first, _ = night(folder, "store", 2, 2)
    print(f"| first run, {documents:,} documents of a sentence | {first:.0f} s |  |", flush=True)
    again = [night(folder, "store", 2, 2)[0] for _ in range(2)]
    print(f"| second run, {documents:,} unchanged documents | {min(again):.1f} s | under 10 s |", flush=True)


def main() -> None:
    """The script."""
    options = argparse.ArgumentParser(description="Speed of nightly runs.")
    options.add_argument("--documents", type=int, default=3_000)
    options.add_argument("--times", type=int, default=3)
    options.add_argument("--unchanged", type=int, default=100_000)
    chosen = options.parse_args()
    print("| what | measured | asked for |\n| --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        scaling(Path(folder), chosen.documents, chosen.times)
    with tempfile.TemporaryDirectory() as folder:
        unchanged(Path(folder), chosen.unchanged)
    print(f"\nload average meanwhile: {os.getloadavg()[2]:.1f}")


if __name__ == "__main__":
    main()
