"""Movements that their levels do not bear out: level, earlier level, and the change or growth stated between them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from finmetrics.analysis.audit.grouping import Grouped, distinct
from finmetrics.analysis.audit.slips import restored
from finmetrics.analysis.bases import earlier
from finmetrics.analysis.digits import INFINITE, interval, of_all, overlap
from finmetrics.analysis.model import Finding, Interval, Stated
from finmetrics.model import Figure

# What one of the unit is of a percentage point.
_POINTS = {"个百分点": Decimal(1), "个基点": Decimal("0.01"), "BP": Decimal("0.01")}
_MOST = 4  # readings of one level that are tried


def findings(grouped: Grouped) -> Iterator[Finding]:
    """A finding for each stated change or growth that no pair of levels of its series fits."""
    seen: set[tuple[str, ...]] = set()
    for movement in grouped.movements:
        base = earlier(movement.figure)
        if base is None:
            continue
        for levels in grouped.levels_of(movement):
            now = _near(movement, levels.get(grouped.period(movement), []))
            before = _near(movement, levels.get(base, []))
            if not now or not before:
                continue
            finding = _unfitting(movement, now, before)
            key = tuple(row.figure.quote for row in finding.rows) if finding else ()
            if finding is not None and key not in seen:
                seen.add(key)
                yield finding


def implied(movement: Figure, now: Interval, before: Interval) -> Interval | None:
    """Where a movement between two levels lies, in its own unit; ``None`` where levels do not give one."""
    if movement.measure == "change":
        points = _POINTS.get(movement.unit, Decimal(1))
        low = now.low - before.high if now.low > -INFINITE and before.high < INFINITE else -INFINITE
        high = now.high - before.low if now.high < INFINITE and before.low > -INFINITE else INFINITE
        return Interval(low / points, high / points)
    if before.low <= 0:
        return None  # growth from nothing or from a loss has no meaning
    scale = of_all(movement.unit)
    if scale is None:
        return None
    low = now.low / before.high if before.high < INFINITE and now.low > -INFINITE else Decimal(0)
    high = now.high / before.low if now.high < INFINITE else INFINITE
    return Interval((low - 1) * scale, (high - 1) * scale if high < INFINITE else INFINITE)


def _near(movement: Stated, rows: list[Stated]) -> list[Stated]:
    """The levels a movement may go with: those of its own document before those of others."""
    ours = [row for row in rows if row.figure.doc_id == movement.figure.doc_id]
    return sorted(distinct(ours or rows), key=lambda row: -row.figure.confidence)[:_MOST]


def _unfitting(movement: Stated, now: list[Stated], before: list[Stated]) -> Finding | None:
    """The finding where no level and earlier level fit; of the surest pair."""
    first: Finding | None = None
    for level in now:
        for base in before:
            if not _comparable(movement.figure, level.figure):
                return None
            wanted = implied(movement.figure, interval(level.figure), interval(base.figure))
            if wanted is None or overlap(wanted, interval(movement.figure)):
                return None
            first = first or _finding(movement, level, base, wanted)
    return first


def _comparable(movement: Figure, level: Figure) -> bool:
    """Whether the units let a movement be worked out: points of percentages, the level's own unit, or growth."""
    if movement.measure == "growth":
        return of_all(movement.unit) is not None
    return level.unit == "%" if movement.unit in _POINTS else movement.unit == level.unit


def _finding(movement: Stated, level: Stated, base: Stated, wanted: Interval) -> Finding:
    figure = movement.figure
    said = (
        f"{level.figure.quote} after {base.figure.quote} makes {_between(wanted)}{figure.unit}, "
        f"not {'-' if figure.value < 0 and '-' not in figure.quote else ''}{figure.quote}"
    )
    meant = restored(figure, wanted)
    if meant is not None:
        return Finding("typo", f"{said}; {meant[0].normalize():f} differs by {meant[1]}", (movement, level, base))
    for one, other in ((level, base), (base, level)):
        meant = restored(one.figure, _solved(figure, other.figure, of_now=one is level), digits=False)
        if meant is not None:
            reason = f"{said}; of {one.figure.quote}, {meant[1]} may be wrong"
            return Finding("typo", reason, (one, other, movement))
    return Finding("growth", said, (movement, level, base))


def _solved(movement: Figure, known: Figure, *, of_now: bool) -> Interval:
    """Where the one level must lie for the movement to fit the other."""
    moved, its = interval(movement), interval(known)
    if movement.measure == "change":
        points = _POINTS.get(movement.unit, Decimal(1))
        low, high = moved.low * points, moved.high * points
        return Interval(its.low + low, its.high + high) if of_now else Interval(its.low - high, its.high - low)
    scale = of_all(movement.unit)
    if scale is None or moved.low / scale <= -1 or INFINITE in (moved.high, its.high):
        return Interval(Decimal(0), Decimal(0))
    low, high = 1 + moved.low / scale, 1 + moved.high / scale
    return Interval(its.low * low, its.high * high) if of_now else Interval(its.low / high, its.high / low)


def _between(wanted: Interval) -> str:
    low, high = (f"{end:.2f}" if abs(end) < 10_000 else f"{end:,.0f}" for end in wanted)
    if wanted.high == INFINITE:
        return f"over {low}"
    if wanted.low == -INFINITE:
        return f"under {high}"
    return low if low == high else f"{low} to {high}"
