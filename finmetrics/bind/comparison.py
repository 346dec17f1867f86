"""Whether a change that names no base goes on with the base that its sentence last named."""

from __future__ import annotations

from finmetrics.bind import time
from finmetrics.bind.choice import Sums, decide
from finmetrics.bind.model import Bound, Candidate, Measure, Segment, Trace
from finmetrics.entries import Bank, Metric
from finmetrics.lexicon import Lexicon
from finmetrics.numbers.quantity import Quantity

# A clause that begins so soon after the figure before is the next one.
_NEXT = 3


class ComparisonChooser:
    """Chooses between the sentence's last comparison and none; ``weights`` are those of the slot."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._sums = Sums(lexicon.weights("comparison", ""))

    def choose(
        self,
        quantity: Quantity,
        measure: Measure,
        segment: Segment,
        metric: Metric | None,
        bank: Bank | None,
        bound: list[Bound],
        trace: Trace | None,
    ) -> str:
        """The comparison of a change or growth whose own words give none."""
        if len(bound) > 1 and metric is not None and bound[-1].metric is metric and _moved(bound[-2], bound[-1]):
            return time.against(bound[-2].period, bound[-1].period)
        at = next((i for i in range(len(bound) - 1, -1, -1) if bound[i].measure.comparison), -1)
        if at < 0:
            return self._decided(quantity, segment.compared_before, ["before", f"by.{measure.reason}"], trace)
        last = bound[at]
        between = bound[at + 1 :]
        reasons = [
            "carried",
            f"carried.after{min(len(between), 3)}",
            f"carried.{last.measure.measure}_{measure.measure}",
            f"carried.{last.measure.comparison}",
            "same_metric"
            if last.metric is not None and metric is not None and last.metric.id == metric.id
            else "other_metric",
            "same_bank" if last.bank is bank else "other_bank",
            f"by.{measure.reason}",
        ]
        if any(b.measure.measure == "level" for b in between):
            reasons.append("level_between")
        if any(b.figure.period_end != last.figure.period_end for b in between):
            reasons.append("period_between")
        known = bound[-1].token.quantity
        if known is not None and segment.clause - known.right > _NEXT:
            reasons.append("clause_between")  # 同比增长41.97%，网点换上新一代智能柜台，时长缩短四成
        if segment.each:
            reasons.append("each")
        same_unit = quantity.unit is last.token.quantity.unit if last.token.quantity is not None else False
        reasons.append("same_unit" if same_unit else "other_unit")
        return self._decided(quantity, last.measure.comparison, reasons, trace)

    def _decided(self, quantity: Quantity, comparison: str, reasons: list[str], trace: Trace | None) -> str:
        if not comparison:
            return ""
        candidates = [Candidate(comparison, comparison, "", reasons), Candidate("", "", "", ["none"])]
        chosen = decide(candidates, self._sums)
        if trace is not None:
            trace.decided("comparison", "", quantity.start, candidates, chosen)
        return chosen.key


def _moved(one: Bound, other: Bound) -> bool:
    """Whether two levels are where something came from and where it went: 由上年末的16亿元增至17亿元，增幅5%."""
    levels = one.measure.measure == other.measure.measure == "level"
    return levels and one.local and not other.local and one.metric is other.metric and one.bank is other.bank
