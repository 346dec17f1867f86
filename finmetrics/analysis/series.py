"""Rows -> series: which figures are of one thing, and which wordings of a metric mean the same in this table."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from finmetrics.analysis.digits import exact, interval, overlap, step
from finmetrics.analysis.model import Period, Series, Stated
from finmetrics.analysis.rows import period_of
from finmetrics.model import Figure

# Metrics whose name does not say of what: two of one bank and period need not be the same thing.
VAGUE = frozenset(("other", "share", "duration", "efficiency", "performance", "cost", "interest_rate"))
_DIGITS = 100  # a figure of three digits or more agrees with another hardly by chance


def folded(text: str) -> str:
    """A text without what spelling adds: width, case and blanks."""
    return unicodedata.normalize("NFKC", "".join(text.split())).casefold()


def series_of(figure: Figure, *, unit: bool = True) -> Series:
    """The series of a figure; without ``unit`` that of levels and of their growth alike."""
    return Series(
        bank=figure.bank,
        branch=folded(figure.branch),
        product=folded(figure.product),
        channel=figure.channel,
        segment=figure.segment,
        metric=figure.metric,
        text=folded(figure.metric_text) if figure.metric == "other" else "",
        definition=figure.definition,
        per=figure.per,
        status=figure.status,
        cumulative=figure.cumulative,
        unit=figure.unit if unit else "",
    )


class Wordings:
    """Which wordings of a metric are the same in this table: those that state the same exact value for one period.

    营收 and 营业收入 of one bank and year, both 529.86亿元, are one; 客户 and 私行客户 stay apart.
    """

    def __init__(self, rows: Iterable[Stated]) -> None:
        self._same: dict[tuple[Series, str], str] = {}
        cells: dict[tuple[Series, Period], dict[tuple[str, str], Figure]] = defaultdict(dict)
        for row in rows:
            figure, period = row.figure, period_of(row.figure)
            if period is None or figure.measure != "level" or not exact(figure):
                continue
            if abs(figure.value) >= _DIGITS * step(figure):
                cells[series_of(figure), period].setdefault((folded(figure.metric_text), figure.quote), figure)
        for cell in cells.values():
            figures = list(cell.values())
            for i, one in enumerate(figures):
                for other in figures[i + 1 :]:
                    if overlap(interval(one), interval(other)):
                        self._join(series_of(one, unit=False), one, other)

    def of(self, figure: Figure) -> str:
        """The wording that stands for a figure's own."""
        series, text = series_of(figure, unit=False), folded(figure.metric_text)
        while (series, text) in self._same:
            text = self._same[series, text]
        return text

    def _join(self, series: Series, one: Figure, other: Figure) -> None:
        texts = sorted({self.of(one), self.of(other)}, key=lambda text: (len(text), text))
        if len(texts) == 2:
            self._same[series, texts[1]] = texts[0]
