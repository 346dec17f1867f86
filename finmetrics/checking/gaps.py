"""What the rules do not know yet: the most frequent wordings of a corpus around figures that lack a slot."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from finmetrics.api import Day, Rules, extractions, extractor_for
from finmetrics.lexicon import STOPS, Lexicon
from finmetrics.model import Extraction
from finmetrics.naming.names import settle
from finmetrics.naming.short import cutter
from finmetrics.output.columns import Column
from finmetrics.reading import AS_IT_IS, Paths, ReadFailure, Reading
from finmetrics.spot import Token, spot
from finmetrics.unwrap import Running, unwrap

if TYPE_CHECKING:
    import pandas as pd

SLOTS = ("metric", "bank", "period", "unit")

GAP_COLUMNS = (
    Column("slot", "string", "字段", "What figures lack: metric, bank, period; unit: of numerals that are no figures."),
    Column("wording", "string", "原文说法", "The wording they share; empty where their sentences hold none."),
    Column("figures", "int64", "数字个数", "How many figures."),
    Column("documents", "int64", "文档个数", "In how many documents."),
    Column("units", "string", "单位", "Their units, the most frequent first."),
    Column("known", "string", "已知说法", "The wording, where the rules know it as a metric without an id."),
    Column("examples", "string", "例句", "Some of them in their text, a line each, with the document."),
)

_AROUND = 24  # characters of text on each side of an example's figure
_WORDS = 4  # words of a wording at most
_EXAMPLES = 3
_UNITS = 4
_WRITTEN = re.compile(r"(?:\d+(?=[A-Za-z]))?[^\W\d_](?:[^\W_]*[^\W\d_])?")  # 5G; no digits at the ends
_UNIT = re.compile(r" ?([^\W\d_]{1,8})")


@dataclass(slots=True)
class _Lack:
    """A figure that lacks a slot: wordings that it may be listed under, and how it stands in the text."""

    slot: str
    wordings: list[str]
    unit: str
    known: str
    doc_id: str
    quoted: str


def gaps(
    paths: Paths,
    *,
    slots: Iterable[str] = SLOTS,
    top: int = 20,
    published: Day = None,
    rules: Rules = None,
    on_failure: Callable[[ReadFailure], None] | None = None,
    reading: Reading = AS_IT_IS,
) -> pd.DataFrame:
    """What to add to the rules next: wordings of documents around figures without metric, bank or period.

    For each of ``slots`` the ``top`` most frequent, with counts and examples (:data:`GAP_COLUMNS`); ``unit`` is of
    numerals that have neither a unit nor a metric. Of the wordings that a figure may be listed under it is the one
    that most figures share, and of these the longest. ``on_failure`` is called with each document that cannot be read.
    Raises ``ValueError`` for an unknown slot, a bad date or bad rules.
    """
    from finmetrics.analysis.frame import to_frame

    wanted = list(dict.fromkeys(slots))
    for slot in wanted:
        if slot not in SLOTS:
            raise ValueError(f"no slot {slot!r}; slots are {', '.join(SLOTS)}")
    extractor = extractor_for(rules)
    found = extractions(
        paths, on_failure=on_failure or (lambda _: None), rules=extractor, published=published, reading=reading
    )
    lacks: dict[str, list[_Lack]] = {slot: [] for slot in wanted}
    for extraction in found:
        for lack in _lacks(extraction, extractor.lexicon, wanted):
            lacks[lack.slot].append(lack)
    return to_frame(GAP_COLUMNS, [row for slot in wanted for row in _rows(slot, lacks[slot], top)])


def _rows(slot: str, lacks: list[_Lack], top: int) -> Iterator[dict[str, object]]:
    shared = Counter(wording for lack in lacks for wording in lack.wordings)
    groups: dict[str, list[_Lack]] = {}
    for lack in lacks:
        best = max(lack.wordings, key=partial(_worth, slot, shared), default="")
        groups.setdefault(best, []).append(lack)
    for wording, group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))[:top]:
        units = Counter(lack.unit for lack in group if lack.unit)
        yield {
            "slot": slot,
            "wording": wording,
            "figures": len(group),
            "documents": len({lack.doc_id for lack in group}),
            "units": " ".join(unit for unit, _ in units.most_common(_UNITS)),
            "known": next((lack.known for lack in group if lack.known), ""),
            "examples": "\n".join(f"{lack.quoted}  {lack.doc_id}" for lack in group[:_EXAMPLES]),
        }


def _worth(slot: str, shared: Counter[str], wording: str) -> tuple[int, int]:
    """A shared wording is worth more, and a longer one says more; a unit is the shortest that is shared."""
    return (shared[wording], -len(wording)) if slot == "unit" else (shared[wording] * (len(wording) - 1), len(wording))


def _lacks(extraction: Extraction, lexicon: Lexicon, slots: Sequence[str]) -> Iterator[_Lack]:
    """What one document's figures lack."""
    unresolved = [one for one in extraction.dismissed if one.reason == "unresolved"] if "unit" in slots else []
    lacking: list[tuple[int, int, str, str, str]] = [(one.start, one.end, "unit", "", "") for one in unresolved]
    for figure in extraction.figures:
        where = (figure.start, figure.end)
        if "metric" in slots and figure.metric == "other":
            lacking.append((*where, "metric", figure.unit, figure.metric_text))
        if "bank" in slots and not figure.bank:
            lacking.append((*where, "bank", figure.unit, ""))
        if "period" in slots and not figure.period_end:
            lacking.append((*where, "period", figure.unit, ""))
    if not lacking:
        return
    document = extraction.document
    around = _Around(unwrap(lexicon.clean(document.text)), lexicon, document.title)
    for start, end, slot, unit, known in sorted(lacking):
        wordings = [known] if known else around.wordings(slot, start, end)
        low, high = max(0, start - _AROUND), end + _AROUND
        quoted = f"…{document.text[low:start]}[{document.text[start:end]}]{document.text[end:high]}…"
        yield _Lack(slot, wordings, unit, known, document.doc_id, " ".join(quoted.split()))


