"""The seeds: two forms told by content, a table that is no input, and figures as a careful reader has them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from finmetrics.judging.evaluation import Evaluation, evaluate
from finmetrics.model import Document
from finmetrics.output.table import fact_id
from finmetrics.reading import documents
from finmetrics.reading.kind import kind_of

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "tests/gold/seeds.jsonl"


@pytest.fixture(scope="module")
def gold() -> list[dict[str, Any]]:
    """The annotated seeds, in the order of their names."""
    lines = GOLD.read_text(encoding="utf-8").splitlines()
    return sorted(map(json.loads, lines), key=lambda document: document["doc_id"])


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Document]:
    """What README's first command reads."""
    monkeypatch.chdir(ROOT)
    found = list(documents("seeds"))
    assert all(isinstance(one, Document) for one in found), found
    return [one for one in found if isinstance(one, Document)]


def test_the_articles_are_read_and_the_expected_table_is_not(read: list[Document], gold: list[dict[str, Any]]) -> None:
    assert [(d.doc_id, d.title, str(d.published)) for d in read] == [
        (g["doc_id"], g["title"], g["published"]) for g in gold
    ]


def test_offsets_of_gold_are_those_of_the_text_as_read(read: list[Document], gold: list[dict[str, Any]]) -> None:
    for document, one in zip(read, gold, strict=True):
        assert document.text == one["text"]
        for fact in one["facts"]:
            assert document.text[fact["start"] : fact["end"]] == fact["quote"]


def test_two_forms_told_by_content() -> None:
    kinds = {}
    for path in sorted((ROOT / "seeds").glob("0*")):
        kinds[path.name] = kind_of(path.read_bytes(), path.suffix)
    assert kinds == {
        "01-everbright.md": "markdown",
        "02-guidance.md": "markdown",
        "03-shanghai.txt": "markdown",  # whatever its name says
        "04-huaxia.md": "markdown",
        "05-bank-of-shanghai.txt": "text",
    }


def test_markup_leaves_no_trace(read: list[Document]) -> None:
    for document in read:
        assert not any(mark in document.text for mark in ("<", "&", "example.com", "data-code", "返回首页"))


def test_expected_table_is_gold_with_the_best_answers(gold: list[dict[str, Any]]) -> None:
    with open(ROOT / "seeds/expected.csv", encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert [row["quote"] for row in table] == [fact["quote"] for one in gold for fact in one["facts"]]
    facts = [(one["doc_id"], fact) for one in gold for fact in one["facts"]]
    for row, (doc_id, fact) in zip(table, facts, strict=True):
        start, end = fact["start"], fact["end"]
        assert (row["doc_id"], row["start"], row["end"]) == (doc_id, str(start), str(end))
        assert row["fact_id"] == fact_id(doc_id, start, end)
        assert float(row["value"]) == fact["value"]
        for slot in ("bank", "metric", "product", "period_end", "unit"):
            assert row[slot] == (fact[slot][0] or ""), (doc_id, row["quote"], slot)
        for slot in ("qualifier", "measure", "comparison", "branch", "per"):
            assert row[slot] == (fact[slot] or ""), (doc_id, row["quote"], slot)
        if row["period_end"]:
            assert row["period_kind"] in fact["period_kind"]
        assert (row["optional"] == "true") == fact.get("optional", False)


@pytest.fixture(scope="module")
def scored() -> Evaluation:
    """Our figures against gold."""
    return evaluate(GOLD)


def test_figures_are_those_a_careful_reader_finds(scored: Evaluation) -> None:
    found = scored.scores
    mistakes = "\n".join(f"{m.doc_id} {m.what} {m.quote}: {m.got}, not {m.wanted}" for m in scored.mistakes)
    assert found.facts == 65
    assert found.prf(found.found)[2] >= 0.99, mistakes
    assert found.prf(found.whole)[2] >= 0.97, mistakes
