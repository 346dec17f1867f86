"""Which hits of the vocabulary are institutions, branches and products, and whose article it is."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal

from finmetrics.entries import Bank, Word
from finmetrics.lexicon import Lexicon
from finmetrics.naming import branches, local, products, short, stems
from finmetrics.spot import Token

# Institutions that articles quote but that are seldom what a whole article is about.
_NEVER_MAIN = ("group", "payment", "insurer", "other")
# An article that names so many others is about the one of its title only where that is named this often.
_MANY, _DOMINANT = 5, 0.5
_QUARTER, _HALF = 0.25, 0.5
_TALE = 0.15  # so many figures may stand in the tale that a text begins with
_BEFORE_LETTERS = frozenset("由和与中里的，。、；：")
_AGAIN = re.compile(r"银行(?!业|卡|[一-龥]{0,4}分行)|机构|样本行")
_PASSING = 8  # so many figures before its only name, and a text is not about the institution
_COUNTABLE = 3  # so many institutions are a group that is spoken of again by their number


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
        hits = short.unambiguous(text, tokens, hits, lexicon)
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
