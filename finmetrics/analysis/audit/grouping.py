"""Rows -> what the checks look through: levels and movements by series, period and wording."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from finmetrics.analysis.model import Period, Series, Stated
from finmetrics.analysis.rows import period_of
from finmetrics.analysis.series import Wordings, series_of


class Line(NamedTuple):
    """A series under one wording of its metric."""

    series: Series
    wording: str


Levels = dict[Line, dict[Period, list[Stated]]]


class Grouped:
    """The rows of a table that a check can place: ``levels``, and ``movements`` (changes and growth), row by row.

    Rows without bank or period, and targets and forecasts, are in neither.
    """

    def __init__(self, rows: Iterable[Stated]) -> None:
        placed = [row for row in rows if row.figure.bank and row.figure.period_end and row.figure.status == "actual"]
        self.wordings = Wordings(placed)
        self.levels: Levels = defaultdict(lambda: defaultdict(list))
        self.movements: list[Stated] = []
        self._moved: dict[Line, list[Stated]] = defaultdict(list)
        for row in placed:
            if row.figure.measure == "level":
                self.levels[self.line(row)][self.period(row)].append(row)
            else:
                self.movements.append(row)
                self._moved[self.line(row, unit=False)].append(row)
        self._units: dict[Line, list[Line]] = defaultdict(list)
        for line in self.levels:
            self._units[_without_unit(line)].append(line)

    def line(self, row: Stated, *, unit: bool = True) -> Line:
        """The line that a row is on; without ``unit`` the one that levels and movements share."""
        return Line(series_of(row.figure, unit=unit), self.wordings.of(row.figure))

    def period(self, row: Stated) -> Period:
        """The period of a row that is placed."""
        period = period_of(row.figure)
        assert period is not None
        return period

    def levels_of(self, movement: Stated) -> list[dict[Period, list[Stated]]]:
        """The levels by period, unit by unit, whose movement this is."""
        return [self.levels[line] for line in self._units.get(self.line(movement, unit=False), ())]

    def movements_of(self, line: Line) -> list[Stated]:
        """The changes and growth that are stated of the levels of a line."""
        return self._moved.get(_without_unit(line), [])


def _without_unit(line: Line) -> Line:
    return Line(line.series._replace(unit=""), line.wording)


def distinct(rows: Iterable[Stated]) -> list[Stated]:
    """One row of each value and way of writing it: the one of the highest confidence."""
    best: dict[tuple[object, ...], Stated] = {}
    for row in rows:
        figure = row.figure
        key = (figure.value, figure.value_max, figure.qualifier, figure.quote)
        if key not in best or figure.confidence > best[key].figure.confidence:
            best[key] = row
    return list(best.values())
