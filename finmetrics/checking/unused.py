"""Rules that nothing needs: entries whose removal changes no example, phrases that no text makes fire."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from finmetrics.checking.examples import WITH_EXAMPLES, Example, examples, outcome
from finmetrics.checking.matches import Matcher
from finmetrics.extractor import Extractor
from finmetrics.lexicon import IN_PLACE
from finmetrics.model import Document
from finmetrics.phrases import of_entry, phrases
from finmetrics.reading import ReadFailure, Unreadable, documents
from finmetrics.schema import Bank, Entry, Exclusion, Metric, Rules, Unit

# Phrases that are looked for beside a number or a name, and so are no token of their own.
_BESIDE = {
    ("units", "words"), ("qualifiers", "right"), ("qualifiers", "inside"), ("periods", "words"),
    ("exclusions", "before"), ("exclusions", "after"),
}  # fmt: skip
# Kinds whose ``not`` holds such phrases too, not counter-examples.
_GUARDED = ("banks", "units")


@dataclass(slots=True)
class Unused:
    """A line ``file:line: id: what`` for each: ``entries`` that can go, ``phrases`` that no text makes fire."""

    entries: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)


def unused(rules: str | os.PathLike[str] | None = None, gold: Sequence[str | os.PathLike[str]] = ()) -> Unused:
    """The entries that can be removed without a change in any example, and the phrases that fire nowhere.

    Phrases may fire in the examples and in the documents of the paths ``gold``. Raises
    :class:`finmetrics.RulesError` for bad rules and :class:`finmetrics.Unreadable` where a document cannot be read.
    """
    extractor = Extractor(rules)
    found = extractor.lexicon.rules
    told = [one for one in examples(found) if isinstance(one, Example)]
    return Unused(list(_dead_entries(extractor, told)), list(_silent_phrases(extractor, told, gold)))


# entries -------------------------------------------------------------------------------------------------------


def _dead_entries(extractor: Extractor, told: list[Example]) -> Iterator[str]:
    rules = extractor.lexicon.rules
    whole = {id(one): outcome(one, extractor).problem for one in told}
    for kind in WITH_EXAMPLES:
        entries: list[Entry] = getattr(rules, kind)
        for entry in entries:
            own = [one for one in told if one.entry is entry]
            if any(_telling(rules, one) and not whole[id(one)] for one in own):
                continue
            if _needed(rules, kind, entry, own, whole):
                continue
            heads = [re.escape(head) for phrase in of_entry(kind, entry) for head in phrase.heads]
            pattern = entry.pattern if isinstance(entry, Exclusion) else ""
            touches = re.compile("|".join(filter(None, [*heads, pattern])) or "(?!)")
            others = [one for one in told if one.entry is not entry and touches.search(one.text)]
            if not _needed(rules, kind, entry, others, whole):
                yield f"{entry.where()}: {entry.id}: no example changes when this entry is removed"


def _needed(rules: Rules, kind: str, entry: Entry, some: list[Example], whole: dict[int, str]) -> bool:
    """Whether an example of ``some`` comes out differently without the entry."""
    near = _near(rules, some)
    rest = [one for one in getattr(near, kind) if (one.id, one.where()) != (entry.id, entry.where())]
    try:
        fewer = Extractor(near.model_copy(update={kind: rest}))
        return any(outcome(one, fewer).problem != whole[id(one)] for one in some)
    except KeyError:  # the engine itself names this entry: %
        return True


def _telling(rules: Rules, example: Example) -> bool:
    """Whether an example that holds needs its entry in any case, as nothing else gives the id that it states."""
    entry = example.entry
    if example.key != "examples":
        return False
    if isinstance(entry, Metric):
        return sum((one.id, one.definition) == (entry.id, entry.definition) for one in rules.metrics) == 1
    if isinstance(entry, Unit):
        return ("unit", entry.id) in example.expected and sum(one.id == entry.id for one in rules.units) == 1
    return isinstance(entry, Bank)


def _near(rules: Rules, some: list[Example]) -> Rules:
    """The rules without the names and wordings that occur in none of the texts: the same results, compiled faster."""
    texts = "\n".join(one.text for one in some)
    brands = {product.bank for product in rules.products}
    banks = [
        bank
        for bank in rules.banks
        if bank.id in brands or bank.letter or any(p.text in texts for p in of_entry("banks", bank))
    ]
    metrics = [
        metric.model_copy(
            update={"terms": [p.text for p in of_entry("metrics", metric) if any(h in texts for h in p.heads)]}
        )
        for metric in rules.metrics
    ]
    return rules.model_copy(update={"banks": banks, "metrics": metrics})


# phrases -------------------------------------------------------------------------------------------------------


def _silent_phrases(extractor: Extractor, told: list[Example], gold: Sequence[str | os.PathLike[str]]) -> Iterator[str]:
    lexicon, matcher = extractor.lexicon, Matcher(extractor)
    texts = [one.text for one in told] + list(_gold_texts(gold))
    fired = {
        (id(match.entry), match.phrase.key, match.phrase.text)
        for text in texts
        for match in matcher.matches(Document(text))
        if match.phrase is not None and match.here
    }
    everything = "\n".join(map(lexicon.clean, texts))
    for phrase in phrases(lexicon.rules):
        in_place = phrase.kind == "words" and phrase.entry.id in IN_PLACE
        if in_place or (phrase.kind, phrase.key) in _BESIDE:
            fires = phrase.heads[0] in everything
        else:
            implied = phrase.kind == "banks" and phrase.key in ("name", "full")
            fires = implied or (id(phrase.entry), phrase.key, phrase.text) in fired
        if not fires:
            yield f"{phrase.where}: {phrase.entry.id}: {phrase.key}: {phrase.text!r} fires nowhere"
    for kind in _GUARDED:
        for entry in getattr(lexicon.rules, kind):
            for i, guard in enumerate(entry.not_):
                if guard not in everything:
                    yield f"{entry.where('not', i)}: {entry.id}: not: {guard!r} fires nowhere"


def _gold_texts(gold: Sequence[str | os.PathLike[str]]) -> Iterator[str]:
    if not gold:
        return
    for item in documents([os.fspath(path) for path in gold]):
        if isinstance(item, ReadFailure):
            raise Unreadable(str(item))
        yield item.text
