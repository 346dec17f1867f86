"""The metrics of a percentage that is a part of a whole: 占营业收入的3.76%, 占比8.6%, 三成以上用户."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping

from finmetrics.bind.model import Background, Candidate, Segment, Site
from finmetrics.entries import Metric
from finmetrics.lexicon import Lexicon
from finmetrics.numbers.quantity import Quantity
from finmetrics.spot import Token

# 三成以上用户, 80%的农户: a noun follows that the figure is a part of.
_PART_OF = re.compile(r"的?(?!增|升|降|涨|跌|上|下|左|水平|区间)[一-龥]{2}")
# (part, whole) -> the ratio that has an id of its own
RATIOS = {("tech_investment", "revenue"): "tech_investment_ratio", ("tech_staff", "staff"): "tech_staff_ratio"}
_RATIO_OF = {part: ratio for (part, _), ratio in RATIOS.items()}


def shares(site: Site, metrics: Mapping[str, Metric], lexicon: Lexicon) -> list[Candidate]:
    """占营业收入的3.76%, 占比8.6%: the share of what was named in the whole that is named."""
    text, quantity, segment, measure, background = site
    if measure.measure == "growth":
        return []
    found = _named_shares(site, metrics, lexicon)
    if measure.measure != "level" or quantity.unit is None or quantity.unit.kind != "percent":
        return found
    if (
        text[quantity.left - 1 : quantity.left] == "的"
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
    if not of_noun and _PART_OF.match(text, quantity.right):
        found.append(Candidate("share", metrics.get("share"), "", _of_noun(site)))
    return found


def _of_noun(site: Site) -> list[str]:
    """The reasons of 三成以上用户, and of what only looks like it."""
    text, quantity, _, _, background = site
    reasons = ["share.of_noun", "share.of_noun_de" if text.startswith("的", quantity.right) else "share.of_noun_bare"]
    at = bisect_left(background.tokens, quantity.left, key=_start)
    around = background.tokens[max(0, at - 1) : at + 2]
    if any(t.bank is not None and t.end in (quantity.left, quantity.left - 1) for t in around):
        reasons.append("share.of_noun_named")  # 北京银行4.59%咬得很紧
    if any(t.word.change is not None and t.start in (quantity.right, quantity.right + 1) for t in around):
        reasons.append("share.of_noun_moves")  # 从1.40%骤升至4.14%
    return reasons


def _named_shares(site: Site, metrics: Mapping[str, Metric], lexicon: Lexicon) -> list[Candidate]:
    """The shares that words beside the figure speak of: 占, 占比, the whole itself."""
    text, quantity, segment, _, background = site
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

    def add(id_: str, token: Token, *reasons: str) -> None:
        found.append(Candidate(id_, metrics.get(id_), token.word.text, list(reasons), token))

    def some(one: str, ratio: str) -> bool:
        return any(b.metric is not None and b.metric.id in (one, ratio) for b in background.sentence)

    whole_token = _touching_whole(text, quantity, segment)
    if share is not None and quantity.unit is not None and quantity.unit.kind in ("percent", "pp"):
        whole = {w.metric.id for _, t in segment.metrics if t.start >= share.end for w in t.word.metrics}
        of_market = any(word in text[share.end : quantity.left] for word in lexicon.markets)
        add("market_share" if of_market else "share", share, "share.of")
        for (one, of), ratio in RATIOS.items():
            told = of in whole or ratio in whole  # 占营收比重, which is one word
            if told or not whole - {"share"}:
                reasons = ["share.ratio", "share.whole" if told else "share.no_whole"]
                if one in own:
                    reasons.append("share.own_part")
                elif part == one:
                    reasons.append("share.last_part")
                elif some(one, ratio):
                    reasons.append("share.some_part")
                else:
                    continue
                add(ratio, share, *reasons)
        for candidate in found:
            candidate.text = text[share.start : quantity.left]
    elif whole_token is not None:
        ids = {w.metric.id for w in whole_token.word.metrics}
        add("share", whole_token, "share.de")
        for (one, of), ratio in RATIOS.items():
            if of not in ids:
                continue
            if part == one or one in own or some(one, ratio):
                add(ratio, whole_token, "share.de", "share.de_ratio")
            elif lexicon.spent_on(text, quantity.right) == one:
                add(ratio, whole_token, "share.de", "share.spent")  # 每年拿出营收的3%用于信息科技
    else:
        _worded(site, own, part, add)
    return found


def _worded(site: Site, own: set[str], part: str, add: Callable[..., None]) -> None:
    """The ratios of 占比8.6% and 5.41%的营收占比, where what is a part has one."""
    segment = site.segment
    word = next(((d, t) for d, t in segment.metrics if d <= 2 and _is_share(t)), None)
    for (one, of), ratio in RATIOS.items():
        if word is not None:
            distance, token = word
            far = ["share.far"] if distance > 1 else []
            if one in own:
                add(ratio, token, "share.word", "share.own_part", *far)
            elif part == one and all(d or t is token or _is_of(t, of) for d, t in segment.metrics):
                add(ratio, token, "share.word", "share.last_part", *far)
        elif part == one and (right := segment.right_metrics[:2]) and _is_share(right[-1]) and _is_of(right[0], of):
            add(ratio, right[-1], "share.right", "share.last_part")


def _is_share(token: Token) -> bool:
    return "portion" in token.word.roles


def _is_of(token: Token, id_: str) -> bool:
    return any(wording.metric.id == id_ for wording in token.word.metrics)


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


def _start(token: Token) -> int:
    return token.start
