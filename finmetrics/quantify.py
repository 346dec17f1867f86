"""Numbers, scales, units and bounds -> Quantity, in exact decimal arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from finmetrics.schema import Qualifier, Unit

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_CN = "零〇一二两三四五六七八九十百千万亿"
# A group of three digits after a comma or, in reports, a space; a decimal point that a line break split off.
_ARABIC = r"\d{1,3}(?:, ?\d{3})+(?!\d)(?:\. ?\d+)?|\d{1,3}(?: \d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\s?\d+)?"
_NUMERAL = re.compile(
    rf"(?P<arabic>{_ARABIC})"
    rf"|(?P<fraction>(?P<whole>[百千万]|[{_CN}]+)分之(?P<part>[{_CN}半]+(?:点[{_CN}]+)?|\d+(?:\.\d+)?))"
    rf"|(?P<tenths>[{_CN}]+)(?P<around>来|多|余)?成(?P<more>[半多{_CN}])?(?![为立功本员都果绩长分交就效熟型品年份套像因见群倍人千员])"
    rf"|(?P<half>半数|过半|一半)(?!小时|天|年|月|径|价|夜|路)"
    rf"|(?P<vague>[数几][十百千万亿]+|若干)"
    rf"|(?P<chinese>[{_CN}]+)"
)
_RANGE = re.compile(r"\s?(?:-|–|—|~|～|至|到)\s?")
_HUNDREDTHS = {"百": Decimal(1), "千": Decimal(10), "万": Decimal(100)}


@dataclass(slots=True, eq=False)
class Quantity:
    """A numeral with what belongs to it as a number; what it is a number of comes later.

    ``start``/``end`` span the figure as quoted; ``left``/``right`` also the qualifiers around it. ``value`` is in
    base units. ``unit`` is ``None`` where the text gives none; ``scale`` is the factor of the written scale.
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


def chinese_value(text: str) -> Decimal | None:
    """The value of a Chinese numeral (三千二百, 一亿两千万, 二〇二三, 百); ``None`` where it is none."""
    if all(c in _DIGITS for c in text):
        return Decimal("".join(str(_DIGITS[c]) for c in text))
    total = section = digit = 0
    for i, c in enumerate(text):
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in "十百千":
            section += (digit or 1) * _TENS[c]
            digit = 0
        else:
            section += digit
            if c == "亿":
                total = (total + section or 1) * _TENS[c]
            elif total and total % 10**8 == 0:
                total += (section or 1) * _TENS[c]
            else:
                total = (section or 1) * _TENS[c] if not total else total * _TENS[c]
            section = digit = 0
        if i and c in _DIGITS and text[i - 1] in _DIGITS and text[i - 1] not in "零〇":
            return None  # 五六个, 三四百: about, not a number
    # 三万二, 两千五: a last digit counts tenths of the scale before it
    if digit and len(text) > 1 and text[-2] in "百千万亿" and text[-2] not in "零〇":
        digit *= _TENS[text[-2]] // 10
    return Decimal(total + section + digit)


