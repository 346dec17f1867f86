"""How time and memory grow with the size of one document, and how throughput grows with processes.

    python benchmarks/growth.py               documents from 1 kB to 10 MB
    python benchmarks/growth.py --largest 100 to 100 MB (some minutes, some gigabytes)

Each document is tests/gold, repeated, and has a process of its own; time is of the processor, memory the most that the
process held beyond what it held before. Processes run the same texts at the same time; theirs is the clock's time.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import subprocess
import sys
from itertools import cycle
from time import perf_counter, process_time

from scale import dense

import finmetrics as fm
from finmetrics.output.table import to_table

MB = 1_000_000
TEXTS = 300_000  # characters that a process reads


def of_size(size: int) -> str:
    """The texts of tests/gold, a paragraph each, until they hold ``size`` bytes."""
    parts: list[str] = []
    held = 0
    for text in cycle(dense()):
        parts.append(text)
        held += len(text.encode()) + 1
        if held >= size:
            break
    return "\n".join(parts).encode()[:size].decode("utf-8", "ignore")


def one(size: int) -> tuple[int, int, float, int]:
    """Characters, figures, seconds and bytes of memory that a document of ``size`` bytes takes, in this process."""
    import pandas  # noqa: F401 - Arrow loads it for large tables; that is no part of a document

    extractor = fm.Extractor()
    to_table([extractor.run(fm.Document(of_size(100_000)))])
    text = of_size(size)
    unit = 1 if sys.platform == "darwin" else 1024
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = process_time()
    figures = to_table([extractor.run(fm.Document(text))]).num_rows
    seconds = process_time() - began
    return len(text), figures, seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit


def reads(texts: list[str], ready: multiprocessing.synchronize.Barrier) -> None:
    """What one of several processes does."""
    extractor = fm.Extractor()
    to_table(extractor.run(fm.Document(text)) for text in texts[:20])
    ready.wait()
    to_table(extractor.run(fm.Document(text)) for text in texts)
    ready.wait()


def together(processes: int, texts: list[str]) -> float:
    """Seconds in which so many processes each read all the texts."""
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(processes + 1)
    workers = [context.Process(target=reads, args=(texts, ready)) for _ in range(processes)]
    for worker in workers:
        worker.start()
    ready.wait()
    began = perf_counter()
    ready.wait()
    seconds = perf_counter() - began
    for worker in workers:
        worker.join()
    return seconds


def main() -> None:
    """The script."""
    options = argparse.ArgumentParser(description="Time and memory against size, throughput against processes.")
    options.add_argument("--largest", type=int, default=10, metavar="MB", help="megabytes of the largest document (10)")
    options.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one is not None:
        print(*one(given.one))
        return
    print("| a document of | figures | seconds | characters a second | memory |\n| --- | --- | --- | --- | --- |")
    size = 1_000
    while size <= given.largest * MB:
        command = [sys.executable, __file__, "--one", str(size)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        characters, figures, seconds, held = int(said[0]), int(said[1]), float(said[2]), int(said[3])
        name = f"{size // 1_000:,} kB" if size < MB else f"{size // MB} MB"
        print(
            f"| {name} | {figures:,} | {seconds:.3f} | {characters / seconds:,.0f} | {held / MB:,.1f} MB |", flush=True
        )
        size *= 10
    texts: list[str] = []
    for text in cycle(dense()):
        texts.append(text)
        if sum(map(len, texts)) >= TEXTS:
            break
    print("\n| processes | characters a second, all together | of one process |\n| --- | --- | --- |")
    rates: dict[int, float] = {}
    for processes in sorted({1, 2, os.cpu_count() or 1}):
        seconds = min(together(processes, texts) for _ in range(2))
        rates[processes] = processes * sum(map(len, texts)) / seconds
        print(f"| {processes} | {rates[processes]:,.0f} | x {rates[processes] / rates[1]:.2f} |", flush=True)


if __name__ == "__main__":
    main()
