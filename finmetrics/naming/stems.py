"""Short names that a text makes of full ones: 理慧 of 理慧银行; 工银、建信 where it speaks of 理财 companies."""

from __future__ import annotations

import re
from bisect import bisect_right

from finmetrics.entries import Bank, Word
from finmetrics.lexicon import Lexicon, guards
from finmetrics.spot import Token

# Of all others the short forms are in the rules, or a common word (交通, 农业).
_TYPES = ("private", "direct", "foreign", "other", "insurer", "city", "rural")
_SHORTEST = 2  # characters of a name without its kind
_FAMILY = 2  # companies of a kind that a text names before it may call others of that kind by their stem


def add(text: str, tokens: list[Token], lexicon: Lexicon) -> None:
    """Adds a token for each such name, ambiguous like the short names of the rules."""
    named = [token.word for token in tokens if token.word.bank is not None and not token.word.short]
    found: dict[str, Bank] = {}
    family: dict[str, set[str]] = {}
    for word in named:
        kind_at = lexicon.company_kind.search(word.text)
        if kind_at is None or word.bank is None or word.bank.type not in _TYPES or word.bank.place:
            continue
        found[word.text[: kind_at.start()]] = word.bank
        family.setdefault(kind_at.group(), set()).add(word.bank.id)
    for kind, ids in family.items():
        if len(ids) >= _FAMILY:
            found = lexicon.stems.get(kind, {}) | found
    short = [stem for stem in found if len(stem) >= _SHORTEST and stem not in lexicon.places]
    if not short:
        return
    pattern = re.compile("|".join(sorted(map(re.escape, short), key=len, reverse=True)))
    starts = [token.start for token in tokens]
    added: list[Token] = []
    for match in pattern.finditer(text):
        start, end = match.span()
        i = bisect_right(starts, start)
        if i and tokens[i - 1].end > start or i < len(tokens) and tokens[i].start < end:
            continue  # within a longer name, or a word of its own
        name, bank = match.group(), found[match.group()]
        added.append(Token(start, end, Word(name, bank=bank, short=True, guards=guards(name, bank))))
    if added:
        tokens[:] = sorted([*tokens, *added], key=lambda token: token.start)
