"""Extractions -> what the page's script reads: plain lists and maps of JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from finmetrics.explanation import dismissals, reasons
from finmetrics.extractor import Extractor
from finmetrics.model import Extraction, Figure
from finmetrics.output.columns import COLUMNS, OF_DOCUMENT
from finmetrics.output.export import plain
from finmetrics.output.show import READABLE
from finmetrics.output.table import fact_id
from finmetrics.reading.fields import whole
from finmetrics.schema import Rules

Json = dict[str, Any]

# The page shows the document's own columns once, and the sentence in its place in the text.
_LEFT_OUT = (*OF_DOCUMENT, "sentence")
ROW = tuple(column for column in COLUMNS if column.name not in _LEFT_OUT)
# For the eye, under names of their own where a column has the name: ``value`` is 3573200, ``shown_value`` 357.32万户.
SHOWN = tuple(f"shown_{readable.name}" for readable in READABLE)


def of_document(extraction: Extraction, extractor: Extractor) -> tuple[Json, Json]:
    """What the page always holds of a document (its rows), and what it reads once the document is chosen.

    A row is a list under :data:`ROW` and :data:`SHOWN`; the ledger has ``[start, end, reason]`` for each numeral that
    is no figure. Offsets are in code points.
    """
    document = extraction.document
    head = {
        "doc_id": whole(document.doc_id),
        "title": whole(document.title),
        "published": document.published.isoformat() if document.published is not None else "",
        "source": whole(document.source),
        "rows": [row(document.doc_id, figure) for figure in extraction.figures],
        "unresolved": sum(one.reason == "unresolved" for one in extraction.dismissed),
    }
    body = {
        "text": whole(document.text),
        "reasons": reasons(document, extractor),
        "ledger": [[one.start, one.end, one.reason] for one in extraction.dismissed],
    }
    return head, body


def row(doc_id: str, figure: Figure) -> list[Any]:
    """A figure's cells under :data:`ROW` and :data:`SHOWN`; what is not said is empty."""
    stated = [fact_id(doc_id, figure.start, figure.end)]
    stated += [_cell(getattr(figure, column.name)) for column in ROW[1:]]
    return [*stated, *(readable.cell(figure) for readable in READABLE)]


def _cell(value: object) -> Any:
    if value is None or isinstance(value, bool | int):
        return "" if value is None else value
    if isinstance(value, float):
        return round(value, 4)
    return plain(float(value)) if isinstance(value, Decimal) else whole(str(value))


def of_rules(rules: Rules) -> Json:
    """What the page has to know of the rules: headings, each metric's name and family, reasons of the ledger.

    A metric's family is the file of rules/metrics/ that defines it.
    """
    metrics: dict[str, tuple[str, str]] = {"other": ("其他", "other")}
    for metric in rules.metrics:
        metrics.setdefault(metric.id, (metric.name, PurePath(metric.where().rpartition(":")[0]).stem))
    headings = [*((column.name, column.zh) for column in ROW)]
    headings += [(name, readable.zh) for name, readable in zip(SHOWN, READABLE, strict=True)]
    return {"columns": headings, "metrics": metrics, "dismissals": dismissals(rules)}


def banks(rules: Rules) -> list[str]:
    """The names that a figure's bank can have, for completion in the editor."""
    return sorted({bank.name for bank in rules.banks})


def units(rules: Rules) -> list[str]:
    """The base units, for completion in the editor."""
    return sorted({unit.id for unit in rules.units if unit.kind != "scale"})


def in_script(value: object) -> str:
    """JSON that may stand inside an HTML ``script`` element: no ``<`` is left to close or to open anything."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
