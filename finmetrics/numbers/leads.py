"""What stands before a number and belongs to it: sign, currency, qualifiers (约, -, HK$, 已超过近)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from finmetrics.entries import Unit
from finmetrics.numbers.notation import APART_REACH, apart_pattern, lead_pattern
from finmetrics.numbers.numerals import SCALES

_REMEMBERED = 4096
_LONGEST_CHAIN = 4


@dataclass(frozen=True, slots=True)
class Lead:
    """The nearest bound, and a currency with the number of characters from its first to the number."""

    qualifier: str = "exact"
    unit: Unit | None = None
    quoted: int = 0


_NOTHING = Lead()


class Leads:
    """Reads backwards from a number."""

    def __init__(self, bounds: Mapping[str, str], guards: Collection[str], currencies: Mapping[str, Unit]) -> None:
        """``bounds`` and ``currencies`` map words to what they say; in ``guards`` a bound says nothing.

        A guard that ends in ``#`` bars its word before digits (上#: 上百家, but 线上3家). Within a bound, … stands
        for other words of the clause (约为…的).
        """
        self._bounds, self._currencies = bounds, currencies
        words = {word: _rests(word, guards) for word in bounds if "…" not in word}
        words |= {word: _rests(word, unit.not_) for word, unit in currencies.items()}
        # One pattern before digits, one before a scale (上百家).
        of_digits = {word: unless for word, unless in words.items() if f"{word}#" not in guards}
        self._patterns = {False: lead_pattern(of_digits), True: lead_pattern(words)}
        apart = [word for word in bounds if "…" in word]
        self._apart = apart_pattern(apart)
        self._apart_ends = frozenset(word[-1] for word in apart)
        self.ends = frozenset((*(word[-1] for word in words), *".-+负 ")) | self._apart_ends
        self._reach = _LONGEST_CHAIN * (1 + max(map(len, words), default=0))
        self._known: dict[tuple[str, bool], Lead] = {}

    def read(self, text: str, start: int) -> tuple[re.Match[str], Lead]:
        """The match that reads backwards from the number at ``start``, and what its words say."""
        scaled = text[start] in SCALES
        chain, word = self._patterns[scaled]
        match = chain.match(text[max(0, start - self._reach) : start][::-1])
        assert match is not None  # it also matches nothing
        key = match["words"], scaled
        lead = self._known.get(key)
        if lead is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            lead = self._known[key] = self._said(key[0], word)
        if not key[0] and text[start - 1] in self._apart_ends:
            return match, self._said_apart(text[max(0, start - APART_REACH) : start])
        return match, lead

    def _said(self, backwards: str, word: re.Pattern[str]) -> Lead:
        qualifier, unit, quoted = "exact", None, 0
        for match in word.finditer(backwards):
            written = match[0][::-1]
            if written in self._currencies:
                unit, quoted = self._currencies[written], match.end()
            elif qualifier == "exact":
                qualifier = self._bounds[written]
        return Lead(qualifier, unit, quoted)

    def _said_apart(self, before: str) -> Lead:
        match = self._apart.search(before)
        return _NOTHING if match is None else Lead(self._bounds[f"{match['word']}…{match['end']}"])


def _rests(word: str, unless: Collection[str]) -> list[str]:
    """What must not stand before ``word`` for it not to be the tail of one of ``unless``."""
    return [text[: -len(word)] for text in unless if text.endswith(word) and text != word]
