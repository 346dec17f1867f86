"""Two nights -> what changed from one to the other, figure by figure."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from finmetrics.batch.night import true_at
from finmetrics.batch.store import FIGURE_COLUMNS, Store

# Where a figure stands: a paragraph added above moves it and changes nothing.
_PLACE = frozenset({"fact_id", "start", "end", "page", "box", "rule", "confidence"})
# What makes two statements one that was restated.
_SAME = (
    "bank", "branch", "product", "metric", "definition", "measure", "comparison", "per", "status", "unit",
    "period_start", "period_end",
)  # fmt: skip

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that is new, gone, or said otherwise; ``before`` and ``after`` are its rows.

    ``columns`` names what differs of a changed one.
    """

    what: Literal["new", "changed", "gone"]
    file: str
    doc_id: str
    before: Row | None
    after: Row | None
    columns: tuple[str, ...] = ()


def changes(store: Store, before: int, after: int) -> Iterator[Change]:
    """What figures are new, changed and gone from the night of run ``before`` to that of ``after``.

    A figure that only moved within its document is none of them. 0 is the night before the first run.
    """
    sql = (
        f"SELECT file, doc_id, version, {true_at(':after')} FROM documents "
        f"WHERE ({true_at(':before')}) <> ({true_at(':after')}) ORDER BY file, doc_id"
    )
    versions = store.db.execute(sql, {"before": before, "after": after})
    for (file, doc_id), group in itertools.groupby(versions, key=lambda row: row[:2]):
        sides: dict[int, list[Row]] = {0: [], 1: []}
        for _, _, version, now in group:
            sides[now] += _figures(store, version)
        yield from _compared(file, doc_id, sides[0], sides[1])


def _figures(store: Store, version: int) -> list[Row]:
    names = [column.name for column in FIGURE_COLUMNS]
    columns = ", ".join(f'"{name}"' for name in names)
    rows = store.db.execute(f"SELECT {columns} FROM figures WHERE version = ? ORDER BY position", (version,))
    return [dict(zip(names, row, strict=True)) for row in rows]


def _compared(file: str, doc_id: str, before: list[Row], after: list[Row]) -> Iterator[Change]:
    said = [column.name for column in FIGURE_COLUMNS if column.name not in _PLACE]
    _, before, after = _paired(before, after, lambda row: tuple(row[name] for name in said))
    spot, before, after = _paired(before, after, lambda row: row["fact_id"])
    restated, before, after = _paired(before, after, lambda row: tuple(row[name] for name in _SAME))
    for old, new in spot + restated:
        columns = tuple(name for name in said if old[name] != new[name])
        yield Change("changed", file, doc_id, old, new, columns)
    yield from (Change("gone", file, doc_id, row, None) for row in before)
    yield from (Change("new", file, doc_id, None, row) for row in after)


def _paired(
    before: list[Row], after: list[Row], key: Callable[[Row], Hashable]
) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
    """Rows of equal key, paired in their order, and those left on either side."""
    waiting: dict[Hashable, list[Row]] = defaultdict(list)
    for row in before:
        waiting[key(row)].append(row)
    pairs, new = [], []
    for row in after:
        same = waiting[key(row)]
        if same:
            pairs.append((same.pop(0), row))
        else:
            new.append(row)
    left = {id(row) for rows in waiting.values() for row in rows}
    return pairs, [row for row in before if id(row) in left], new


def lines(found: Iterable[Change]) -> Iterator[str]:
    """A line for each change, and one that counts them."""
    counts = {"new": 0, "changed": 0, "gone": 0}
    for one in found:
        counts[one.what] += 1
        row = one.after or one.before or {}
        about = " ".join(filter(None, (row["bank"], row["branch"], row["product"], row["metric_name"])))
        if one.before is not None and one.after is not None:
            moved = "; ".join(f"{name} {_shown(one.before[name])} -> {_shown(one.after[name])}" for name in one.columns)
            yield f"~ {about}: {moved} ({one.doc_id})"
        else:
            yield f"{'+' if one.what == 'new' else '-'} {about}: {row['quote']} ({one.doc_id})"
    yield ", ".join(f"{count} {what}" for what, count in counts.items())


def _shown(value: object) -> str:
    return "none" if value is None else str(value)
