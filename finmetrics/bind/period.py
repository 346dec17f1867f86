"""Which of the periods around a figure is its own: what its words say, what governs, or none."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from finmetrics.bind.choice import Sums, decide, graded, named, paired
from finmetrics.bind.model import Bound, Candidate, Measure, Segment, Trace
from finmetrics.discourse import Context
from finmetrics.entries import Metric
from finmetrics.lexicon import Lexicon
from finmetrics.numbers.quantity import Quantity
from finmetrics.periods import Period

KINDS = ("percent", "points", "money", "time", "multiple", "growth", "bare", "count")
_OLD = 3  # sentences after which it no longer matters how old a governing period is
_STATED, _NONE, _REPORT = named("stated."), named("none."), named("report.")
_STATED_OF, _LAST = paired("stated.", "."), paired("last_figure.", "_")
_AGE = graded("carried.age", _OLD)
_AGAINST = paired("report.against_", "")
_OLDNESS = tuple(map(str, range(_OLD + 1)))


class PeriodChooser:
    """Chooses the period of one figure at a time; the candidate's ``value`` is a :class:`Period` or ``None``."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._sums = {kind: Sums(lexicon.weights("period", kind)) for kind in KINDS}

    def choose(
        self,
        quantity: Quantity,
        kind: str,
        measure: Measure,
        segment: Segment,
        metric: Metric | None,
        stated: Period | None,
        reason: str,
        context: Context,
        bound: list[Bound],
        trace: Trace | None,
    ) -> Candidate:
        """The period of a figure; ``stated`` is what the words of its sentence lead to, by ``reason``."""
        found: dict[str, Candidate] = {}
        about = metric.id if metric is not None else "other"
        stock = metric.period if metric is not None else "either"
        age = min(context.period_age, _OLD)
        reasoned = reason not in ("carried", "title", "none")
        reasons = ["stated", _STATED(reason), _STATED_OF(reason, stock)]
        leads = stated is not None and context.lead is not None and stated.end == context.lead.end
        if reason == "carried" and leads:
            reasons.append("carried.leads")
        if reason == "carried":
            reasons.append(_AGE[age])
            if context.recent and context.recent[-1].period is stated:
                reasons.append("carried.of_figures")
        if segment.status != "actual":
            reasons.append("stated.future")
        if segment.per and not reasoned:
            reasons.append("stated.per")
        if bound and bound[-1].period is stated and not reasoned:
            reasons.append("stated.of_last_figure")
        _add(found, stated, reasons)
        if bound and bound[-1].period is not stated and not bound[-1].local:
            _add(found, bound[-1].period, ["last_figure", _LAST(bound[-1].measure.measure, measure.measure)])
        if context.period is not None and context.period is not stated:
            _add(found, context.period, ["before"])
        if context.report is not None and context.report.year and not reasoned:
            against = stated is not None and stated.end != context.report.end
            reasons = ["report", _REPORT(stock)]
            if against:
                reasons.append("report.against_lead" if leads else _AGAINST(reason, _OLDNESS[age]))
            _add(found, context.report, reasons)
        none = ["none", _NONE(stock), _NONE(about)]
        if not reasoned:
            none.append("none.nothing_named")
        if segment.status != "actual":
            none.append("none.future")
        if segment.per:
            none.append("none.per")
        if segment.comparison or segment.base is not None:
            none.append("none.compared")
        _add(found, None, none)
        candidates = list(found.values())
        chosen = decide(candidates, self._sums[kind])
        if trace is not None:
            trace.decided("period", kind, quantity.start, candidates, chosen)
        return chosen


@lru_cache(maxsize=4096)
def _key(day: dt.date | None) -> str:
    """What tells candidates apart: the day, as it is written."""
    return "" if day is None else str(day)


def _add(found: dict[str, Candidate], period: Period | None, reasons: list[str]) -> None:
    key = _key(period.end) if period is not None else ""
    candidate = found.get(key)
    if candidate is None:
        found[key] = Candidate(key, period, "", reasons)
    else:
        candidate.reasons += reasons
