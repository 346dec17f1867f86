"""Gold <-> brat standoff: a .txt and an .ann file a document, a text-bound annotation a figure.

Its type is the metric. What an attribute or a type cannot say is a JSON note on it; what is the document's is in
``documents.json`` beside them. Offsets are code points; a figure over a line break is several fragments.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from finmetrics.judging.scoring import METRICS
from finmetrics.output.replacing import replacing
from finmetrics.reading.failure import ReadFailure
from finmetrics.review.corrections import CHOICES, LISTS, Fact, Gold, first

Found = tuple[str, Gold | ReadFailure]

_MANIFEST = "documents.json"
_TYPE = re.compile(r"[A-Za-z0-9_-]+")
_SPAN = re.compile(r"(?P<type>\S+) (?P<spans>\d+ \d+(?:;\d+ \d+)*)")
_OUTSIDE = ("facts", "text")
_OF_SPAN = ("quote", "start", "end")


def configuration(metrics: Sequence[str]) -> str:
    """The ``annotation.conf`` under which the files can be worked on."""
    attributes = [
        f"{slot}\tArg:<ENTITY>, Value:{'|'.join(answer for answer in answers if answer)}"
        for slot, answers in CHOICES.items()
    ]
    return "\n".join(["[entities]", *metrics, "[relations]", "[events]", "[attributes]", *attributes, ""])


def write(documents: Sequence[Gold], folder: Path) -> None:
    """Writes the documents into a folder, made if need be, with ``annotation.conf``.

    Raises ``ValueError`` where the folder holds files already, for what lies there may be an annotator's work.
    """
    folder.mkdir(exist_ok=True)
    if any(folder.iterdir()):
        raise ValueError(f"{folder}: not empty")
    used = {metric for gold in documents for fact in gold["facts"] for metric in fact["metric"][:1]}
    unfit = sorted(metric for metric in used if not _TYPE.fullmatch(metric))
    if unfit:
        raise ValueError(f"brat has no type {unfit[0]!r}: letters, digits, _ and - only")
    manifest: dict[str, Any] = {}
    for number, gold in enumerate(documents, start=1):
        stem = f"{number:04}-{re.sub('[^A-Za-z0-9_-]+', '-', gold['doc_id']).strip('-')[:80]}".rstrip("-")
        manifest[stem] = {key: value for key, value in gold.items() if key not in _OUTSIDE}
        _put(folder / f"{stem}.txt", gold["text"])
        _put(folder / f"{stem}.ann", "".join(f"{line}\n" for line in _lines(gold)))
    _put(folder / "annotation.conf", configuration(sorted(METRICS | used)))
    _put(folder / _MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))


def read(folder: Path) -> Iterator[Found]:
    """The documents of a folder in the order of their names, each with its place.

    Raises ``ValueError`` where the folder has none, ``OSError`` where it cannot be read.
    """
    files = sorted(folder.glob("*.ann"))
    if not files:
        raise ValueError(f"{folder}: no .ann files")
    manifest = _manifest(folder / _MANIFEST)
    for file in files:
        try:
            text = file.with_suffix(".txt").read_bytes().decode("utf-8")
            annotations = file.read_bytes().decode("utf-8").split("\n")
        except FileNotFoundError:
            yield str(file), ReadFailure(str(file), "no .txt file beside it")
            continue
        except UnicodeDecodeError:
            yield str(file), ReadFailure(str(file), "not UTF-8")
            continue
        known = manifest.get(file.stem, {})
        gold: Gold = {"doc_id": file.stem, **known, "text": text}
        try:
            yield str(file), gold | {"facts": list(_facts(annotations, text))}
        except _Bad as bad:
            yield str(file), ReadFailure(f"{file}:{bad.line}", str(bad))


class _Bad(ValueError):
    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


def _put(path: Path, text: str) -> None:
    with replacing(path) as target:
        target.write_bytes(text.encode("utf-8"))


def _manifest(path: Path) -> dict[str, dict[str, Any]]:
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {stem: dict(known) for stem, known in found.items()}
    except (ValueError, TypeError, AttributeError):
        raise ValueError(f"{path}: no map of documents") from None


def _lines(gold: Gold) -> Iterator[str]:
    attributes = 0
    for number, fact in enumerate(gold["facts"], start=1):
        stretches = list(re.finditer(r"[^\n]+", fact["quote"]))
        spans = ";".join(f"{fact['start'] + one.start()} {fact['start'] + one.end()}" for one in stretches)
        yield f"T{number}\t{first(fact['metric']) or 'other'} {spans}\t{' '.join(one.group() for one in stretches)}"
        for slot in CHOICES:
            answer = first(fact.get(slot))
            if answer is not None:
                attributes += 1
                yield f"A{attributes}\t{slot} T{number} {answer}"
        rest = {slot: value for slot, value in fact.items() if slot not in _OF_SPAN}
        yield f"#{number}\tAnnotatorNotes T{number}\t{json.dumps(rest, ensure_ascii=False)}"


def _facts(lines: list[str], text: str) -> Iterator[Fact]:
    spans: dict[str, Fact] = {}
    types: dict[str, str] = {}
    attributes: dict[str, dict[str, str]] = {}
    notes: dict[str, Fact] = {}
    for number, line in enumerate(lines, start=1):
        name, _, rest = line.partition("\t")
        what, _, said = rest.partition("\t")
        if line[:1] == "T":
            match = _SPAN.fullmatch(what)
            if match is None:
                raise _Bad(number, f"no type and offsets: {what!r}")
            ends = [int(end) for end in re.findall(r"\d+", match["spans"])]
            start, end = min(ends), max(ends)
            if not start < end <= len(text):
                raise _Bad(number, f"{start} to {end} is no stretch of the text")
            spans[name] = {"quote": text[start:end], "start": start, "end": end}
            types[name] = match["type"]
        elif line[:1] == "A":
            parts = what.split(" ")
            if len(parts) == 3:  # one without a value is none of ours
                attributes.setdefault(parts[1], {})[parts[0]] = parts[2]
        elif line[:1] == "#" and what.startswith("AnnotatorNotes "):
            about = what.partition(" ")[2]
            notes[about] = notes.get(about, {}) | _note(said, number)
    for name, span in spans.items():
        yield _fact(span, types[name], attributes.get(name, {}), notes.get(name, {}))


def _note(said: str, number: int) -> Fact:
    if not said.startswith("{"):
        return {}  # an annotator's own words
    try:
        return dict(json.loads(said))
    except ValueError as error:
        raise _Bad(number, f"the note is not JSON: {error}") from None


def _fact(span: Fact, metric: str, attributes: dict[str, str], known: Fact) -> Fact:
    """What the note says, but for what type and attributes say otherwise."""
    fact: Fact = span | known
    stated: dict[str, str | None] = {"metric": metric, **{slot: attributes.get(slot) for slot in CHOICES}}
    for slot, value in stated.items():
        if value != (first(known.get(slot)) or ("other" if slot == "metric" else None)):
            fact[slot] = [value] if slot in LISTS else value
    return fact
