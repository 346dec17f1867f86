"""A figure as written -> where its true value lies: half of the last stated digit to both sides, and bounds."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from finmetrics.analysis.model import Interval
from finmetrics.model import Figure
from finmetrics.numbers.numerals import arabic_value

INFINITE = Decimal("Infinity")
_ARABIC = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+")
_ABOUT = Decimal("0.05")
_OF_ALL = {"%": Decimal(100), "倍": Decimal(1)}
_ZERO, _TWO = Decimal(0), Decimal(2)


def interval(figure: Figure) -> Interval:
    """Where the true value of a figure lies, by its stated digits and its qualifier.

    A bound is open to the side that it leaves open; of a fall (``over`` 20%, -20) it bounds the size.
    """
    low, high = figure.value, figure.value if figure.value_max is None else max(figure.value, figure.value_max)
    half = step(figure) / _TWO
    match figure.qualifier:
        case "about":
            half = max(2 * half, abs(low) * _ABOUT)
        case "over" if low >= 0:
            return Interval(low - half, INFINITE)
        case "over":
            return Interval(-INFINITE, high + half)
        case "under" if high >= 0:
            return Interval(min(_ZERO, low), high + half)
        case "under":
            return Interval(low - half, _ZERO)
    return Interval(low - half, high + half)


def step(figure: Figure) -> Decimal:
    """What one unit of the last stated digit is worth: 100 of 357.32万户, 0.01 of 41.97%, 100000000 of 一亿户."""
    text = unicodedata.normalize("NFKC", "".join(figure.quote.split()))
    for numeral in _ARABIC.findall(text):
        bare = arabic_value(numeral)
        decimals = len(numeral.partition(".")[2])
        for value in (figure.value, figure.value_max):
            scale = _scale(abs(value), bare) if value is not None else None
            if scale is not None:
                return scale.scaleb(-decimals)
    if not figure.value:
        return Decimal(1)
    last = Decimal(1).scaleb(int(figure.value.normalize().as_tuple().exponent))
    return last if last >= Decimal("0.001") else Decimal(1)  # a third of something, in per cent


def of_all(unit: str) -> Decimal | None:
    """What a growth by all there was is in a unit: 100 in %, 1 in 倍; ``None`` where a unit tells no growth."""
    return _OF_ALL.get(unit)


def significant(figure: Figure) -> str:
    """The value's digits as stated, without point and scale: 35732 of 357.32万户, 5200 of 5200万户."""
    return str(int(abs(figure.value) / step(figure)))


def overlap(one: Interval, other: Interval) -> bool:
    """Whether one value can lie in both."""
    return one.low <= other.high and other.low <= one.high


def exact(figure: Figure) -> bool:
    """Whether a figure is one value, not a bound or a range."""
    return figure.qualifier in ("exact", "about") and figure.value_max is None


def _scale(value: Decimal, bare: Decimal) -> Decimal | None:
    """The power of ten that makes ``value`` of ``bare``; ``None`` where none does."""
    if not bare or not value:
        return Decimal(1) if bare == value else None
    ratio = (value / bare).normalize()
    return ratio if ratio.as_tuple().digits == (1,) else None
