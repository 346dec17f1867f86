"""Which numerals are no figures, and by which rule: dates of birth of versions, codes, ranks, slogans."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from finmetrics.firsts import first_characters
from finmetrics.numbers.quantity import Quantity

if TYPE_CHECKING:
    from finmetrics.schema import Exclusion

# Counted things that Chinese prose numbers rhetorically (三个方面): below ten they are figures only with a unit
# that rules/units.yaml marks `chinese`.
_RHETORICAL_BELOW = 10
# Kinds of unit that one of is a quantity (一美元), not an article (一个).
_MEASURED = frozenset(("multiple", "currency", "pp"))
_DEMONSTRATIVES = frozenset("第每这那几数前")
# How far around a numeral a pattern may reach; with a unit it seldom is part of anything longer.
_BEFORE, _AFTER = 24, 24
_BEFORE_WITH_UNIT, _AFTER_WITH_UNIT = 10, 8
_CLAUSE_ENDS = ("，", "。", "；", "\n")
_DIGITS = re.compile(r"[^A-Za-z一-龥]*")


class Excluder:
    """The exclusions of rules/, compiled."""

    def __init__(self, entries: list[Exclusion]) -> None:
        parts = {entry.id: entry.pattern.replace("(?m)", "") for entry in entries if entry.pattern}
        self._pattern = _any_of(parts)
        # Tried only where one of their first characters stands: most characters of a text begin none of them.
        firsts = {name: first_characters(part, re.MULTILINE) for name, part in parts.items()}
        self._anywhere = _any_of({name: part for name, part in parts.items() if firsts[name] is None})
        known = sorted(frozenset[str]().union(*filter(None, firsts.values())))
        self._starts = re.compile(f"[{''.join(map(re.escape, known))}]" if known else "(?!)")
        self._after = {word: entry.id for entry in entries for word in entry.after}
        self._before = {word: entry.id for entry in entries for word in entry.before}
        words = sorted(map(re.escape, self._after), key=len, reverse=True)
        self._after_pattern = re.compile("|".join(words) or "(?!)")
        self._before_words = tuple(sorted(self._before, key=len, reverse=True))

    def reason(self, text: str, quantity: Quantity) -> str:
        """The id of the rule by which a numeral is no figure; empty where none applies."""
        if quantity.vague:
            return "vague"
        unit = quantity.unit
        if quantity.chinese:
            if not quantity.fraction and (reason := _worded(text, quantity)):
                return reason
        elif quantity.scale > 1 or unit is not None and unit.kind in ("percent", "pp"):
            return self._led(text, quantity)
        if reason := self._by_pattern(text, quantity):  # these say more than a single word: 第5号, 500强
            return reason
        after = self._after_pattern.match(text, quantity.end)
        if after is None and unit is not None and quantity.unit_start:
            after = self._after_pattern.match(text, quantity.unit_start)  # 三个方面, where 个 was read as the unit
        if after is not None:
            return self._after[after.group()]
        return self._led(text, quantity)

    def _led(self, text: str, quantity: Quantity) -> str:
        """The rule of the words right before a numeral: 每提升10%."""
        if not text.endswith(self._before_words, 0, quantity.start):
            return ""
        return next(self._before[word] for word in self._before_words if text.endswith(word, 0, quantity.start))

    def _by_pattern(self, text: str, quantity: Quantity) -> str:
        start, end = quantity.start, quantity.end
        before, after = (_BEFORE, _AFTER) if quantity.unit is None else (_BEFORE_WITH_UNIT, _AFTER_WITH_UNIT)
        low = max(0, start - before)
        low = max(low, *(text.rfind(mark, low, start) for mark in _CLAUSE_ENDS))
        high = min(len(text), end + after)
        anywhere = self._anywhere.search(text, low, high) is not None
        while True:
            found = self._pattern.search(text, low, high) if anywhere else self._begun(text, low, start, high)
            if found is None or found.start() > start:
                return ""
            if found.end() > start:
                digits = _DIGITS.match(text, start, end)
                return found.lastgroup or "" if digits is None or found.end() >= digits.end() else ""
            low = found.end()

    def _begun(self, text: str, low: int, start: int, high: int) -> re.Match[str] | None:
        """The first match from ``low`` on that begins at ``start`` or before."""
        while (first := self._starts.search(text, low, start + 1)) is not None:
            low = first.start()
            if (found := self._pattern.match(text, low, high)) is not None:
                return found
            low += 1
        return None


def _any_of(parts: dict[str, str]) -> re.Pattern[str]:
    """One pattern of all parts, each followed by an empty group of its name.

    Within the group, ``re`` would not see what a part begins with, and try every part in full.
    """
    return re.compile("|".join(f"(?:{part})(?P<{name}>)" for name, part in parts.items()) or "(?!)", re.MULTILINE)


def _worded(text: str, quantity: Quantity) -> str:
    """Why a Chinese numeral is no figure: 万元, 一个, 三个方面, 这三家."""
    unit = quantity.unit
    if unit is None:
        return ""
    exact = quantity.qualifier == "exact"
    if exact and not text[quantity.start : quantity.unit_start].strip("百千万亿"):
        return "scale_word"
    alone = quantity.bare == 1 and unit.kind not in _MEASURED and (exact or unit.kind != "duration")
    if quantity.scale == 1 and (not quantity.bare or alone):
        return "article"  # 一个, but 不到一分钟
    if exact and quantity.bare < _RHETORICAL_BELOW and not unit.chinese:
        return "rhetorical"
    return "rhetorical" if text[quantity.start - 1 : quantity.start] in _DEMONSTRATIVES else ""
