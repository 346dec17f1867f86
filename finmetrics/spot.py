"""Cleaned text -> one stream of tokens: words of the vocabulary, expressions of time, quantities."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from finmetrics.entries import Bank, Change, Word
from finmetrics.lexicon import Lexicon
from finmetrics.model import Dismissed
from finmetrics.numbers.quantify import Quantity

_NO_WORD = Word("")
_LEFT_OVER = 16


@dataclass(slots=True, eq=False)
class Token:
    """A span with its meaning: exactly one of a word, a time match or a quantity."""

    start: int
    end: int
    word: Word = _NO_WORD
    time: re.Match[str] | None = None
    quantity: Quantity | None = None
    bank: Bank | None = None
    branch: str = ""
    product: str = ""
    loose: bool = False


def spot(text: str, lexicon: Lexicon) -> tuple[list[Token], list[Dismissed]]:
    """The tokens of a cleaned text in order, and the numerals that are no figures, each with its reason."""
    times = lexicon.calendar.find(text)
    taken = [(m.start(), m.end(), m) for m in times]
    dismissed: list[Dismissed] = []
    numbers: list[Token] = []
    at = 0
    for quantity in lexicon.quantifier.scan(text):
        while at < len(taken) and taken[at][1] <= quantity.start:
            at += 1
        if at < len(taken) and taken[at][0] < quantity.end:
            if not quantity.chinese:
                dismissed.append(Dismissed(text[quantity.start : quantity.end], quantity.start, quantity.end, "date"))
            continue
        reason = lexicon.excluder.reason(text, quantity)
        if reason:
            dismissed.append(Dismissed(text[quantity.start : quantity.end], quantity.start, quantity.end, reason))
            continue
        numbers.append(Token(quantity.start, quantity.end, quantity=quantity))
    tokens = _merged(text, lexicon, taken, numbers)
    kept = {id(token) for token in tokens if token.quantity is not None}
    for token in numbers:
        if id(token) not in kept:
            dismissed.append(Dismissed(text[token.start : token.end], token.start, token.end, "title"))
    return tokens, dismissed


def _merged(
    text: str, lexicon: Lexicon, times: list[tuple[int, int, re.Match[str]]], numbers: list[Token]
) -> list[Token]:
    solid = sorted([*(Token(s, e, time=m) for s, e, m in times), *numbers], key=lambda token: token.start)
    tokens: list[Token] = []
    words, at, end, last = lexicon.words, 0, 0, len(solid)
    in_title = False
    for index, start, stop in lexicon.find(text):
        word = words[index]
        while at < last and solid[at].start < stop:
            one = solid[at]
            if (
                word.bank is not None
                and start >= end
                and start <= one.start
                and one.end < stop
                and one.quantity is not None
            ):
                at += 1  # 九台农商行, 360数科: the numeral is a part of the name
                continue
            longer = word.metrics or "status" in word.roles
            if one.time is not None and longer and end <= start <= one.start and one.end < stop:
                at += 1  # 当月活跃用户, 完成全年计划: the longer phrase is not about time
                continue
            if one.start >= end or one.quantity is not None:
                if not in_title:
                    tokens.append(one)
                end = max(end, one.end)
            at += 1
        if start < end:
            month = text[start] == "月" and start == end - 1 and tokens and tokens[-1].time is not None
            if month and stop > end and word.metrics:
                tokens.append(Token(end, stop, word))  # 9月|月活跃用户 share their 月
                end = stop
            elif stop > end:  # a phrase that a number or a date cut into: another may begin right after that (7月|增至)
                for inner, low, high in lexicon.find(text[end : end + _LEFT_OVER]):
                    if end + low >= stop:
                        break
                    tokens.append(Token(end + low, end + high, words[inner]))
                    stop = end + high
                end = max(end, stop)
            continue
        if word.mark and word.mark in "《》\n":
            in_title = word.mark == "《"
        if in_title:
            continue
        change = word.change
        if change is not None and change.measure == "word":
            tokens.append(Token(start, stop, word, quantity=_worded(text, lexicon, start, stop, change)))
        else:
            tokens.append(Token(start, stop, word))
        end = stop
    tokens += solid[at:]
    return tokens


def _worded(text: str, lexicon: Lexicon, start: int, end: int, change: Change) -> Quantity:
    """翻番 and its like: a growth of 100%."""
    value = Decimal(100) * Decimal(str(change.sign))
    right, qualifier = lexicon.quantifier.after(text, end)
    if change.qualifier != "exact":
        qualifier = change.qualifier
    percent = lexicon.quantifier.by_id["%"]
    return Quantity(
        start, end, value, percent, left=start, right=right, qualifier=qualifier, fraction=True, worded=True
    )
