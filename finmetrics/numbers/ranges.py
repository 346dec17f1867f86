"""Two numbers -> one range, where a dash or 至 makes them one: 3-5分钟, 30%至40%, 25至30万次, 七千到九千亿元."""

from __future__ import annotations

import re
from decimal import Decimal

from finmetrics.numbers.notation import JOINS
from finmetrics.numbers.numerals import shared_scale
from finmetrics.numbers.quantity import Quantity

# Between the ends of a range, （含） included, stand at most so many characters.
LONGEST_JOIN = 8
_INCLUDED = "(?:[（(]含[）)])?"
_JOIN = re.compile(rf"[ ]?{_INCLUDED}[ ]?[{JOINS}][ ]?{_INCLUDED}[ ]?")
_MOVEMENT_REACH = 14
_SPREAD = ("不等", "之间", "区间")  # 从33万元到45万元不等 is no movement
_DIVIDES = "，。；,;\n、"


def join(text: str, low: Quantity, high: Quantity, factor: Decimal | None, moves: tuple[str, ...] = ()) -> bool:
    """Makes ``low`` the range from ``low`` to ``high`` where the text between them does; True where it did.

    ``factor`` is that of the unit as ``high`` writes it (三至五成: 10), which ``low`` shares when it has no unit.
    ``moves`` are verbs of movement, which make two levels of what they stand before.
    """
    minus_joins = high.start == low.end and text[high.start] == "-"
    if not minus_joins and _JOIN.fullmatch(text, low.end, high.start) is None:
        return False
    if low.value_max is not None or high.value_max is not None or low.vague or high.vague:
        return False
    if low.unit is not high.unit and low.unit is not None or high.unit is None and high.scale == 1:
        return False
    end = abs(high.value) if minus_joins else high.value
    value = low.value if low.unit is not None else _shared(text, low, high, factor, end)
    if value >= end:
        return False
    both_whole = low.unit is not None or low.scale > 1
    if (
        both_whole
        and text[low.end : high.start].strip() in ("至", "到")
        and (_moved(text, low, moves) or _opens_movement(text, low.start))
        and not text.startswith(_SPREAD, high.end)
    ):
        return False
    low.value, low.value_max, low.unit, low.scale = value, end, high.unit, high.scale
    low.end, low.right, low.unit_start = high.end, high.right, high.unit_start
    low.chinese, low.fraction = low.chinese and high.chinese, high.fraction
    if low.qualifier == "exact":
        low.qualifier = high.qualifier
    return True


def _moved(text: str, low: Quantity, moves: tuple[str, ...]) -> bool:
    """Whether a verb of movement stands before a number: 增加212.7亿元至1,436.9亿元, but not 增长3%至5%."""
    if low.unit is not None and low.unit.kind == "percent":
        return False
    return text.endswith(moves, 0, low.left)


def _shared(text: str, low: Quantity, high: Quantity, factor: Decimal | None, end: Decimal) -> Decimal:
    """The low end with the scale and the unit's factor that only the high end states."""
    value = low.value if factor is None else low.value * factor
    if low.scale > 1:
        return value
    scale = high.scale
    if high.chinese:
        scale = shared_scale(text[low.start : low.end], text[high.start : high.unit_start])
    return value * scale if value * scale < end else value  # 900至1.2万户


def _opens_movement(text: str, start: int) -> bool:
    """Whether 由 or 从 opens the stretch before a number: 由30%到40% are two levels."""
    for c in reversed(text[max(0, start - _MOVEMENT_REACH) : start]):
        if c in _DIVIDES:
            return False
        if c in "由从":
            return True
    return False
