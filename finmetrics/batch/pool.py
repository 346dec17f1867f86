"""Units -> messages, over worker processes; a unit that kills or hangs its worker comes out as a failure.

Each worker has at most one order in hand, so that memory is bounded and it is known what a dead worker was at.
Processes are started when the first unit comes: a night without changes starts none.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from time import monotonic

from finmetrics.batch.model import Failed, FailureKind, Finished, Message, NoWorkers, Unit
from finmetrics.batch.work import Orders, content_of, hash_of, serve

_STARTS = 3  # workers in a row that may die before they are ready
_TRIES = 2  # a machine short of memory kills a worker that has done no wrong
_START = 120.0  # seconds that a worker may take to start, on top of a unit's time

Answer = tuple[Unit, Message | None]


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    connection: Connection
    units: tuple[Unit, ...] = ()
    at: int = 0  # the unit in work
    since: float = 0.0
    ready: bool = False
    tries: int = 1


class Pool:
    """Worker processes; ``timeout`` is the seconds that one document may take."""

    def __init__(self, count: int, orders: Orders, timeout: float) -> None:
        self._count = count
        self._orders = orders
        self._timeout = timeout
        self._workers: list[_Worker] = []
        self._stillborn = 0
        self._again: deque[tuple[tuple[Unit, ...], int]] = deque()  # what dead workers had in hand

    def run(self, orders: Iterator[tuple[Unit, ...]]) -> Iterator[Answer]:
        """Works on the units, and gives each unit's messages as they come; ``None`` when a unit is done."""
        more = True
        while True:
            while more or self._again:
                worker = self._idle()
                if worker is None:
                    break
                units, tries = self._again.popleft() if self._again else (next(orders, ()), 1)
                if not units:
                    more = False
                    continue
                self._hand(worker, units, tries)
            busy = [worker for worker in self._workers if worker.units]
            if not busy:
                if more or self._again:
                    continue
                return
            yield from self._answers(busy)

    def close(self) -> None:
        """Ends the workers, whatever they are at."""
        for worker in self._workers:
            worker.process.kill()
            worker.process.join()
            worker.connection.close()
        self._workers.clear()

    def _idle(self) -> _Worker | None:
        found = next((worker for worker in self._workers if not worker.units), None)
        if found is None and len(self._workers) < self._count:
            context = multiprocessing.get_context("spawn")
            ours, its = context.Pipe()
            process = context.Process(target=serve, args=(its,), daemon=True)
            process.start()
            its.close()
            with suppress(OSError):  # as below
                ours.send(self._orders)
            found = _Worker(process, ours)
            self._workers.append(found)
        return found

    def _hand(self, worker: _Worker, units: tuple[Unit, ...], tries: int) -> None:
        worker.units, worker.at, worker.since, worker.tries = units, 0, monotonic(), tries
        with suppress(OSError):  # it has died: the next look at it finds that out
            worker.connection.send(units)

    def _answers(self, busy: list[_Worker]) -> Iterator[Answer]:
        """What comes next from any of the busy workers, the fate of the dead and the hanging among it."""
        now = monotonic()
        limits = {id(w): w.since + self._timeout + (_START if not w.ready else 0.0) for w in busy}
        ready = set(map(id, wait([w.connection for w in busy], max(0.0, min(limits.values()) - now))))
        for worker in busy:
            if id(worker.connection) in ready:
                try:
                    answer = worker.connection.recv()
                except (EOFError, OSError):
                    yield from self._dead(worker, "killed")
                    continue
                worker.since = monotonic()
                if answer is None:
                    worker.ready, self._stillborn = True, 0
                    continue
                number, message = answer
                unit = worker.units[number]
                if message is None:
                    worker.at = number + 1
                    if worker.at == len(worker.units):
                        worker.units = ()
                yield unit, message
            elif monotonic() > limits[id(worker)]:
                worker.process.kill()
                yield from self._dead(worker, "hung")

    def _dead(self, worker: _Worker, kind: FailureKind) -> Iterator[Answer]:
        """Buries a worker; its unit is tried once more alone, or comes out as a failure; the rest is handed on.

        Raises :class:`NoWorkers` where it is one of several that never got ready.
        """
        worker.process.join()
        worker.connection.close()
        self._workers.remove(worker)
        if not worker.ready:
            self._stillborn += 1
            if self._stillborn == _STARTS:
                raise NoWorkers(f"worker processes cannot be started (exit code {worker.process.exitcode})")
            self._again.append((worker.units, worker.tries))
            return
        unit, rest = worker.units[worker.at], worker.units[worker.at + 1 :]
        if rest:
            self._again.append((rest, 1))
        if kind == "killed" and worker.tries < _TRIES:
            self._again.append(((unit,), worker.tries + 1))
            return
        if kind == "hung":
            reason = f"took longer than {self._timeout:g} s"
        else:
            reason = f"a worker died of it, {_TRIES} times (exit code {worker.process.exitcode})"
        if unit.document is not None:
            doc_id = unit.document.doc_id
            yield unit, Failed(doc_id, kind, reason, doc_id, content_of(unit.document))
        else:
            content = _hash_or_nothing(unit)
            yield unit, Failed(unit.file.name, kind, reason, content=content)
            yield unit, Finished(content, whole=False)
        yield unit, None


def _hash_or_nothing(unit: Unit) -> bytes:
    try:
        return hash_of(unit.file)
    except OSError:
        return b""
