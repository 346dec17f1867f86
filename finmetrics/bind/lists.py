"""Parallel lists: the n-th figure belongs to the n-th bank, metric, product or period."""

from __future__ import annotations

import re
from collections.abc import Callable

from finmetrics.lexicon import BREAKS, JOINS
from finmetrics.numbers.quantify import Quantity
from finmetrics.spot import Token

_BETWEEN_FIGURES = re.compile(r"\s*(?:、|和|与|及|以及|或|对|/|，和|，以及|及其|和约)\s*\+?")
_BETWEEN_ITEMS = re.compile(
    r"[^、和与及，；。]{0,8}(?:、|和|与|及|以及)(?:[^、和与及，；。]{1,10}的)?[^、和与及，；。]{0,4}"
)
_BETWEEN = 20  # characters between two figures of a list, with an aside
_FAR = 120  # characters that no two members of a list have between them
_OPENS, _CLOSES = ("（", "("), ("）", ")")
_ASIDE = re.compile(r"[（(][^）)]*[）)]")


def groups(text: str, tokens: list[Token]) -> list[tuple[int, int]]:
    """(first, last) token indices of each run of figures joined only by 、 and 和; a single figure is a run of one.

    After 分别 the members may have verbs of their own (分别下降7.10%和增长9.38%).
    """
    found: list[tuple[int, int]] = []
    previous: Quantity | None = None
    verb: Token | None = None
    spread = False
    for i, token in enumerate(tokens):
        quantity = token.quantity
        if quantity is None:
            word = token.word
            if word.change is not None:
                verb = token
            elif word.roles and "each" in word.roles:
                spread = True
            elif word.mark and word.mark in BREAKS:
                spread = False
            continue
        own, verb = verb, None
        if previous is not None:
            near = quantity.left - previous.right <= _BETWEEN
            if near and spread and own is not None and own.start >= previous.right and own.end <= quantity.left:
                between = text[previous.right : own.start] + text[own.end : quantity.left]
            else:
                between = text[previous.right : quantity.left] if near else ""
            if "（" in between or "(" in between:
                between = _ASIDE.sub("", between)
            if near and _alike(previous, quantity) and _BETWEEN_FIGURES.fullmatch(between):
                found[-1] = (found[-1][0], i)
                previous = quantity
                continue
        found.append((i, i))
        previous = quantity
    return found


def _alike(a: Quantity, b: Quantity) -> bool:
    """List mates share their unit, or the unit stands only at the last; a money and a rate may also be one list."""
    return a.unit is None or b.unit is None or a.unit.kind == b.unit.kind or {a.unit.kind, b.unit.kind} <= {
        "currency", "pp", "percent", "count",
    }  # fmt: skip


def last_aside(text: str, tokens: list[Token], at: int) -> int:
    """The last figure of a list in parentheses that the figure at ``at`` opens, where a metric follows it; else ``at``.

    兴业银行（1304.08亿元）、中信银行（1257.98亿元）营收均破千亿: what follows the last is said of all.
    """
    last = at
    while last + 1 < len(tokens) and tokens[last + 1].word.mark in _CLOSES:
        following = tokens[last + 2 : last + 7]
        names = [token for token in following if token.bank is not None]
        figure = next((i for i, token in enumerate(following) if token.quantity is not None), None)
        if following and following[0].word.metrics and following[0].start == tokens[last + 1].end:
            return last
        if figure is None or not names or names[0].start > following[figure].start:
            return at
        between = text[tokens[last + 1].end : names[0].start]
        if between not in JOINS or text[names[0].end : following[figure].start] not in _OPENS:
            return at
        last += 2 + figure
    return at


def runs(text: str, tokens: list[Token], belongs: Callable[[Token], bool]) -> list[list[Token]]:
    """Runs of coordinated tokens of one kind (A、B和C), each with the words that modify it."""
    found: list[list[Token]] = []
    for token in tokens:
        if token.word.mark or not belongs(token):
            continue
        if found:
            last = found[-1][-1]
            if token.start - last.end > _FAR:
                found.append([token])
                continue
            between = _ASIDE.sub("", text[last.end : token.start])
            if "（" in between or "(" in between:
                continue
            if _BETWEEN_ITEMS.fullmatch(between) and not any(b in between for b in BREAKS):
                found[-1].append(token)
                continue
        found.append([token])
    return found


def of_size(found: list[list[Token]], size: int) -> list[Token] | None:
    """The last run of this many items; a longer run whose tail fits is none."""
    for run in reversed(found):
        if len(run) == size:
            return run
    return None
