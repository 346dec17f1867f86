"""What of the rules fires in a text, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from finmetrics.extractor import Extractor
from finmetrics.lexicon import IN_PLACE, STOPS
from finmetrics.model import Document
from finmetrics.naming.names import settle
from finmetrics.phrases import Phrase
from finmetrics.ruleindex import RuleIndex
from finmetrics.schema import Entry, Exclusion
from finmetrics.spot import Token, spot
from finmetrics.unwrap import unwrap


@dataclass(slots=True)
class Match:
    """A stretch of a document's text (code points, half open) that fires a phrase, or an exclusion's pattern.

    ``here`` is false for the name of an institution that its context rules out.
    """

    start: int
    end: int
    kind: str
    entry: Entry
    phrase: Phrase | None
    here: bool = True


class Matcher:
    """Finds what fires, for one set of compiled rules."""

    def __init__(self, extractor: Extractor) -> None:
        self._lexicon = extractor.lexicon
        self._index = RuleIndex(extractor.lexicon.rules)

    def matches(self, document: Document) -> list[Match]:
        """All that fires in a document, in the order of its text.

        Small words that are only looked for at certain places (``function``, ``rank``, ...) and names of reports are
        not among it.
        """
        running = unwrap(self._lexicon.clean(document.text))
        text = running.text
        tokens, dismissed = spot(text, self._lexicon)
        settle(text, tokens, self._lexicon, document.title)
        found = list(self._of_tokens(text, tokens))
        for one in dismissed:
            entry = self._index.excluding(one.reason)
            if entry is None:
                continue
            word = _beside(text, one.start, one.end, entry)
            if word is not None or _by_pattern(text, one.start, entry):  # else the grammar's, under the same name
                found.append(Match(one.start, one.end, "exclusions", entry, word))
        once = {(one.start, one.end, id(one.entry), one.phrase and one.phrase[2:]): one for one in found}
        for match in once.values():
            match.start, match.end = running.span(match.start, match.end)
        return sorted(once.values(), key=lambda match: (match.start, match.end))

    def _of_tokens(self, text: str, tokens: list[Token]) -> Iterator[Match]:
        opening = 0  # where the sentence began
        for token in tokens:
            start, end = token.start, token.end
            if token.word.mark and token.word.mark in STOPS:
                opening = end
            for phrase, here in self._index.claims(token):
                in_place = phrase.kind == "words" and phrase.entry.id in IN_PLACE
                if not in_place and _cued(phrase, text[opening:start]):
                    yield Match(start, end, phrase.kind, phrase.entry, phrase, here)
            for phrase in self._index.written(token.word.text):
                if phrase.kind == "changes" and phrase.key == "right":
                    yield Match(start, end, phrase.kind, phrase.entry, phrase)
            time = self._index.time_word(token)
            if time is not None:
                yield Match(start, end, "periods", time.entry, time)
            if token.quantity is not None and not token.quantity.worded:
                yield from self._of_quantity(text, token)

    def _of_quantity(self, text: str, token: Token) -> Iterator[Match]:
        quantity = token.quantity
        assert quantity is not None
        stretches = {
            "left": (quantity.left, quantity.start),
            "inside": (quantity.start, quantity.end),
            "right": (quantity.end, quantity.right),
        }
        for key, (low, high) in stretches.items():
            for phrase in self._index.qualifiers(key, text[low:high]):
                at = text.index(phrase.text, low)
                yield Match(at, at + len(phrase.text), "qualifiers", phrase.entry, phrase)
        unit = quantity.unit
        for phrase in self._index.units(text[quantity.start : quantity.end]):
            scale = getattr(phrase.entry, "kind", "") == "scale"
            if scale and quantity.scale > 1 or unit is not None and phrase.entry.id == unit.id:
                head = next(head for head in phrase.heads if text.find(head, quantity.start, quantity.end) >= 0)
                at = text.rindex(head, quantity.start, quantity.end)
                yield Match(at, at + len(head), "units", phrase.entry, phrase)


def _cued(term: Phrase, before: str) -> bool:
    """Whether a metric's term has its cues before it in the sentence; any other phrase has."""
    if term.kind != "metrics":
        return True
    cues = [part.split("|") for part in term.text.split("…")[:-1] if part != "#"]
    return all(any(cue in before for cue in options) for options in cues)


def _beside(text: str, start: int, end: int, entry: Exclusion) -> Phrase | None:
    """The word right beside a numeral (or its unit) by which it is none; none where there is no such word."""
    for item, word in enumerate(entry.before):
        if text.endswith(word, 0, start):
            return Phrase("exclusions", entry, "before", item, word)
    for item, word in enumerate(entry.after):
        if word in text[start + 1 : end + len(word)]:
            return Phrase("exclusions", entry, "after", item, word)
    return None


def _by_pattern(text: str, start: int, entry: Exclusion) -> bool:
    """Whether the pattern of an exclusion covers the numeral."""
    if not entry.pattern:
        return False
    pattern = re.compile(entry.pattern, re.MULTILINE)
    low = text.rfind("\n", 0, start) + 1
    return any(match.start() <= start < match.end() for match in pattern.finditer(text, low, start + 64))
