"""What a run says to machines: log lines as JSON, and metrics as a Prometheus textfile."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from finmetrics.batch.model import Event
from finmetrics.batch.store import now
from finmetrics.batch.summary import Summary
from finmetrics.output.replacing import replacing

_GAUGES = {
    "run": ("run_number", "Number of the last run that ended."),
    "seconds": ("run_duration_seconds", "How long the last run took."),
    "files": ("files", "Files that the sources lead to."),
    "documents": ("documents", "Documents in the store."),
    "figures": ("figures", "Figures in the store."),
    "unresolved": ("unresolved_numerals", "Numerals of the documents that could not be decided."),
    "new": ("documents_new", "Documents new in the last run."),
    "changed": ("documents_changed", "Documents changed in the last run."),
    "gone": ("documents_gone", "Documents gone in the last run."),
    "failed": ("documents_failed", "Documents that failed in the last run."),
    "stale": ("documents_stale", "Documents with figures from earlier rules."),
    "open_failures": ("failures_open", "Failures that are open, those in quarantine among them."),
}


def json_line(event: Event) -> str:
    """An event as one line of JSON."""
    said = {"time": now(), "level": event.level, "event": event.name, "message": event.text, **event.fields}
    return json.dumps(said, ensure_ascii=False)


def write_metrics(path: Path, summary: Summary | None, code: int) -> None:
    """Writes the textfile whole; ``summary`` is missing where the run did not end. Raises ``OSError``."""
    with replacing(path) as target:
        target.write_text("".join(f"{line}\n" for line in _lines(summary, code)), encoding="utf-8")
        os.chmod(target, 0o644)  # its reader is another user


def _lines(summary: Summary | None, code: int) -> Iterator[str]:
    yield from _gauge("run_exit_code", "Exit code of the last run.", code)
    yield from _gauge("run_end_timestamp_seconds", "When the last run left, in Unix time.", int(time.time()))
    if summary is None:
        return
    for name, (metric, meaning) in _GAUGES.items():
        yield from _gauge(metric, meaning, getattr(summary, name))
    yield from _gauge("sources_lost", "Sources that could not be listed.", len(summary.lost))


def _gauge(name: str, meaning: str, value: float) -> Iterator[str]:
    yield f"# HELP finmetrics_{name} {meaning}"
    yield f"# TYPE finmetrics_{name} gauge"
    yield f"finmetrics_{name} {value}"
