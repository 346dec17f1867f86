"""A list of figures -> what differs from one to the next: 分别, 依次, 各 over banks, metrics, products or periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from finmetrics.bind import lists, time
from finmetrics.bind.focus import Focus
from finmetrics.bind.model import Bound, Segment, Subject
from finmetrics.discourse import Context
from finmetrics.lexicon import Lexicon
from finmetrics.numbers.quantify import Quantity
from finmetrics.spot import Token


@dataclass(slots=True)
class Own:
    """What one figure of a list has for itself; ``like`` is an earlier figure whose metric it repeats,
    ``instead`` one whose metric it has where the rules do not know the listed one."""

    bank: Subject | None = None
    metric: Token | None = None
    product: Token | None = None
    period: Any = None
    like: Bound | None = None
    first: Bound | None = None
    instead: Bound | None = None


def spread(
    text: str,
    lexicon: Lexicon,
    context: Context,
    focus: Focus,
    tokens: list[Token],
    before: list[Token],
    quantities: list[Quantity],
    segment: Segment,
    bound: list[Bound],
) -> list[Own]:
    """One :class:`Own` for each of two or more figures.

    ``before`` are the tokens since the figure before the list, ``tokens`` all of the sentence before it.
    """
    size = len(quantities)
    own = [Own() for _ in quantities]
    banks = lists.of_size(lists.runs(text, before, _institution), size)
    each = segment.each or text[quantities[0].right : quantities[1].left] == "对"  # 389.35%对541.45%
    if banks is None and each:
        banks = lists.of_size(lists.runs(text, tokens, _institution), size)
    metrics = (
        None
        if banks
        else lists.of_size(lists.runs(text, before, lambda t: bool(t.word.metrics) and t.bank is None), size)
    )
    products = None if banks or metrics else lists.of_size(lists.runs(text, before, lambda t: bool(t.product)), size)
    some = next((t.word.roles["some_of"] for t in before if "some_of" in t.word.roles), "")
    if banks is None and some and not bound:
        longer = [run for run in [*lists.runs(text, tokens, _institution), *context.runs.values()] if len(run) > size]
        banks = (longer[-1][:size] if some == "first" else longer[-1][-size:]) if longer else None
    both = next((t for t in before if "both" in t.word.roles), None)
    if banks is None and both is not None and len(context.pair) == size and not _of_one(both, bound, size):
        banks = context.pair
    if banks is None and segment.each and not metrics and not products and _counted(tokens, before, size):
        banks = context.runs.get(size)
    periods = _periods(text, lexicon, context, focus, before, size, bound)
    model = _model(bound, size, quantities, items=segment.items) if metrics else None
    if metrics and model and any("kind" in token.word.roles for token in metrics):
        _as_before(own, model)  # 拦截诈骗29起，保住517万元，笔数、金额同比分别下降: of what they were said of
        metrics = None
    elif metrics:
        metrics = _headed(metrics, before)
    for k, one in enumerate(own):
        if banks:
            one.bank = Subject(banks[k].bank, banks[k].branch, banks[k])
        if metrics:
            one.metric = metrics[k]
            one.instead = model[k] if model else None
        if products:
            one.product = products[k]
        if periods:
            one.period = periods[k]
    if not (banks or metrics or products or periods or any(one.like for one in own)):
        _repeat(own, quantities, segment, context, bound)
    return own


def _as_before(own: list[Own], model: list[Bound]) -> None:
    for one, like in zip(own, model, strict=True):
        one.like = like


def _headed(metrics: list[Token], before: list[Token]) -> list[Token]:
    """The head that the last of a list has right behind it is that of all: 代理保险、代理基金业务收入分别增长."""
    last = metrics[-1]
    if all(wording.cues for wording in last.word.metrics):
        return metrics  # 累计交易额: a word that says little by itself
    head = next((t for t in before if t.start == last.end and t.word.metrics and t.bank is None), None)
    return metrics if head is None else [head] * len(metrics)


def _of_one(both: Token, bound: list[Bound], size: int) -> bool:
    """Whether 二者 are two metrics of one institution: 融资9200亿元，客户5.1万户，二者分别增长."""
    last = [b for b in bound if b.measure.measure == "level"][-size:]
    return both.word.roles["both"] != "banks" and len(last) == size and len({id(b.bank) for b in last}) == 1


def _counted(tokens: list[Token], before: list[Token], size: int) -> bool:
    """Whether 四家 or 4家 opens the list: as many institutions as it has figures, and named earlier."""
    last = tokens[-len(before) - 1].quantity if len(tokens) > len(before) else None
    return last is not None and last.unit is not None and last.unit.institutions and last.value == size


def _institution(token: Token) -> bool:
    return token.bank is not None and not token.bank.speaker


def _periods(
    text: str, lexicon: Lexicon, context: Context, focus: Focus, before: list[Token], size: int, bound: list[Bound]
) -> list[Any]:
    times = [t for t in before if t.time is not None]
    if not times:
        return []
    run = lists.of_size(lists.runs(text, times, lambda t: True), size)
    if run and time.role_of(text, run[0], lexicon) == "base":
        return []  # 比一季度和2024年分别低了5和7个基点
    if run:
        return [time.resolve(t, lexicon, context, None) for t in run]
    last = next((b.figure.period_end.year for b in reversed(bound) if b.figure.period_end is not None), 0)
    if following := time.following_years(text[before[0].start : before[-1].end + 8], size, last):
        return list(following)
    if focus.period is not None and focus.period.years == size:
        return list(time.years_of(focus.period))
    return []


def _repeat(own: list[Own], quantities: list[Quantity], segment: Segment, context: Context, bound: list[Bound]) -> None:
    """A list without a list before it repeats the order of the figures before: values, then their growth."""
    size = len(own)
    known = [*context.recent, *bound] if segment.items else bound  # 两项分别为 may look back a sentence
    last = _model(known, size, quantities, items=segment.items)
    if last is None:
        return
    banks = len({id(b.bank) for b in last}) > 1 and not segment.items
    periods = len({b.figure.period_end for b in last}) > 1 and all(map(_repeats, quantities, last))
    for one, like in zip(own, last, strict=True):
        if banks:
            one.bank = Subject(like.bank, like.figure.branch, like.token)
        if not segment.metrics:
            one.like = like
        if periods:
            one.period = like.period


def _repeats(quantity: Quantity, like: Bound) -> bool:
    """Whether a figure can be what an earlier one was at the same time: its growth, or another of its kind."""
    unit = quantity.unit
    return unit is None or unit.kind in ("percent", "pp") or unit.id == like.figure.unit


def _model(bound: list[Bound], size: int, quantities: list[Quantity], *, items: bool) -> list[Bound] | None:
    """The figures whose order a list of ``size`` repeats, if there are so many."""
    if not bound:
        return None
    if items:
        distinct = {b.figure.metric: b for b in bound}
        last = list(distinct.values())[-size:]
        return last if len(last) == size else None
    groups: dict[int, list[Bound]] = {}
    for one in bound:
        groups.setdefault(one.group, []).append(one)
    kind = quantities[0].unit.kind if quantities[0].unit is not None else ""
    for members in reversed(groups.values()):
        if len(members) == size and (kind in ("percent", "pp") or members[0].figure.unit_kind == kind):
            return members
    last = list(groups.values())[-1]
    if len(last) == size and len({id(b.bank) for b in last}) == size:
        return last  # 农银理财和建信理财分别降了11%、12%，剩1.75万亿元和1.41万亿元
    levels = [b for b in bound if b.measure.measure == "level"][-size:]
    if len(levels) == size:
        return levels
    return bound[-size:] if len(bound) >= size else None
