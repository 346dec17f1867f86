"""Numbers, scales, units and bounds -> Quantity, in exact decimal arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from finmetrics.entries import Unit
from finmetrics.numbers.alternation import alternation
from finmetrics.numbers.leads import Leads
from finmetrics.numbers.notation import numeral_pattern
from finmetrics.numbers.numerals import LARGE, LONGEST, SCALES, chinese_value, fraction_value, neighbours, number_value
from finmetrics.numbers.quantity import Quantity
from finmetrics.numbers.ranges import LONGEST_JOIN, join

if TYPE_CHECKING:
    from finmetrics.schema import Qualifier

__all__ = ["Quantifier", "Quantity", "chinese_value", "numerals"]

_ZERO, _HALF, _FIFTY = Decimal(0), Decimal("0.5"), Decimal(50)
_BLANKS = {ord(" "): None, ord("\n"): None}
_CELL = re.compile(r"[\t\x0b|][-+]?$")
_RUN = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
# 50元6角三分, 两美元又三美分
_COINS = re.compile(
    r"[零又]?(?:(?P<tenths>[0-9一二两三四五六七八九])[角毛](?:[零又]?(?P<hundredths>[0-9一二两三四五六七八九])分?)?"
    r"|(?<=零)(?P<odd>[1-9一二两三四五六七八九])分|(?P<cents>[0-9]{1,2}|[一二两三四五六七八九十]{1,3})[美欧]分)"
)
_COINS_BEGIN = frozenset("零又123456789一二两三四五六七八九")
# What a half is said of without a number (半小时), and where a sign may follow a Latin letter (YoY-1.6%).
_HALVED = frozenset(("duration", "percent", "pp", "multiple"))
_RELATIVE = frozenset(("percent", "pp"))


class Quantifier:
    """Finds every numeral of a text and reads scale, unit, range and qualifiers around it.

    ``moves`` are the verbs after which 至 leads to where a movement ended: 增加212.7亿元至1,436.9亿元.
    """

    def __init__(self, units: list[Unit], qualifiers: list[Qualifier], moves: Iterable[str] = ()) -> None:
        self.by_id: dict[str, Unit] = {}
        self._moves = tuple(moves)
        self._units: dict[str, tuple[Unit, Decimal | None]] = {}
        self._scales: dict[str, tuple[int, Decimal]] = {}
        words: dict[str, list[str]] = {}
        scales: dict[str, list[str]] = {}
        currencies: dict[str, Unit] = {}
        for unit in units:
            if unit.kind == "scale":
                for word in unit.words:
                    scales[word] = _rests(word, unit.not_)
                    self._scales[word] = unit.factor, Decimal(unit.factor)
                continue
            base = self.by_id.setdefault(unit.id, unit)
            for word in unit.words:
                if word.endswith("…"):
                    currencies[word[:-1]] = base
                elif word not in words:
                    words[word] = _rests(word, unit.not_)
                    self._units[word] = base, Decimal(unit.factor) if unit.factor > 1 else None
        bounds = {word: q.id for q in qualifiers for word in q.left if word[0] != "~"}
        self._inside = {word: q.id for q in qualifiers for word in q.inside}
        self._right = {word: q.id for q in qualifiers for word in q.right if word[0] != "~"}
        unless = [word[1:] for q in qualifiers for word in q.right if word[0] == "~"]
        right = {word: _rests(word, unless) for word in self._right}
        self.pattern = numeral_pattern(words, scales, self._inside, right)
        self._after = re.compile(alternation(right))
        before = [word[1:] for q in qualifiers for word in q.left if word[0] == "~"]
        self._leads = Leads(bounds, before, currencies)
        # Scales that are as often something else: 4K, 100兆.
        self._unsure = {word for word in scales if word.isascii() or scales[word]}
        self._percent, self._yuan = self.by_id["%"], self.by_id.get("元")

    def scan(self, text: str) -> list[Quantity]:
        """All numerals of the cleaned text, in order; Chinese ones only where they can be figures."""
        found: list[Quantity] = []
        low: Quantity | None = None  # what the next numeral may make a range with
        for match in self.pattern.finditer(text):
            quantity = self._read(text, match)
            if quantity is None or low is not None and quantity.start < low.end:
                continue
            if low is not None and quantity.start - low.end <= LONGEST_JOIN:
                factor = self._units.get(text[quantity.unit_start : quantity.end])
                if join(text, low, quantity, factor[1] if factor is not None else None, self._moves):
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
            num, half, han, part, _, _, parts, of, over, inside, scaled, inside_scaled, more, inside_more, mid,
            unit_text, tail, right,
        ) = match.groups()  # fmt: skip
        if half is not None:
            return self._share(text, match, _FIFTY, match.end("num"))
        value_max: Decimal | None = None
        scale = 1
        start, end = match.span(1)
        if han is None:
            if len(num) > LONGEST:
                return None
            value = number_value(num) or _ZERO
            if start > 1 and (text[start - 1] == "." and text[start - 2].isdigit() or text[start - 1] == "%"):
                return Quantity(start, end, value, left=start, right=end, unit_start=end)  # 3.10.4, %20 in an address
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
            return self._percentage(text, match, value)
        if parts is not None:
            return self._share(text, match, fraction_value(Decimal(parts), num), match.end("parts"))
        if over is not None:
            rest = fraction_value(number_value(of) or _ZERO, over)
            if rest is None or unit_text is None:
                return None
            value, end = value + rest / 100, match.end("over")
        bare = value
        factor: Decimal | None
        qualifier = "exact"
        if inside is not None:
            qualifier, end = self._inside[inside], match.end("inside")
        if scaled is not None and (unit_text or right or scaled not in self._unsure or self._confirmed(text, start)):
            scale, factor = self._scales[scaled]
            end = match.end("scale")
            if inside_scaled is not None:
                qualifier, end = self._inside[inside_scaled], match.end("inside_scaled")
            total = chinese_value(num + scaled + more) if more is not None else None
            if total is not None:
                value, end = total, match.end("more")
                if inside_more is not None:
                    qualifier, end = self._inside[inside_more], match.end("inside_more")
            else:
                value *= factor
                value_max = value_max * factor if value_max is not None else None
                if more is not None:
                    unit_text = right = None
        if (
            unit_text is not None
            and text.find("\n", end, match.start("unit")) >= 0
            and _CELL.search(text, max(0, start - 2), start)
        ):
            unit_text = right = None  # 24.2|天星银行: the next row's name
        unit: Unit | None = None
        unit_start = end
        if unit_text is not None:
            unit_start, end = match.span("unit")
            unit, factor = self._units.get(unit_text) or self._units[unit_text.translate(_BLANKS)]
            if mid == "个半":
                value += _HALF
            elif mid is not None:
                qualifier = self._inside[mid[1]]
            if tail is not None:
                value += _HALF if tail[-1] == "半" else (number_value(tail[-1]) or _ZERO) / 10
                end = match.end("tail")
            if factor is not None:
                value *= factor
                value_max = value_max * factor if value_max is not None else None
        if han is not None:
            if num == "半" and (unit is None or unit.kind not in _HALVED):
                return None
            if num[0] in SCALES and start and text[start - 1] in "数几":
                return Quantity(start - 1, end, _ZERO, unit, left=start - 1, right=end, qualifier=qualifier,
                                chinese=True, vague=True, unit_start=unit_start)  # fmt: skip
        quantity = Quantity(
            start, end, value, unit, scale, value_max, qualifier, start, end, han is not None, bare,
            han is not None and unit is self._percent, False, False, unit_start,
        )  # fmt: skip
        if unit is not None and scale == 1 and unit.kind == "currency" and right is None:
            _add_coins(text, quantity)
        return self._bounded(text, quantity, right, match.end())

    def _share(self, text: str, match: re.Match[str], percent: Decimal | None, end: int) -> Quantity | None:
        """半数, 2/3: a percentage; ``None`` for more than the whole."""
        if percent is None or percent > 100:
            return None
        start = match.start()
        chinese = match["half"] is not None
        quantity = Quantity(start, end, percent, self._percent, left=start, right=end, chinese=chinese,
                            bare=percent / 100, fraction=True, unit_start=end)  # fmt: skip
        return self._bounded(text, quantity, match["right"] if match["unit"] is None else None, match.end())

    def _percentage(self, text: str, match: re.Match[str], whole: Decimal) -> Quantity | None:
        """百分之三, 三分之一, 百分之三到五."""
        value = fraction_value(whole, match["part"])
        if value is None:
            return None
        start, end = match.start(), match.end("part")
        if match["thousands"] is not None:
            value *= self._scales[match["thousands"]][1]
            end = match.end("thousands")
        high = fraction_value(whole, match["part_to"]) if match["part_to"] is not None else None
        if high is not None and high > value:
            end = match.end("part_to")
        else:
            high = None
        quantity = Quantity(start, end, value, self._percent, 1, high, left=start, right=end, chinese=True, bare=value,
                            fraction=True, unit_start=end)  # fmt: skip
        return self._bounded(text, quantity, match["right"], match.end())

    def _confirmed(self, text: str, start: int) -> bool:
        """Whether a qualifier or a currency stands before a number: 超30w is a figure, 4k alone is none."""
        lead = self._leads.read(text, start)[1]
        return lead.qualifier != "exact" or lead.unit is not None

    def _bounded(self, text: str, quantity: Quantity, right: str | None, right_end: int) -> Quantity | None:
        """Gives a quantity the qualifiers around it; ``None`` where without one it is only a word (百万)."""
        start = quantity.start
        if start and text[start - 1] in self._leads.ends:
            self._led(text, quantity)
        if right is not None:
            quantity.right = right_end
            if quantity.qualifier == "exact":
                quantity.qualifier = self._right[right]
        if quantity.unit is None and quantity.scale > 1 and quantity.chinese and quantity.qualifier == "exact":
            return None if text[start] in SCALES else quantity
        return quantity

    def _led(self, text: str, quantity: Quantity) -> None:
        """Applies what stands before a number: 约, -, HK$."""
        number = quantity.start
        match, lead = self._leads.read(text, number)
        sign = match["sign"]
        if sign is not None:
            before = text[number - 2] if number > 1 else ""
            relative = quantity.unit is not None and quantity.unit.kind in _RELATIVE
            if sign in "-+" and before.isascii() and before.isalpha() and not relative:
                return  # COVID-19
            quantity.start -= 1
            if sign != "+":
                quantity.value = -quantity.value
        elif match["point"] is not None and not quantity.chinese and quantity.bare:
            quantity.start -= 1  # .5
            tenths = quantity.bare.scaleb(-len(str(quantity.bare)))
            quantity.value, quantity.bare = quantity.value / quantity.bare * tenths, tenths
        quantity.left = number - match.end()
        if quantity.qualifier == "exact":
            quantity.qualifier = lead.qualifier
        if lead.unit is not None and (quantity.unit is None or quantity.unit is self._yuan):
            if quantity.unit is None:
                quantity.start = number - match.start("words") - lead.quoted
            quantity.unit = lead.unit

    def after(self, text: str, end: int) -> tuple[int, str]:
        """Where the qualifier that follows here ends, and which it is: (``end``, "exact") where none does."""
        match = self._after.match(text, end)
        return (match.end(), self._right[match.group()]) if match is not None else (end, "exact")

    def rescaled(self, quantities: Iterable[Quantity], scale: int, unit: Unit | None) -> None:
        """Gives list mates without scale and unit (259.87、235.76和205.32亿元) those of the last."""
        for quantity in quantities:
            if quantity.unit is None:
                quantity.unit = unit
                if quantity.scale == 1 and not quantity.chinese:
                    quantity.scale = scale
                    quantity.value *= scale


def _rests(word: str, unless: Iterable[str]) -> list[str]:
    """What must not follow ``word`` for it not to be the head of one of ``unless``."""
    return [text[len(word) :] for text in unless if text.startswith(word) and text != word]


def _add_coins(text: str, quantity: Quantity) -> None:
    """Adds 角 and 分 to a sum of money."""
    match = _COINS.match(text, quantity.end) if text[quantity.end : quantity.end + 1] in _COINS_BEGIN else None
    if match is None:
        return
    for coin, worth in (("tenths", 10), ("hundredths", 100), ("odd", 100), ("cents", 100)):
        if match[coin] is not None:
            quantity.value += (number_value(match[coin]) or _ZERO) / worth
    quantity.end = quantity.right = match.end()


def numerals(text: str) -> Iterator[tuple[int, int]]:
    """Spans of every run of Arabic digits: what the ledger must account for."""
    for match in _RUN.finditer(text):
        yield match.span()
