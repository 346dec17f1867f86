"""Which ambiguous short names (民生, 兴业, 江苏) are institutions here."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache

from finmetrics.entries import Bank
from finmetrics.lexicon import Lexicon
from finmetrics.spot import Token

JOINERS = frozenset({"、", "和", "与", "及", "以及", "或", "同", "并", "跟", "，", ",", "/", "及其"})
# What may stand right before a name that opens a phrase, and right after one that acts as a subject.
_BEFORE = frozenset('，。、；：:,;（(“”"「」\n！？! \t|和与及而但且较比则中对论及由至同或在以除归→—-…')
_OPENS = "，。；：、\n（）"  # of a clause, whatever goes on: 民生最后一个进门
_POINTS = "的名手除"  # 门外的光大, 第二名兴业, 老对手中信, 除民生
_AFTER = frozenset(
    "高低差多少微快慢刚赢转翻退破登赔亏增赚升降跌涨跃减扩缩稳守凭靠占拿用把，。、；：:,;（()）”」\n \t|"
    "的则在以也还是去今已均各仅两等与和及更共约超近达为较比同净未却再将拟只独自最不率领排居位于"
)
# What may stand between a short name and its figure.
_LINKS = frozenset({"", "的", "由", "从", "为", "则", "则为", "是", "以", "只有", "有"})
_MANY_NAMED = 3  # with more, a text is about banks, and its short names are theirs
_ASIDE = re.compile(r"[（(][^（()）]*[）)]")
_AS_BANKS = re.compile(
    r"[二两三四五六七八九]家|分别|依次|等?[\d一二三四五六七八九十]*家|银行|则|均|各|以|为\d[\d.]*[%％亿万户]*、|的(?:月活|净利|营收|总资产|不良)"
)
_COUNTED = re.compile(
    r"[二两三四五六七八九]家(?:(?:上市)?(?:银行|城商行|农商行|股份行|民营银行)|分别|的|则|均|合计|都)"
)


def unambiguous(text: str, tokens: list[Token], hits: list[Token], lexicon: Lexicon) -> list[Token]:
    """Keeps the ambiguous short names (民生, 兴业) only where they are the bank."""
    _give_to_named(hits, lexicon)
    sure = {token.word.bank.id for token in hits if not token.word.short and token.word.bank}
    at = {id(token): i for i, token in enumerate(tokens) if token.word.bank is not None}
    runs: list[list[Token]] = []
    for token in hits:
        if runs and _ASIDE.sub("", text[runs[-1][-1].end : token.start]).strip(" ）)（(\n") in JOINERS:
            runs[-1].append(token)
        else:
            runs.append([token])
    opening = {t.word.bank.id for t in hits if t.word.bank and not t.word.bank.place and _opens_clause(text, t)}
    many = len(sure | opening) > _MANY_NAMED
    kept: list[Token] = []
    for _ in range(2):  # what the first pass settles makes the second surer
        kept = [token for run in runs for token in _of_run(text, tokens, run, sure, many, at, lexicon)]
        more = {token.word.bank.id for token in kept if token.word.bank}
        if more <= sure:
            break
        sure |= more
    return kept


def _give_to_named(hits: list[Token], lexicon: Lexicon) -> None:
    """A short name that two share is whose full name the text has: 众安 of 众安银行, 信银 of 信银理财."""
    full = {token.word.bank.name: token.word.bank for token in hits if token.word.bank and not token.word.short}
    unsaid = [token for token in hits if token.word.short and token.word.bank and token.word.bank.name not in full]
    if not unsaid:
        return
    named = {name: bank for bank in full.values() for name in (bank.name, *bank.aliases)}
    given: dict[str, Bank | None] = {}
    for token in unsaid:
        word = token.word
        if word.text not in given:
            bank = named.get(word.text + "银行") or named.get(word.text + "银")
            given[word.text] = bank or _of_kind(word.text, named, lexicon)
        if (own := given[word.text]) is not None:
            token.word = replace(word, bank=own)


def _of_kind(stem: str, named: Mapping[str, Bank], lexicon: Lexicon) -> Bank | None:
    """The company of this stem, where the text is about companies of its kind: names two of them."""
    for name, bank in named.items():
        kind = lexicon.company_kind.search(name) if name.startswith(stem) else None
        if kind is not None and name == stem + kind.group():
            alike = {other.id for full, other in named.items() if full.endswith(kind.group())}
            return bank if len(alike) > 1 else None
    return None


def _opens_clause(text: str, token: Token) -> bool:
    return text[token.start - 1 : token.start] in _OPENS


def _of_run(
    text: str,
    tokens: list[Token],
    run: list[Token],
    sure: set[str],
    many: bool,
    at: dict[int, int],
    lexicon: Lexicon,
) -> list[Token]:
    """The members of one coordinated run of names that are banks.

    ``sure`` are the ids named for certain, ``many`` tells that the text names many institutions.
    """
    known = any(not t.word.short or t.word.text.endswith("行") or t.word.bank and t.word.bank.id in sure for t in run)
    listed = len(run) > 1 and (known or len(run) > 2 or len(sure) > 3 or _COUNTED.match(text, run[-1].end) is not None)
    if listed and all(token.word.bank and token.word.bank.place for token in run):
        last = run[-1]
        all_sure = len(sure) > 3 and all(token.word.bank and token.word.bank.id in sure for token in run)
        acting = _in_place(text, tokens, at[id(last)], lexicon) and not text.startswith(lexicon.of_places, last.end)
        listed = _AS_BANKS.match(text, last.end) is not None or all_sure and acting
    kept: list[Token] = []
    for token in run:
        bank = token.word.bank
        assert bank is not None
        if not token.word.short or listed:
            kept.append(token)
        elif token.word.text.endswith("行") and len(token.word.text) <= 4:
            i = at[id(token)]
            beside = i > 0 and tokens[i - 1].end == token.start and tokens[i - 1].word.bank is None
            if beside or text.startswith(lexicon.instances, token.end) or _cut_out(text, token):
                kept.append(token)
        elif not bank.place:
            i = at[id(token)]
            following = tokens[i + 1] if i + 1 < len(tokens) else None
            own = (
                following is not None
                and following.start == token.end
                and following.word.product is not None
                and following.word.product.generic
            )
            before, after = text[token.start - 1 : token.start], text[token.end : token.end + 1]
            opens = _opens_clause(text, token) or many and before in _POINTS and after in _AFTER
            if (bank.id in sure or own or many) and (opens or _in_place(text, tokens, i, lexicon)):
                kept.append(token)
        elif _in_place(text, tokens, at[id(token)], lexicon):
            before, after = text[token.start - 1 : token.start], text[token.end : token.end + 1]
            counted = len(sure) > 3 and before in _BEFORE and _has_figure(text, tokens, at[id(token)])
            opens = before in "，。；、：上"  # 手续费上宁波最抢眼
            if counted or bank.id in sure and after in ("则", "，", "最", "却", "仅") and opens:
                kept.append(token)
    return kept


def _has_figure(text: str, tokens: list[Token], i: int) -> bool:
    """Whether a short name stands right before a figure or its 由, 的, 为: 民生59.87亿元, 光大的58.15亿元."""
    following = tokens[i + 1] if i + 1 < len(tokens) else None
    if (
        following is not None
        and following.quantity is None
        and following.word.text in ("由", "从", "为", "则", "是")
        and i + 2 < len(tokens)
    ):
        following = tokens[i + 2]
    if following is None or following.quantity is None:
        return False
    return text[tokens[i].end : following.quantity.left] in _LINKS


def _in_place(text: str, tokens: list[Token], i: int, lexicon: Lexicon) -> bool:
    """Whether a short name stands where a subject stands: after a boundary, before a verb, a figure, a metric."""
    token = tokens[i]
    before = text[token.start - 1 : token.start]
    opens = before == "" or before in _BEFORE or i > 0 and tokens[i - 1].end == token.start
    opens = opens or text.endswith(lexicon.leads_name, 0, token.start)
    following = tokens[i + 1] if i + 1 < len(tokens) else None
    after = text[token.end : token.end + 1]
    return opens and (after == "" or after in _AFTER or following is not None and following.start == token.end)


def _is_han(character: str) -> bool:
    return "一" <= character <= "龥"


def _cut_out(text: str, token: Token) -> bool:
    """Whether jieba cuts the short stretch around the hit at the hit's own edges."""
    before = text[token.start - 1 : token.start]
    after = text[token.end : token.end + 1]
    if not _is_han(before) and (not _is_han(after) or token.word.text.endswith("行")):
        return True
    low = max(0, token.start - 8)
    edges, at = {low}, low
    for piece in cutter()(text[low : token.end + 8]):
        at += len(piece)
        edges.add(at)
    return token.start in edges and token.end in edges or not any(
        token.start < edge < token.end for edge in edges
    ) and token.start in edges  # fmt: skip


@cache
def cutter() -> Callable[[str], Iterable[str]]:
    """jieba's cuts by its dictionary: of rjieba, which loads in 0.15 s, or jieba (0.7 s) where rjieba has no wheel."""
    try:
        import rjieba
    except ImportError:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import jieba

        jieba.setLogLevel(logging.WARNING)
        return lambda text: jieba.cut(text, HMM=False)
    return lambda text: rjieba.cut(text, hmm=False)
