"""The entries of the rules, by what they are found by: a word, a reason, a bound, a scale."""

from __future__ import annotations

from collections.abc import Iterator

from finmetrics.home import rules_home
from finmetrics.phrases import Phrase, phrases
from finmetrics.schema import Entry, Exclusion, Rules
from finmetrics.spot import Token

# Why a numeral is none by the grammar of the engine rather than by an entry of rules/exclusions.yaml.
GRAMMAR = {
    "article": "one of something, said as a mere article",
    "date": "part of an expression of time",
    "rhetorical": "counts what is only being listed",
    "scale_word": "a scale without a number",
    "title": "inside a title, a name or a longer number",
    "unresolved": "no unit, and no metric right before it",
    "vague": "an unknown number of tens, hundreds or the like",
}
# What an expression of time is that no entry holds.
NUMBERED = "a numbered form (finmetrics/periods.py)"


def place(found: Entry | Phrase) -> str:
    """``file:line`` of an entry or a phrase; files of our own by their path inside rules/."""
    return shown_place(found.where if isinstance(found, Phrase) else found.where())


def shown_place(where: str) -> str:
    """``file:line`` with files of our own by their path inside rules/."""
    home = str(rules_home())
    return f"rules{where.removeprefix(home)}" if where.startswith(home) else where


class RuleIndex:
    """The entries of the rules, by what they are found by."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._phrases: dict[str, list[Phrase]] = {}
        self._qualifiers: dict[str, list[Phrase]] = {}
        for phrase in phrases(rules):
            for head in phrase.heads:
                self._phrases.setdefault(head, []).append(phrase)
            if phrase.kind == "qualifiers":
                self._qualifiers.setdefault(phrase.key, []).append(phrase)

    def exclusion(self, reason: str) -> str:
        """What an entry, or the grammar, says of a numeral that is no figure."""
        entry = self.excluding(reason)
        grammar = GRAMMAR.get(reason, "")
        return ", ".join(filter(None, (grammar, place(entry) if entry is not None else ""))) or "unknown"

    def excluding(self, reason: str) -> Exclusion | None:
        """The exclusion of this id; none for a reason that is the grammar's alone."""
        return next((one for one in self._rules.exclusions if one.id == reason), None)

    def unit(self, id_: str) -> str:
        """Where a base unit is defined."""
        return next((place(unit) for unit in self._rules.units if unit.id == id_ and unit.kind != "scale"), "")

    def scale(self, factor: int) -> str:
        """Where a scale is defined."""
        return next(
            (f"{u.id}, {place(u)}" for u in self._rules.units if u.kind == "scale" and u.factor == factor), "several"
        )

    def qualifiers(self, key: str, stretch: str) -> list[Phrase]:
        """The bounds that stand in a stretch beside or inside a number; of overlapping ones the longest."""
        return _longest(phrase for phrase in self._qualifiers.get(key, ()) if phrase.text in stretch)

    def units(self, stretch: str) -> list[Phrase]:
        """The units and scales that stand in a stretch; of overlapping ones the longest."""
        sizes = range(1, len(stretch) + 1)
        parts = dict.fromkeys(stretch[i : i + size] for size in sizes for i in range(len(stretch) - size + 1))
        return _longest(p for part in parts for p in self._phrases.get(part, ()) if p.kind == "units")

    def change(self, reason: str) -> str:
        """Where the word of change is defined that a measure's reason names."""
        entry = next((one for one in self._rules.changes if one.id == reason), None)
        return f", {place(entry)}" if entry is not None else ""

    def claims(self, token: Token) -> Iterator[tuple[Phrase, bool]]:
        """Every phrase of the rules that claims a word, and whether the context allows it; only names are ruled out."""
        for text in _forms(token.word.text):
            for phrase in self._phrases.get(text, ()):
                if phrase.kind in ("units", "periods", "exclusions") or phrase.key in ("right", "inside"):
                    continue
                yield phrase, phrase.kind != "banks" or token.bank is not None

    def time_word(self, token: Token) -> Phrase | None:
        """The phrase of a word of time; none for a numbered form."""
        word = token.time.group("word") if token.time is not None else None
        return next((phrase for phrase in self._phrases.get(word or "", ()) if phrase.kind == "periods"), None)

    def written(self, text: str) -> list[Phrase]:
        """The phrases that are this text, of every kind."""
        return list(self._phrases.get(text, ()))


def _forms(word: str) -> tuple[str, ...]:
    """How rules may write a word: App stands for APP and app too (finmetrics/lexicon.py)."""
    plain = word.replace("APP", "App").replace("app", "App")
    return (word,) if plain == word else (word, plain)


def _longest(found: Iterator[Phrase]) -> list[Phrase]:
    hits = sorted(found, key=lambda phrase: -len(phrase.text))
    return [p for i, p in enumerate(hits) if not any(p.text in longer.text for longer in hits[:i])]
