"""Numbers, scales, units and bounds -> Quantity, in exact decimal arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from finmetrics.notation import JOINS, lead_pattern, numeral_pattern
from finmetrics.numerals import (
    LARGE,
    LONGEST,
    SCALES,
    arabic_value,
    chinese_value,
    fraction_value,
    neighbours,
    number_value,
    shared_scale,
)
from finmetrics.schema import Qualifier, Unit

__all__ = ["Quantifier", "Quantity", "chinese_value", "numerals"]

_HALF, _FIFTY = Decimal("0.5"), Decimal(50)
_BLANKS = {ord(" "): None, ord("\n"): None}
_JOIN = re.compile(rf"[ ]?(?:[（(]含[）)])?[ ]?[{JOINS}][ ]?(?:[（(]含[）)])?[ ]?")
_LONGEST_JOIN = 8
_RUN = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
# 50元6角三分, 两美元又三美分
_PARTS = re.compile(
    r"[零又]?(?:(?P<tenths>[0-9一二两三四五六七八九])[角毛](?:[零又]?(?P<hundredths>[0-9一二两三四五六七八九])分?)?"
    r"|(?P<cents>[0-9]{1,2}|[一二两三四五六七八九十]{1,3})[美欧]分)"
)
# What a half is said of without a number: 半小时, 半个百分点.
_HALVED = frozenset(("duration", "percent", "pp", "multiple"))
_REMEMBERED = 4096
_TENTH, _HUNDREDTH = Decimal("0.1"), Decimal("0.01")
_MONEY_STARTS = frozenset("零又123456789一二两三四五六七八九")


@dataclass(slots=True, eq=False)
class Quantity:
    """A numeral with what belongs to it as a number; what it is a number of comes later.

    ``start``/``end`` span the figure as quoted; ``left``/``right`` also the qualifiers around it, and
    ``unit_start`` is where its unit begins. ``value`` is in base units, ``bare`` without scale and unit. ``unit``
    is ``None`` where the text gives none; ``scale`` is the factor of the written scale.
    """

    start: int
    end: int
    value: Decimal
    unit: Unit | None = None
    scale: int = 1
    value_max: Decimal | None = None
    qualifier: str = "exact"
    left: int = 0
    right: int = 0
    chinese: bool = False
    bare: Decimal = Decimal(0)
    fraction: bool = False
    vague: bool = False
    worded: bool = False
    unit_start: int = 0


@dataclass(frozen=True, slots=True)
class _Lead:
    """What the words before a number say: the nearest bound, and a currency that ``quoted`` characters name."""

    qualifier: str = "exact"
    unit: Unit | None = None
    quoted: int = 0


class Quantifier:
    """Finds every numeral of a text and reads scale, unit, range and qualifiers around it."""

    def __init__(self, units: list[Unit], qualifiers: list[Qualifier]) -> None:
        self.by_id: dict[str, Unit] = {}
        self._units: dict[str, tuple[Unit, Decimal | None]] = {}
        self._scales: dict[str, tuple[int, Decimal]] = {}
        self._prefixes: dict[str, Unit] = {}
        words: dict[str, list[str]] = {}
        scales: dict[str, list[str]] = {}
        leads: dict[str, list[str]] = {}
        for unit in units:
            if unit.kind == "scale":
                for word in unit.words:
                    scales[word] = _after(word, unit.not_)
                    self._scales[word] = unit.factor, Decimal(unit.factor)
                continue
            base = self.by_id.setdefault(unit.id, unit)
            for word in unit.words:
                if word.endswith("…"):
                    leads[word[:-1]] = _before(word[:-1], unit.not_)
                    self._prefixes[word[:-1]] = base
                elif word not in words:
                    words[word] = _after(word, unit.not_)
                    self._units[word] = base, Decimal(unit.factor) if unit.factor > 1 else None
        self._bounds: dict[str, str] = {}
        self._right: dict[str, str] = {}
        self._inside: dict[str, str] = {}
        right: dict[str, list[str]] = {}
        guards = {text[1:] for q in qualifiers for text in (*q.left, *q.right) if text.startswith("~")}
        for q in qualifiers:
            for word in q.left:
                if not word.startswith("~"):
                    leads[word] = _before(word, guards)
                    self._bounds[word] = q.id
            for word in q.right:
                if not word.startswith("~"):
                    right[word] = _after(word, guards)
                    self._right[word] = q.id
            self._inside |= dict.fromkeys(q.inside, q.id)
        self._pattern = numeral_pattern(words, scales, self._inside, right)
        # Before a digit and before a scale (上百家): 上 is a bound only of the second.
        digit = {word: unless for word, unless in leads.items() if word + "#" not in guards}
        self._lead_words = {False: lead_pattern(digit), True: lead_pattern(leads)}
        self._lead_ends = frozenset((*(word[-1] for word in leads), *".-+负 "))
        self._lead_reach = 4 * (1 + max(map(len, leads), default=0))
        self._leads: dict[str, _Lead] = {}
        self._percent = self.by_id["%"]

    def scan(self, text: str) -> list[Quantity]:
        """All numerals of the cleaned text, in order; Chinese ones only where they can be figures."""
        found: list[Quantity] = []
        low: Quantity | None = None  # what the next numeral may make a range with
        for match in self._pattern.finditer(text):
            quantity = self._read(text, match)
            if quantity is None:
                continue
            if low is not None and quantity.start - low.end <= _LONGEST_JOIN and self._joins(text, low, quantity):
                if not found or found[-1] is not low:
                    found.append(low)
                low = None
                continue
            low = quantity
            if not quantity.chinese or quantity.unit is not None or quantity.scale > 1:
                found.append(quantity)
        return found

    def _read(self, text: str, match: re.Match[str]) -> Quantity | None:
        (
            num, half, han, part, _, _, of, over, inside, scaled, inside_scaled, more, mid, unit_text, tail, right
        ) = match.groups()  # fmt: skip
        value_max: Decimal | None = None
        scale = 1
        if han is None:
            if half is not None:
                return self._half(text, match)
            if len(num) > LONGEST:
                return None
            try:
                value = Decimal(num)
            except InvalidOperation:
                value = arabic_value(num)
        elif num == "半":
            value = _HALF
        else:
            number = chinese_value(num)
            if number is None:
                both = neighbours(num.translate(_BLANKS))
                if both is None:
                    return None
                number, value_max = both
            value = number
            scale = LARGE.get(num[-1], 1)
        if part is not None:
            return self._fraction(text, match, value)
        qualifier = "exact"
        end = match.end(1)
        if over is not None:
            rest = fraction_value(number_value(of) or Decimal(0), over)
            if rest is None or unit_text is None:
                return None
            value, end = value + rest / 100, match.end("over")
        bare = value
        if inside is not None:
            qualifier, end = self._inside[inside], match.end("inside")
        if scaled is not None and (
            not scaled.isascii() or unit_text or right or self._lead_of(text, match.start())[1].qualifier != "exact"
        ):  # 4k alone is no quantity
            scale, factor = self._scales[scaled]
            end = match.end("scale")
            if inside_scaled is not None:
                qualifier, end = self._inside[inside_scaled], match.end("inside_scaled")
            total = chinese_value(num + scaled + more) if more is not None else None
            if total is not None:
                value, end = total, match.end("more")
            else:
                value *= factor
                value_max = value_max * factor if value_max is not None else None
                if more is not None:
                    unit_text = right = None
        unit: Unit | None = None
        unit_start = end
        if unit_text is not None:
            unit_start, end = match.span("unit")
            unit, factor_of_unit = self._named(unit_text)
            if mid is not None:
                value += _HALF
            if tail is not None:
                value += _HALF if tail[-1] == "半" else (number_value(tail[-1]) or 0) / 10
                end = match.end("tail")
            if factor_of_unit is not None:
                value *= factor_of_unit
                value_max = value_max * factor_of_unit if value_max is not None else None
        start = match.start()
        if han is not None:
            if num == "半" and (unit is None or unit.kind not in _HALVED):
                return None
            if num[0] in SCALES and start and text[start - 1] in "数几":
                return Quantity(start - 1, end, Decimal(0), unit, left=start - 1, right=end, qualifier=qualifier,
                                chinese=True, vague=True, unit_start=unit_start)  # fmt: skip
        quantity = Quantity(
            start, end, value, unit, scale, value_max, qualifier, start, end, han is not None, bare,
            han is not None and unit is self._percent, False, False, unit_start,
        )  # fmt: skip
        if unit is not None and unit.kind == "currency" and scale == 1 and right is None:
            self._add_parts(text, quantity)
        return self._bounded(text, quantity, right, match.end())

    def _named(self, written: str) -> tuple[Unit, Decimal | None]:
        """The unit of a written word, and the factor of the word."""
        return self._units.get(written) or self._units[written.translate(_BLANKS)]

    def _half(self, text: str, match: re.Match[str]) -> Quantity:
        start, end = match.span("num")
        quantity = Quantity(start, end, _FIFTY, self._percent, left=start, right=end, chinese=True, bare=_HALF,
                            fraction=True, unit_start=end)  # fmt: skip
        right = match["right"] if match["unit"] is None else None
        return self._bounded(text, quantity, right, match.end())

    def _fraction(self, text: str, match: re.Match[str], whole: Decimal) -> Quantity | None:
        """百分之三, 三分之一, 百分之三到五: a percentage."""
        value = fraction_value(whole, match["part"])
        if value is None:
            return None
        start, end = match.start(), match.end("part")
        if match["thousands"] is not None:
            value *= self._scales[match["thousands"]][1]
            end = match.end("thousands")
        quantity = Quantity(start, end, value, self._percent, left=start, right=end, chinese=True, bare=value,
                            fraction=True, unit_start=end)  # fmt: skip
        if match["part_to"] is not None:
            high = fraction_value(whole, match["part_to"])
            if high is not None and high > value:
                quantity.value_max, quantity.end = high, match.end("part_to")
        return self._bounded(text, quantity, match["right"], match.end())

    def _add_parts(self, text: str, quantity: Quantity) -> None:
        """Adds 角 and 分 to a sum of money."""
        match = _PARTS.match(text, quantity.end) if text[quantity.end : quantity.end + 1] in _MONEY_STARTS else None
        if match is None:
            return
        for part, worth in (("tenths", _TENTH), ("hundredths", _HUNDREDTH), ("cents", _HUNDREDTH)):
            if match[part] is not None:
                quantity.value += (number_value(match[part]) or 0) * worth
        quantity.end = quantity.right = match.end()

    def _bounded(self, text: str, quantity: Quantity, right: str | None, right_end: int) -> Quantity | None:
        """Reads sign, currency and qualifier before the number; gives it the qualifier after it."""
        start = quantity.start
        if start and text[start - 1] in self._lead_ends:
            self._led(text, quantity)
        if right is not None:
            quantity.right = right_end
            if quantity.qualifier == "exact":
                quantity.qualifier = self._right[right]
        elif quantity.right < quantity.end:
            quantity.right = quantity.end
        if quantity.chinese and quantity.unit is None and quantity.qualifier == "exact":
            # 百万, alone is a word; 突破百万 and 两百万 are figures
            if quantity.scale > 1 and text[start] in SCALES:
                return None
        return quantity

    def _led(self, text: str, quantity: Quantity) -> None:
        """Applies what stands before a number: 约, -, HK$."""
        match, lead = self._lead_of(text, quantity.start)
        number = quantity.start
        point, sign = match["point"], match["sign"]
        if point is not None and not quantity.chinese and quantity.bare:
            tenths = quantity.bare.scaleb(-len(str(quantity.bare)))
            quantity.value, quantity.bare = quantity.value / quantity.bare * tenths, tenths
            quantity.start -= 1
        if sign is not None:
            quantity.start -= 1
            if sign != "+":
                quantity.value = -quantity.value
        quantity.left = number - match.end()
        if quantity.qualifier == "exact":
            quantity.qualifier = lead.qualifier
        if lead.unit is not None and (quantity.unit is None or quantity.unit is self.by_id.get("元")):
            if quantity.unit is None:
                quantity.start = number - match.start("words") - lead.quoted
            quantity.unit = lead.unit

    def _lead_of(self, text: str, start: int) -> tuple[re.Match[str], _Lead]:
        """What stands before ``start``, matched backwards, and what it says."""
        pattern, word = self._lead_words[text[start] in SCALES]
        match = pattern.match(text[max(0, start - self._lead_reach) : start][::-1])
        assert match is not None  # it also matches nothing
        words = match["words"]
        lead = self._leads.get(words)
        if lead is None:
            if len(self._leads) >= _REMEMBERED:
                self._leads.clear()
            lead = self._leads[words] = self._lead_from(words, word)
        return match, lead

    def _lead_from(self, backwards: str, words: re.Pattern[str]) -> _Lead:
        qualifier, unit, quoted = "exact", None, 0
        for match in words.finditer(backwards):
            word = match.group()[::-1]
            if word in self._prefixes:
                unit, quoted = self._prefixes[word], match.end()
            elif qualifier == "exact":
                qualifier = self._bounds[word]
        return _Lead(qualifier, unit, quoted)

    def _joins(self, text: str, low: Quantity, high: Quantity) -> bool:
        """Makes one range of 3-5分钟, 30%至40%, 25万至30万次; True where it did."""
        minus_joins = high.start == low.end and text[high.start] == "-"
        if low.value_max is not None or high.value_max is not None or low.vague or high.vague:
            return False
        if not minus_joins and _JOIN.fullmatch(text, low.end, high.start) is None:
            return False
        if low.unit is not high.unit and low.unit is not None or high.unit is None and high.scale == 1:
            return False
        end = abs(high.value) if minus_joins else high.value
        value = self._low_end(text, low, high, end)
        if value >= end or "-" not in text[low.end : high.start + 1] and _opens_movement(text, low.start):
            return False
        low.value, low.value_max, low.unit, low.scale = value, end, high.unit, high.scale
        low.end, low.right, low.unit_start = high.end, high.right, high.unit_start
        low.chinese, low.fraction = low.chinese and high.chinese, high.fraction
        if low.qualifier == "exact":
            low.qualifier = high.qualifier
        return True

    def _low_end(self, text: str, low: Quantity, high: Quantity, end: Decimal) -> Decimal:
        """The low end of a range with the scale and the unit that only the high end states (25至30万次)."""
        if low.unit is not None:
            return low.value
        value = low.value
        if high.unit is not None:
            factor = self._named(text[high.unit_start : high.end])[1] if text[high.unit_start : high.end] in self._units else None
            value = value if factor is None else value * factor
        scale = high.scale if low.scale == 1 else 1
        if high.chinese:
            scale = shared_scale(text[low.start : low.end], text[high.start : high.unit_start]) if low.scale == 1 else 1
        return value * scale if value * scale < end else value

    def rescaled(self, quantities: Iterable[Quantity], scale: int, unit: Unit | None) -> None:
        """Gives list mates without scale and unit (259.87、235.76和205.32亿元) those of the last."""
        for quantity in quantities:
            if quantity.unit is None:
                quantity.unit = unit
                if quantity.scale == 1 and not quantity.chinese:
                    quantity.scale = scale
                    quantity.value *= scale


def _after(word: str, unless: Iterable[str]) -> list[str]:
    """What must not follow ``word`` for it not to be the head of one of ``unless``."""
    return [text[len(word) :] for text in unless if text.startswith(word) and text != word]


def _before(word: str, unless: Iterable[str]) -> list[str]:
    """What must not stand before ``word`` for it not to be the tail of one of ``unless``."""
    return [text[: -len(word)] for text in unless if text.endswith(word) and text != word]


def _opens_movement(text: str, start: int) -> bool:
    """Whether 由 or 从 opens the stretch before a number: 由30%到40% are two levels."""
    for c in reversed(text[max(0, start - 14) : start]):
        if c in "，。；,;\n、":
            return False
        if c in "由从":
            return True
    return False


def numerals(text: str) -> Iterator[tuple[int, int]]:
    """Spans of every run of Arabic digits: what the ledger must account for."""
    for match in _RUN.finditer(text):
        yield match.span()
