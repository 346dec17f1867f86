"""What a night was like, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from finmetrics.batch.record import Tally
from finmetrics.batch.store import Store


@dataclass(frozen=True, slots=True)
class Summary:
    """A run that has ended. Counts are of documents unless the name says otherwise.

    ``documents``, ``figures``, ``unresolved`` (numerals that could not be decided) and ``open_failures`` are those of
    the whole store; ``stale`` documents have figures from earlier rules or an earlier engine. ``lost`` names the
    sources that could not be listed. ``slowest`` are pairs of seconds and ``doc_id``.
    """

    run: int
    resumed: bool
    seconds: float
    rules: str
    engine: str
    files: int
    documents: int
    figures: int
    unresolved: int
    new: int
    changed: int
    gone: int
    kept: int
    rebuilt: int
    brought_up: int
    stale: int
    failed: int
    quarantined: int
    open_failures: int
    extracted_figures: int
    lost: list[str] = field(default_factory=list)
    undeclared: list[str] = field(default_factory=list)
    new_banks: list[str] = field(default_factory=list)
    new_metrics: list[str] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)

    @property
    def code(self) -> int:
        """The exit code that says how it went: 0, 1 where documents failed, 3 where a source is lost."""
        return 3 if self.lost else 1 if self.failed else 0

    def fields(self) -> dict[str, Any]:
        """The summary as JSON knows it."""
        return asdict(self)

    def lines(self) -> list[str]:
        """The summary for people."""
        return list(lines(self.fields()))


def summed(
    store: Store, tally: Tally, *, engine: str, resumed: bool, seconds: float, lost: list[str], declared: list[str]
) -> Summary:
    """The summary of a run from its tally and what the store holds, before the run is ended."""
    one = store.db.execute
    documents, unresolved, stale = one(
        "SELECT count(*), coalesce(sum(unresolved), 0), coalesce(sum(rules <> ?), 0) FROM documents "
        "WHERE to_run IS NULL",
        (store.rules,),
    ).fetchone()
    (figures,) = one(
        "SELECT count(*) FROM figures WHERE version IN (SELECT version FROM documents WHERE to_run IS NULL)"
    ).fetchone()
    (open_failures,) = one("SELECT count(*) FROM failures WHERE to_run IS NULL").fetchone()
    sources = [row[0] for row in one("SELECT DISTINCT source FROM files ORDER BY source")]
    seen = {
        kind: [
            row[0]
            for row in one("SELECT value FROM first_seen WHERE kind = ? AND run = ? ORDER BY value", (kind, store.run))
        ]
        for kind in ("bank", "metric")
    }
    return Summary(
        run=store.run, resumed=resumed, seconds=round(seconds, 3), rules=store.rules, engine=engine,
        files=tally.files, documents=documents, figures=figures, unresolved=unresolved, new=tally.new,
        changed=tally.changed, gone=tally.gone, kept=tally.kept, rebuilt=tally.rebuilt, brought_up=tally.brought_up,
        stale=stale, failed=tally.failed, quarantined=tally.quarantined, open_failures=open_failures,
        extracted_figures=tally.figures, lost=lost,
        undeclared=[name for name in sources if name not in declared],
        new_banks=seen["bank"], new_metrics=seen["metric"],
        slowest=[(round(seconds, 3), doc_id) for seconds, doc_id in sorted(tally.slowest, reverse=True)],
    )  # fmt: skip


def lines(said: Mapping[str, Any]) -> list[str]:
    """A stored summary for people."""
    resumed = ", going on with one that did not end" if said["resumed"] else ""
    found = [
        f"run {said['run']}: {said['documents']} documents, {said['figures']} figures "
        f"in {said['seconds']:.1f} s{resumed}",
        f"  new {said['new']}, changed {said['changed']}, gone {said['gone']}, failed {said['failed']}; "
        f"{said['unresolved']} numerals unresolved",
    ]
    if said["rebuilt"] or said["brought_up"]:
        found.append(f"  rebuilt {said['rebuilt']}; {said['brought_up']} that the new rules cannot touch left alone")
    if said["stale"]:
        found.append(f"  {said['stale']} documents have figures from earlier rules; --rebuild brings them up")
    if said["kept"]:
        found.append(f"  {said['kept']} documents kept that were not met: their file was not read whole")
    if said["open_failures"]:
        found.append(f"  {said['open_failures']} failures open; finmetrics batch status names them")
    for name in said["lost"]:
        found.append(f"  source {name} lost: its documents are left as they were")
    for name in said["undeclared"]:
        found.append(
            f"  source {name} is no longer configured: its documents are left as they were (drop = true ends them)"
        )
    for what in ("banks", "metrics"):
        if names := said[f"new_{what}"]:
            more = f" and {len(names) - 12} more" if len(names) > 12 else ""
            found.append(f"  new {what}: {', '.join(names[:12])}{more}")
    if said["slowest"]:
        found.append("  slowest: " + ", ".join(f"{doc_id} {seconds:.2f} s" for seconds, doc_id in said["slowest"]))
    return found
