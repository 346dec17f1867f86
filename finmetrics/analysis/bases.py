"""The period that a change compares with: a year earlier, the last year's end, the quarter or month before."""

from __future__ import annotations

import calendar
import datetime as dt

from finmetrics.analysis.model import Period
from finmetrics.analysis.rows import period_of
from finmetrics.model import Figure

_MONTHS = {"yoy": 12, "qoq": 3, "mom": 1}


def earlier(figure: Figure) -> Period | None:
    """The period that a change or growth is measured against; ``None`` where its comparison does not fix it."""
    period = period_of(figure)
    return None if period is None else base(period, figure.comparison)


def base(period: Period, comparison: str) -> Period | None:
    """The period that one of ``yoy``, ``ytd``, ``qoq`` and ``mom`` compares a period with; ``None`` for another."""
    if comparison == "ytd":
        return Period(None, dt.date(period.end.year - 1, 12, 31))
    months = _MONTHS.get(comparison)
    if months is None:
        return None
    start = None if period.start is None else _back(period.start, months)
    return Period(start, _back(period.end, months))


def _back(day: dt.date, months: int) -> dt.date:
    """The same day some months earlier; the last of a month stays the last of its month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    ends = day.day == calendar.monthrange(day.year, day.month)[1]
    return dt.date(year, month + 1, last if ends else min(day.day, last))
