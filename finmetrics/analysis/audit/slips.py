"""Whether one figure is another with a slip of the keyboard in it."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

from finmetrics.analysis.digits import exact, significant, step
from finmetrics.analysis.model import Interval
from finmetrics.model import Figure

# Fewer digits than these differ by one of them too easily for that to mean anything.
_SWAPPED, _OTHER, _APART = 3, 4, 5
_NARROW = Decimal("0.02")
_SHIFTS = (1, 2, 3)


def slip(one: Figure, other: Figure) -> str:
    """Which slip makes one figure of the other; empty where none does."""
    if not one.value or not other.value or one.value_max is not None or other.value_max is not None:
        return ""
    if one.value == -other.value:
        return "the sign"
    if (one.value < 0) != (other.value < 0):
        return ""
    ours, theirs = significant(one), significant(other)
    if ours.rstrip("0") == theirs.rstrip("0") and one.value != other.value:
        return "the decimal point"
    if step(one) != step(other):
        return ""
    if len(ours) == len(theirs):
        places = [i for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b]
        if len(places) == 1 and len(ours) >= _OTHER and places[0] != len(ours) - 1:
            return "one digit"
        if len(places) == 2 and _exchanged(ours, *places) == theirs:
            enough = _SWAPPED if places[1] == places[0] + 1 else _APART
            return "two digits that changed places" if len(ours) >= enough else ""
        return ""
    short, long = sorted((ours, theirs), key=len)
    if len(long) >= _OTHER and any(long[:i] + long[i + 1 :] == short for i in range(len(long))):
        return "a digit too many or too few"
    return ""


def restored(figure: Figure, wanted: Interval, *, digits: bool = True) -> tuple[Decimal, str] | None:
    """The value within ``wanted`` that a slip can have made this figure of, and the slip; ``None`` for none.

    Where ``wanted`` is wide, only the sign and the decimal point are thought of: some change of digits would always
    do. Without ``digits`` one wrong digit is no explanation: of a long number, one can always be blamed.
    """
    if wanted.low <= 0 <= wanted.high or not exact(figure) or not figure.value:
        return None
    value, last = figure.value, step(figure)
    low, high = wanted.low - last / 2, wanted.high + last / 2
    if low <= -value <= high:
        return -value, "the sign"
    size = max(abs(low), abs(high))
    for power in _SHIFTS:
        for shift in (power, -power):
            if high - low < size / 2 and low <= value.scaleb(shift) <= high:
                return value.scaleb(shift), "the decimal point"
    said = significant(figure)
    if high - low > _NARROW * size or len(said) < _SWAPPED:
        return None
    for i, j in combinations(range(len(said)), 2):
        meant = _valued(_exchanged(said, i, j), value, last)
        if said[i] != said[j] and (j == i + 1 or len(said) >= _APART) and low <= meant <= high:
            return meant, "two digits that changed places"
    if digits and len(said) >= _OTHER:
        for i in range(len(said) - 1):
            for digit in "0123456789":
                meant = _valued(said[:i] + digit + said[i + 1 :], value, last)
                if meant != value and low <= meant <= high:
                    return meant, "one digit"
    return None


def _exchanged(digits: str, i: int, j: int) -> str:
    return digits[:i] + digits[j] + digits[i + 1 : j] + digits[i] + digits[j + 1 :]


def _valued(digits: str, like: Decimal, last: Decimal) -> Decimal:
    value = Decimal(digits) * last
    return -value if like < 0 else value
