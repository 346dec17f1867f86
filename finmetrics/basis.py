"""What a note says that a text's changes are against: 以下增减均与年初相比, 括号内为同比."""

from __future__ import annotations

from typing import NamedTuple

from finmetrics.lexicon import OPENING, STOPS, Lexicon
from finmetrics.spot import Token

_REACH = 12  # characters of a note after its opening words


class Basis(NamedTuple):
    """The comparison of every change that names none (``all``), and of those in parentheses (``aside``)."""

    all: str = ""
    aside: str = ""

    def of(self, text: str, left: int) -> str:
        """The comparison of a figure at ``left``; empty where no note tells."""
        return self.aside if self.aside and _inside(text, left) else self.all


def basis_of(text: str, tokens: list[Token], lexicon: Lexicon) -> Basis:
    """What the notes of a text tell."""
    found: dict[str, str] = {}
    for token in [token for token in tokens if "basis" in token.word.roles]:
        kind = token.word.roles["basis"]
        stretch = text[token.end : token.end + _REACH]  # 年初 is a token of its own, 与年初相比 a phrase
        words = (lexicon.words[index] for index, _, _ in lexicon.find(stretch))
        compared = next((word.comparison for word in words if word.comparison or word.mark in STOPS and word.mark), "")
        if compared:
            found.setdefault(kind, compared)
    return Basis(found.get("all", ""), found.get("aside", ""))


def _inside(text: str, left: int) -> bool:
    """Whether a figure stands in parentheses."""
    stretch = text[max(0, left - 40) : left]
    opened = max(stretch.rfind(mark) for mark in OPENING)
    return opened > max(stretch.rfind("）"), stretch.rfind(")"))
