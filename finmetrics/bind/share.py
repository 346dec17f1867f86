"""The metrics of a percentage that is a part of a whole: 占营业收入的3.76%, 占比8.6%, 三成以上用户."""

from __future__ import annotations

import re
from collections.abc import Mapping

from finmetrics.bind.model import Background, Candidate, Segment, Site
from finmetrics.numbers.quantity import Quantity
from finmetrics.schema import Metric
from finmetrics.spot import Token

# 三成以上用户, 80%的农户: a noun follows that the figure is a part of.
_PART_OF = re.compile(r"的?(?!增|升|降|涨|跌|上|下|左|水平|区间)[一-龥]{2}")
# (part, whole) -> the ratio that has an id of its own
RATIOS = {("tech_investment", "revenue"): "tech_investment_ratio", ("tech_staff", "staff"): "tech_staff_ratio"}
_RATIO_OF = {part: ratio for (part, _), ratio in RATIOS.items()}


def shares(site: Site, metrics: Mapping[str, Metric]) -> list[Candidate]:
    """占营业收入的3.76%, 占比8.6%: the share of what was named in the whole that is named."""
    text, quantity, segment, measure, background = site
    found: list[Candidate] = []
    share = segment.share
    part = _part(background)
    own = {
        wording.metric.id
        for _, token in segment.metrics[:3]
        if share is None or token.end <= share.start
        for wording in token.word.metrics
        if not wording.cues or any(cue in text[segment.span : token.end] for cue in wording.cues)
    }
    word = next((t for d, t in segment.metrics if d <= 1 and any(w.metric.id == "share" for w in t.word.metrics)), None)
    if measure.measure == "growth":
        return found
    if share is not None and quantity.unit is not None and quantity.unit.kind in ("percent", "pp"):
        worded = text[share.start : quantity.left]
        whole = {w.metric.id for _, t in segment.metrics if t.start >= share.end for w in t.word.metrics}
        found.append(Candidate("share", metrics.get("share"), worded, ["share.of"], share))
        for (one, of), ratio in RATIOS.items():
            told = of in whole or ratio in whole  # 占营收比重, which is one word
            if told or not whole - {"share"}:
                reasons = ["share.ratio", "share.whole" if told else "share.no_whole"]
                if one in own:
                    reasons.append("share.own_part")
                elif part == one:
                    reasons.append("share.last_part")
                elif any(b.metric is not None and b.metric.id in (one, ratio) for b in background.sentence):
                    reasons.append("share.some_part")
                else:
                    continue
                found.append(Candidate(ratio, metrics.get(ratio), worded, reasons, share))
    elif (whole_token := _touching_whole(text, quantity, segment)) is not None:
        ids = {w.metric.id for w in whole_token.word.metrics}
        found.append(Candidate("share", metrics.get("share"), whole_token.word.text, ["share.de"], whole_token))
        for (one, of), ratio in RATIOS.items():
            if of in ids and (
                part == one
                or one in own
                or any(b.metric is not None and b.metric.id in (one, ratio) for b in background.sentence)
            ):
                found.append(
                    Candidate(
                        ratio,
                        metrics.get(ratio),
                        whole_token.word.text,
                        ["share.de", "share.de_ratio"],
                        whole_token,
                    )
                )
    elif word is not None:
        for one, ratio in _RATIO_OF.items():
            if one in own:
                found.append(
                    Candidate(ratio, metrics.get(ratio), word.word.text, ["share.word", "share.own_part"], word)
                )
            elif part == one and all(token is word or distance for distance, token in segment.metrics):
                found.append(
                    Candidate(ratio, metrics.get(ratio), word.word.text, ["share.word", "share.last_part"], word)
                )
    if (
        quantity.unit is not None
        and quantity.unit.kind == "percent"
        and measure.measure == "level"
        and text[quantity.left - 1 : quantity.left] == "的"
        and all(distance for distance, _ in segment.metrics)
        and not any(
            t.end == quantity.left - 1 and (t.time is not None or t.bank is not None) for t in background.tokens
        )
    ):
        found.append(Candidate("share", metrics.get("share"), "", ["share.of_those"]))  # 应用向量数据库的只有8%
    of_noun = any(  # 以2.57%的净息差: the noun is what the figure is of, not what it is a part of
        token.start <= quantity.right + 1 and w.right and not w.cues and w.metric.units[0] == "%"
        for token in segment.right_metrics[:1]
        for w in token.word.metrics
    )
    if measure.measure == "level" and not of_noun and _PART_OF.match(text, quantity.right):
        found.append(
            Candidate(
                "share",
                metrics.get("share"),
                "",
                ["share.of_noun", "share.of_noun_" + _next(text, quantity.right)],
            )
        )
    return found


def _touching_whole(text: str, quantity: Quantity, segment: Segment) -> Token | None:
    """The whole of 为营业收入的5.26%."""
    if not segment.metrics or quantity.unit is None or quantity.unit.kind != "percent":
        return None
    token = segment.metrics[0][1]
    return token if text[token.end : quantity.left] == "的" else None


def _part(background: Background) -> str:
    """The metric of the last level before, which a 占比 is most likely the share of."""
    for known in (*reversed(background.sentence), *reversed(background.paragraph)):
        metric, of = known.metric, known.token.quantity
        if metric is None and of is not None and of.unit is not None and of.unit.institutions:
            continue  # 其中11家银行占比超过3.5%: how many there are is no part of anything
        if metric is None:
            return ""
        if metric.id in _RATIO_OF:
            return metric.id
        for part, ratio in _RATIO_OF.items():
            if metric.id == ratio:
                return part
        if known.measure.measure == "level":
            return metric.id
    return ""


def _next(text: str, at: int) -> str:
    return "de" if text.startswith("的", at) else "bare"
