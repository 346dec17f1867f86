"""Gold <-> Label Studio: a task a document, a labelled region a figure, its other slots beside it.

Offsets are code points, as Label Studio has stored them since 1.6; older exports, which count UTF-16 units, are told
by the text that a region repeats. What fields cannot say (several accepted answers) is in the task's data, which
comes back as it was sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from finmetrics.judging.scoring import METRICS
from finmetrics.output.replacing import replacing
from finmetrics.reading.failure import ReadFailure
from finmetrics.review.corrections import CHOICES, LISTS, Fact, Gold, first

Found = tuple[str, Gold | ReadFailure]

_TEXTS = ("unit", "bank", "branch", "product", "period_end")
_NUMBERS = ("value", "value_max")
_FIELDS = {
    **dict.fromkeys(_TEXTS, "textarea"),
    **dict.fromkeys(_NUMBERS, "number"),
    **dict.fromkeys(CHOICES, "choices"),
}
_OUTSIDE = ("facts", "text")  # of a document: what the regions and the text say


def configuration(metrics: Sequence[str]) -> str:
    """The labelling configuration under which the tasks can be worked on."""
    labels = "".join(f"    <Label value={quoteattr(metric)}/>\n" for metric in metrics)
    region = 'perRegion="true"'
    fields = [
        f'  <TextArea name="{slot}" toName="text" {region} maxSubmissions="1" editable="true"/>' for slot in _TEXTS
    ]
    fields += [f'  <Number name="{slot}" toName="text" {region}/>' for slot in _NUMBERS]
    for slot, answers in CHOICES.items():
        choices = "".join(f"<Choice value={quoteattr(answer)}/>" for answer in answers if answer)
        fields.append(f'  <Choices name="{slot}" toName="text" {region} choice="single">{choices}</Choices>')
    return (
        f'<View>\n  <Labels name="metric" toName="text">\n{labels}  </Labels>\n'
        '  <Text name="text" value="$text" granularity="symbol"/>\n' + "\n".join(fields) + "\n</View>\n"
    )


def write(documents: Sequence[Gold], target: Path) -> None:
    """Writes the tasks to ``target``, and the labelling configuration beside it as .xml."""
    used = {metric for gold in documents for fact in gold["facts"] for metric in fact["metric"]}
    with replacing(target) as path:
        path.write_text(json.dumps([_task(gold) for gold in documents], ensure_ascii=False, indent=1), encoding="utf-8")
    with replacing(target.with_suffix(".xml")) as path:
        path.write_text(configuration(sorted(METRICS | used)), encoding="utf-8")


def read(source: Path) -> Iterator[Found]:
    """The tasks of an export (JSON, not JSON-MIN), each with its place; of several annotations the first counts.

    Raises ``ValueError`` where the file is no list of tasks, ``OSError`` where it cannot be read.
    """
    try:
        tasks = json.loads(source.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{source}: not JSON: {error}") from None
    if not isinstance(tasks, list):
        raise ValueError(f"{source}: no list of Label Studio tasks")
    for number, task in enumerate(tasks, start=1):
        place = f"{source}: task {number}"
        try:
            yield place, _gold(task)
        except ValueError as error:
            yield place, ReadFailure(place, str(error))
        except (KeyError, TypeError, IndexError, AttributeError) as error:
            yield place, ReadFailure(place, f"no Label Studio task with a text: {type(error).__name__} {error}")


def _task(gold: Gold) -> dict[str, Any]:
    named = {f"f{number}": fact for number, fact in enumerate(gold["facts"])}
    # Whole facts ride along: where a field was not touched, it keeps every answer.
    data = {key: value for key, value in gold.items() if key not in _OUTSIDE} | {"facts": named}
    regions = [part for name, fact in named.items() for part in _regions(name, fact)]
    return {"data": {"text": gold["text"], "gold": data}, "annotations": [{"result": regions}]}


def _regions(name: str, fact: Fact) -> Iterator[dict[str, Any]]:
    span = {"start": fact["start"], "end": fact["end"], "text": fact["quote"]}
    common = {"id": name, "to_name": "text"}
    yield common | {
        "from_name": "metric",
        "type": "labels",
        "value": span | {"labels": [first(fact["metric"]) or "other"]},
    }
    for slot, kind in _FIELDS.items():
        value = first(fact.get(slot))
        if value is not None:
            stated = value if kind == "number" else [value]
            yield common | {
                "from_name": slot,
                "type": kind,
                "value": span | {"text" if kind == "textarea" else kind: stated},
            }


def _gold(task: dict[str, Any]) -> Gold:
    text = task["data"]["text"]
    if not isinstance(text, str):
        raise ValueError("its text is no string")
    known = dict(task["data"].get("gold") or {key: value for key, value in task["data"].items() if key != "text"})
    sent = known.pop("facts", {})
    results = task["annotations"][0]["result"] if task.get("annotations") else []
    parts: dict[str, list[dict[str, Any]]] = {}
    for part in results:
        parts.setdefault(part["id"], []).append(part)
    facts = [_fact(regions, text, sent.get(name, {})) for name, regions in parts.items()]
    gold: Gold = {"doc_id": str(known.get("doc_id") or task.get("id") or ""), **known}
    if not gold["doc_id"]:
        raise ValueError("it has neither a doc_id nor an id")
    return gold | {"text": text, "facts": [fact for fact in facts if fact is not None]}


def _fact(parts: list[dict[str, Any]], text: str, known: Fact) -> Fact | None:
    """The fact of one region, ``known`` but for what its fields say; ``None`` for one that labels no stretch."""
    label = next((part for part in parts if part.get("type") == "labels"), None)
    if label is None:
        return None
    start, end = _span(label["value"], text)
    fact: Fact = known | {"quote": text[start:end], "start": start, "end": end}
    stated = {"metric": label["value"]["labels"][0]}
    for part in parts:
        slot = part["from_name"]
        if slot in _FIELDS:
            stated[slot] = first(part["value"]["text" if _FIELDS[slot] == "textarea" else _FIELDS[slot]])
    for slot in ("metric", *_FIELDS):
        before = first(known.get(slot))
        if slot == "metric":
            before = before or "other"
        if stated.get(slot) != before:
            fact[slot] = [stated.get(slot)] if slot in LISTS else stated.get(slot)
    return fact


def _span(value: dict[str, Any], text: str) -> tuple[int, int]:
    start, end, quote = value["start"], value["end"], value.get("text")
    if quote is None or text[start:end] == quote:
        return start, end
    units = text.encode("utf-16-le")
    start, end = (len(units[: 2 * at].decode("utf-16-le", "ignore")) for at in (start, end))
    if text[start:end] != quote:
        raise ValueError(f"{quote!r} is not what stands at {value['start']} to {value['end']}")
    return start, end