class Quantifier:
    """Finds every numeral of a text and reads scale, unit, range and qualifiers around it."""

    def __init__(self, units: list[Unit], qualifiers: list[Qualifier]) -> None:
        self._units: dict[str, list[tuple[str, Unit]]] = {}
        self._scales: dict[str, list[tuple[str, int]]] = {}
        self.by_id: dict[str, Unit] = {}
        for unit in units:
            if unit.kind != "scale":
                self.by_id.setdefault(unit.id, unit)
            for word in unit.words:
                if unit.kind == "scale":
                    self._scales.setdefault(word[0], []).append((word, unit.factor))
                else:
                    self._units.setdefault(word[0], []).append((word, unit))
        for forms in (*self._units.values(), *self._scales.values()):
            forms.sort(key=lambda form: -len(form[0]))
        self._left = {word: q.id for q in qualifiers for word in q.left}
        self._right = {word: q.id for q in qualifiers for word in q.right}
        self._inside = {word: q.id for q in qualifiers for word in q.inside}
        self._longest_left = max(map(len, self._left), default=0)
        self._longest_right = max(map(len, self._right), default=0)
        self._percent = self.by_id["%"]

    def scan(self, text: str) -> list[Quantity]:
        """All numerals of the cleaned text, in order; Chinese ones only where they can be figures."""
        found: list[Quantity] = []
        end = 0
        for match in _NUMERAL.finditer(text):
            start = match.start()
            if start < end:
                continue
            quantity = self._read(text, match)
            if quantity is None:
                continue
            if found and not quantity.fraction and self._joins(text, found[-1], quantity):
                end = found[-1].right
                continue
            self._bound(text, quantity)
            found.append(quantity)
            end = quantity.end
        return found

    def _read(self, text: str, match: re.Match[str]) -> Quantity | None:
        kind, start, end = match.lastgroup, match.start(), match.end()
        if match.group("arabic") is not None:
            return self._arabic(text, start, end)
        if match.group("fraction") is not None:
            part = match.group("part")
            value = _decimal(part)
            whole = match.group("whole")
            if value is None:
                return None
            if whole in _HUNDREDTHS:
                value = value / _HUNDREDTHS[whole]
            else:
                divisor = chinese_value(whole)
                if not divisor:
                    return None
                value = round(value * 100 / divisor, 10)
            return Quantity(start, end, value, self._percent, chinese=True, fraction=True)
        if match.group("tenths") is not None:
            tenths = chinese_value(match.group("tenths"))
            if tenths is None or tenths > 10:
                return None
            more = match.group("more")
            value = tenths * 10
            qualifier = "over" if match.group("around") or more == "多" else "exact"
            if more == "半":
                value += 5
            elif more and more != "多":
                extra = chinese_value(more)
                if extra is None or extra > 9:
                    end, extra = end - 1, Decimal(0)
                value += extra
            return Quantity(start, end, value, self._percent, qualifier=qualifier, chinese=True, fraction=True)
        if match.group("half") is not None:
            over = match.group("half") == "过半"
            return Quantity(start, end, Decimal(50), self._percent, qualifier="over" if over else "exact",
                            chinese=True, fraction=True)  # fmt: skip
        if kind == "vague":
            quantity = Quantity(start, end, Decimal(0), chinese=True, vague=True)
            self._unit(text, quantity)
            return quantity
        return self._chinese(text, start, end)

    def _arabic(self, text: str, start: int, end: int) -> Quantity:
        written = text[start:end]
        if " " in written and "." not in written and "," not in written and not self._scaled_at(text, end):
            end = start + written.index(" ")  # 2023 100户: the space divides two numbers
            written = text[start:end]
        bare = Decimal("".join(c for c in written if c.isdigit() or c == ".") if not written.isdigit() else written)
        quantity = Quantity(start, end, bare, bare=bare)
        self._scale(text, quantity)
        if quantity.scale >= 10**4 and quantity.end < len(text) and text[quantity.end].isdigit():
            self._lower_part(text, quantity)  # 1亿2000万
        self._unit(text, quantity)
        if start and text[start - 1] == "-" and not _word_before(text, start - 1):
            quantity.start -= 1
            quantity.value = -quantity.value
        return quantity

    def _scaled_at(self, text: str, at: int) -> bool:
        probe = Quantity(at, at, Decimal(0))
        self._scale(text, probe)
        self._unit(text, probe)
        return probe.end > at

    def _lower_part(self, text: str, quantity: Quantity) -> None:
        match = re.compile(r"\d+(?:\.\d+)?").match(text, quantity.end)
        if match is None:
            return
        lower = Quantity(quantity.end, match.end(), Decimal(match.group()))
        self._scale(text, lower)
        if 1 < lower.scale < quantity.scale or (lower.scale == 1 and len(match.group()) == 1 and
                                                 not text[match.end():match.end() + 1].isdigit()):  # fmt: skip
            step = lower.scale if lower.scale > 1 else quantity.scale // 10
            quantity.value += Decimal(match.group()) * step
            quantity.end, quantity.scale = lower.end, min(step, quantity.scale)

    def _chinese(self, text: str, start: int, end: int) -> Quantity | None:
        written = text[start:end]
        value = chinese_value(written)
        if value is None:
            return None
        quantity = Quantity(start, end, value, chinese=True, bare=value)
        quantity.scale = 10**8 if written[-1] == "亿" else 10**4 if written[-1] == "万" else 1
        if end < len(text) and text[end] in self._inside:
            self._scale(text, quantity)
        self._unit(text, quantity)
        return quantity if quantity.unit is not None else None

    def _scale(self, text: str, quantity: Quantity) -> None:
        """Reads 余万, 万, 多亿 after the digits."""
        at = quantity.end
        if at < len(text) and text[at] == " ":
            at += 1
        inside = ""
        if text[at : at + 1] in self._inside:
            inside = self._inside[text[at]]
            at += 1
        for word, factor in self._scales.get(text[at : at + 1], ()):
            if text.startswith(word, at):
                at += len(word)
                quantity.scale = factor
                quantity.value *= factor
                if text[at : at + 1] in self._inside:
                    inside = self._inside[text[at]]
                    at += 1
                quantity.end = at
                break
        else:
            if not inside:
                return
            quantity.end = at
        if inside:
            quantity.qualifier = inside

    def _unit(self, text: str, quantity: Quantity) -> None:
        at = quantity.end
        if at < len(text) and text[at] in " \n" and quantity.end > quantity.start:
            at += 1
        for word, unit in self._units.get(text[at : at + 1], ()):
            if not text.startswith(word, at):
                continue
            if any(text.startswith(other, at) for other in unit.not_):
                return
            if word[-1].isascii() and word[-1].isalpha() and text[at + len(word) : at + len(word) + 1].isascii():
                following = text[at + len(word) : at + len(word) + 1]
                if following.isalpha():
                    continue
            quantity.unit, quantity.end = unit, at + len(word)
            quantity.value *= unit.factor
            return

    def _joins(self, text: str, low: Quantity, high: Quantity) -> bool:
        """Makes one range of 3-5分钟, 30%至40%, 25万至30万次; True where it did."""
        joiner = _RANGE.fullmatch(text, low.end, high.start)
        if joiner is None and high.start == low.end and high.value < 0:
            joiner = re.compile("-").match(text, high.start)  # the minus sign was the dash
        if joiner is None or low.value_max is not None or low.vague or high.vague:
            return False
        if low.unit is not None and low.unit is not high.unit:
            return False
        if high.unit is None and high.scale == 1:
            return False
        end = abs(high.value)
        value = low.value
        if low.scale == 1 and low.unit is None:
            value = low.value * high.scale
        if value >= end:
            return False
        mark = text[low.end : high.start].strip()
        if mark in ("至", "到") and _from_before(text, low.start):
            return False
        low.value, low.value_max, low.unit, low.end = value, end, high.unit, high.end
        self._bound(text, low)
        return True

    def _bound(self, text: str, quantity: Quantity) -> None:
        """Reads the qualifiers on both sides, in chains such as 已超过近."""
        left = quantity.start
        for _ in range(4):
            at = left - 1 if left and text[left - 1] == " " else left
            for size in range(min(self._longest_left, at), 0, -1):
                found = self._left.get(text[at - size : at])
                if found is not None:
                    if quantity.qualifier == "exact":
                        quantity.qualifier = found
                    left = at - size
                    break
            else:
                break
        quantity.left = left
        right = quantity.end
        for _ in range(2):
            for size in range(self._longest_right, 0, -1):
                found = self._right.get(text[right : right + size])
                if found is not None:
                    if quantity.qualifier == "exact":
                        quantity.qualifier = found
                    right += size
                    break
            else:
                break
        quantity.right = right

    def rescaled(self, quantities: Iterable[Quantity], scale: int, unit: Unit | None) -> None:
        """Gives list mates without scale and unit (259.87、235.76和205.32亿元) those of the last."""
        for quantity in quantities:
            if quantity.unit is None:
                quantity.unit = unit
                if quantity.scale == 1 and not quantity.chinese:
                    quantity.scale = scale
                    quantity.value *= scale


def _decimal(text: str) -> Decimal | None:
    if text[0].isdigit():
        return Decimal(text)
    if text == "半":
        return Decimal("0.5")
    whole, _, decimals = text.partition("点")
    value = chinese_value(whole)
    if value is not None and decimals:
        value += Decimal("0." + "".join(str(_DIGITS.get(c, 0)) for c in decimals))
    return value


def _word_before(text: str, at: int) -> bool:
    """Whether what stands before a dash makes it no minus sign."""
    return at > 0 and ((text[at - 1].isascii() and text[at - 1].isalnum()) or text[at - 1] in "%）)-—–~～年月日")


def _from_before(text: str, start: int) -> bool:
    """Whether 由 or 从 opens the stretch: 由30%到40% are two levels."""
    stretch = text[max(0, start - 14) : start]
    for c in reversed(stretch):
        if c in "，。；,;\n、":
            return False
        if c in "由从":
            return True
    return False


def numerals(text: str) -> Iterator[tuple[int, int]]:
    """Spans of every run of Arabic digits: what the ledger must account for."""
    for match in re.compile(r"\d+(?:[.,]\d+)*").finditer(text):
        yield match.span()
