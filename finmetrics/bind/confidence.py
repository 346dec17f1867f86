"""How sure a figure's row is: one more choice, between right and wrong, for named reasons with fitted weights."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

from finmetrics.bind.choice import decide
from finmetrics.bind.model import Bound, Candidate, Measure, Trace
from finmetrics.model import Figure
from finmetrics.numbers.quantity import Quantity

# Log-odds taken off for text that no rule was tuned on: gold made after the rules had tuple F1 .83, .88 once tuned on,
# which is .5; the rest keeps rows above 0.9 right 97 times in 100 on all of our gold, the hardest included.
_UNSEEN = 0.7
# A chance is told by the first step it reaches.
_STEPS = (0.995, 0.98, 0.95, 0.9, 0.8, 0.6)


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
        f"metric.{_step(choice.chance)}",
        f"metric.by.{choice.reasons[0]}",
        f"bank.{_step(who.chance) if who is not None else 'list'}",
        f"product.{_step(about.chance) if about is not None else 'list'}",
        f"period.{_step(when.chance)}",
        f"period.by.{period}",
        f"measure.{figure.measure}",
        f"measure.by.{measure.reason or 'plain'}",
    ]
    if who is not None and len(who.reasons) > 1:
        reasons.append(f"bank.by.{who.reasons[0]}")
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
    reasons = ["row", "table", f"table.{figure.measure}"]
    if figure.metric == "other":
        reasons.append("metric.other")
    if not figure.bank:
        reasons.append("bank.none")
    if figure.period_end is None:
        reasons.append("period.none")
    return reasons


def confidence(reasons: list[str], weights: Mapping[str, float], start: int, trace: Trace | None) -> float:
    """The chance, 0 to 1, that value, unit, bank, metric, measure, comparison and period of a new text are right."""
    right = Candidate("right", None, "", reasons)
    wrong = Candidate("wrong", None, "", [])
    chosen = decide([right, wrong], weights)
    if trace is not None:
        trace.decided("confidence", "", start, [right, wrong], chosen)
    return round(1 / (1 + exp(wrong.score - right.score + _UNSEEN)), 4)


def _step(chance: float) -> str:
    return next((f"{step:g}" for step in _STEPS if chance >= step), "less")
