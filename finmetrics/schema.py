"""What an entry of each rules file may hold; unknown keys are refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _text(value: object) -> object:
    """YAML reads an unquoted 360 or 2.0 as a number; a phrase is always text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Phrase = Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=400)]
Phrases = list[Phrase]


class Entry(BaseModel):
    """What every entry has. ``off`` and ``without`` are for overlays: they switch off an id, or phrases of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Phrase
    examples: Phrases = []
    off: bool = False
    without: Phrases = []


class Bank(Entry):
    """An institution or a group of institutions."""

    name: Phrase
    type: Literal[
        "state", "joint_stock", "city", "rural", "private", "policy", "foreign", "village", "direct",
        "group", "insurer", "payment", "other",
    ]  # fmt: skip
    full: str = ""
    english: str = ""
    aliases: Phrases = []
    short: Phrases = []
    not_: Phrases = Field(default=[], alias="not")
    codes: Phrases = []
    place: bool = False
    speaker: bool = False


class Metric(Entry):
    """One wording family of a metric."""

    name: Phrase
    period: Literal["instant", "duration"]
    units: Phrases
    product: bool = False
    sign: Literal[1, -1] = 1
    definition: str = ""
    terms: Phrases = []
    not_: Phrases = Field(default=[], alias="not")


class Unit(Entry):
    """A base unit and its words, or a scale."""

    kind: Literal["count", "currency", "percent", "pp", "multiple", "duration", "data", "rate", "scale"]
    words: Phrases
    factor: int = Field(default=1, ge=1)
    chinese: bool = False
    not_: Phrases = Field(default=[], alias="not")


class Qualifier(Entry):
    """Words that bound a figure."""

    left: Phrases = []
    right: Phrases = []
    inside: Phrases = []


class Change(Entry):
    """Words of movement, or of what a movement is measured against."""

    measure: Literal["move", "rate", "new", "level", "surpass", "word", "comparison"]
    sign: float = 0
    words: Phrases
    right: Phrases = []


class PeriodWord(Entry):
    """Words of time without a number."""

    words: Phrases


class Product(Entry):
    """A product, platform or channel."""

    words: Phrases
    bank: str = ""
    channel: str = ""
    segment: str = ""
    generic: bool = False


class Role(Entry):
    """Small words with a role in the discourse."""

    value: str = ""
    words: Phrases


class Exclusion(Entry):
    """What is a number but no figure."""

    before: Phrases = []
    after: Phrases = []
    pattern: str = ""
    not_: Phrases = Field(default=[], alias="not")


class Traditional(BaseModel):
    """A map of characters, given as two strings of equal length."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    traditional: str
    simplified: str


class Rules(BaseModel):
    """All of rules/, validated."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    banks: list[Bank]
    metrics: list[Metric]
    units: list[Unit]
    qualifiers: list[Qualifier]
    changes: list[Change]
    periods: list[PeriodWord]
    products: list[Product]
    words: list[Role]
    exclusions: list[Exclusion]
    traditional: list[Traditional]
