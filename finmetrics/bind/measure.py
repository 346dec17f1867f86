"""Is a figure a level, a change or a growth, against what, with which sign?"""

from __future__ import annotations

from decimal import Decimal

from finmetrics.bind.model import Measure, Segment
from finmetrics.entries import Change
from finmetrics.numbers.quantify import Quantity


def measure_of(quantity: Quantity, segment: Segment, before: Measure | None, *, plus: bool = False) -> Measure:
    """Decides from the words between the figure before and this one.

    ``before`` is the figure before it in the sentence, ``plus`` whether the figure is written with a sign (+8.78%,
    -15.21%), as only changes are.
    """
    unit = quantity.unit
    kind = unit.kind if unit else "count"
    relative = kind in ("percent", "multiple") or quantity.fraction
    change = segment.change
    comparison = segment.comparison
    if quantity.worded:
        return Measure("growth", comparison, 1, "word")
    if segment.right_change is not None and relative:
        return Measure("growth", comparison, _sign(segment.right_change), "right_change", open=not comparison)
    if kind == "pp":
        return _points(change, comparison, segment)
    bare = not segment.metrics and not segment.right_metrics and segment.share is None
    if segment.base_touches and kind == "percent" and bare and before is not None and before.measure == "growth":
        return Measure("growth", before.comparison, 1, "rate_base")  # 增长12.3%，较上年末14.7%放缓
    if segment.base_touches and kind == "multiple":
        return Measure("growth", comparison, 1, "multiple_of_past", less_one=True)  # 去年同期增量的1.4倍
    if segment.base_touches:
        return Measure("level", "", 1, "base")  # 较2022年的3.30%
    if change is None or change.measure == "level":
        if (
            relative
            and before is not None
            and before.reason.startswith("rate")
            and segment.level
            and not segment.metrics
        ):
            return Measure("growth", before.comparison, 1, before.reason)  # 增速由8.42%降至5.38%
        if kind == "percent" and segment.level and segment.rate_before is not None and segment.share is None:
            # 年增率降到16.77%, 降幅收窄至1.89%
            return Measure(
                "growth", comparison, _sign(segment.rate_before), segment.rate_before.id, open=not comparison
            )
        if relative and kind == "percent" and (plus or quantity.value < 0):
            return Measure("growth", comparison, 1, "sign", open=not comparison)
        if relative and segment.rate_topic and not comparison:
            return Measure("growth", "", segment.rate_topic, "rate", open=True)
        if relative and segment.rate_before is not None and before is not None and before.measure == "growth":
            # 增速由19.1%回落到12.3%: two growths
            return Measure("growth", before.comparison, _sign(segment.rate_before), "rate")
        moved = before is not None and before.of_rate  # 增速较上年下降1.14个百分点，为9.63%
        if kind == "percent" and moved and not segment.metrics and segment.share is None:
            return Measure("growth", "", 1, "rate", open=True)
        subject = segment.named > segment.clause or segment.ordinal == "latter"
        goes_on = before is not None and before.measure == "growth" and subject
        if (
            kind == "percent"
            and goes_on
            and all(far for far, _ in segment.metrics)
            and segment.share is None
            and not segment.right_metrics
        ):
            return Measure("growth", "", 1, "goes_on", open=True)  # 光大增长9.4%，兴业为5.1%
        alone = not segment.right_metrics and segment.share is None and all(far for far, _ in segment.metrics)
        if kind == "percent" and segment.grows is not None and segment.named > segment.clause and alone and comparison:
            # 7家总资产同比增长，上海银行仅4.6%
            return Measure("growth", comparison, _sign(segment.grows), "grows")
        if kind == "multiple" and segment.base is not None:
            return Measure("growth", comparison, 1, "multiple_of_past", less_one=True)
        if relative and comparison and segment.compared_here and not segment.level and segment.share is None:
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
    if change.measure == "rate" and not relative:
        return Measure("level", "", 1, "")
    if change.average:
        return Measure("growth" if relative else "change", "", _sign(change), change.id)
    if change.measure == "rate":
        return Measure("growth", comparison, _sign(change), change.id, open=not comparison)
    if relative:
        return Measure("growth", comparison, _sign(change), change.id, open=not comparison)
    return Measure("change", comparison, _sign(change), change.id, open=not comparison)


def _points(change: Change | None, comparison: str, segment: Segment) -> Measure:
    if change is None:
        if segment.level and segment.rate_before is not None:  # 降幅最大，达0.16个百分点
            return Measure("change", comparison, _sign(segment.rate_before), "points", open=not comparison)
        if segment.level and not comparison:
            return Measure("level", "", 1, "level")
        return Measure("change", comparison, 1, "points", open=not comparison)
    over = change if change.measure == "surpass" else segment.surpass
    if over is not None and not comparison:
        return Measure("change", "", _sign(over), over.id)
    if segment.others or segment.versus and not segment.compared_here:
        return Measure("change", "", _sign(change), change.id)
    of_rate = segment.rate_before is not None
    return Measure("change", comparison, _sign(change), change.id, open=not comparison, of_rate=of_rate)


def _sign(change: Change) -> int:
    return -1 if change.sign < 0 else 1


def signed(quantity: Quantity, measure: Measure) -> tuple[Decimal, Decimal | None]:
    """``value`` and ``value_max`` with the sign of the change; 是上年的1.2倍 becomes 0.2, 下降10%-15% -15 to -10."""
    value, most = quantity.value, quantity.value_max
    if measure.less_one:
        return value - 1, most - 1 if most is not None else None
    if measure.sign >= 0:
        return value, most
    return (-abs(value), None) if most is None else (-abs(most), -abs(value))
