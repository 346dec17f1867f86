"""Is a figure a level, a change or a growth, against what, with which sign?"""

from __future__ import annotations

from decimal import Decimal

from finmetrics.bind.model import Measure, Segment
from finmetrics.quantify import Quantity
from finmetrics.schema import Change


def measure_of(quantity: Quantity, segment: Segment, before: Measure | None) -> Measure:
    """Decides from the words between the figure before and this one; ``before`` is the figure before it in the sentence."""
    unit = quantity.unit
    kind = unit.kind if unit else "count"
    relative = kind in ("percent", "multiple") or quantity.fraction
    change = segment.change
    comparison = segment.comparison
    if quantity.worded:
        return Measure("growth", comparison, 1, "word")
    if segment.right_change is not None and relative:
        return Measure("growth", comparison or _inherited(before), _sign(segment.right_change), "right_change")
    if kind == "pp":
        return _points(change, comparison, segment, before)
    if change is None:
        if relative and segment.rate_before is not None and before is not None and before.measure == "growth":
            # 增速由19.1%回落到12.3%: two growths
            return Measure("growth", before.comparison, 1, "rate")
        if kind == "multiple" and segment.base is not None:
            return Measure("growth", comparison, 1, "multiple_of_past", less_one=True)
        if relative and comparison and not segment.level:
            return Measure("growth", comparison, 1, "comparison")
        return Measure("level", "", 1, "level" if segment.level else "")
    if change.measure == "surpass":
        if relative and not segment.others:
            return Measure("level", "", 1, "")
        return Measure("change", "", _sign(change), change.id)
    if change.measure == "save" and not relative and not comparison:
        return Measure("level", "", 1, change.id)
    if change.measure == "new":
        if relative:
            return Measure("growth" if comparison else "level", comparison, 1, change.id)
        return Measure("change", comparison, 1, change.id)
    if change.measure == "rate":
        if not relative:
            return Measure("level", "", 1, "")
        return Measure("growth", comparison or _inherited(before), _sign(change), change.id)
    if relative:
        return Measure("growth", comparison or _inherited(before), _sign(change), change.id)
    return Measure("change", comparison or _inherited(before), _sign(change), change.id)


def _points(change: Change | None, comparison: str, segment: Segment, before: Measure | None) -> Measure:
    if change is None:
        if segment.level and not comparison:
            return Measure("level", "", 1, "level")
        return Measure("change", comparison or _inherited(before), 1, "points")
    if change.measure == "surpass" or segment.others:
        return Measure("change", "", _sign(change), change.id)
    return Measure("change", comparison or _inherited(before), _sign(change), change.id)


def _inherited(before: Measure | None) -> str:
    """A change keeps the comparison of the change right before it; a level in between ends it."""
    return before.comparison if before is not None and before.measure != "level" else ""


def _sign(change: Change) -> int:
    return -1 if change.sign < 0 else 1


def signed(quantity: Quantity, measure: Measure) -> Decimal:
    """The value with the sign of its change; 是上年的1.2倍 becomes 0.2."""
    value = quantity.value
    if measure.less_one:
        return value - 1
    return -abs(value) if measure.sign < 0 else value
