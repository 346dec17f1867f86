"""Gold files -> scores, per slot and per kind, every error in context, and gains and losses against an earlier run."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from finmetrics.extractor import Extractor
from finmetrics.judging.scoring import SLOTS, STATED, TUPLE, Verdict, span, verdicts
from finmetrics.model import Document
from finmetrics.output.replacing import replacing
from finmetrics.output.show import printable

_AROUND = 30  # characters of context on each side of an error's figure
_SURE = 0.9
_FORMAT = 1  # of a saved run


@dataclass(slots=True)
class Scores:
    """Counts over some documents; the shares are of these counts.

    ``found`` figures have value and unit right, of ``facts`` in gold and ``figures`` in the table; ``whole`` have
    their tuple right too; ``slots`` counts each slot's right ones among ``found``. ``sure`` counts the figures of
    confidence 0.9 or more, ``sure_whole`` those of them whose tuple is right.
    """

    documents: int = 0
    facts: int = 0
    figures: int = 0
    found: int = 0
    whole: int = 0
    sure: int = 0
    sure_whole: int = 0
    slots: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SLOTS, 0))

    def add(self, some: list[Verdict]) -> None:
        """Counts one document."""
        self.documents += 1
        for verdict in some:
            self.facts += verdict.fact is not None
            self.figures += verdict.figure is not None
            if verdict.figure is not None and verdict.figure.confidence >= _SURE:
                self.sure += 1
                self.sure_whole += verdict.right
            if verdict.detected:
                self.found += 1
                self.whole += verdict.right
                for slot in SLOTS:
                    self.slots[slot] += slot not in verdict.wrong

    def prf(self, count: int) -> tuple[float, float, float]:
        """Precision, recall and F1 of ``count`` right figures."""
        return (
            count / max(1, self.figures),
            count / max(1, self.facts),
            2 * count / max(1, self.figures + self.facts),
        )

    def as_dict(self) -> dict[str, Any]:
        """Documents, figures, ``detected`` and ``tuple`` (precision, recall, F1), and each slot's share."""
        shares = {slot: count / max(1, self.found) for slot, count in self.slots.items()}
        return {
            "documents": self.documents,
            "figures": self.facts,
            "detected": self.prf(self.found),
            "tuple": self.prf(self.whole),
            **shares,
            "sure": self.sure,
            "sure_right": self.sure_whole / max(1, self.sure),
        }


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong: ``what`` is a slot, ``missed``, ``spurious`` or ``value``; ``context`` is its text."""

    doc_id: str
    what: str
    quote: str
    got: str
    wanted: str
    context: str


@dataclass(slots=True)
class Evaluation:
    """What :func:`evaluate` found.

    ``kinds`` has the scores of each kind of document. ``figures`` says what is wrong with each, by document and
    place: ``{"d-01": {"76:80 100%": ["metric"]}}``.
    """

    scores: Scores = field(default_factory=Scores)
    kinds: dict[str, Scores] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    figures: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """All of it but the mistakes, for JSON."""
        kinds = {kind: scores.as_dict() for kind, scores in sorted(self.kinds.items())}
        return {"format": _FORMAT, **self.scores.as_dict(), "kinds": kinds, "verdicts": self.figures}

    def save(self, target: str | os.PathLike[str]) -> None:
        """Writes it as the baseline of a later run. Raises ``OSError`` where it cannot be written."""
        with replacing(Path(target)) as path:
            path.write_text(json.dumps(self.as_dict(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Shift:
    """A figure that came out otherwise than in an earlier run: what was wrong ``before`` and what is ``now``."""

    doc_id: str
    figure: str
    before: tuple[str, ...]
    now: tuple[str, ...]

    @property
    def gain(self) -> bool:
        """Whether less is wrong now; slots of the tuple weigh more than the others."""
        return _weight(self.now) < _weight(self.before)


def evaluate(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    rules: str | os.PathLike[str] | Extractor | None = None,
) -> Evaluation:
    """Extracts the documents of gold files (or of those right in a folder) and scores the figures.

    A gold file has a JSON document a line, with its ``facts``. Raises ``ValueError`` that names file and line where
    it is none, ``OSError`` where it cannot be read.
    """
    extractor = rules if isinstance(rules, Extractor) else Extractor(rules)
    result = Evaluation()
    for gold in read_gold(paths):
        document = stated_in(gold)
        some = verdicts(gold["facts"], extractor.run(document).figures)
        result.scores.add(some)
        result.kinds.setdefault(gold.get("kind") or "", Scores()).add(some)
        if document.doc_id in result.figures:
            raise ValueError(f"document {document.doc_id!r} is in gold twice")
        result.figures[document.doc_id] = {_key(verdict): list(verdict.wrong) for verdict in some}
        result.mistakes += [_mistake(document, verdict, what) for verdict in some for what in verdict.wrong]
    return result


def shifts(now: Evaluation, baseline: Evaluation | str | os.PathLike[str]) -> list[Shift]:
    """What came out otherwise than in another run, or a saved one; documents that only one has are left out.

    Raises ``ValueError`` where the file is no saved run.
    """
    before = baseline.figures if isinstance(baseline, Evaluation) else _saved(baseline)
    found = []
    for doc_id, figures in now.figures.items():
        old = before.get(doc_id)
        if old is None:
            continue
        for key in sorted({*old, *figures}, key=lambda key: (int(key.partition(":")[0]), key)):
            # A spurious figure that is gone, or not yet there, had nothing wrong with it.
            was, is_ = tuple(old.get(key, ())), tuple(figures.get(key, ()))
            if was != is_:
                found.append(Shift(doc_id, key.partition(" ")[2], was, is_))
    return found


def _saved(baseline: str | os.PathLike[str]) -> dict[str, dict[str, list[str]]]:
    try:
        saved = json.loads(Path(baseline).read_text(encoding="utf-8"))
        verdicts: dict[str, dict[str, list[str]]] = {_FORMAT: saved["verdicts"]}[saved["format"]]
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{os.fspath(baseline)}: not a saved evaluation") from None
    return verdicts


def read_gold(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> Iterator[dict[str, Any]]:
    """The documents of gold files, or of those right in a folder. Raises ``ValueError`` that names file and line."""
    given = [paths] if isinstance(paths, str | os.PathLike) else paths
    for path in map(Path, given):
        for file in sorted(path.glob("*.jsonl")) if path.is_dir() else [path]:
            with open(file, encoding="utf-8-sig") as lines:
                for number, line in enumerate(lines, start=1):
                    if line.strip():
                        yield gold_document(line, f"{file}:{number}")


def gold_document(line: str, place: str) -> dict[str, Any]:
    """A line of a gold file as its document. Raises ``ValueError`` that begins with ``place`` where it is none."""
    try:
        gold = json.loads(line)
    except ValueError as error:
        raise ValueError(f"{place}: not JSON: {error}") from None
    if not isinstance(gold, dict) or not {"doc_id", "text", "facts"} <= gold.keys():
        raise ValueError(f"{place}: no gold document (it has doc_id, text and facts)")
    for fact in gold["facts"]:
        if not fact.keys() >= STATED:
            raise ValueError(f"{place}: a fact without {', '.join(sorted(STATED - fact.keys()))}")
    return gold


def stated_in(gold: Mapping[str, Any]) -> Document:
    """The document of a line of gold. Raises ``ValueError`` where its date is none."""
    published = gold.get("published")
    return Document(
        text=gold["text"],
        doc_id=str(gold["doc_id"]),
        title=gold.get("title") or "",
        published=dt.date.fromisoformat(published[:10]) if published else None,
    )


def _key(verdict: Verdict) -> str:
    start, end = span(verdict)
    quote = verdict.fact["quote"] if verdict.fact is not None else verdict.figure and verdict.figure.quote
    return f"{start}:{end} {quote}"


def _mistake(document: Document, verdict: Verdict, what: str) -> Mistake:
    fact, figure = verdict.fact, verdict.figure
    got = wanted = ""
    if what in SLOTS:
        got, wanted = str(getattr(figure, what) or ""), _answers(fact and fact.get(what))
    else:
        if figure is not None:
            got = f"{figure.quote} = {_value(figure.value, figure.value_max)} {figure.unit} {figure.metric}"
        if fact is not None:
            wanted = f"{_value(fact['value'], fact.get('value_max'))} {_answers(fact['unit'])}"
    start, end = span(verdict)
    text = document.text
    context = f"{text[max(0, start - _AROUND) : start]}[{text[start:end]}]{text[end : end + _AROUND]}"
    return Mistake(document.doc_id, what, text[start:end], got, wanted, " ".join(context.split()))


def _value(low: object, high: object) -> str:
    return f"{low}" if high is None else f"{low}~{high}"


def _answers(wanted: object) -> str:
    """What gold accepts, the best first; ``-`` is an empty answer."""
    return " / ".join(str(one or "-") for one in (wanted if isinstance(wanted, list) else [wanted]))


def _weight(wrong: tuple[str, ...]) -> tuple[bool, int, int]:
    return bool({"missed", "spurious", "value"} & set(wrong)), len(TUPLE & set(wrong)), len(wrong)


def as_json(result: Evaluation, moved: list[Shift] | None) -> str:
    """All of an evaluation, its mistakes and (where compared) its shifts as one JSON text."""
    whole = result.as_dict() | {"errors": [asdict(one) for one in result.mistakes]}
    if moved is not None:
        whole["shifts"] = [asdict(one) | {"gain": one.gain} for one in moved]
    return json.dumps(whole, ensure_ascii=False, indent=1)


def printed(result: Evaluation, moved: list[Shift] | None, errors: int | None) -> Iterator[str]:
    """An evaluation as lines: its first ``errors`` mistakes (``None``: all), shifts where compared, scores last."""
    for one in result.mistakes[:errors]:
        yield _columns(one.doc_id, one.what, one.quote, f"got {one.got or '-'}", f"want {one.wanted}", one.context)
    if moved is not None:
        for shift in moved:
            change = f"{' '.join(shift.before) or 'right'} -> {' '.join(shift.now) or 'right'}"
            yield _columns("+" if shift.gain else "-", shift.doc_id, shift.figure, change)
        gains = sum(shift.gain for shift in moved)
        yield f"{gains} gains, {len(moved) - gains} losses"
    yield from _summary(result)


def _columns(*cells: str) -> str:
    return "\t".join(map(printable, cells))


def _summary(result: Evaluation) -> Iterator[str]:
    scores = result.scores
    yield f"{scores.documents} documents, {scores.facts} figures"
    for name, count in (("detected", scores.found), ("tuple", scores.whole)):
        p, r, f1 = scores.prf(count)
        yield f"{name:12s} P {p:.4f}  R {r:.4f}  F1 {f1:.4f}"
    for slot, count in scores.slots.items():
        yield f"{slot:12s} {count / max(1, scores.found):.4f}"
    if scores.sure:
        yield f"confidence >= {_SURE}: {scores.sure} figures, {scores.sure_whole / scores.sure:.4f} of them right"
    if len(result.kinds) > 1:
        yield f"{'kind':14} {'docs':>5} {'figures':>7} detected  tuple"
        for kind, one in sorted(result.kinds.items()):
            detected, whole = one.prf(one.found)[2], one.prf(one.whole)[2]
            yield f"{printable(kind) or '-':14} {one.documents:5} {one.facts:7}   {detected:.4f} {whole:.4f}"
