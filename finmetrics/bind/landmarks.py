"""What the figures of a sentence look back to, found once for all of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from finmetrics.lexicon import BREAKS, CLOSING, OPENING
from finmetrics.spot import Token


class Landmarks:
    """The tokens that a walk back from a figure counts, and how far back there is anything to find.

    Without it every figure would walk to the start of its sentence, past words that say nothing to it.
    """

    def __init__(self, tokens: list[Token]) -> None:
        self._marks: list[int] = []
        self._breaks: list[int] = []
        self._first_bank = self._first_product = len(tokens)
        self._reach: list[int] = []
        reach = 0
        for i, token in enumerate(tokens):
            if token.end > reach:  # tokens may overlap
                reach = token.end
            self._reach.append(reach)
            mark = token.word.mark
            if mark:
                if mark in BREAKS:
                    self._breaks.append(i)
                elif mark not in OPENING and mark not in CLOSING and not token.product:
                    continue
            elif token.bank is not None:
                self._first_bank = min(self._first_bank, i)
            elif token.quantity is None and not token.product:
                continue
            if token.product:
                self._first_product = min(self._first_product, i)
            self._marks.append(i)

    def back_to_banks(self, at: int) -> Sequence[int]:
        """Landmarks before the ``at``-th token, the nearest first, as far as the first institution."""
        return self._back(at, self._first_bank)

    def back_to_products(self, at: int) -> Sequence[int]:
        """Landmarks before the ``at``-th token, the nearest first, as far as the first product."""
        return self._back(at, self._first_product)

    def last_break(self, at: int) -> int:
        """The last token before the ``at``-th that divides clauses; -1 where none does."""
        i = bisect_left(self._breaks, at)
        return self._breaks[i - 1] if i else -1

    def ending_after(self, place: int) -> int:
        """The first token that ends after a place of the text."""
        return bisect_right(self._reach, place)

    def _back(self, at: int, first: int) -> Sequence[int]:
        if first >= at:
            return ()
        marks = self._marks
        return marks[bisect_left(marks, first) : bisect_left(marks, at)][::-1]
