"""What one sentence leaves to the next: subject, period, product, topics, pairs and groups of institutions."""

from __future__ import annotations

from finmetrics.bind import lists
from finmetrics.bind.focus import Focus
from finmetrics.bind.model import Bound
from finmetrics.discourse import Context, Sentence
from finmetrics.spot import Token

# How many figures back a metric may be carried from, and how many named metrics stay topics.
REMEMBERED = 8
TOPICS = 4
_CLOSING = 3  # characters that may follow a name that ends a sentence: ”平台


def hand_on(text: str, sentence: Sentence, bound: list[Bound], focus: Focus, context: Context) -> None:
    """Writes into ``context`` what a read ``sentence`` hands on."""
    tokens = sentence.tokens
    context.bank, context.branch = focus.subject.bank, focus.subject.branch
    context.one = focus.one
    context.period_age = context.period_age + 1 if focus.lasting is context.period else 0
    context.period, context.product = focus.lasting, focus.product
    ended = focus.product is not None and sentence.end - focus.product.end <= _CLOSING
    context.presented = focus.product if ended else None
    if bound:
        context.last_product = bound[-1].product
        context.section_start = False
        context.recent = [*context.recent, *bound][-REMEMBERED:]
    taken = {b.figure.metric for b in bound if b.metric is not None}
    named = [(_left(t, taken) if bound else "led", t) for t in reversed(tokens) if t.word.metrics]
    # ``led`` by a sentence without a figure
    context.topics = [*named, *[one for one in context.topics if one[0] == "heading"]][:TOPICS]
    named_banks = [t for t in tokens if t.bank is not None]
    if named_banks:
        _hand_on_banks(text, named_banks, context)
    end = text[sentence.start : sentence.end].rstrip()
    context.led_in = end.endswith(("：", ":"))


def _hand_on_banks(text: str, tokens: list[Token], context: Context) -> None:
    """Hands on lists of institutions and the last group; ``tokens`` are those that name one."""
    pairs = lists.runs(text, tokens, lambda t: t.bank is not None and not t.bank.speaker and t.bank.type != "group")
    pair = next((run for run in reversed(pairs) if len(run) > 1), None)
    two = {t.bank.id: t for t in tokens if t.bank is not None and not t.bank.speaker and t.bank.type != "group"}
    if pair or len(two) == 2:
        context.pair = pair or list(two.values())
    context.runs.update((len(run), run) for run in pairs if len(run) > 1)
    group = next((t.bank for t in reversed(tokens) if t.bank is not None and t.bank.type == "group"), None)
    if group is not None:
        context.group, context.group_fresh = group, True


def _left(token: Token, taken: set[str]) -> str:
    """How a metric token is left to the next sentence by figures: ``before`` one took it, or ``unused``."""
    for wording in token.word.metrics:
        if wording.metric.id in taken:
            return "before"
    return "unused"
