"""Rows -> what does not go together in them, each with the rows that say so. Nothing is repaired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finmetrics.analysis.audit import conflicts, definitions, growth, impossible, jumps
from finmetrics.analysis.audit.grouping import Grouped
from finmetrics.analysis.model import Finding, Stated
from finmetrics.analysis.rows import Tables, stated
from finmetrics.output import show
from finmetrics.output.columns import BY_NAME, Column

if TYPE_CHECKING:
    import pandas as pd

_CHECKS = (growth.findings, conflicts.findings, impossible.findings, jumps.findings, definitions.findings)
_OF_FIGURE = ("bank", "branch", "product", "metric", "metric_name")
_OF_ROW = ("fact_id", "quote", "doc_id", "sentence")
_WHICH = {"": "", "other_": "对照", "third_": "再对照"}

FINDING_COLUMNS: tuple[Column, ...] = (
    Column("kind", "string", "类别", "growth, conflict, impossible, unit, definition or typo."),
    Column("finding", "string", "问题", "What does not go together."),
    *(BY_NAME[name] for name in _OF_FIGURE),
    Column("period", "string", "期间", "The period of the figure in doubt, in short."),
    *(
        Column(before + name, "string", zh + BY_NAME[name].zh, BY_NAME[name].description)
        for before, zh in _WHICH.items()
        for name in _OF_ROW
    ),
    Column("confidence", "float64", "置信度", "The least of the confidences of the figures: 0 to 1."),
)


def audit(figures: pd.DataFrame | Tables, *, min_confidence: float = 0.0) -> pd.DataFrame:
    """What does not go together in a table of figures: a row a finding, the surest first. Nothing is repaired.

    ``kind`` is ``growth`` (level, earlier level and stated movement do not fit within what their digits round),
    ``conflict`` (documents differ), ``impossible`` (a share over 100%, monthly users beyond the registered ones, ...),
    ``unit`` (figures 10^4 or 10^8 apart), ``definition`` (a series goes on under another 口径) or ``typo`` (a slip of
    the keyboard explains the difference). The figure in doubt comes first, then those it is held against
    (``other_``, ``third_``). Figures without bank or period, targets, and those of a confidence below
    ``min_confidence`` are not looked at. ``figures`` is as in :func:`finmetrics.panel`. Columns are
    :data:`FINDING_COLUMNS`. Raises ``ValueError`` where ``figures`` lacks a column that is needed.
    """
    from finmetrics.analysis.frame import to_frame

    rows = [row for row in stated(figures) if row.figure.confidence >= min_confidence]
    return to_frame(FINDING_COLUMNS, map(_row, findings(rows)))


def findings(rows: list[Stated]) -> list[Finding]:
    """What does not go together in these rows, the surest first; a pair of rows is told of once."""
    grouped = Grouped(rows)
    found: dict[frozenset[str], Finding] = {}
    for check in _CHECKS:
        for finding in check(grouped):
            found.setdefault(frozenset(row.fact_id for row in finding.rows), finding)
    return sorted(found.values(), key=lambda finding: (-_confidence(finding), finding.rows[0].fact_id))


def _confidence(finding: Finding) -> float:
    return min(row.figure.confidence for row in finding.rows)


def _row(finding: Finding) -> dict[str, Any]:
    first = finding.rows[0].figure
    row = {
        "kind": finding.kind,
        "finding": finding.reason,
        "period": show.period(first),
        "confidence": _confidence(finding),
    }
    row |= {name: getattr(first, name) for name in _OF_FIGURE}
    for before, one in zip(_WHICH, finding.rows, strict=False):
        values = {"fact_id": one.fact_id} | {name: getattr(one.figure, name) for name in _OF_ROW[1:]}
        row |= {before + name: value for name, value in values.items()}
    return row
