"""The entries of the rules as the engine reads them: plain objects.

Those of :mod:`finmetrics.schema` are validated and know where they are written; to read an attribute of one takes ten
times as long, and the engine reads some eighty a figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from finmetrics.schema import Rules


_Plain = TypeVar("_Plain", "Bank", "Metric", "Unit", "Change", "Product")


@dataclass(slots=True, eq=False)
class Bank:
    """An institution or a group of institutions."""

    id: str
    name: str
    type: str
    full: str = ""
    aliases: list[str] = field(default_factory=list)
    short: list[str] = field(default_factory=list)
    not_: list[str] = field(default_factory=list)
    letter: str = ""
    place: bool = False
    speaker: bool = False


@dataclass(slots=True, eq=False)
class Metric:
    """One wording family of a metric."""

    id: str
    name: str
    period: str
    units: list[str]
    product: bool
    sign: int
    better: str
    definition: str
    assumed_for: list[str]
    cues: list[str]
    terms: list[str]


@dataclass(slots=True, eq=False)
class Unit:
    """A base unit and its words, or a scale."""

    id: str
    kind: str
    words: list[str]
    factor: int
    chinese: bool
    institutions: bool
    not_: list[str]


@dataclass(slots=True, eq=False)
class Change:
    """Words of movement, or of what a movement is measured against."""

    id: str
    measure: str
    touching: bool
    average: bool
    good: bool
    sign: float
    qualifier: str
    words: list[str]
    right: list[str]


@dataclass(slots=True, eq=False)
class Product:
    """A product, platform or channel."""

    id: str
    words: list[str]
    bank: str
    channel: str
    segment: str
    generic: bool
    of_bank: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """A metric's phrase: ``cues`` must stand before it in the clause; ``right`` where it counts right of the number."""

    metric: Metric
    cues: tuple[str, ...] = ()
    left: bool = True
    right: bool = False
    before_number: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Word:
    """Everything one phrase can mean; what it cannot is empty."""

    text: str
    mark: str = ""
    bank: Bank | None = None
    short: bool = False
    product: Product | None = None
    metrics: list[Wording] = field(default_factory=list)
    change: Change | None = None
    comparison: str = ""
    roles: dict[str, str] = field(default_factory=dict)
    # a product at the head of a metric's phrase: 手机银行 in 手机银行签约客户
    prefix: str = ""
    # of itself it changes neither who, when nor what product is spoken of
    passing: bool = False
    # longer words in which a bank's name is none (工行 in 加工行业), each with where in it the name stands
    guards: list[tuple[int, str]] = field(default_factory=list)
    local_kind: str = ""  # what it shows a local bank to be: 农商行


class Entries:
    """The entries that figures are bound by, of :attr:`Lexicon.rules`."""

    def __init__(self, rules: Rules) -> None:
        self.banks = _plain(Bank, rules.banks)
        self.metrics = _plain(Metric, rules.metrics)
        self.units = _plain(Unit, rules.units)
        self.changes = _plain(Change, rules.changes)
        self.products = _plain(Product, rules.products)


def _plain(kind: type[_Plain], entries: Iterable[Any]) -> list[_Plain]:
    names = [one.name for one in fields(kind)]
    return [kind(**{name: getattr(entry, name) for name in names}) for entry in entries]
