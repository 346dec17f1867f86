"""What governs the next figures of a sentence: their stretch, and what the figures and words before it lend to it."""

from __future__ import annotations

from finmetrics.bind import time
from finmetrics.bind.focus import Focus
from finmetrics.bind.landmarks import Landmarks
from finmetrics.bind.model import Bound, Segment
from finmetrics.bind.segment import segment_of
from finmetrics.discourse import Sentence
from finmetrics.lexicon import BREAKS, PARTS, Lexicon
from finmetrics.numbers.quantify import Quantity
from finmetrics.spot import Token

_OF = 6  # characters from a base to its 的: 去年同期增量的1.4倍


def governed(
    text: str,
    lexicon: Lexicon,
    sentence: Sentence,
    focus: Focus,
    bound: list[Bound],
    since: int,
    first: int,
    quantities: list[Quantity],
    after: list[Token],
    landmarks: Landmarks,
) -> Segment:
    """The segment of the figures that begin at token ``first``.

    ``since`` is the token after the figure before, ``after`` what follows up to the next figure, ``bound`` the figures
    of the sentence so far.
    """
    tokens = sentence.tokens
    before = tokens[since:first]
    start = sentence.start
    if since:
        last = tokens[since - 1]
        start = last.quantity.right if last.quantity is not None else last.end
    segment = segment_of(text, lexicon, before, after, quantities[0], quantities[-1], start)
    segment.base = focus.base
    if segment.base is not None and not segment.comparison:
        segment.comparison = time.against(segment.base, focus.period or focus.last_period)
    if focus.local is not None and focus.local.role == "base":
        segment.base_touches = _touches(text, focus.local.token, segment, quantities, after)
    segment.rate_topic = _rate_topic(text, tokens, bound, first, segment)
    divided = landmarks.last_break(first)
    segment.span = tokens[divided].end if divided >= 0 else sentence.start
    # A subject's own name settles what stands before it in the clause.
    segment.named = clause = segment.clause
    for token in before:
        if token.bank is not None and token.start >= clause:
            segment.named = max(segment.named, token.end)
    if bound:
        _said_once(text, lexicon, bound[-1], segment, quantities[0])
    return segment


def _touches(text: str, base: Token, segment: Segment, quantities: list[Quantity], after: list[Token]) -> bool:
    """Whether a figure is that of the base itself: 较2022年的3.30%, 低于2021年46.64亿元."""
    between = text[base.end : quantities[0].left]
    if between:
        return between[-1] == "的" and len(between) <= _OF
    above = segment.change is not None and segment.change.measure == "surpass"
    return above or _moves(after, quantities[-1])


def _moves(after: list[Token], quantity: Quantity) -> bool:
    """Whether what changed goes on right behind a figure: 较上年末14.7%放缓2.4个百分点."""
    change = after[0].word.change if after and after[0].start == quantity.right else None
    return change is not None and change.measure == "move"


def _said_once(text: str, lexicon: Lexicon, last: Bound, segment: Segment, quantity: Quantity) -> None:
    """Lets 累计, 日均, 新增 and 力争 hold for what goes on after the figure they stand before."""
    known = last.token.quantity
    if known is None:
        return
    between = text[known.right : quantity.left]
    if segment.status == "actual" and last.figure.status == "target" and "；" not in between:
        segment.status = last.figure.status
    if any(mark in between for mark in BREAKS):
        return
    segment.cumulative = segment.cumulative or last.figure.cumulative
    if between[:1] in ("、", "和", "及") and last.figure.measure != "growth":
        segment.per = segment.per or last.figure.per
        if last.measure.reason == "new" and segment.change is None and not segment.level:
            segment.change = lexicon.changes.get("new")


def _rate_topic(text: str, tokens: list[Token], bound: list[Bound], first: int, segment: Segment) -> int:
    """The sign of the rates of growth that the sentence goes on about: 论增速，瑞丰、常熟两家分别为15.29%、10.53%.

    0 where it is about none.
    """
    if segment.share is not None:
        return 0
    metric = segment.metrics[0][1] if segment.metrics else None
    parted = False
    for i in range(first - 1, -1, -1):
        token = tokens[i]
        change = token.word.change
        if change is not None and change.measure == "rate":
            return 0 if parted else -1 if change.sign < 0 else 1  # 回落1个基点，降幅最小；邮储以1.87%居首
        parted = parted or token.word.mark in PARTS and bool(token.word.mark)
        if token is metric:
            return 0  # since the rate was named: 增速放缓，余额占12%
        if token.quantity is None:
            continue
        if _beside(text, token, tokens[first]):
            continue  # 浦发银行（388.19亿元，10.21%）
        if token.quantity.unit is not None and token.quantity.unit.institutions:
            continue  # 增速达到两位数的有16家，江苏银行为16.12%: how many they are
        last = next((b for b in bound if b.token is token), None)
        if last is None or last.measure.measure != "growth" or not last.measure.reason.startswith("rate"):
            return 0
        return last.measure.sign
    return 0


def _beside(text: str, one: Token, other: Token) -> bool:
    """Whether two figures stand alone in one pair of parentheses."""
    return text[one.start - 1 : one.start] in ("（", "(") and text[one.end : other.start].strip() in ("，", "、", ",")
