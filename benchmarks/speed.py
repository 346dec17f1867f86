"""How fast finmetrics is, and how much memory it takes. Prints one table.

    python benchmarks/speed.py            everything (100 MB of text, and a feed of 100 MB through the program)
    python benchmarks/speed.py --quick    10 MB in place of 100

Beside compiled scanning and beside others: benchmarks/floor.py; how time and memory grow: benchmarks/growth.py.
The text is that of tests/gold, repeated. Times are of the processor, not of the clock, so that a busy machine does not
count; starting up is left out where text is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from time import process_time

from finmetrics.extractor import Extractor
from finmetrics.judging.evaluation import read_gold, stated_in
from finmetrics.model import Document
from finmetrics.output.table import batches

GOLD = Path(__file__).resolve().parents[1] / "tests/gold"
SEEDS = Path(__file__).resolve().parents[1] / "seeds"
MB = 1_000_000
DIGITS = 5 * MB


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table: ``bar`` is what is asked for."""

    what: str
    value: str
    bar: str = ""


def gold() -> list[Document]:
    """The documents of tests/gold."""
    return list(map(stated_in, read_gold(GOLD)))


def repeated(documents: list[Document], size: int) -> Iterator[Document]:
    """The documents over and over, each time with an id of its own, until they hold ``size`` bytes."""
    held = 0
    for number, document in enumerate(cycle(documents)):
        if held >= size:
            return
        held += len(document.text.encode())
        yield replace(document, doc_id=f"{document.doc_id}-{number}")


def text_to_table(documents: list[Document], size: int, extractor: Extractor) -> tuple[float, str]:
    """Characters a second from texts to Arrow tables, and what was done."""
    characters = figures = 0

    def counted() -> Iterator[Document]:
        nonlocal characters
        for document in repeated(documents, size):
            characters += len(document.text)
            yield document

    began = process_time()
    for table in batches(map(extractor.run, counted())):
        figures += table.num_rows
    seconds = process_time() - began
    each = seconds * 1e6 / max(1, figures)
    done = f"{characters / 1e6:.1f} M characters, {figures:,} figures, {each:.0f} µs a figure"
    return characters / seconds, done


def digits(extractor: Extractor) -> float:
    """Characters a second of one line that is nothing but digits."""
    document = Document("1234567890" * (DIGITS // 10), "digits")
    began = process_time()
    list(batches([extractor.run(document)]))
    return DIGITS / (process_time() - began)


def feed_through_program(documents: list[Document], size: int) -> tuple[int, float, int]:
    """Peak memory in bytes, processor seconds and documents of a JSONL feed through the program, to CSV."""
    with tempfile.TemporaryDirectory() as folder:
        feed = Path(folder, "feed.jsonl")
        count = 0
        with open(feed, "w", encoding="utf-8") as file:
            for document in repeated(documents, size):
                said = {"doc_id": document.doc_id, "title": document.title, "text": document.text}
                said["published"] = str(document.published or "")
                file.write(json.dumps(said, ensure_ascii=False) + "\n")
                count += 1
        command = [sys.executable, "-m", "finmetrics.cli", "extract", str(feed), "-o", str(Path(folder, "out.csv"))]
        process = subprocess.Popen(command)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"the program ended with exit code {process.returncode}")
        unit = 1 if sys.platform == "darwin" else 1024
        return used.ru_maxrss * unit, used.ru_utime + used.ru_stime, count


def starting(*arguments: str, times: int = 7) -> float:
    """The least processor seconds of a whole interpreter with these arguments."""
    least = float("inf")
    for _ in range(times):
        process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        least = min(least, used.ru_utime + used.ru_stime)
    return least


def measure(large: int) -> Iterator[Measured]:
    """Every line of the table; ``large`` is the larger size in bytes."""
    bare, ours = starting("-c", "pass"), starting("-c", "import finmetrics")
    yield Measured("import finmetrics", f"{ours - bare:.3f} s over a bare interpreter", "under 0.3 s")
    yield Measured(
        "finmetrics --help, the whole process", f"{starting('-m', 'finmetrics.cli', '--help'):.2f} s", "0.25 s"
    )
    with tempfile.TemporaryDirectory() as folder:
        extract = ("-m", "finmetrics.cli", "extract", "-o", str(Path(folder, "out.csv")))
        for name in ("04-huaxia.md", "03-shanghai.txt"):
            took = starting(*extract, str(SEEDS / name))
            yield Measured(f"finmetrics extract {name}, the whole process", f"{took:.2f} s", "0.6 s")
    began = process_time()
    extractor = Extractor()
    documents = gold()
    list(map(extractor.run, documents[:3]))
    yield Measured("start (rules read and compiled)", f"{process_time() - began:.2f} s")
    small, done = text_to_table(documents, 10 * MB, extractor)
    yield Measured("text to table, 10 MB", f"{small:,.0f} characters/s ({done})", "1,000,000 characters/s")
    if large > 10 * MB:
        speed, done = text_to_table(documents, large, extractor)
        share = f"{speed / small:.2f} of the speed at 10 MB"
        yield Measured(f"text to table, {large // MB} MB", f"{speed:,.0f} characters/s ({done})", f"linear: {share}")
    speed = digits(extractor)
    yield Measured(f"one line of {DIGITS // MB} MB of digits", f"{speed:,.0f} characters/s", "no slower than text")
    peak, seconds, count = feed_through_program(documents, large)
    yield Measured(
        f"JSONL feed of {large // MB} MB through the program",
        f"{peak / MB:,.0f} MB at most, {seconds:.1f} s, {count:,} documents",
        "under 500 MB",
    )


def main() -> None:
    """The script."""
    options = argparse.ArgumentParser(description="Speed and memory of finmetrics.")
    options.add_argument("--quick", action="store_true", help="10 MB in place of 100")
    large = 10 * MB if options.parse_args().quick else 100 * MB
    print("| what | measured | asked for |\n| --- | --- | --- |")
    for one in measure(large):
        print(f"| {one.what} | {one.value} | {one.bar} |", flush=True)


if __name__ == "__main__":
    main()
