"""Documents that state different values for the same thing and period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from finmetrics.analysis.audit.grouping import Grouped, Line, distinct
from finmetrics.analysis.audit.jumps import thousands
from finmetrics.analysis.audit.slips import slip
from finmetrics.analysis.digits import exact, interval, overlap
from finmetrics.analysis.model import Finding, Period, Stated
from finmetrics.analysis.series import VAGUE


def findings(grouped: Grouped) -> Iterator[Finding]:
    """A finding for each document that agrees in no value with the most usual one of a cell.

    Figures of one document are not held against each other: a text that states two has two things in mind. Metrics
    whose name does not say of what (share, duration, ...) are left out.
    """
    cells: dict[tuple[Line, str, str, Period], list[Stated]] = defaultdict(list)
    for line, periods in grouped.levels.items():
        for period, rows in periods.items():
            cells[line, "level", "", period] += rows
    for row in grouped.movements:
        if row.figure.comparison:
            figure = row.figure
            cells[grouped.line(row), figure.measure, figure.comparison, grouped.period(row)].append(row)
    for (line, *_), rows in cells.items():
        if line.series.metric not in VAGUE:
            yield from _of_cell(rows)


def _of_cell(rows: Iterable[Stated]) -> Iterator[Finding]:
    documents: dict[str, list[Stated]] = defaultdict(list)
    for row in rows:
        documents[row.figure.doc_id].append(row)
    if len(documents) < 2:
        return
    stated = [distinct(of_document) for of_document in documents.values()]
    usual = max(
        (row for some in stated for row in some),
        key=lambda row: (sum(_agrees(row, some) for some in stated), exact(row.figure), row.figure.confidence),
    )
    told: set[str] = set()
    for some in stated:
        if not _agrees(usual, some) and some[0].figure.quote not in told:
            told.add(some[0].figure.quote)
            yield _finding(max(some, key=lambda row: row.figure.confidence), usual)


def _agrees(row: Stated, others: list[Stated]) -> bool:
    return any(overlap(interval(row.figure), interval(other.figure)) for other in others)


def _finding(row: Stated, usual: Stated) -> Finding:
    one, other = row.figure, usual.figure
    said = f"{one.quote} in one document, {other.quote} in another"
    if thousands(one, other):
        return Finding("unit", f"{said}: apart by {thousands(one, other)}", (row, usual))
    by = slip(one, other) if exact(one) and exact(other) else ""
    if by:
        return Finding("typo", f"{said}: they differ by {by}", (row, usual))
    later = row.published and usual.published and row.published != usual.published
    when = f" ({row.published} and {usual.published})" if later else ""
    return Finding("conflict", f"{said}{when}", (row, usual))
