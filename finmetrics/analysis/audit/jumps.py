"""Levels that leap from one period to the next by a factor that a wrong unit or decimal point makes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from finmetrics.analysis.audit.grouping import Grouped, Line, distinct
from finmetrics.analysis.audit.growth import implied
from finmetrics.analysis.bases import earlier
from finmetrics.analysis.digits import exact, interval, overlap
from finmetrics.analysis.model import Finding, Period, Stated
from finmetrics.analysis.series import VAGUE
from finmetrics.model import Figure

_WRONG_UNITS = (Decimal(10**4), Decimal(10**8))
_GROWN = Decimal("2.5")  # what a year's growth may add to the factor
_POINTS = (Decimal(10), Decimal(100), Decimal(1000))
_STEADY = Decimal("1.6")  # how far apart the neighbours of a spike may be for it to be one
_COUNTED = frozenset(("count", "currency", "data", ""))


def findings(grouped: Grouped) -> Iterator[Finding]:
    """A finding for each leap by 10^4 or 10^8, and for each spike by a power of ten; not where growth bears it out."""
    for line, periods in grouped.levels.items():
        if line.series.metric in VAGUE:
            continue
        track = [
            (period, best) for period in sorted(periods, key=_order) if (best := _best(periods[period])) is not None
        ]
        told: set[str] = set()
        for (_, before), (_, now) in pairwise(track):
            factor = thousands(before.figure, now.figure)
            if factor and not _borne_out(grouped, line, before, now):
                told |= {before.fact_id, now.fact_id}
                reason = f"{before.figure.quote}, then {now.figure.quote}: apart by about {factor}"
                yield Finding("unit", reason, (now, before))
        for (_, before), (_, now), (_, after) in zip(track, track[1:], track[2:], strict=False):
            if told.isdisjoint((before.fact_id, now.fact_id, after.fact_id)) and _spike(before, now, after):
                said = f"{now.figure.quote} between {before.figure.quote} and {after.figure.quote}"
                if not _borne_out(grouped, line, before, now):
                    yield Finding("typo", f"{said}: the decimal point may be wrong", (now, before, after))


def thousands(one: Figure, other: Figure) -> str:
    """``10^4`` or ``10^8`` where that is about how far two figures are apart, as a wrong 万 or 亿 makes them."""
    if not exact(one) or not exact(other) or one.unit_kind not in _COUNTED:
        return ""
    low, high = sorted((abs(one.value), abs(other.value)))
    if low:
        for factor in _WRONG_UNITS:
            if factor / _GROWN <= high / low <= factor * _GROWN:
                return f"10^{len(str(factor)) - 1}"
    return ""


def _order(period: Period) -> tuple[object, ...]:
    return (period.end, period.start or period.end)


def _best(rows: list[Stated]) -> Stated | None:
    """The one value of a period; ``None`` where there are bounds only, or values that differ."""
    found = [row for row in distinct(rows) if exact(row.figure)]
    if not found or any(not overlap(interval(row.figure), interval(found[0].figure)) for row in found):
        return None
    return max(found, key=lambda row: row.figure.confidence)


def _spike(before: Stated, now: Stated, after: Stated) -> bool:
    first, value, last = (abs(row.figure.value) for row in (before, now, after))
    if not first or not value or not last or max(first, last) / min(first, last) > _STEADY:
        return False
    middle = (first + last) / 2
    return any(
        factor / _STEADY <= ratio <= factor * _STEADY
        for factor in _POINTS
        for ratio in (value / middle, middle / value)
    )


def _borne_out(grouped: Grouped, line: Line, before: Stated, now: Stated) -> bool:
    """Whether a stated growth or change says that the leap took place."""
    for movement in grouped.movements_of(line):
        if grouped.period(movement) == grouped.period(now) and earlier(movement.figure) == grouped.period(before):
            wanted = implied(movement.figure, interval(now.figure), interval(before.figure))
            if wanted is not None and overlap(wanted, interval(movement.figure)):
                return True
    return False
