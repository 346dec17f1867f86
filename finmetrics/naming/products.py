"""Which tokens are products: those of the rules, and names that a text quotes (“福茶贷”)."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter

from finmetrics.entries import Word
from finmetrics.lexicon import Lexicon
from finmetrics.spot import Token

_SHORT_NAME = 5  # characters of a quoted name that may be a product's though nothing says so
_BARE_NAME = 3  # characters of a quoted name that counts without quotes too
_QUOTE_MARKS = ("“", '"', "「")
_OFTEN = 3  # mentions of a product that a text may be about
_TURNS_FROM = ("从", "由")  # 从“长时浏览”转向高频
_QUOTED = re.compile(r"[“\"「『]([^“”\"「」『』，。；：\n]{2,16})[”\"」』]")


def add(text: str, tokens: list[Token], lexicon: Lexicon) -> None:
    """Marks the tokens that are products, and adds those that the text names without quotes after it quoted them."""
    before: Token | None = None
    for token in tokens:
        if token.word.product is not None:
            token.product = token.word.prefix or token.word.text
            if token.word.product.of_bank and before is not None and _owns(text, before, token):
                token.product = text[before.start : token.start] + token.product  # 桂林银行App
        before = token
    if not any(mark in text for mark in _QUOTE_MARKS):
        return
    quoted = {m.start(): m for m in _QUOTED.finditer(text)}
    names: set[str] = set()
    for token in [token for token in tokens if token.start in quoted and token.word.mark]:
        match = quoted[token.start]
        if match.group(1) in lexicon.no_products:
            continue
        ended = lexicon.product_end.search(match.group(1)) is not None
        short = len(match.group(1)) <= _SHORT_NAME and text[match.start() - 1 : match.start()] not in _TURNS_FROM
        named = (
            short
            or lexicon.product_noun.match(text, match.end()) is not None
            or lexicon.product_verb.match(text, match.end()) is not None
        )
        if ended or named and not any(c.isdigit() for c in match.group(1)):
            token.product = match.group(1)
            token.loose = not ended
            if ended and len(token.product) >= _BARE_NAME:
                names.add(token.product)
    if names:
        _add_bare(text, tokens, names)


def _owns(text: str, before: Token, token: Token) -> bool:
    bank = before.bank
    return bank is not None and not bank.speaker and not text[before.end : token.start].strip(" ")


def _add_bare(text: str, tokens: list[Token], names: set[str]) -> None:
    """Makes products of names that the text quoted once and uses without quotes elsewhere: “福茶贷”……福茶贷投放."""
    pattern = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
    added = [
        Token(m.start(), m.end(), Word(m.group()), product=m.group())
        for m in pattern.finditer(text)
        if text[m.start() - 1 : m.start()] not in _QUOTE_MARKS
    ]
    starts = [token.start for token in tokens]
    kept: list[Token] = []
    covered: set[int] = set()
    for token in added:
        low, high = bisect_right(starts, token.start - 1), bisect_left(starts, token.end)
        if low and tokens[low - 1].end > token.start:
            continue
        inner = tokens[low:high]
        if any(one.end > token.end or one.quantity or one.time or one.product or one.word.bank for one in inner):
            continue
        covered.update(range(low, high))
        kept.append(token)
    if kept:
        rest = [token for i, token in enumerate(tokens) if i not in covered]
        tokens[:] = sorted([*rest, *kept], key=lambda token: token.start)


def leading(titled: Token | None, tokens: list[Token]) -> tuple[Token | None, str]:
    """The product that the document is about, and how much of what it says of products is of that one.

    It is the one of the title, or, where that names none, the one that most mentions are of.
    """
    counts = Counter(_entry(token) for token in tokens if token.product and not token.loose)
    if titled is None:
        if not counts:
            return None, ""
        top, times = counts.most_common(1)[0]
        if times < _OFTEN or 2 * times <= counts.total():
            return None, ""
        return next(token for token in tokens if token.product and _entry(token) == top), "untitled"
    own = counts[_entry(titled)]
    return titled, "rare" if own < _OFTEN else "most" if 2 * own > counts.total() else "some"


def _entry(token: Token) -> str:
    return token.product if token.word.product is None else token.word.product.id
