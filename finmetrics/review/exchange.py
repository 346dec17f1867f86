"""Gold <-> the formats of other annotation tools, told by the name: .json is Label Studio's, a folder brat's."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from finmetrics.extractor import Extractor
from finmetrics.judging.evaluation import read_gold
from finmetrics.judging.scoring import METRICS
from finmetrics.model import Document
from finmetrics.output.replacing import replacing
from finmetrics.reading.dates import day_of
from finmetrics.reading.failure import ReadFailure, one_line
from finmetrics.review import brat, label_studio
from finmetrics.review.corrections import Fact, Gold, checked, fact_of


def export(gold: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], target: Path) -> int:
    """Writes gold files as Label Studio tasks or as a folder of brat standoff; returns the number of documents."""
    documents = list(read_gold(gold))
    if target.suffix.lower() == ".json":
        label_studio.write(documents, target)
    elif target.suffix:
        raise ValueError(f"cannot write {target.name!r}: name a .json file (Label Studio) or a folder (brat)")
    else:
        brat.write(documents, target)
    return len(documents)


def read(source: Path, extractor: Extractor) -> Iterator[Gold | ReadFailure]:
    """The documents of a Label Studio export or a brat folder as gold, a failure in the place of each that is none."""
    metrics = METRICS | {metric.id for metric in extractor.lexicon.rules.metrics}
    for place, found in brat.read(source) if source.is_dir() else label_studio.read(source):
        if isinstance(found, ReadFailure):
            yield found
            continue
        try:
            found["facts"] = [
                checked(fact, found["text"], metrics) for fact in _completed(found, extractor)
            ]  # the order is the annotator's
        except ValueError as error:
            yield ReadFailure(place, one_line(error))
        else:
            yield found


def write_gold(documents: Iterable[Gold], target: Path) -> None:
    """Writes a gold file; whole, or not there. Raises ``ValueError`` for a name that does not end in .jsonl."""
    if target.suffix.lower() != ".jsonl":
        raise ValueError(f"cannot write {target.name!r}: gold is a .jsonl file")
    with replacing(target) as path, open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(gold, ensure_ascii=False) + "\n" for gold in documents)


def _completed(gold: Mapping[str, Any], extractor: Extractor) -> Iterator[Fact]:
    """The facts, each that states no value completed by what we read at its place."""
    ours: list[Fact] | None = None
    for fact in gold["facts"]:
        if fact.get("value") is None:
            if ours is None:
                document = Document(
                    gold["text"], title=gold.get("title") or "", published=day_of(gold.get("published"))
                )
                ours = [fact_of(figure) for figure in extractor.run(document).figures]
            near = [one for one in ours if one["start"] < fact["end"] and fact["start"] < one["end"]]
            if not near:
                raise ValueError(f"{fact['quote']!r} at {fact['start']} states no value, and we read none there")
            fact = near[0] | {slot: value for slot, value in fact.items() if value is not None}
        yield fact
