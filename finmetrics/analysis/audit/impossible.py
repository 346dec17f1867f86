"""Values that cannot be: parts larger than their whole, shares over 100%, totals that shrink."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from finmetrics.analysis.audit.grouping import Grouped
from finmetrics.analysis.digits import interval, of_all
from finmetrics.analysis.model import Finding, Period, Stated
from finmetrics.analysis.series import folded

# Percentages of a whole, and those of them that can be no part of it where the text says so.
_SHARES = frozenset((
    "share", "market_share", "tech_investment_ratio", "tech_staff_ratio", "online_rate", "automation_rate",
    "accuracy_rate", "availability", "satisfaction", "npl_ratio",
))  # fmt: skip
_WHOLE = Decimal(100)
# Parts and the whole that they are counted in, of one bank, product and period.
_WHOLES = (
    ("mau", "registered_users"), ("dau", "registered_users"), ("dau", "mau"), ("active_users", "registered_users"),
    ("tech_staff", "staff"), ("npl_balance", "loan_balance"), ("tech_investment", "revenue"), ("fee_income", "revenue"),
    ("net_profit", "revenue"), ("loan_balance", "total_assets"),
)  # fmt: skip
_CAN_BE_NEGATIVE = frozenset(("net_profit", "revenue", "fee_income", "nim", "interest_rate", "efficiency", "other"))
# What people are counted in, whichever word a text takes.
_PEOPLE = frozenset(("户", "人", "名", "位", "个"))

Place = tuple[str, str, str, str, Period]


def findings(grouped: Grouped) -> Iterator[Finding]:
    """A finding for each value that cannot be, alone or beside another of its bank and period."""
    yield from _alone(grouped)
    yield from _larger_than_whole(grouped)
    yield from _shrunk(grouped)


def _alone(grouped: Grouped) -> Iterator[Finding]:
    for line, periods in grouped.levels.items():
        for row in (row for rows in periods.values() for row in rows):
            figure, bounds = row.figure, interval(row.figure)
            if line.series.metric in _SHARES and figure.unit == "%" and bounds.low > _WHOLE:
                yield Finding("impossible", f"{figure.quote} of a whole", (row,))
            if bounds.high < 0 and line.series.metric not in _CAN_BE_NEGATIVE:
                yield Finding("impossible", f"a level of {figure.value.normalize():f}{figure.unit}", (row,))
    for row in grouped.movements:
        figure = row.figure
        all_there_was = of_all(figure.unit) or _WHOLE
        falls = figure.measure == "growth" and figure.metric not in _CAN_BE_NEGATIVE
        if falls and interval(figure).high < -all_there_was:
            yield Finding("impossible", f"a fall by more than all: {figure.quote}", (row,))


def _larger_than_whole(grouped: Grouped) -> Iterator[Finding]:
    placed: dict[tuple[str, Place], list[Stated]] = defaultdict(list)
    for line, periods in grouped.levels.items():
        for row in (row for rows in periods.values() for row in rows):
            placed[line.series.metric, _place(row)].append(row)
    for part, whole in _WHOLES:
        for metric, place in [key for key in placed if key[0] == part]:
            parts, wholes = placed[metric, place], placed.get((whole, place), [])
            if not wholes:
                continue
            least = min(parts, key=lambda row: interval(row.figure).low)
            most = max(wholes, key=lambda row: interval(row.figure).high)
            if interval(least.figure).low > interval(most.figure).high:
                said = f"{part} of {least.figure.quote} is more than {whole} of {most.figure.quote}"
                yield Finding("impossible", said, (least, most))


def _place(row: Stated) -> Place:
    """Bank, branch, product, unit and last day: what a part and its whole share."""
    figure = row.figure
    assert figure.period_end is not None
    unit = "人" if figure.unit in _PEOPLE else figure.unit
    flow = figure.unit_kind == "currency" and figure.period_start is not None
    period = Period(figure.period_start if flow else None, figure.period_end)
    return figure.bank, folded(figure.branch), folded(figure.product), f"{unit} {figure.per} {figure.segment}", period


def _shrunk(grouped: Grouped) -> Iterator[Finding]:
    """What is counted from the beginning cannot be less at a later day."""
    for line, periods in grouped.levels.items():
        if not line.series.cumulative:
            continue
        track = sorted(periods.items(), key=lambda item: item[0].end)
        for (earlier, before), (later, now) in pairwise(track):
            if earlier.end == later.end or (earlier.start is None) != (later.start is None):
                continue
            if later.start is not None and later.start != earlier.start:
                continue
            least = max(before, key=lambda row: -interval(row.figure).low)
            most = max(now, key=lambda row: interval(row.figure).high)
            if interval(most.figure).high < interval(least.figure).low:
                said = f"a cumulative total of {least.figure.quote}, then of {most.figure.quote}"
                yield Finding("impossible", said, (most, least))