class _Around:
    """The words around the numerals of one document that may name what a figure lacks."""

    def __init__(self, running: Running, lexicon: Lexicon, title: str) -> None:
        self._text = running.text
        self._lexicon = lexicon
        self._tokens, _ = spot(self._text, lexicon)
        settle(self._text, self._tokens, lexicon, title)
        self._starts = {running.origin(token.start): i for i, token in enumerate(self._tokens)}
        self._running = running

    def wordings(self, slot: str, start: int, end: int) -> list[str]:
        """The wordings for the numeral at an offset of the text as written, the longest first."""
        at = self._starts.get(start)
        if at is None:  # a numeral that is no token: the text right of it names its unit
            return self._after(end)
        if slot == "unit":
            return self._after(end)
        if slot == "metric":
            return self._ends(self._nearest(at))
        return self._beginnings(self._first(at))

    def _after(self, end: int) -> list[str]:
        low = bisect_left(range(len(self._text)), end, key=self._running.origin)
        match = _UNIT.match(self._text, low)
        return self._beginnings(match.group(1)) if match is not None else []

    def _nearest(self, at: int) -> str:
        """The words left of a figure that may name its metric; those right of it where the sentence has none."""
        low = self._tokens[at].start
        for token in reversed(self._tokens[:at]):
            if _stops(token):
                return self._said(token.end, low) or self._right(at)
            inside = token.word.change is not None and len(token.word.text) == 1 and token.end < low
            if _divides(token) and not inside:  # 减 of 减碳量 is no movement
                if words := self._said(token.end, low):
                    return words
                low = token.start
        return self._said(0, low) or self._right(at)

    def _right(self, at: int) -> str:
        low = self._tokens[at].end
        ends = (token.start for token in self._tokens[at + 1 :] if token.word.mark or token.quantity is not None)
        after = next(ends, len(self._text))
        return self._said(low, after)

    def _first(self, at: int) -> str:
        """The words that a figure's sentence begins with, but for names of institutions and of time."""
        first = at
        while first and not _stops(self._tokens[first - 1]):
            first -= 1
        low = self._tokens[first - 1].end if first else 0
        for token in self._tokens[first : at + 1]:
            if _divides(token):
                if words := self._said(low, token.start):
                    return words
                low = token.end
        return ""

    def _said(self, low: int, high: int) -> str:
        """The last stretch of letters between two offsets that is more than a letter and more than small words."""
        for found in reversed(_WRITTEN.findall(self._text[low:high])):
            if len(found) > 1 and self._lexicon.function_words.sub("", found):
                return str(found)
        return ""

    def _ends(self, words: str) -> list[str]:
        cut = self._cut(words)
        return ["".join(cut[i:]) for i in range(max(0, len(cut) - _WORDS), len(cut)) if not self._small(cut[i])]

    def _beginnings(self, words: str) -> list[str]:
        cut = self._cut(words)
        return ["".join(cut[:i]) for i in range(min(_WORDS, len(cut)), 0, -1) if not self._small(cut[i - 1])]

    def _cut(self, words: str) -> list[str]:
        """The words, without small ones at both ends."""
        cut = list(cutter()(words))
        while cut and self._small(cut[-1]):
            cut.pop()
        while cut and self._small(cut[0]):
            cut.pop(0)
        return cut

    def _small(self, word: str) -> bool:
        return len(word) == 1 and self._lexicon.function_words.fullmatch(word) is not None


def _divides(token: Token) -> bool:
    """Whether a token is no part of a metric's name."""
    word = token.word
    return (
        token.quantity is not None or token.time is not None or token.bank is not None
        or bool(word.mark) or word.change is not None or bool(word.comparison) or "qualifier" in word.roles
    )  # fmt: skip


def _stops(token: Token) -> bool:
    return bool(token.word.mark) and token.word.mark in STOPS
