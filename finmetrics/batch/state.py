"""How a nightly job stands: its last runs, what is published, what fails."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from finmetrics.batch import night
from finmetrics.batch.lock import is_held
from finmetrics.batch.publish import LATEST, published_run
from finmetrics.batch.store import NAME, Store
from finmetrics.batch.summary import lines as summary_lines


@dataclass(frozen=True, slots=True)
class Status:
    """``running`` tells whether a run holds the store; ``unfinished`` is a run that has begun and not ended.

    ``failures`` are rows of file, place, kind, reason and the run that first met it; ``bytes`` is the store's size.
    """

    store: str
    running: bool
    unfinished: int | None
    last_run: int
    ended: str | None
    published: int | None
    bytes: int
    summary: dict[str, Any] | None
    failures: list[dict[str, Any]]

    def fields(self) -> dict[str, Any]:
        """The status as JSON knows it."""
        return asdict(self)

    def lines(self) -> list[str]:
        """The status for people."""
        found = [f"store {self.store}: {self.bytes / 1e6:.1f} MB"]
        if self.unfinished is not None:
            state = "is running" if self.running else "did not end; the next run goes on with it"
            found.append(f"run {self.unfinished} {state}")
        if self.summary is None:
            return [*found, "no run has ended yet"]
        found.append(f"last night: run {self.last_run}, on disk since {self.ended}")
        found += summary_lines(self.summary)
        shown = "none" if self.published is None else f"run {self.published}, {Path(self.store, LATEST)}"
        found.append(f"published: {shown}")
        for one in self.failures:
            found.append(f"failing since run {one['from_run']}: {one['place']}: {one['kind']}: {one['reason']}")
        return found


def standing(store: Store, folder: Path) -> Status:
    """How the store in a folder stands."""
    one = store.db.execute
    last = night.last_run(store)
    unfinished = one("SELECT run FROM runs WHERE ended IS NULL").fetchone()
    ended = one("SELECT ended, summary FROM runs WHERE run = ?", (last,)).fetchone()
    names = ("file", "place", "kind", "reason", "from_run")
    failures = one(f"SELECT {', '.join(names)} FROM failures WHERE to_run IS NULL ORDER BY file, place")
    return Status(
        store=str(folder),
        running=is_held(folder),
        unfinished=unfinished and unfinished[0],
        last_run=last,
        ended=ended and ended[0],
        published=published_run(folder),
        bytes=sum(file.stat().st_size for file in folder.glob(f"{NAME}*")),
        summary=ended and json.loads(ended[1]),
        failures=[dict(zip(names, row, strict=True)) for row in failures],
    )
