"""Whose figure it is: the institution that a mention makes the subject."""

from __future__ import annotations

import re

from finmetrics.lexicon import BREAKS, CLOSING, JOINS, OPENING, Lexicon
from finmetrics.spot import Token

_COPULA = ("是", "为")
_CLAUSE = 20  # characters of a clause that are looked through for how it opens
# 除工行、建行外, 除了渤海银行，
_EXCEPT = re.compile("除(?P<full>了)?[^，。；0-9]*$")
_EXCEPTED = re.compile("[^，。；0-9]{0,20}外[，,]")
_BESIDE = re.compile("[比较是][^，。；、]{0,5}[名手]$")
_ENDS_NAME = ("最", "，", "。", "：", "；", "、", "和", "与", "（", "(", "", "\n")


def predicate(tokens: list[Token], i: int) -> bool:
    """Whether the institution at ``tokens[i]`` stands between 是 or 为 and its figure: 其次是将来银行39万户."""
    before, after = tokens[i - 1] if i else None, tokens[i + 1] if i + 1 < len(tokens) else None
    return (
        before is not None
        and before.end == tokens[i].start
        and before.word.text in _COPULA
        and after is not None
        and after.quantity is not None
        and after.quantity.left == tokens[i].end
    )


def is_subject(text: str, tokens: list[Token], i: int) -> bool:
    """Whether the institution at ``tokens[i]`` speaks for what follows it.

    Not after 与, 较, 对 and the like; never a regulator or monitor; a group only where it opens its clause.
    """
    token = tokens[i]
    bank = token.bank
    assert bank is not None
    if bank.speaker:
        return False
    if predicate(tokens, i):
        return True
    j = _coordinated(text, tokens, i)
    first = tokens[j + 1]
    before = tokens[j] if j >= 0 else None
    if before is not None and before.end == first.start and before.word.roles.get("qualifier", "exact") != "exact":
        return False  # 已超过上海银行, 约为微众的56%
    if _joins_figures(tokens, i):
        return True
    if before is not None and before.end == first.start and "object" in before.word.roles:
        if before.word.text in _COPULA:
            return text[token.end : token.end + 1] in _ENDS_NAME  # 领先的是中原银行，; not 是微众的35倍
        return (
            "领" in text[token.end : token.end + 6]
            or before.word.text in ("据", "按")
            and text[token.end : token.end + 1] != "的"
        )
    if _compared(text, first.start):
        return False  # 比排在第二的兴业银行多出
    if excepted(text, token):
        return False
    if text[first.start - 1 : first.start] == "、" and first is token and not _after_figure(tokens, i):
        return False  # one of a list that began with others: 微信、美团、中国银联等
    if bank.type == "group" and (
        text[token.end : token.end + 1] in ("里", "中", "内") or text[first.start - 1 : first.start] == "在"
    ):
        return False
    if bank.type in ("group", "payment", "other"):
        if before is not None and before.quantity is not None and before.end == first.start:
            return True  # 42家上市银行
        return before is None or bool(before.word.mark) or before.time is not None or opens(text, first.start, 2)
    return True


def _joins_figures(tokens: list[Token], i: int) -> bool:
    """Whether the institution at ``tokens[i]`` goes on a list of them with their figures: A217万户与B215万户."""
    if not 1 < i < len(tokens) - 1:
        return False
    figure, joint, own = tokens[i - 2], tokens[i - 1], tokens[i + 1]
    return (
        figure.quantity is not None
        and own.quantity is not None
        and joint.word.text in JOINS
        and (figure.quantity.right, joint.end, tokens[i].end) == (joint.start, tokens[i].start, own.quantity.left)
    )


def _compared(text: str, start: int) -> bool:
    """Whether something is compared with the name that begins here, in so many words: 比第二名的兴业, 是对手中信."""
    stretch = text[max(0, start - _CLAUSE) : start]
    if _BESIDE.search(stretch) is not None:
        return True
    if not stretch.endswith("的"):
        return False
    opened = max(stretch.rfind(mark) for mark in (*BREAKS, "。", "\n"))
    return stretch[opened + 1 :].startswith(("比", "较", "相比"))


def _coordinated(text: str, tokens: list[Token], i: int) -> int:
    """The index before the first institution of the list that ``tokens[i]`` ends: A（2%）和B, A、B."""
    first = i
    while True:
        j = first - 1
        while j >= 0 and text[tokens[j].start : tokens[j].end] in JOINS:
            j -= 1
        if j >= 0 and tokens[j].word.mark and tokens[j].word.mark in CLOSING:
            while j >= 0 and not (tokens[j].word.mark and tokens[j].word.mark in OPENING):
                j -= 1
            j -= 1
        if j < 0 or tokens[j].bank is None or j == first - 1:
            return first - 1
        if text[tokens[first].start - 1] not in JOINS or tokens[j].end < tokens[j + 1].start:
            return first - 1
        first = j


def _after_figure(tokens: list[Token], i: int) -> bool:
    """Whether a figure, or an aside with one, stands before the 、 before this token."""
    before = [token for token in tokens[max(0, i - 4) : i] if token.word.mark not in ("、", "）", ")")]
    return bool(before) and (before[-1].quantity is not None or before[-1].bank is not None)


def opens(text: str, start: int, reach: int = 4) -> bool:
    """Whether a clause begins at most ``reach`` characters before this place."""
    stretch = text[max(0, start - 6) : start]
    for offset, c in enumerate(reversed(stretch)):
        if c in BREAKS or c in "。\n！？、（(":
            return offset <= reach
    return start <= reach


def opens_in_place(text: str, lexicon: Lexicon, start: int) -> bool:
    """Whether a clause begins here, or with the place that stands right before: 山东|两家银行, 云南|全省累计."""
    place = next((size for size in (2, 3, 4) if text[max(0, start - size) : start] in lexicon.places), 0)
    return opens(text, start, 0) or place > 0 and opens(text, start - place, 0)


def excepted(text: str, token: Token) -> bool:
    """Whether what follows holds for all but the institution: 除光大银行外，其他银行均超1200万元."""
    before = text[max(0, token.start - _CLAUSE) : token.start]
    if "除" not in before:
        return False
    match = _EXCEPT.search(before)
    if match is None:
        return False
    return _EXCEPTED.match(text, token.end) is not None or bool(match["full"]) and text.startswith("，", token.end)


def ranked(text: str, token: Token, lexicon: Lexicon) -> bool:
    """Whether a group is only the field of a ranking: 上市银行首位, 股份行第一."""
    return text.startswith(lexicon.ranks, token.end) and not text.startswith("前三季", token.end)
