"""Which metric a figure is of: the candidates around it, and why one is taken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from finmetrics.bind.measure import Measure
from finmetrics.bind.segment import Segment
from finmetrics.lexicon import Lexicon, Wording
from finmetrics.model import Figure
from finmetrics.quantify import Quantity
from finmetrics.schema import Metric, Unit
from finmetrics.spot import Token

_HAN = re.compile(r"[一-龥A-Za-z]")
# A noun may stand this far right of the figure that counts it (200多家互联网龙头企业).
_RIGHT_REACH = 16
_RIGHT_NEAR = 3
_PART_OF = re.compile(r"的?(?!增|升|降|涨|跌|上|下|左|水平|区间)[一-龥]{2}")
_RATIOS = {("tech_investment", "revenue"): "tech_investment_ratio", ("tech_staff", "staff"): "tech_staff_ratio"}


class Known(Protocol):
    """A figure already bound, with its metric."""

    figure: Figure
    metric: Metric | None


@dataclass(slots=True)
class Choice:
    """A metric with its wording and the reason it was taken."""

    metric: Metric | None
    text: str = ""
    reason: str = "none"
    token: Token | None = None


def fits(metric: Metric, unit: Unit | None, measure: str) -> bool:
    """Whether a figure of this unit can be a level (change, growth) of the metric."""
    if unit is None:
        return metric.units != ["%"]
    if measure == "growth":
        return True
    if unit.kind == "pp":
        return "%" in metric.units or unit.id in metric.units
    if unit.kind == "currency":
        return unit.id in metric.units or "元" in metric.units
    return unit.id in metric.units or (unit.id == "人" and "名" in metric.units)


class Chooser:
    """Chooses a metric for one figure at a time."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._by_id: dict[str, Metric] = {}
        for metric in lexicon.rules.metrics:
            self._by_id.setdefault(metric.id, metric)

    def by_id(self, metric_id: str) -> Metric | None:
        """The first entry of this id."""
        return self._by_id.get(metric_id)

    def choose(
        self, text: str, quantity: Quantity, segment: Segment, measure: Measure, known: Known | None
    ) -> Choice:
        """The metric of a figure that stands alone; ``known`` is the earlier figure whose metric could go on."""
        unit = quantity.unit
        before = known.figure if known is not None else None
        if segment.share is not None and unit is not None and unit.kind == "percent" and measure.measure == "level":
            return self._share(text, segment, quantity, before)
        right = self._right(text, quantity, segment, measure)
        left = self._left(text, quantity, segment, measure)
        if right is not None and (left is None or right[1] <= 6 and not self._tight(text, left, quantity)):
            return right[0]
        if left is not None:
            choice = left
            if choice.metric is not None and choice.metric.id == "share":
                ratio = self._named_ratio(before)
                if ratio is not None:
                    return Choice(ratio, choice.text, "left share of what came before", choice.token)
            return choice
        if unit is not None and unit.kind == "percent" and measure.measure == "level" and self._of_noun(text, quantity):
            return Choice(self._by_id.get("share"), "", "share of what follows")
        return self._carried(text, quantity, segment, measure, known)

    def candidates(self, text: str, token: Token, quantity: Quantity, segment: Segment, measure: Measure) -> Wording | None:
        """The wording of a token left of the figure that fits it, if any."""
        best: Wording | None = None
        for wording in token.word.metrics:
            if not wording.left or not fits(wording.metric, quantity.unit, measure.measure):
                continue
            if wording.cues:
                stretch = text[segment.span : token.start]
                if not any(cue in stretch for cue in wording.cues):
                    continue
                return wording
            if best is None:
                best = wording
        return best

    def _left(self, text: str, quantity: Quantity, segment: Segment, measure: Measure) -> Choice | None:
        nearest = segment.metrics[0][0] if segment.metrics else 0
        for distance, token in segment.metrics:
            if distance > 0 and distance != nearest:
                break
            wording = self.candidates(text, token, quantity, segment, measure)
            if wording is None:
                continue
            if distance and self._unknown(text, segment.clause, quantity.left):
                return None
            return Choice(wording.metric, token.word.text, f"left {distance}", token)
        return None

    def _right(
        self, text: str, quantity: Quantity, segment: Segment, measure: Measure
    ) -> tuple[Choice, int] | None:
        unit = quantity.unit
        if unit is not None and unit.kind in ("pp",) or measure.measure == "growth":
            return None
        for token in segment.right_metrics:
            gap = token.start - quantity.right
            if gap > _RIGHT_REACH:
                break
            plain: Wording | None = None
            for wording in token.word.metrics:
                if not wording.right or not fits(wording.metric, unit, measure.measure):
                    continue
                if not wording.left:
                    if wording.cues:
                        stretch = text[segment.span : quantity.left]
                        if not any(cue in stretch for cue in wording.cues):
                            continue
                    return Choice(wording.metric, token.word.text, "right", token), gap
                plain = plain or wording
            if plain is not None and unit is not None and unit.kind not in ("currency", "percent", "duration"):
                return Choice(plain.metric, token.word.text, "right", token), gap + _RIGHT_NEAR
            if plain is not None and text.startswith("的", quantity.right) and gap <= 8:
                return Choice(plain.metric, token.word.text, "right of", token), gap + _RIGHT_NEAR
        return None

    def _tight(self, text: str, choice: Choice, quantity: Quantity) -> bool:
        """Whether nothing but function words stands between a metric on the left and the figure."""
        assert choice.token is not None
        return not self._leftover(text[choice.token.end : quantity.left])

    def _leftover(self, stretch: str) -> int:
        if not stretch:
            return 0
        return len(_HAN.findall(self._lexicon.function_words.sub("", stretch)))

    def _unknown(self, text: str, start: int, end: int) -> bool:
        """Whether the clause names something the rules do not know, which the figure may be of."""
        if end - start < 2:
            return False
        stretch = text[start:end]
        at, left = 0, []
        for index, low, high in self._lexicon.find(stretch):
            word = self._lexicon.words[index]
            if word.mark:
                continue
            left.append(stretch[at:low])
            at = high
        left.append(stretch[at:])
        rest = "|".join(left)
        for match in self._lexicon.calendar.find(rest):
            rest = rest[: match.start()] + " " * (match.end() - match.start()) + rest[match.end() :]
        return self._leftover(rest) > 1

    def _share(self, text: str, segment: Segment, quantity: Quantity, before: Figure | None) -> Choice:
        """占营业收入的3.76%: the share of what was named in the whole that is named."""
        share = segment.share
        assert share is not None
        whole = next((token for _, token in segment.metrics if token.start >= share.end), None)
        own = next((token for _, token in segment.metrics if token.end <= share.start), None)
        whole_ids = {w.metric.id for w in whole.word.metrics} if whole else set()
        part_ids = {w.metric.id for w in own.word.metrics} if own else {before.metric} if before else set()
        for (part, of), ratio in _RATIOS.items():
            if part in part_ids and (of in whole_ids or whole is None and not self._unknown(text, share.end, quantity.left)):
                return Choice(self._by_id.get(ratio), text[share.start : quantity.left], "share", share)
        if before is not None and before.metric in _RATIOS.values() and own is None:
            return Choice(self._by_id.get(before.metric), text[share.start : quantity.left], "share", share)
        for token in (t for _, t in segment.metrics if t.start >= share.end):
            for wording in token.word.metrics:
                if wording.metric.id in ("share", "market_share", "online_rate"):
                    return Choice(wording.metric, token.word.text, "left 0", token)
        return Choice(self._by_id.get("share"), text[share.start : quantity.left], "share", share)

    def _named_ratio(self, before: Figure | None) -> Metric | None:
        if before is None:
            return None
        for (part, _), ratio in _RATIOS.items():
            if before.metric in (part, ratio):
                return self._by_id.get(ratio)
        return None

    @staticmethod
    def _of_noun(text: str, quantity: Quantity) -> bool:
        """Whether a noun follows that the figure is a part of: 三成以上用户, 80%的农户."""
        return _PART_OF.match(text, quantity.right) is not None

    def _carried(self, text: str, quantity: Quantity, segment: Segment, measure: Measure, known: Known | None) -> Choice:
        if known is None or known.metric is None:
            return Choice(None)
        metric, worded = known.metric, known.figure.metric_text
        if not fits(metric, quantity.unit, measure.measure):
            value = self._by_id.get("transaction_value")
            if metric.id in ("transaction_count", "service_count") and value and fits(value, quantity.unit, measure.measure):
                return Choice(value, worded, "value of what was counted")
            return Choice(None, reason="unit does not fit what came before")
        if self._unknown(text, segment.named, quantity.left):
            return Choice(None, reason="clause names something unknown")
        return Choice(metric, worded, "carried")
