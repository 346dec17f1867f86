"""Which metrics a figure can be of, by its unit and its measure, and which of its meanings a word then has."""

from __future__ import annotations

from collections.abc import Container

from finmetrics.bind.model import Segment
from finmetrics.entries import Metric, Unit, Wording
from finmetrics.numbers.quantity import Quantity
from finmetrics.spot import Token

# Units that a text does not leave out.
_NOT_BARE = ("%", "元", "秒", "人月", "PFlops")
# 净利润迈过百亿关口: from here on a bare number may be a sum of money.
_MONEY_FROM = 10**8
# How far before its clause a wording's cue may stand.
_CUE_REACH = 20
# Characters of a clause beyond which nothing is looked at, so that a text without marks costs no more than another.
FAR = 150


class Fitting:
    """The metrics that fit a unit, found once for each: a figure asks for some ten, and the rules read slowly."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics
        self._all = frozenset(map(id, metrics))
        self._bare = frozenset(id(metric) for metric in metrics if metric.units[0] not in _NOT_BARE)
        self._bare_money = self._bare | {id(metric) for metric in metrics if metric.units[0] == "元"}
        self._by_unit: dict[str, frozenset[int]] = {}

    def of(self, quantity: Quantity, measure: str, *, of_rate: bool = False) -> Container[int]:
        """The metrics, by their ``id()``, that a figure can be a level (change, growth) of.

        ``of_rate`` is true where points are of the metric's growth (增速较上季末上升1.37个百分点), or a multiple
        compares two of it (是邮储银行的4.7倍).
        """
        unit = quantity.unit
        if unit is None:
            return self._bare_money if quantity.value >= _MONEY_FROM else self._bare
        if measure == "growth" or of_rate:
            return self._all
        found = self._by_unit.get(unit.id)
        if found is None:
            found = self._by_unit[unit.id] = frozenset(id(metric) for metric in self._metrics if _fits(metric, unit))
        return found


def _fits(metric: Metric, unit: Unit) -> bool:
    if unit.kind == "pp":
        return "%" in metric.units or unit.id in metric.units
    if unit.kind == "currency":
        return unit.id in metric.units or "元" in metric.units
    return unit.id in metric.units or (unit.id == "人" and "名" in metric.units)


def worded(text: str, token: Token, segment: Segment, fitting: Container[int]) -> Wording | None:
    """The wording of a token that means a metric of ``fitting``; one whose cue stands before it goes first."""
    best: Wording | None = None
    far: Wording | None = None
    near: str | None = None
    before = ""
    for wording in token.word.metrics:
        if not wording.left or id(wording.metric) not in fitting:
            continue
        if not wording.cues:
            if best is None:
                best = wording
            continue
        if near is None:
            near = text[max(segment.span, token.start - FAR) : token.start]
            low = max(0, segment.span - _CUE_REACH)
            before = text[max(low, text.rfind("。", low, segment.span) + 1) : segment.span]
        if _holds(near, wording.cues):
            return wording
        if far is None and _holds(before, wording.cues):
            far = wording  # 微信、美团先后接入，大型机构累计660余家
    return best or far


def _holds(stretch: str, cues: tuple[str, ...]) -> bool:
    for cue in cues:  # noqa: SIM110 - any() of a generator takes three times as long, and this is asked most often
        if cue in stretch:
            return True
    return False
