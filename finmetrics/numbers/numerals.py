"""What a numeral is worth: Arabic, Chinese, formal (壹佰) and mixed (3万2千) ones, in exact decimal arithmetic."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

PLAIN_DIGITS = "零〇一二两三四五六七八九"
FORMAL_DIGITS = "壹贰叁参肆伍陆柒捌玖"
DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
DIGITS |= {c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", 1)} | {"参": 3}
# Scales within a section of four digits, and those that close a section.
SMALL = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
LARGE = {"万": 10**4, "亿": 10**8, "兆": 10**12}
SCALES = "".join((*SMALL, *LARGE))
# A numeral of more digits is an identifier; as many are exact in Decimal's default context.
LONGEST = 28

_TOKEN = re.compile(r"[0-9][0-9,，]*(?:\.[0-9]+)?|\S")
_BLANKS = {ord(c): None for c in " \n"}
_NO_DIGITS = {ord(c): None for c in " \n,，"}
_NEIGHBOURS = re.compile(
    rf"(?P<head>.*?)(?P<low>[{PLAIN_DIGITS[2:]}])(?P<high>[{PLAIN_DIGITS[3:]}])(?P<tail>[十百千万亿]*)"
)
_SHARED = re.compile(rf"(?:(?<=[^{SCALES}])([百千佰仟]))?([万亿兆]*)$")


def arabic_value(text: str) -> Decimal:
    """The value of Arabic digits with their separators and blanks (1,234.5, 82，225, 41. 97)."""
    return Decimal(text.translate(_NO_DIGITS))


def number_value(text: str) -> Decimal | None:
    """The value of a numeral that is Arabic or Chinese throughout (1,234.5, 一点五, 半); ``None`` for none."""
    if text[0].isdigit():
        return Decimal(text) if text.isdigit() else arabic_value(text)
    return Decimal("0.5") if text == "半" else chinese_value(text)


@lru_cache(maxsize=8192)
def chinese_value(text: str) -> Decimal | None:
    """The value of a Chinese or mixed numeral (三千二百, 二〇二三, 一点五, 5万4千6百, 百); ``None`` for none."""
    whole, point, decimals = text.translate(_BLANKS).partition("点")
    value = _whole(whole) if whole else None
    if not point or value is None:
        return value
    if not decimals or any(c not in DIGITS for c in decimals):
        return None
    return value + Decimal("0." + "".join(str(DIGITS[c]) for c in decimals))


def _whole(text: str) -> Decimal | None:
    if all(c in DIGITS for c in text):
        if len(text) == 2 and text[0] not in "零〇" and text[1] not in "零〇":
            return None  # 三五, 五六: about so many
        return Decimal("".join(str(DIGITS[c]) for c in text))
    sections: list[tuple[Decimal, int]] = []  # value and scale of what is closed by 万, 亿, 兆
    section, digit = Decimal(0), None
    last = 0  # the scale right before, which a last digit counts tenths of: 三万二, 两千五
    below = 10**4  # within a section scales fall
    for token in _TOKEN.findall(text):
        if token in "零〇":
            if digit is not None:
                return None
            last = 0
        elif token in DIGITS or token[0].isdigit():
            if digit is not None:
                return None
            digit = Decimal(DIGITS[token]) if token in DIGITS else arabic_value(token)
        elif token in SMALL:
            scale = SMALL[token]
            if scale >= below:
                return None
            section += (1 if digit is None else digit) * scale
            digit, last, below = None, scale, scale
        elif token in LARGE:
            scale = last = LARGE[token]
            closed = _close(sections, section + (digit or 0), scale)
            if closed is None:
                return None
            sections.append(closed)
            section, digit, below = Decimal(0), None, 10**4
        else:
            return None
    total = sum((value for value, _ in sections), section)
    if digit is None:
        return total
    if last >= 100 and digit == digit.to_integral_value() and digit < 10:
        digit *= last // 10
    elif last and digit >= last:
        return None
    return total + digit


def _close(sections: list[tuple[Decimal, int]], value: Decimal, scale: int) -> tuple[Decimal, int] | None:
    """Applies 万, 亿 or 兆 to what stands before it, earlier sections of no larger scale included (三万亿)."""
    own, reach = value, scale
    while sections and sections[-1][1] <= scale:
        earlier, its = sections.pop()
        if its == scale and own:
            return None
        if not own:
            reach = its * scale
        value += earlier
    if not value:
        if sections:
            return None
        value = Decimal(1)
    return value * scale, reach


def neighbours(text: str) -> tuple[Decimal, Decimal] | None:
    """(low, high) of a numeral with two neighbouring digits: 三五百 300 and 500, 十五六 15 and 16; else ``None``."""
    match = _NEIGHBOURS.fullmatch(text)
    if match is None:
        return None
    low, high = DIGITS[match["low"]], DIGITS[match["high"]]
    if high - low != 1 and (low, high) != (3, 5):
        return None
    first = chinese_value(match["head"] + match["low"] + match["tail"])
    second = chinese_value(match["head"] + match["high"] + match["tail"])
    return (first, second) if first is not None and second is not None else None


def shared_scale(low: str, high: str) -> int:
    """The scale at the end of ``high`` that holds for ``low`` as well: 两到三百万 10**6, 七千到九千亿 10**8."""
    match = _SHARED.search(high)
    assert match is not None  # it also matches nothing at the end
    scale = 1
    for c in match[2]:
        scale *= LARGE[c]
    if match[1] and not any(c in SCALES for c in low):
        scale *= SMALL[match[1]]
    return scale


def fraction_value(whole: Decimal, part: str) -> Decimal | None:
    """The percentage that ``part`` of ``whole`` parts is (百分之三 3, 三分之一 33.3333333333); ``None`` for none.

    Exact where a decimal number can be, else rounded to ten places.
    """
    negative = part.startswith("负")
    value = number_value(part.removeprefix("负").strip())
    if value is None or not whole:
        return None
    percent = value * 100 / whole
    if len(percent.as_tuple().digits) > LONGEST - 8:
        percent = round(percent, 10)
    return -percent if negative else percent
