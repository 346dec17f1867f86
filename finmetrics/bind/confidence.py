"""How sure a figure's row is: one more choice, between right and wrong, for named reasons with fitted weights."""

from __future__ import annotations

from bisect import bisect_right
from math import exp

from finmetrics.bind.choice import REMEMBERED, Sums, decide, named
from finmetrics.bind.model import Bound, Candidate, Measure, Trace
from finmetrics.lexicon import Lexicon
from finmetrics.model import Figure
from finmetrics.numbers.quantity import Quantity

# Log-odds taken off for text that no rule was tuned on. With 1.0 off, 97 in 100 of the rows above 0.9 were right in the
# 50 documents that are held back (631 of 651), and no more with 1.3 off: what is left wrong there is surely wrong.
_UNSEEN = 1.0
# Off once more where the text is about no single institution. Without it 92 in 100 of held rows above 0.9 were right
# there, where one bank's texts had 97; with it 97 of all of them (743 of 764 in 62 documents, which chose it).
_OF_MANY = 0.5
# A chance is told by the last step it reaches.
_STEPS = (0.6, 0.8, 0.9, 0.95, 0.98, 0.995)
_METRIC, _BANK, _PRODUCT, _PERIOD = (
    tuple(f"{slot}.{step}" for step in ("less", *(f"{step:g}" for step in _STEPS)))
    for slot in ("metric", "bank", "product", "period")
)
_METRIC_BY, _BANK_BY, _PERIOD_BY, _MEASURE, _MEASURE_BY = map(
    named, ("metric.by.", "bank.by.", "period.by.", "measure.", "measure.by.")
)


def in_prose(
    figure: Figure,
    quantity: Quantity,
    measure: Measure,
    choice: Candidate,
    others: tuple[Candidate | None, Candidate | None, Candidate],
    period: str,
    before: list[Bound],
) -> list[str]:
    """The reasons for and against a figure of running text.

    ``others`` are the choices of its institution, product and period; ``None`` where a list settled them.
    """
    who, about, when = others
    reasons = [
        "row",
        _METRIC[bisect_right(_STEPS, choice.chance)],
        _METRIC_BY(choice.reasons[0]),
        _BANK[bisect_right(_STEPS, who.chance)] if who is not None else "bank.list",
        _PRODUCT[bisect_right(_STEPS, about.chance)] if about is not None else "product.list",
        _PERIOD[bisect_right(_STEPS, when.chance)],
        _PERIOD_BY(period),
        _MEASURE(figure.measure),
        _MEASURE_BY(measure.reason or "plain"),
    ]
    if who is not None and len(who.reasons) > 1:
        reasons.append(_BANK_BY(who.reasons[0]))
    if figure.measure != "level" and not figure.comparison:
        reasons.append("comparison.none")
    if not figure.bank:
        reasons.append("bank.none")
    if figure.metric == "other":
        reasons.append("metric.other")
    if quantity.unit is None:
        reasons.append("unit.none")
    if quantity.chinese:
        reasons.append("chinese")
    if len(before) >= _MANY_BEFORE:
        reasons.append("late_in_sentence")
    return reasons


_MANY_BEFORE = 6


def in_table(figure: Figure) -> list[str]:
    """The reasons for and against a figure of a table."""
    reasons = ["row", "table"]  # nothing finer: the cells of a column are wrong together, and few tables were judged
    if figure.metric == "other":
        reasons.append("metric.other")
    if not figure.bank:
        reasons.append("bank.none")
    if figure.period_end is None:
        reasons.append("period.none")
    return reasons


class Confidences:
    """Reasons -> the chance, 0 to 1, that the row of a new text is right, by the weights of its reasons.

    Right are value, unit, bank, metric, measure, comparison and period.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._sums = Sums(lexicon.weights("confidence", ""))
        self._known: dict[tuple[bool, tuple[str, ...]], float] = {}

    def of(self, reasons: list[str], of_many: bool, start: int, trace: Trace | None) -> float:
        """The chance for the row of the figure at ``start``, in a text ``of_many`` institutions or about one."""
        if trace is not None:
            pair = [Candidate("right", None, "", reasons), Candidate("wrong", None, "", [])]
            trace.decided("confidence", "", start, pair, decide(pair, self._sums))
        key = (of_many, tuple(reasons))
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            off = _UNSEEN + _OF_MANY if of_many else _UNSEEN
            found = self._known[key] = round(1 / (1 + exp(off - self._sums.of(key[1]))), 4)
        return found
