"""What the steps of the analysis pass to each other; no logic lives here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from finmetrics.model import Figure

Kind = Literal["growth", "conflict", "impossible", "unit", "definition", "typo"]


@dataclass(frozen=True, slots=True, eq=False)
class Stated:
    """One row of the table: the figure, and the document that states it."""

    fact_id: str
    figure: Figure
    title: str = ""
    source: str = ""
    published: dt.date | None = None


class Period(NamedTuple):
    """``start`` is ``None`` for an instant."""

    start: dt.date | None
    end: dt.date


class Interval(NamedTuple):
    """Where the true value lies, both ends included; an end may be infinite."""

    low: Decimal
    high: Decimal


class Series(NamedTuple):
    """What has to be equal for two figures to be of one series; spelling (width, case) does not count.

    ``text`` is the metric's wording for the metric ``other``, which says nothing itself; else it is empty.
    """

    bank: str
    branch: str
    product: str
    channel: str
    segment: str
    metric: str
    text: str
    definition: str
    per: str
    status: str
    cumulative: bool
    unit: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Rows that do not go together: ``rows`` holds one to three of them, the one in doubt first."""

    kind: Kind
    reason: str
    rows: tuple[Stated, ...]
