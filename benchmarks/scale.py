"""What one core does in an hour, and what that makes of a billion documents. Prints the tables of docs/scale.md.

    python benchmarks/scale.py

Articles are made of tests/gold: a sentence with its figures, then sentences without any, until a figure stands every
210 characters, as in the articles that seeds/ retells. Seconds are of the processor.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import process_time

import finmetrics as fm
from finmetrics.judging.evaluation import read_gold
from finmetrics.output.export import write
from finmetrics.output.table import batches

GOLD = Path(__file__).resolve().parents[1] / "tests/gold"
ARTICLE = 2_000  # characters
SPACING = 210  # characters a figure
FIGURES = 40_000  # that are measured
BILLION = 1_000_000_000
_SENTENCE = re.compile(r"[^。！？\n]+[。！？\n]?")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a kind of document takes: ``seconds`` of a core, and bytes of Parquet, for all of them."""

    documents: int
    characters: int
    figures: int
    seconds: float
    written: int


def dense() -> list[str]:
    """The texts of tests/gold."""
    return [gold["text"] for gold in read_gold(GOLD)]


def articles(extractor: fm.Extractor) -> Iterator[str]:
    """Texts of about 2,000 characters in which figures stand as far apart as in published articles; endless."""
    stated: list[tuple[str, int]] = []
    plain: list[str] = []
    for text in dense():
        for sentence in _SENTENCE.findall(text):
            count = len(extractor.run(fm.Document(sentence)).figures)
            if count:
                stated.append((sentence, count))
            elif not re.search(r"\d", sentence):
                plain.append(sentence)
    at = filler = 0
    while True:
        parts: list[str] = []
        length = figures = 0
        while length < ARTICLE:
            if figures * SPACING <= length:
                sentence, count = stated[at % len(stated)]
                at, figures = at + 1, figures + count
            else:
                sentence = plain[filler % len(plain)]
                filler += 1
            parts.append(sentence)
            length += len(sentence)
        yield "".join(parts)


def cost(texts: Iterator[str], extractor: fm.Extractor) -> Cost:
    """Extracts and writes texts until there are figures enough."""
    documents = characters = figures = 0

    def extractions() -> Iterator[fm.Extraction]:
        nonlocal documents, characters, figures
        while figures < FIGURES:
            text = next(texts)
            documents += 1
            characters += len(text)
            found = extractor.run(fm.Document(text, f"document-{documents}", source="https://example.org/"))
            figures += len(found.figures)
            yield found

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "figures.parquet")
        began = process_time()
        write(batches(extractions()), target)
        return Cost(documents, characters, figures, process_time() - began, target.stat().st_size)


def around(texts: list[str]) -> Iterator[str]:
    """The texts over and over."""
    while True:
        yield from texts


def main() -> None:
    """The script."""
    extractor = fm.Extractor()
    made = list(islice(articles(extractor), 400))
    kinds = {"articles": made, "dense reports": dense()}
    costs = {name: cost(around(texts), extractor) for name, texts in kinds.items()}
    print("| kind | characters | figures | ms of a core | documents an hour and core | characters a second |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, one in costs.items():
        each = one.seconds / one.documents
        shown = (one.characters / one.documents, one.figures / one.documents, each * 1e3, 3_600 / each)
        print(f"| {name} | {shown[0]:,.0f} | {shown[1]:.1f} | {shown[2]:.1f} | {shown[3]:,.0f} ", end="")
        print(f"| {one.characters / one.seconds:,.0f} |")
    print("\n| a billion | core hours | on 1,000 cores | text (UTF-8) | figures | Parquet |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, one in costs.items():
        share = BILLION / one.documents
        hours = one.seconds * share / 3_600
        text = one.characters * share * 3 / 1e12
        figures, written = one.figures * share / 1e9, one.written * share / 1e12
        print(f"| {name} | {hours:,.0f} | {hours / 1_000:.1f} h | {text:.1f} TB ", end="")
        print(f"| {figures:,.1f} billion | {written:.1f} TB |")


if __name__ == "__main__":
    main()
