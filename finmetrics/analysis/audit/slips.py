"""Whether one figure is another with a slip of the keyboard in it."""

from __future__ import annotations

from decimal import Decimal

from finmetrics.analysis.digits import significant, step
from finmetrics.analysis.model import Interval
from finmetrics.model import Figure

# Fewer digits than these differ by one of them too easily for that to mean anything.
_SWAPPED, _OTHER = 3, 4
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
        swapped = len(places) == 2 and places[1] == places[0] + 1
        if swapped and len(ours) >= _SWAPPED and ours[places[0]] == theirs[places[1]]:
            return "two digits that changed places" if ours[places[1]] == theirs[places[0]] else ""
        return ""
    short, long = sorted((ours, theirs), key=len)
    if len(long) >= _OTHER and any(long[:i] + long[i + 1 :] == short for i in range(len(long))):
        return "a digit too many or too few"
    return ""


def restored(figure: Figure, wanted: Interval, *, digits: bool = True) -> tuple[Decimal, str] | None:
    """The value within ``wanted`` that a slip can have made this figure of, and the slip; ``None`` for none.

    Without ``digits`` one wrong digit is no explanation: of a long number, one of its digits can always be blamed.
    """
    if (
        wanted.low <= 0 <= wanted.high
        or figure.value_max is not None
        or figure.qualifier in ("over", "under")
        or not figure.value
    ):
        return None
    value, last = figure.value, step(figure)
    if wanted.low <= -value <= wanted.high:
        return -value, "the sign"
    for power in _SHIFTS:
        for shift in (power, -power):
            if wanted.low <= value.scaleb(shift) <= wanted.high:
                return value.scaleb(shift), "the decimal point"
    said = significant(figure)
    for i in range(len(said) - 1):
        changed = said[:i] + said[i + 1] + said[i] + said[i + 2 :]
        meant = _valued(changed, value, last)
        if changed != said and len(said) >= _SWAPPED and wanted.low <= meant <= wanted.high:
            return meant, "two digits that changed places"
    if digits and len(said) >= _OTHER:
        for i in range(len(said) - 1):
            for digit in "0123456789":
                meant = _valued(said[:i] + digit + said[i + 1 :], value, last)
                if meant != value and wanted.low <= meant <= wanted.high:
                    return meant, "one digit"
    return None


def _valued(digits: str, like: Decimal, last: Decimal) -> Decimal:
    value = Decimal(digits) * last
    return -value if like < 0 else value
