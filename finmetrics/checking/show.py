"""What the rules say of an id or a wording, where that stands, and what fires where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from finmetrics.api import Rules, extractor_for
from finmetrics.checking.matches import Match, Matcher
from finmetrics.extractor import Extractor
from finmetrics.lexicon import IN_PLACE
from finmetrics.model import Document
from finmetrics.output.show import printable
from finmetrics.phrases import LISTS, Phrase, of_entry, phrases
from finmetrics.reading import AS_IT_IS, Paths, ReadFailure, Reading, documents
from finmetrics.ruleindex import place, shown_place
from finmetrics.rules import KINDS, SINGLE
from finmetrics.schema import Entry
from finmetrics.schema import Rules as Entries

_AROUND = 16  # characters of text on each side of what fired
_SHOWN = tuple(kind for kind in KINDS if kind not in SINGLE)
_LAST = ("id", "examples", "not_")  # of an entry's keys: the head, and what is shown after the others
_QUOTES = 2  # places quoted for each phrase that fired

Entered = tuple[str, Entry]  # the kind of an entry, and the entry


def show(
    what: str | None = None,
    *,
    rules: Rules = None,
    paths: Paths = (),
    on_failure: Callable[[ReadFailure], None] | None = None,
    reading: Reading = AS_IT_IS,
) -> str:
    """What the rules say, as text: of nothing the kinds; of a kind its ids; of an id or a name its entries in full.

    Of any other text: what fires where in it. With ``paths`` also what of the entries fires in these documents, how
    often, with quotes; ``on_failure`` is called with each that cannot be read. Raises ``ValueError`` where nothing is
    known of ``what``, and where documents are given for what is neither an id nor a name.
    """
    extractor = extractor_for(rules)
    known = extractor.lexicon.rules
    entries = [(kind, entry) for kind in _SHOWN for entry in getattr(known, kind)]
    found = [(kind, entry) for kind, entry in entries if what in (entry.id, getattr(entry, "name", ""))]
    searched = not isinstance(paths, list | tuple) or bool(paths)
    if searched and not found:
        raise ValueError(f"documents are searched for an id or a name, and {what!r} is none")
    if what is None:
        lines = list(_kinds(known))
    elif what in _SHOWN:
        lines = [f"{id_}  {name}".rstrip() for id_, name in dict.fromkeys(_ids(known, what))]
    elif not found:
        lines = list(_of_text(what, extractor))
    else:
        lines = [line for kind, entry in found for line in _entry(kind, entry)]
        if searched:
            lines += _fired(found, extractor, _read(paths, on_failure, reading))
    return "\n".join(map(printable, lines))


def _ids(rules: Entries, kind: str) -> Iterator[tuple[str, str]]:
    return ((entry.id, getattr(entry, "name", "")) for entry in getattr(rules, kind))


def _kinds(rules: Entries) -> Iterator[str]:
    counted = Counter(phrase.kind for phrase in phrases(rules))
    for kind in _SHOWN:
        ids = {entry.id for entry in getattr(rules, kind)}
        matched = f" {counted[kind]:6} phrases" if counted[kind] else ""
        yield f"{kind:10} {len(ids):5} ids{matched}"


def _entry(kind: str, entry: Entry) -> Iterator[str]:
    """An entry in full; what another file than its own adds stands in lines of its own."""
    yield f"{kind} {entry.id}  {place(entry)}"
    home = _file(entry.where())
    values = dict(entry)
    for key in [*(key for key in values if key not in _LAST), *_LAST[1:]]:
        if key not in entry.model_fields_set:
            continue
        value = values[key]
        name = key.removesuffix("_")
        if not isinstance(value, list):
            there = "" if _file(entry.where(key)) in (home, "") else f"  {shown_place(entry.where(key))}"
            yield f"  {name:12} {value}{there}"
            continue
        by_file: dict[str, list[tuple[int, Any]]] = {}
        for item, one in enumerate(value):
            by_file.setdefault(_file(entry.where(key, item)), []).append((item, one))
        for file, items in by_file.items():
            there = "" if file in (home, "") else f"  {shown_place(entry.where(key, items[0][0]))}"
            yield f"  {name:12} {', '.join(str(one) for _, one in items)}{there}"


def _file(where: str) -> str:
    return where.rpartition(":")[0]


def _of_text(text: str, extractor: Extractor) -> Iterator[str]:
    """What fires where in a text, and the phrases that are this text and fire only beside others."""
    told: set[tuple[str, str]] = set()
    for match in Matcher(extractor).matches(Document(text)):
        told.add((place(match.phrase or match.entry), match.kind))
        note = "" if match.here else " (not here)"
        yield f"{match.start:5} {text[match.start : match.end]}  {_claim(match.kind, match.entry, match.phrase)}{note}"
    clean = extractor.lexicon.clean(text)
    for phrase in phrases(extractor.lexicon.rules):
        if clean in (phrase.text, *phrase.heads) and (place(phrase), phrase.kind) not in told:
            told.add((place(phrase), phrase.kind))
            yield f"    - {phrase.text}  {_claim(phrase.kind, phrase.entry, phrase)}"
    if not told:
        raise ValueError(f"no entry has the id or name {text!r}, and nothing of the rules fires in it")


def _claim(kind: str, entry: Entry, phrase: Phrase | None) -> str:
    value = next((f" {said}" for key in ("definition", "value") if (said := getattr(entry, key, ""))), "")
    key = f", {phrase.key}" if phrase is not None else ", pattern"
    written = f" {phrase.text}" if phrase is not None and "…" in phrase.text else ""
    return f"{kind} {entry.id}{value}{key}{written}, {place(phrase or entry)}"


def _read(paths: Paths, on_failure: Callable[[ReadFailure], None] | None, reading: Reading) -> Iterator[Document]:
    for item in documents(paths, reading=reading):
        if not isinstance(item, ReadFailure):
            yield item
        elif on_failure is not None:
            on_failure(item)


def _fired(found: Iterable[Entered], extractor: Extractor, texts: Iterable[Document]) -> Iterator[str]:
    """What of the entries fires in the documents: each phrase with its count and some quotes; the silent ones last."""
    entries = {id(entry): (kind, entry) for kind, entry in found}
    if all(_in_place(kind, entry) for kind, entry in entries.values()):
        yield "looked for only at certain places, and not counted"
        return
    counts: Counter[tuple[int, str]] = Counter()
    quotes: dict[tuple[int, str], list[str]] = {}
    firsts: dict[tuple[int, str], Match] = {}
    seen, matcher = set(), Matcher(extractor)
    for number, document in enumerate(texts):
        for match in matcher.matches(document):
            if id(match.entry) not in entries or not match.here:
                continue
            key = (id(match.entry), match.phrase.text if match.phrase is not None else "")
            counts[key] += 1
            firsts.setdefault(key, match)
            seen.add(number)
            if len(quotes.setdefault(key, [])) < _QUOTES:
                quotes[key].append(f"{_quoted(document.text, match.start, match.end)}  {document.doc_id}")
    yield f"fires {counts.total()} times in {len(seen)} documents"
    for key, count in counts.most_common():
        match = firsts[key]
        yield f"{count:6} {key[1] or 'pattern'}  {place(match.phrase or match.entry)}"
        yield from (f"         {quote}" for quote in quotes[key])
    silent = [
        (_in_place(kind, entry), phrase.text)
        for kind, entry in entries.values()
        for phrase in of_entry(kind, entry)
        if (id(entry), phrase.text) not in counts
    ]
    for in_place, said in ((False, "fires nowhere"), (True, "looked for only at certain places, and not counted")):
        if listed := [text for there, text in silent if there is in_place]:
            yield f"{said}: {', '.join(listed)}"


def _in_place(kind: str, entry: Entry) -> bool:
    return kind not in LISTS or kind == "reports" or kind == "words" and entry.id in IN_PLACE


def _quoted(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    return f"…{before}[{text[start:end]}]{after}…"
