"""Messages -> the store, and a tally of the night."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from finmetrics.batch.model import Event, Extracted, Failed, File, Finished, Lost, Message, Unchanged, Unit
from finmetrics.batch.store import FIGURE_COLUMNS, Store

_SLOWEST = 5
_BANK, _METRIC = ([column.name for column in FIGURE_COLUMNS].index(name) for name in ("bank", "metric"))

Say = Callable[[Event], None]


@dataclass(slots=True)
class Tally:
    """What a run did, counted; documents unless said otherwise."""

    files: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    kept: int = 0  # not met, in a file or source that was not read whole
    rebuilt: int = 0  # extracted anew under other rules, with the same figures or others
    brought_up: int = 0  # not extracted anew, as the change of the rules cannot touch them
    failed: int = 0
    quarantined: int = 0
    figures: int = 0  # extracted in this run
    slowest: list[tuple[float, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Reading:
    """A feed whose documents are out with the workers."""

    pending: int = 0
    end: Finished | None = None


class Recorder:
    """Writes what becomes of each unit into the store; a file is closed when the last of its documents is in."""

    def __init__(self, store: Store, say: Say) -> None:
        self.tally = Tally()
        self._store = store
        self._say = say
        self._readings: dict[str, _Reading] = {}

    def expect(self, unit: Unit) -> None:
        """A document of a feed goes to a worker: its file stays open until :meth:`done`."""
        if unit.document is not None:
            self._readings.setdefault(unit.file.name, _Reading()).pending += 1

    def done(self, unit: Unit) -> None:
        """A unit has said all."""
        reading = self._readings.get(unit.file.name)
        if unit.document is None or reading is None:
            return
        reading.pending -= 1
        if reading.end is not None and reading.pending == 0:
            self._finish(unit.file, reading.end)

    def take(self, file: File, message: Message, *, met: bool) -> None:
        """Writes a message; ``met`` where the planner has noted already that the document is there."""
        match message:
            case Finished():
                reading = self._readings.get(file.name)
                if reading is None or reading.pending == 0:
                    self._finish(file, message)
                else:
                    reading.end = message
            case Failed():
                if message.doc_id and not met:
                    self._meet(file, message.doc_id, message.content)
                self._fail(file, message)
            case Unchanged():
                if met or self._meet(file, message.doc_id, message.content):
                    self._unchanged(file, message)
            case Extracted():
                if met or self._meet(file, message.doc_id, message.content):
                    self._extracted(file, message)

    def lose(self, one: Lost) -> None:
        """A source that cannot be listed is named, and left."""
        fields = {"source": one.source, "reason": one.reason}
        self._say(Event("lost", f"source {one.source}: {one.reason}", "error", fields))

    def _meet(self, file: File, doc_id: str, content: bytes) -> bool:
        """Whether a document is the first of its id in the file; another one is a failure."""
        before = self._store.meet(file.name, doc_id, content)
        if before is not None and before != content:
            reason = "another document of this file has the same doc_id; the first was taken"
            self._fail(file, Failed(f"{doc_id} (again)", "repeated", reason, content=content))
        return before is None

    def _extracted(self, file: File, one: Extracted) -> None:
        known = self._store.known_document(file.name, one.doc_id)
        if known is not None and known.content == one.content:
            self.tally.rebuilt += 1
        if self._store.same_figures(file.name, one):
            self._store.bring_up(file.name, one.doc_id, self._store.rules)
        elif self._store.replace(file.name, one):
            self.tally.new += 1
        elif known is None or known.content != one.content:
            self.tally.changed += 1
        self.tally.figures += len(one.rows)
        self._store.notice("bank", {row[_BANK] for row in one.rows if row[_BANK]})
        self._store.notice("metric", {row[_METRIC] for row in one.rows})
        keep = heapq.heappush if len(self.tally.slowest) < _SLOWEST else heapq.heappushpop
        keep(self.tally.slowest, (one.seconds, one.doc_id))

    def _unchanged(self, file: File, one: Unchanged) -> None:
        known = self._store.known_document(file.name, one.doc_id)
        if known is not None and known.rules != one.rules:
            self._store.bring_up(file.name, one.doc_id, one.rules)
            self.tally.brought_up += 1

    def _fail(self, file: File, one: Failed) -> None:
        self._store.fail(file.name, one)
        if one.quarantined:
            self.tally.quarantined += 1
            return
        self.tally.failed += 1
        fields = {"file": file.name, "place": one.place, "kind": one.kind, "reason": one.reason}
        self._say(Event("failed", f"{one.place}: {one.reason}", "warning", fields))

    def _finish(self, file: File, end: Finished) -> None:
        self._readings.pop(file.name, None)
        if end.same:
            self._store.note(file, end.content)
            self._store.forget_reading(file.name)
            return
        gone, kept = self._store.finish(file, end.content, whole=end.whole)
        self.tally.gone += gone
        self.tally.kept += kept
        if kept:
            text = f"{file.name}: not read whole, so its {kept} other documents stay as they were"
            self._say(Event("kept", text, "warning", {"file": file.name, "documents": kept}))
