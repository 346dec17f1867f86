"""What an entry of each rules file may hold; unknown keys are refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator


def _phrase(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    if text != text.strip():
        raise ValueError("has a space at its start or end")
    if not text.isprintable():
        raise ValueError("holds a line break or another control character")
    return text


def _term(text: str) -> str:
    """Refuses what the grammar of terms (A…B, #…B, A|B) gives no meaning to."""
    *cues, last = (part.split("|") for part in text.split("…"))
    if not all(all(alternative.strip() for alternative in part) for part in (*cues, last)):
        raise ValueError(f"{text!r} has an empty part or alternative")
    if ["#"] in cues and cues.count(["#"]) > 1 or any("#" in option for option in last):
        raise ValueError(f"{text!r}: # stands for the number, once, before the last part")
    return text


def _pattern(text: str) -> str:
    """Refuses a regular expression that cannot be one alternative of many, or that matches everywhere."""
    plain = text.replace("(?m)", "")
    try:
        compiled = re.compile(f"(?P<one>{plain})|(?P<other>$)", re.MULTILINE)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error.msg}") from None
    if len(compiled.groupindex) > 2:
        raise ValueError("must not name groups")
    if text and re.match(plain, "", re.MULTILINE):
        raise ValueError("matches the empty text")
    return text


Phrase = Annotated[str, Field(min_length=1, max_length=400), AfterValidator(_phrase)]
Phrases = list[Phrase]
Term = Annotated[Phrase, AfterValidator(_term)]
Example = Annotated[str, Field(min_length=1, max_length=400)]


class Place(NamedTuple):
    """Where something is written; lines count from 1."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Placed(BaseModel):
    """Knows where it is written."""

    # Validators are built when first needed: with compiled rules at hand (finmetrics/kept.py) nothing is validated.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    _places: dict[str, list[Place]] = PrivateAttr(default_factory=dict)

    def where(self, key: str = "id", item: int | None = None) -> str:
        """``file:line`` of a key's value, or of one item of it; empty for an entry that no file holds."""
        places = self._places.get("not" if key == "not_" else key)
        if not places:
            return ""
        return str(places[item + 1 if item is not None and item + 1 < len(places) else 0])


class Entry(Placed):
    """What every entry has. ``off`` and ``without`` are for overlays: they switch off an id, or phrases of it."""

    id: Phrase
    examples: list[Example] = []
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
    letter: Annotated[str, Field(pattern=r"^[一-龥]?$")] = ""
    place: bool = False
    speaker: bool = False


class Metric(Entry):
    """One wording family of a metric."""

    name: Phrase
    period: Literal["instant", "duration", "either"]
    units: Phrases
    product: bool = False
    sign: Annotated[Literal[1, -1], BeforeValidator(int)] = 1
    better: Literal["up", "down"] = "up"
    definition: str = ""
    assumed_for: Phrases = []
    cues: Phrases = []
    terms: list[Term] = []
    not_: list[Example] = Field(default=[], alias="not")


class Unit(Entry):
    """A base unit and its words, or a scale."""

    kind: Literal["count", "currency", "percent", "pp", "multiple", "duration", "data", "rate", "scale"]
    words: Phrases
    factor: int = Field(default=1, ge=1, le=10**15)
    chinese: bool = False
    institutions: bool = False
    not_: Phrases = Field(default=[], alias="not")


class Qualifier(Entry):
    """Words that bound a figure."""

    left: Phrases = []
    right: Phrases = []
    inside: Phrases = []


class Change(Entry):
    """Words of movement, or of what a movement is measured against."""

    measure: Literal["move", "rate", "new", "level", "surpass", "save", "word", "comparison"]
    touching: bool = False
    average: bool = False
    good: bool = False
    sign: float = Field(default=0, ge=-100, le=100)
    qualifier: str = "exact"
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
    of_bank: bool = False


class Role(Entry):
    """Small words with a role in the discourse."""

    value: str = ""
    words: Phrases


class Exclusion(Entry):
    """What is a number but no figure."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
    before: Phrases = []
    after: Phrases = []
    pattern: Annotated[str, AfterValidator(_pattern)] = ""
    not_: list[Example] = Field(default=[], alias="not")


class Report(Entry):
    """What a bank's own report is called: in titles, and ``also`` in texts that lean on one."""

    words: Phrases
    also: Phrases = []
    not_: list[Phrase] = Field(default=[], alias="not")


class Province(Entry):
    """Names of places, by which local banks are named."""

    words: Phrases


class Weights(Entry):
    """How much each named reason weighs in one slot; an id such as ``metric.growth`` is for one kind of figure."""

    weights: dict[str, float]


class Traditional(Placed):
    """A map of characters, given as two strings of equal length (spaces left out)."""

    traditional: str
    simplified: str

    @model_validator(mode="after")
    def _pairs(self) -> Traditional:
        ours, plain = (len(one.replace(" ", "")) for one in (self.traditional, self.simplified))
        if ours != plain:
            raise ValueError(f"{ours} traditional characters, but {plain} simplified ones")
        return self


class Rules(BaseModel):
    """All of rules/, validated."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    banks: list[Bank]
    metrics: list[Metric]
    units: list[Unit]
    qualifiers: list[Qualifier]
    changes: list[Change]
    periods: list[PeriodWord]
    products: list[Product]
    words: list[Role]
    exclusions: list[Exclusion]
    reports: list[Report]
    places: list[Province]
    weights: list[Weights]
    traditional: list[Traditional]
