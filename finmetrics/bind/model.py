"""What the steps of binding pass to each other; no logic lives here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from finmetrics.bind.landmarks import Landmarks
from finmetrics.entries import Bank, Change, Metric
from finmetrics.model import Figure
from finmetrics.numbers.quantity import Quantity
from finmetrics.periods import Period
from finmetrics.spot import Token


@dataclass(slots=True)
class Subject:
    """Who is spoken of: an institution, or none, its branch, and the token that named it."""

    bank: Bank | None
    branch: str = ""
    token: Token | None = None


@dataclass(slots=True)
class Moment:
    """A period with its role in the sentence: ``base`` (较2022年), ``from`` (由2022年末的) or ``same`` (去年同期为)."""

    period: Period
    token: Token
    role: str


@dataclass(slots=True)
class Measure:
    """Level, change or growth; ``comparison``, the factor of the sign, and the reason's name.

    ``less_one`` makes 是上年的1.2倍 a growth of 0.2; ``open`` leaves the comparison to the sentence; ``of_rate`` is
    true of points by which a rate of growth moved.
    """

    measure: str = "level"
    comparison: str = ""
    sign: int = 1
    reason: str = ""
    less_one: bool = False
    open: bool = False
    of_rate: bool = False


@dataclass(slots=True)
class Segment:
    """What the words around one figure (or one list of figures) say, by kind; nearest first where there are several.

    ``clause`` is where the figure's own clause begins since the figure before, ``span`` where it begins whatever
    figures stand in it, ``named`` the end of the institution that opens it. ``metrics`` holds tokens on the left with
    their distance in clauses, ``right_metrics`` those on the right. ``grows`` is a verb of the clause before, which
    no figure followed; ``parted`` tells of a semicolon since the figure before.
    """

    clause: int = 0
    span: int = 0
    named: int = 0
    change: Change | None = None
    change_token: Token | None = None
    right_change: Change | None = None
    rate_before: Change | None = None
    grows: Change | None = None
    level: bool = False
    comparison: str = ""
    compared_here: bool = False
    compared_before: str = ""
    base: Period | None = None
    base_touches: bool = False
    surpass: Change | None = None
    rate_topic: int = 0  # the sign of the rates that the sentence is about
    rate_word: bool = False
    parted: bool = False
    share: Token | None = None
    others: bool = False
    versus: bool = False  # 比各项贷款增速快: against something that is no time
    market: bool = False
    counted: bool = False  # 四家银行: a number of them, unnamed
    pronoun: bool = False
    sum: bool = False
    speaker: bool = False
    each: bool = False
    metrics: list[tuple[int, Token]] = field(default_factory=list)
    right_metrics: list[Token] = field(default_factory=list)
    right_from: int = 0  # where they begin, if not right of the figure
    per: str = ""
    cumulative: bool = False
    status: str = "actual"
    segment: str = ""
    kind: str = ""
    ordinal: str = ""
    items: bool = False


@dataclass(slots=True)
class Candidate:
    """A possible value of a slot: its id (empty for none), the value, its wording, the names of its reasons.

    ``score`` is the sum of the reasons' weights, ``chance`` the id's share among all (softmax).
    """

    key: str
    value: Any
    text: str
    reasons: list[str]
    token: Token | None = None
    score: float = 0.0
    chance: float = 1.0


@dataclass(slots=True)
class Bound:
    """A figure with the decisions that later figures lean on; ``group`` numbers its list within the sentence."""

    figure: Figure
    measure: Measure
    metric: Metric | None
    period: Period | None
    token: Token
    bank: Bank | None
    group: int
    choice: Candidate
    product: Token | None = None
    local: bool = False  # its period is that of what it is compared with, and no other's: 较2022年的3.30%
    against: bool = False  # another's figure, that one is set against: 超越交通银行的1333.68亿元


@dataclass(slots=True)
class Background:
    """What a figure may take its metric from beyond the words around it.

    ``sentence`` holds the figures before it in its sentence, ``paragraph`` and ``far`` those of the sentences before,
    the last one last; ``topics`` the metric tokens that stood before them, nearest first, each with where (``here``,
    ``before``, ``heading``); ``tokens`` are those of the sentence, ``landmarks`` what is looked back to in it.
    """

    sentence: Sequence[Bound]
    paragraph: Sequence[Bound]
    far: Sequence[Bound]
    topics: Sequence[tuple[str, Token]]
    tokens: Sequence[Token]
    landmarks: Landmarks


class Site(NamedTuple):
    """One figure and all that its metric is read from."""

    text: str
    quantity: Quantity
    segment: Segment
    measure: Measure
    background: Background


class Trace(Protocol):
    """Is told of every decision, for explanations and for fitting the weights; ``None`` on the fast path."""

    def decided(self, slot: str, kind: str, start: int, candidates: list[Candidate], chosen: Candidate) -> None:
        """The candidates of a slot of the figure at ``start``, and the one that was taken."""
