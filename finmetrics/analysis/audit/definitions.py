"""Breaks of 口径: a series that goes on under another definition than before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from finmetrics.analysis.audit.grouping import Grouped
from finmetrics.analysis.model import Finding, Period, Series, Stated
from finmetrics.analysis.series import VAGUE

_Levels = dict[Period, dict[str, list[Stated]]]


def findings(grouped: Grouped) -> Iterator[Finding]:
    """A finding for each step of a series from one stated definition, or count per day or household, to another.

    A text that states none leaves it open; a series that goes on beside the new one is no break.
    """
    by_definition: dict[Series, _Levels] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    by_per: dict[tuple[Series, str], _Levels] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for (series, wording), periods in grouped.levels.items():
        if series.metric in VAGUE:
            continue
        for period, rows in periods.items():
            if series.definition:
                by_definition[series._replace(definition="")][period][series.definition] += rows
            by_per[series._replace(per=""), wording][period][series.per or "total"] += rows
    for levels in (*by_definition.values(), *by_per.values()):
        yield from _breaks(levels)


def _breaks(levels: _Levels) -> Iterator[Finding]:
    kinds: dict[bool, list[Period]] = {instant: [] for instant in (True, False)}
    for period in levels:
        kinds[period.start is None].append(period)
    for periods in kinds.values():
        for earlier, later in pairwise(sorted(periods, key=lambda period: (period.end, period.start or period.end))):
            old, new = levels[earlier], levels[later]
            if old.keys() & new.keys():
                continue
            was, now = min(old), min(new)
            before, after = (max(rows, key=lambda row: row.figure.confidence) for rows in (old[was], new[now]))
            said = f"{was} ({before.figure.quote}) until {earlier.end}, {now} ({after.figure.quote}) at {later.end}"
            yield Finding("definition", said, (after, before))
