"""Which hits of the vocabulary are institutions, branches and products, and whose article it is."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from finmetrics.entries import Bank, Word
from finmetrics.lexicon import Lexicon
from finmetrics.naming import branches, local, products, stems
from finmetrics.spot import Token

JOINERS = frozenset({"、", "和", "与", "及", "以及", "或", "同", "并", "跟", "，", ",", "/", "及其"})
# What may stand right before a name that opens a phrase, and right after one that acts as a subject.
_BEFORE = frozenset('，。、；：:,;（(“”"「」\n！？! \t|和与及而但且较比则中对论及由至同或在以除归→—-…')
_OPENS = "，。；：、\n（）"  # of a clause, whatever goes on: 民生最后一个进门
_POINTS = "的名手除"  # 门外的光大, 第二名兴业, 老对手中信, 除民生
_LEADS = ("反观", "其中", "只有", "唯有", "例如", "包括", "譬如", "倒是", "不如", "尤其")
_AFTER = frozenset(
    "高低差多少微快慢刚赢转翻退破登赔亏增赚升降跌涨跃减扩缩稳守凭靠占拿用把，。、；：:,;（()）”」\n \t|"
    "的则在以也还是去今已均各仅两等与和及更共约超近达为较比同净未却再将拟只独自最不率领排居位于"
)
# Institutions that articles quote but that are seldom what a whole article is about.
_NEVER_MAIN = ("group", "payment", "insurer", "other")
# An article that names so many others is about the one of its title only where that is named this often.
_MANY, _DOMINANT = 5, 0.5
_QUARTER, _HALF = 0.25, 0.5
_MANY_NAMED = 3  # with more, a text is about banks, and its short names are theirs
_TALE = 0.15  # so many figures may stand in the tale that a text begins with
_ASIDE = re.compile(r"[（(][^（()）]*[）)]")
_AS_BANKS = re.compile(
    r"[二两三四五六七八九]家|分别|依次|等?[\d一二三四五六七八九十]*家|银行|则|均|各|以|为\d[\d.]*[%％亿万户]*、|的(?:月活|净利|营收|总资产|不良)"
)
_INSTANCE = ("为例", "为首", "为代表", "为主")  # 以招行为例
_BEFORE_LETTERS = frozenset("由和与中里的，。、；：")
_AGAIN = re.compile(r"银行(?!业|卡|[一-龥]{0,4}分行)|机构|样本行")
_PASSING = 8  # so many figures before its only name, and a text is not about the institution
_COUNTABLE = 3  # so many institutions are a group that is spoken of again by their number
_COUNTED = re.compile(
    r"[二两三四五六七八九]家(?:(?:上市)?(?:银行|城商行|农商行|股份行|民营银行)|分别|的|则|均|合计|都)"
)


@dataclass(frozen=True, slots=True)
class About:
    """What the whole document is about: one institution (and its branch), a group, a product."""

    bank: Bank | None = None
    branch: str = ""
    group: Bank | None = None
    product: Token | None = None
    product_weight: str = ""  # how much of what is said of products is of that one
    of_branches: bool = False  # the first mention of the institution is of a branch


def settle(text: str, tokens: list[Token], lexicon: Lexicon, title: str) -> About:
    """Marks the tokens that are banks, branches and products; returns whom the whole document is about."""
    _add_letters(text, tokens, lexicon)
    local.name(text, tokens, lexicon)
    stems.add(text, tokens, lexicon)
    hits = [token for token in tokens if token.word.bank is not None and not _guarded(text, token)]
    if any(token.word.short for token in hits):
        hits = _unambiguous(text, tokens, hits, lexicon)
    for token in hits:
        token.bank = token.word.bank
        branches.add(text, token, lexicon)
    branches.add_bare(text, tokens, lexicon)
    _add_counted(text, tokens)
    products.add(text, tokens, lexicon)
    about = _about(title, hits, tokens, lexicon)
    named = [token.branch for token in hits if token.bank is not None and token.bank is about.bank]
    if not about.branch and len(set(named)) == 1:  # never but by the one branch
        about = replace(about, branch=named[0])
    product, weight = products.leading(about.product, tokens)
    return replace(about, product=product, product_weight=weight, of_branches=bool(named and named[0]))


def _add_counted(text: str, tokens: list[Token]) -> None:
    """Makes the 42家银行 of a text that spoke of 42家上市银行 that group again."""
    groups: dict[Decimal, Bank] = {}
    added: list[Token] = []
    figures = [(i, token) for i, token in enumerate(tokens, 1) if token.quantity is not None]
    for following, token in figures:
        quantity = token.quantity
        assert quantity is not None
        if quantity.unit is None or not quantity.unit.institutions or quantity.value < _COUNTABLE:
            continue
        after = tokens[following] if following < len(tokens) else None
        if after is not None and after.bank is not None and after.bank.type == "group" and after.start == token.end:
            groups.setdefault(quantity.value, after.bank)
            continue
        match, group = _AGAIN.match(text, token.end), groups.get(quantity.value)
        if match is None or group is None:
            continue
        if after is not None and (after.start, after.end) == match.span():
            after.bank = group
        elif after is None or after.start >= match.end():
            added.append(Token(token.end, match.end(), Word(match.group()), bank=group))
    if added:
        tokens[:] = sorted([*tokens, *added], key=lambda token: token.start)


def _add_letters(text: str, tokens: list[Token], lexicon: Lexicon) -> None:
    """Adds the banks of 工、农、中、建四家 and 工、建两行: single letters count only in such a list."""
    letters = lexicon.bank_letters
    spans = [match.span("list") for match in lexicon.letter_list.finditer(text)] if letters else []
    spans = [
        (low, high) for low, high in spans if not text[low - 1 : low] >= "一" or text[low - 1 : low] in _BEFORE_LETTERS
    ]
    if not spans:
        return
    added: list[Token] = []
    for low, high in spans:
        for i in range(low, high):
            if text[i] in letters or text[i] == "、":
                added.append(Token(i, i + 1, lexicon.word(letters[text[i]].name if text[i] in letters else "、")))
    covered = iter([*spans, (len(text), len(text))])
    low, high = next(covered)
    kept: list[Token] = []
    for token in tokens:
        while token.start >= high and high < len(text):
            low, high = next(covered)
        if token.end <= low or token.start >= high:
            kept.append(token)
    tokens[:] = sorted([*kept, *added], key=lambda token: token.start)


def _guarded(text: str, token: Token) -> bool:
    """Whether the hit lies inside a longer word that the rules name as no bank (工行 in 加工行业)."""
    guards = token.word.guards
    return bool(guards) and any(text.startswith(guard, token.start - at) for at, guard in guards)


def _unambiguous(text: str, tokens: list[Token], hits: list[Token], lexicon: Lexicon) -> list[Token]:
    """Keeps the ambiguous short names (民生, 兴业) only where they are the bank."""
    _give_to_named(hits)
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


def _give_to_named(hits: list[Token]) -> None:
    """A short name that two share is whose full name the text has: 众安 of 众安银行, 信银 of 信银理财."""
    named = {token.word.bank.name: token.word.bank for token in hits if not token.word.short and token.word.bank}
    for token in hits:
        word = token.word
        if word.short and word.bank is not None and word.bank.name not in named:
            alike = [bank for name, bank in named.items() if name.startswith(word.text)]
            if len(alike) == 1:
                token.word = replace(word, bank=alike[0])


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
        acting = _in_place(text, tokens, at[id(last)]) and not text.startswith(lexicon.of_places, last.end)
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
            if beside or text.startswith(_INSTANCE, token.end) or _cut_out(text, token):
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
            if (bank.id in sure or own or many) and (opens or _in_place(text, tokens, i)):
                kept.append(token)
        elif _in_place(text, tokens, at[id(token)]):
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
    return text[tokens[i].end : following.quantity.left] in (
        "",
        "的",
        "由",
        "从",
        "为",
        "则",
        "则为",
        "是",
        "以",
        "只有",
        "有",
    )


def _acts(text: str, token: Token, following: Token | None) -> bool:
    """Whether a short name acts right where it stands: 光大同比跌了, 中信上半年, 逆行的是中信，."""
    if text.endswith(("的是", "只有", "唯有"), 0, token.start) and text[token.end : token.end + 1] in ("，", "。"):
        return True
    if following is None or following.start != token.end:
        return False
    word = following.word
    return following.time is not None or bool(word.comparison) or word.change is not None


def _in_place(text: str, tokens: list[Token], i: int) -> bool:
    """Whether a short name stands where a subject stands: after a boundary, before a verb, a figure, a metric."""
    token = tokens[i]
    before = text[token.start - 1 : token.start]
    opens = before == "" or before in _BEFORE or i > 0 and tokens[i - 1].end == token.start
    opens = opens or text.endswith(_LEADS, 0, token.start)
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


def _opens(bank: Bank, hits: list[Token], tokens: list[Token], share: float = _QUARTER, ahead: float = 0) -> bool:
    """Whether a text names this institution before all but ``ahead`` of its figures, and no other before ``share``."""
    figures = [token.start for token in tokens if token.quantity is not None]
    named = [token for token in hits if token.bank and token.bank.type not in _NEVER_MAIN]
    other = next((token for token in named if token.bank is not bank), None)
    first = bool(figures) and named[0].bank is bank and named[0].start < figures[int(len(figures) * ahead)]
    return first and (other is None or other.start > figures[int(len(figures) * share)])


def _leads(hit: Token, tokens: list[Token]) -> bool:
    """Whether an institution is named before many figures are: one named in passing late is not whose text it is."""
    return sum(token.quantity is not None and token.start < hit.start for token in tokens) < _PASSING


def _about(title: str, hits: list[Token], tokens: list[Token], lexicon: Lexicon) -> About:
    known = {t.bank.id for t in hits if t.bank}
    titled, group, product = _titled(lexicon.clean(title), lexicon, known)
    if not titled and (answering := _answering(tokens)) is not None and answering.bank is not None:
        return About(answering.bank, answering.branch, group, product)
    by_id = {t.bank.id: t.bank for t in hits if t.bank}
    counts = Counter(t.bank.id for t in hits if t.bank and not t.bank.speaker and t.bank.type not in _NEVER_MAIN)
    total = sum(counts.values())
    if len(titled) == 1:
        bank, branch = next(iter(titled.values()))
        if len(counts) < _MANY or counts[bank.id] >= _DOMINANT * total or group is None and _opens(bank, hits, tokens):
            return About(bank, branch, group, product)
        return About(group=group, product=product)
    if group is None:
        groups = Counter(t.bank.id for t in hits if t.bank and t.bank.type == "group")
        group = by_id[groups.most_common(1)[0][0]] if groups else None
    if not counts:
        return About(group=group, product=product)
    top, times = counts.most_common(1)[0]
    first = next(token for token in hits if token.bank and token.bank.id in counts)
    again = first.bank is not None and counts[first.bank.id] > max(
        [0, *(n for i, n in counts.items() if i != first.bank.id)]
    )
    if (
        not titled
        and first.bank is not None
        and (not first.branch or again)
        and _opens(first.bank, hits, tokens, _HALF, _TALE)
    ):
        return About(first.bank, group=group, product=product)
    alone = len(counts) == 1 and (times > 2 or _leads(first, tokens))
    if (alone or times >= 0.6 * total and times > 2) and (not titled or top in titled):
        return About(by_id[top], group=group, product=product)
    return About(group=group, product=product)


def _answering(tokens: list[Token]) -> Token | None:
    """The institution of the one who is interviewed: 嘉宾：青岛农商银行总经理 韩松."""
    i = next((i for i, token in enumerate(tokens, 1) if "guest" in token.word.roles), len(tokens))
    return next((t for t in tokens[i : i + 2] if t.bank is not None and t.bank.type not in _NEVER_MAIN), None)


def _titled(
    title: str, lexicon: Lexicon, known: set[str]
) -> tuple[dict[str, tuple[Bank, str]], Bank | None, Token | None]:
    """The institutions that a title names, with their branches; the first group and the only product it names.

    A short name (东亚半年多赚14%) counts where it opens the title and the text names the institution: ``known``.
    """
    tokens = [Token(start, end, lexicon.words[index]) for index, start, end in lexicon.find(title)]
    local.name(title, tokens, lexicon)
    titled: dict[str, tuple[Bank, str]] = {}
    group: Bank | None = None
    for token in tokens:
        word, bank = token.word, token.word.bank
        if bank is not None and bank.type == "group":
            group = group or bank
        elif (
            bank is not None
            and not bank.speaker
            and (not word.short or word.text.endswith("行") or token.start == 0 and bank.id in known)
        ):
            if not _guarded(title, token):
                token.bank = bank
                branches.add(title, token, lexicon)
                titled[bank.id] = bank, token.branch
        elif word.product is not None and word.product.bank and not titled:
            brand = lexicon.banks.get(word.product.bank)
            if brand:
                titled[brand.id] = brand, ""
    products.add(title, tokens, lexicon)
    sure = {token.product: token for token in tokens if token.product and not token.loose}
    return titled, group, next(iter(sure.values())) if len(sure) == 1 else None
