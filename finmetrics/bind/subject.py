"""Whose figure it is: the institution that a mention makes the subject."""

from __future__ import annotations

from finmetrics.lexicon import BREAKS
from finmetrics.spot import Token

_COPULA = ("是", "为")


def is_subject(text: str, tokens: list[Token], i: int) -> bool:
    """Whether the institution at ``tokens[i]`` speaks for what follows it.

    Not after 与, 较, 对 and the like; never a regulator or monitor; a group only where it opens its clause.
    """
    token = tokens[i]
    bank = token.bank
    assert bank is not None
    if bank.speaker:
        return False
    j = i - 1
    while j >= 0 and tokens[j].bank is not None and text[tokens[j].end : token.start].strip() in ("、", "和", "与", "及"):
        j -= 1
    first = tokens[j + 1]
    before = tokens[j] if j >= 0 else None
    if before is not None and before.end == first.start and "object" in before.word.roles:
        if before.word.text in _COPULA:
            return True
        return before.word.text in ("由", "据", "从", "依", "按", "经", "通过") and text[token.end : token.end + 1] != "的"
    if bank.type == "group":
        return before is None or bool(before.word.mark) or before.time is not None or _opens(text, first.start)
    return True


def _opens(text: str, start: int) -> bool:
    stretch = text[max(0, start - 6) : start]
    for offset, c in enumerate(reversed(stretch)):
        if c in BREAKS or c in "。\n！？、（(":
            return offset <= 4
    return start <= 4


def ranked(text: str, token: Token) -> bool:
    """Whether a group is only the field of a ranking: 上市银行首位, 股份行第一."""
    return text[token.end : token.end + 2] in ("首位", "第一", "前列", "前茅", "之首", "榜首", "第二", "第三", "中居", "前三")
