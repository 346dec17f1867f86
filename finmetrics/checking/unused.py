"""Rules that nothing needs: entries whose removal changes no example, phrases that no text makes fire."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from finmetrics.checking.examples import WITH_EXAMPLES, Example, examples, of_entry, outcome
from finmetrics.extract import Extractor
from finmetrics.lexicon import STOPS, Lexicon
from finmetrics.names import settle
from finmetrics.reading import ReadFailure, Unreadable, documents
from finmetrics.schema import Bank, Entry, Metric, Rules
from finmetrics.spot import spot

# The lists of an entry that hold phrases.
_PHRASES = ("aliases", "short", "terms", "words", "left", "right", "inside", "before", "after", "not_")
# Phrases that are looked for beside a number or a name, and so are no token of their own.
_BESIDE = {("units", "words"), ("qualifiers", "right"), ("qualifiers", "inside"), ("periods", "words")} | {
    ("exclusions", "before"), ("exclusions", "after"), ("units", "not_"), ("banks", "not_"),
}  # fmt: skip


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
    return Unused(list(_dead_entries(found, told)), list(_silent_phrases(extractor.lexicon, told, gold)))


# entries -------------------------------------------------------------------------------------------------------


class _Compiled(Extractor):
    """An extractor of rules that no folder holds."""

    def __init__(self, rules: Rules) -> None:
        self.lexicon = Lexicon(rules)


def _dead_entries(rules: Rules, told: list[Example]) -> Iterator[str]:
    for kind in WITH_EXAMPLES:
        entries: list[Entry] = getattr(rules, kind)
        for entry in entries:
            own = [one for one in of_entry(kind, entry) if isinstance(one, Example)]
            if not _needed(rules, kind, entry, own) and not _needed(rules, kind, entry, told):
                yield f"{entry.where()}: {entry.id}: no example changes when this entry is removed"


def _needed(rules: Rules, kind: str, entry: Entry, some: list[Example]) -> bool:
    """Whether an example of ``some`` comes out differently without the entry."""
    if _alone(rules, entry) and some and some[0].entry is entry:
        # Nothing else gives this id: an example that holds needs the entry.
        return any(one.key == "examples" for one in some)
    near = _near(rules, some)
    without = [one for one in getattr(near, kind) if one.id != entry.id or one.where() != entry.where()]
    try:
        fewer = _Compiled(near.model_copy(update={kind: without}))
        whole = _Compiled(near)
        return any(outcome(one, fewer) != outcome(one, whole) for one in some)
    except KeyError:  # the engine itself names this entry: %, share
        return True


def _alone(rules: Rules, entry: Entry) -> bool:
    if isinstance(entry, Bank):
        return True
    same = [one for one in rules.metrics if (one.id, one.definition) == (entry.id, getattr(entry, "definition", ""))]
    return isinstance(entry, Metric) and len(same) == 1


def _near(rules: Rules, some: list[Example]) -> Rules:
    """The rules without the names and wordings that occur in none of the texts: the same results, compiled faster."""
    texts = "\n".join(one.text for one in some)
    brands = {product.bank for product in rules.products}
    banks = [
        bank
        for bank in rules.banks
        if bank.id in brands or any(form and form in texts for form in (bank.name, bank.full, *bank.aliases, *bank.short))
    ]
    metrics = [
        metric.model_copy(update={"terms": [t for t in metric.terms if any(h in texts for h in _heads(t))]})
        for metric in rules.metrics
    ]
    return rules.model_copy(update={"banks": banks, "metrics": metrics})


def _heads(term: str) -> list[str]:
    return term.rpartition("…")[2].split("|")


# phrases -------------------------------------------------------------------------------------------------------


def _silent_phrases(
    lexicon: Lexicon, told: list[Example], gold: Sequence[str | os.PathLike[str]]
) -> Iterator[str]:
    texts = [lexicon.clean(text) for text in (*(one.text for one in told), *_gold_texts(gold))]
    fired, named = _fired(lexicon, texts)
    everything = "\n".join(texts)
    for kind in WITH_EXAMPLES:
        for entry in getattr(lexicon.rules, kind):
            for key in _PHRASES:
                if key == "not_" and (kind, key) not in _BESIDE:
                    continue  # counter-examples, not phrases
                for i, phrase in enumerate(getattr(entry, key, ())):
                    if (kind, key) in _BESIDE:
                        fires = phrase in everything
                    elif kind == "banks":
                        fires = phrase in named
                    elif key == "terms":
                        fires = _term_fires(phrase, fired)
                    else:
                        fires = phrase in fired
                    if not fires:
                        shown = "not" if key == "not_" else key
                        yield f"{entry.where(key, i)}: {entry.id}: {shown}: {phrase!r} fires nowhere"


def _gold_texts(gold: Sequence[str | os.PathLike[str]]) -> Iterator[str]:
    if not gold:
        return
    for item in documents([os.fspath(path) for path in gold]):
        if isinstance(item, ReadFailure):
            raise Unreadable(str(item))
        yield item.text


def _fired(lexicon: Lexicon, texts: Iterable[str]) -> tuple[dict[str, list[str]], set[str]]:
    """Every phrase that is a token somewhere, with what stands before it in its sentence; and the names of banks."""
    fired: dict[str, list[str]] = {}
    named: set[str] = set()
    for text in texts:
        tokens, _ = spot(text, lexicon)
        settle(text, tokens, lexicon, "")
        opening = 0
        for token in tokens:
            word = token.word
            if word.mark and word.mark in STOPS:
                opening = token.end
            fired.setdefault(word.text, []).append(text[opening : token.start])
            if token.bank is not None:
                named.add(word.text)
    return fired, named


def _term_fires(term: str, fired: dict[str, list[str]]) -> bool:
    """Whether a head of the term stands somewhere with its cues before it in the sentence."""
    *parts, last = term.split("…")
    cues = [part.split("|") for part in parts if part != "#"]
    return any(
        all(any(cue in before for cue in options) for options in cues)
        for head in last.split("|")
        for before in fired.get(head, ())
    )
