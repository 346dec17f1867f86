"""A reader's judgements on figures -> gold documents of the contract."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from finmetrics.model import Extraction, Figure

Fact = dict[str, Any]
Gold = dict[str, Any]

ACTIONS = ("confirm", "correct", "dismiss", "add", "reopen")
CHOICES = {
    "qualifier": ("exact", "about", "over", "under"),
    "measure": ("level", "change", "growth"),
    "comparison": (None, "yoy", "ytd", "qoq", "mom", "since"),
    "period_kind": (None, "instant", "duration"),
}
# Slots of which gold may accept several answers, the best first.
LISTS = ("bank", "product", "metric", "unit", "period_kind", "period_end")
# A figure that nobody has judged yet: in the file, so that it counts neither way, and told from a matter of taste.
_OPEN = {"optional": True, "unreviewed": True}


def drafted(extraction: Extraction, known: Gold | None = None) -> Gold:
    """A document's gold as far as it is judged, its other figures as facts that are still open.

    ``known`` is what an earlier review saved; what it judged stays, and its open facts are made anew.
    """
    document = extraction.document
    gold: Gold = dict(known) if known is not None else {"doc_id": document.doc_id, "kind": "review"}
    if known is None:
        gold |= {"title": document.title, "published": document.published and document.published.isoformat()}
        gold |= {"text": document.text, "facts": [], "dismissed": []}
    gold["dismissed"] = list(gold.get("dismissed", ()))
    judged = [fact for fact in gold["facts"] if not fact.get("unreviewed")]
    taken = [*judged, *gold["dismissed"]]
    fresh = [fact_of(f) | _OPEN for f in extraction.figures if not any(_overlap(f.start, f.end, one) for one in taken)]
    gold["facts"] = _in_order([*judged, *fresh])
    return gold


def fact_of(figure: Figure) -> Fact:
    """A figure as the fact that accepts just it."""
    end = figure.period_end
    fact: Fact = {"quote": figure.quote, "start": figure.start, "end": figure.end, "value": _number(figure.value)}
    if figure.value_max is not None:
        fact["value_max"] = _number(figure.value_max)
    return fact | {
        "unit": [figure.unit or None],
        "qualifier": figure.qualifier,
        "measure": figure.measure,
        "comparison": figure.comparison or None,
        "bank": [figure.bank or None],
        "branch": figure.branch or None,
        "product": [figure.product or None],
        "metric": [figure.metric],
        "period_kind": [figure.period_kind or None],
        "period_end": [end.isoformat() if end is not None else None],
    }


def judge(gold: Gold, judgement: Mapping[str, Any], extraction: Extraction, metrics: Collection[str]) -> Gold:
    """The document's gold after one judgement: ``{"action", "start", "end", "fact"?}``; the one given is left alone.

    ``confirm`` and ``correct`` need a fact at the span, ``dismiss`` takes it away and remembers that, ``add`` puts one
    where none is, ``reopen`` forgets what was judged there. A correction states the slots that change, and those it
    does not state keep all their answers. Raises ``ValueError`` where the judgement cannot be meant.
    """
    action, span = judgement.get("action"), (judgement.get("start"), judgement.get("end"))
    if action not in ACTIONS:
        raise ValueError(f"no action {action!r}; there are {', '.join(ACTIONS)}")
    here = [fact for fact in gold["facts"] if (fact["start"], fact["end"]) == span]
    if not here and action in ("confirm", "correct", "dismiss") or here and action == "add":
        raise ValueError(f"there is {'a' if here else 'no'} figure at {span[0]} to {span[1]}")
    stated = judgement.get("fact") or {}
    if not isinstance(stated, dict):
        raise ValueError("a fact is a map of slots")
    facts = [fact for fact in gold["facts"] if fact not in here]
    dismissed = [one for one in gold["dismissed"] if (one["start"], one["end"]) != span]
    if action in ("confirm", "correct", "add"):
        start, end = (stated.get(key, at) for key, at in zip(("start", "end"), span, strict=True))
        fact = {key: value for fact in here for key, value in fact.items() if key not in _OPEN}
        fact = checked(fact | stated | {"start": start, "end": end}, gold["text"], metrics)
        clash = next((one for one in facts if _overlap(fact["start"], fact["end"], one)), None)
        if clash is not None:
            raise ValueError(f"{fact['quote']!r} overlaps the figure {clash['quote']!r} at {clash['start']}")
        facts.append(fact)
    elif action == "dismiss":
        dismissed += [{key: fact[key] for key in ("quote", "start", "end")} for fact in here]
    return drafted(extraction, gold | {"facts": _in_order(facts), "dismissed": _in_order(dismissed)})


def checked(fact: Mapping[str, Any], text: str, metrics: Collection[str]) -> Fact:
    """A fact in the form of the contract, its quote taken from the text.

    Single answers become lists where gold has lists, and empty ones ``null``. Raises ``ValueError`` that names the
    slot where a value is none of the contract's.
    """
    start, end = fact.get("start"), fact.get("end")
    if not (type(start) is type(end) is int and 0 <= start < end <= len(text)):
        raise ValueError(f"start, end: {start!r} to {end!r} is no stretch of the text")
    found: Fact = {**fact, "quote": text[start:end]}
    for slot in ("value", "value_max"):
        if slot == "value" or found.get(slot) is not None:
            found[slot] = _finite(slot, found.get(slot))
    for slot in LISTS:
        answers = found.get(slot)
        answers = answers if isinstance(answers, list) else [answers or None]
        if not all(one is None or isinstance(one, str) for one in answers):
            raise ValueError(f"{slot}: {answers!r} are no texts")
        found[slot] = answers
    if "branch" in found:
        found["branch"] = found["branch"] or None
    for slot, allowed in CHOICES.items():
        default = None if None in allowed else allowed[0]
        found.setdefault(slot, default)
        answers = found[slot] if isinstance(found[slot], list) else [found[slot] or default]
        if any(answer not in allowed for answer in answers):
            raise ValueError(f"{slot}: {answers[0]!r} is none of {', '.join(one for one in allowed if one)}")
        if slot not in LISTS:
            found[slot] = answers[0]
    found["metric"] = [metric or "other" for metric in found["metric"]]
    unknown = [metric for metric in found["metric"] if metric not in metrics and metric != "other"]
    if unknown:
        raise ValueError(f"metric: no metric {unknown[0]!r}")
    for day in filter(None, found["period_end"]):
        try:
            dt.date.fromisoformat(day)
        except ValueError:
            raise ValueError(f"period_end: {day!r} is no date; write it as 2022-03-29") from None
    return found


def first(answers: Any) -> Any:
    """What gold states of a slot: the best of several answers."""
    return next(iter(answers), None) if isinstance(answers, list) else answers


def _finite(slot: str, value: object) -> float | int:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return value
    raise ValueError(f"{slot}: {value!r} is no number")


def _number(value: Decimal) -> float | int:
    return int(value) if value == value.to_integral_value() else float(value)


def _overlap(start: int, end: int, other: Mapping[str, Any]) -> bool:
    return bool(min(end, other["end"]) > max(start, other["start"]))


def _in_order(spans: list[Fact]) -> list[Fact]:
    return sorted(spans, key=lambda one: (one["start"], one["end"]))
