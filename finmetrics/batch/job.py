"""One night: lock, plan, work, commit, publish, summary."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic

from finmetrics.batch import publish, sources, versions
from finmetrics.batch.config import Config
from finmetrics.batch.lock import locked
from finmetrics.batch.model import Event, Lost, NoWorkers, StoreError, Unit
from finmetrics.batch.plan import planned
from finmetrics.batch.pool import Pool
from finmetrics.batch.record import Recorder, Say
from finmetrics.batch.store import Store, told
from finmetrics.batch.summary import Summary, summed
from finmetrics.batch.telemetry import write_metrics
from finmetrics.batch.work import Orders
from finmetrics.rules import RulesError
from finmetrics.rules import load as load_rules

# Small units go to a worker together: what they hold at most.
_UNITS = 16
_BYTES = 65_536


def run(config: Config, *, rebuild: bool = False, wait: float = 0.0, say: Say = lambda event: None) -> Summary:
    """Brings the store up to what the sources hold now, and publishes the night.

    What is unchanged is left alone. With ``rebuild`` documents whose figures come from earlier rules are extracted
    anew, as far as what has changed in the rules can touch them. A run that was killed is gone on with. ``say`` is
    told what happens. Raises :class:`Locked` where another run holds the store for longer than ``wait`` seconds,
    :class:`StoreError` where the store cannot be used, :class:`NoWorkers` where no worker starts,
    :class:`finmetrics.RulesError` for bad rules.
    """
    metrics = None if config.metrics is None else config.place(config.metrics)
    folder = config.place(config.store)
    with told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder, wait):
            try:
                summary = _held(config, folder, say, rebuild=rebuild)
            except (RulesError, StoreError, NoWorkers, sqlite3.Error, OSError) as error:
                if metrics is not None:
                    write_metrics(metrics, None, 2 if isinstance(error, RulesError) else 3)
                raise
        if metrics is not None:
            write_metrics(metrics, summary, summary.code)
    return summary


def _held(config: Config, folder: Path, say: Say, *, rebuild: bool) -> Summary:
    """The run, the lock being held."""
    began = monotonic()
    version = versions.version_of(load_rules(None if config.rules is None else config.place(config.rules)))
    with closing(Store(folder, writing=True)) as store:
        resumed = store.begin(version)
        again = " goes on" if resumed else ""
        say(Event("begun", f"run {store.run}{again}", fields={"run": store.run, "resumed": resumed}))
        recorder = Recorder(store, say)
        lost = _work(config, store, version, recorder, rebuild=rebuild)
        _retire(config, store, recorder, lost)
        summary = summed(
            store, recorder.tally, engine=version.engine, resumed=resumed, seconds=monotonic() - began,
            lost=lost, declared=[source.name for source in config.sources],
        )  # fmt: skip
        store.end(summary.fields())
        say(Event("committed", f"run {store.run} is on disk", fields={"run": store.run}))
        published = publish.publish(store, folder, keep=config.keep)
        say(Event("published", f"published as {published}", fields={"run": store.run, "folder": str(published)}))
    say(Event("ended", "\n".join(summary.lines()), fields=summary.fields()))
    return summary


def _work(config: Config, store: Store, version: versions.Version, recorder: Recorder, *, rebuild: bool) -> list[str]:
    """Everything that is new or changed, through the workers into the store; gives the sources lost."""
    store.mark_due(rebuild=rebuild)
    lost: list[str] = []
    pool = Pool(config.workers or os.cpu_count() or 1, _orders(store, version, rebuild=rebuild), config.timeout)
    try:
        for unit, message in pool.run(_grouped(_units(config, store, recorder, lost, rebuild=rebuild))):
            if message is not None:
                recorder.take(unit.file, message, met=unit.document is not None)
            else:
                recorder.done(unit)
                store.commit_now_and_then()
    finally:
        pool.close()
    return lost


def _orders(store: Store, version: versions.Version, *, rebuild: bool) -> Orders:
    changed = {}
    for rules in store.versions_in_use() if rebuild else ():
        old = store.version(rules)
        if rules != version.rules:
            changed[rules] = None if old is None else versions.changed_phrases(old, version)
    return Orders(version.entries, version.rules, changed)


def _units(config: Config, store: Store, recorder: Recorder, lost: list[str], *, rebuild: bool) -> Iterator[Unit]:
    """What workers have to do; what needs no worker is recorded on the way."""
    for found in sources.listed(config):
        if isinstance(found, Lost):
            if found.source not in lost:
                lost.append(found.source)
            recorder.lose(found)
            continue
        recorder.tally.files += 1
        for one in planned(found, store, rebuild=rebuild):
            if isinstance(one, Unit):
                recorder.expect(one)
                yield one
            else:
                recorder.take(*one, met=True)
                store.commit_now_and_then()


def _grouped(units: Iterator[Unit]) -> Iterator[tuple[Unit, ...]]:
    """Units in groups that are worth a message: many small ones, or one large one."""
    held: list[Unit] = []
    size = 0
    for unit in units:
        held.append(unit)
        size += unit.file.size if unit.document is None else 3 * len(unit.document.text)
        if len(held) >= _UNITS or size >= _BYTES:
            yield tuple(held)
            held, size = [], 0
    if held:
        yield tuple(held)


def _retire(config: Config, store: Store, recorder: Recorder, lost: list[str]) -> None:
    """Ends what is gone from the sources that were listed whole, and what belongs to dropped ones."""
    whole = [source.name for source in config.sources if not source.drop and source.name not in lost]
    dropped = [source.name for source in config.sources if source.drop]
    recorder.tally.gone += store.retire_unseen(whole, dropped)
