"""The types every step passes to the next; no logic lives here."""

from __future__ import annotations

import datetime as dt
from array import array
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Places:
    """Where the characters of a text stand on the pages it was read from.

    Of character ``i`` the page is ``pages[i]`` (from 1; 0 for one that stands on none, as a line break) and the box
    ``boxes[4 * i : 4 * i + 4]``: left, top, right and bottom in points from the page's top left corner.
    """

    pages: array[int]
    boxes: array[float]


@dataclass(frozen=True, slots=True)
class Document:
    """One article or report as read.

    ``text`` is what every offset of a figure refers to (Unicode code points). ``published`` is the
    date that relative periods (去年末, 一季度) resolve against; ``None`` leaves them unresolved.
    ``places`` is there where the text comes from pages.
    """

    text: str
    doc_id: str = ""
    title: str = ""
    published: dt.date | None = None
    source: str = ""
    places: Places | None = field(default=None, compare=False, repr=False)


@dataclass(slots=True)
class Figure:
    """One row of the table (columns in :mod:`finmetrics.output.columns`): a stated quantity and its meaning.

    ``value`` is in base units with the sign of a change applied (357.32万户 is 3573200, 下降4.94% is
    -4.94) and exact; the table stores the nearest float64. An empty string means "not said". ``page`` and ``box``
    say where the quote stands, where the document has pages.
    """

    doc_id: str
    quote: str
    start: int
    end: int
    value: Decimal
    value_max: Decimal | None = None
    unit: str = ""
    unit_kind: str = ""
    qualifier: str = "exact"
    measure: str = "level"
    comparison: str = ""
    metric: str = "other"
    metric_name: str = "其他"
    metric_text: str = ""
    definition: str = ""
    bank: str = ""
    bank_id: str = ""
    bank_type: str = ""
    branch: str = ""
    product: str = ""
    channel: str = ""
    segment: str = ""
    status: str = "actual"
    per: str = ""
    cumulative: bool = False
    period_kind: str = ""
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    sentence: str = ""
    rule: str = ""
    confidence: float = 0.0
    page: int | None = None
    box: str = ""


@dataclass(frozen=True, slots=True)
class Dismissed:
    """A numeral that is no figure, or that could not be decided.

    ``reason`` is the id of the rule that says what it is instead (``date``, ``version``,
    ``stock_code``, ...), or ``unresolved``.
    """

    quote: str
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one document gave: its figures, and every other numeral with the reason it is none."""

    document: Document
    figures: list[Figure] = field(default_factory=list)
    dismissed: list[Dismissed] = field(default_factory=list)
