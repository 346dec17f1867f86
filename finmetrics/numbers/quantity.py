"""A number as the text states it: value, unit, bounds and place."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from finmetrics.entries import Unit


@dataclass(slots=True, eq=False)
class Quantity:
    """A numeral with what belongs to it as a number; what it is a number of comes later.

    ``start``/``end`` span the figure as quoted; ``left``/``right`` also the qualifiers around it, and
    ``unit_start`` is where its unit begins. ``value`` is in base units, ``bare`` without scale and unit. ``unit``
    is ``None`` where the text gives none; ``scale`` is the factor of the written scale. ``chinese`` tells that it
    is written in Chinese numerals, ``fraction`` that it is a part of a whole (三成, 半数), ``vague`` that it has
    no value (数十), ``worded`` that a word stands for it (翻番).
    """

    start: int
    end: int
    value: Decimal
    unit: Unit | None = None
    scale: int = 1
    value_max: Decimal | None = None
    qualifier: str = "exact"
    left: int = 0
    right: int = 0
    chinese: bool = False
    bare: Decimal = Decimal(0)
    fraction: bool = False
    vague: bool = False
    worded: bool = False
    unit_start: int = 0
