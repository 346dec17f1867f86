"""What the steps of reading a PDF pass to each other.

Lengths are points (1/72 inch), ``x`` to the right and ``y`` downwards from the top left corner of the page as shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Glyph:
    """A character and its box; ``page`` counts from 1, and is 0 for a blank that we put in."""

    char: str
    x0: float
    y0: float
    x1: float
    y1: float
    page: int = 0


def text_of(glyphs: Iterable[Glyph]) -> str:
    """What characters say."""
    return "".join(glyph.char for glyph in glyphs)


def put_in(text: str = " ") -> list[Glyph]:
    """Characters that we put in."""
    return [Glyph(char, 0, 0, 0, 0) for char in text]


@dataclass(frozen=True, slots=True)
class Rule:
    """A drawn line along an axis: at ``at`` across it, from ``low`` to ``high`` along it."""

    at: float
    low: float
    high: float


@dataclass(slots=True)
class Page:
    """A page: its characters and the lines drawn on it; ``pictures`` where it shows any."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph]
    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)
    pictures: bool = False


@dataclass(slots=True)
class Grid:
    """A table: its cells, and for each place of its rows and columns the index of the cell there.

    A cell that spans several places stands in all of them; -1 is no cell. ``loose`` is what may only be a part of a
    table: lines beside a page break.
    """

    cells: list[list[Glyph]]
    rows: list[list[int]]
    loose: bool = False


@dataclass(slots=True)
class Piece:
    """What stands together in a line: characters without a wide gap between them, or a table as a whole."""

    glyphs: list[Glyph]
    x0: float
    y0: float
    x1: float
    y1: float
    grid: Grid | None = None

    @property
    def size(self) -> float:
        """The height of its characters."""
        return self.y1 - self.y0

    @property
    def text(self) -> str:
        return text_of(self.glyphs)


@dataclass(slots=True)
class Flow:
    """Pieces that are read one below the other: a column, or what goes across the page; its margins."""

    pieces: list[Piece]
    left: float
    right: float


@dataclass(slots=True)
class Paragraph:
    """Running text without its line breaks.

    ``room``: what its last line leaves free before the right margin; ``flush``: whether its first begins at the left.
    """

    glyphs: list[Glyph]
    size: float
    room: float
    flush: bool

    @property
    def text(self) -> str:
        return text_of(self.glyphs)


Block = Paragraph | Grid
