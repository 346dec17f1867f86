"""New rules: nothing is extracted anew unasked, and when asked only what the change can touch."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from nightly import CONFIG, Job

from finmetrics.batch.model import Known
from finmetrics.batch.versions import changed_phrases, rules_of, version_of
from finmetrics.batch.work import Orders, Worker, content_of, rows_of
from finmetrics.extractor import Extractor
from finmetrics.judging.evaluation import read_gold, stated_in
from finmetrics.phrases import LISTS
from finmetrics.rules import load

GOLD = Path(__file__).parent / "gold"
GREEN = """\
- id: carbon_saved
  name: 碳减排量
  period: duration
  units: [吨]
  terms: [碳减排量]
  examples: ["绿色项目碳减排量[86万吨]"]
"""


@pytest.fixture
def job(tmp_path: Path) -> Job:
    (tmp_path / "mine" / "metrics").mkdir(parents=True)
    rules(tmp_path, GREEN)
    return Job(tmp_path, 'rules = "mine"\n' + CONFIG)


def rules(folder: Path, text: str) -> None:
    (folder / "mine" / "metrics" / "green.yaml").write_text(text, encoding="utf-8")


def metrics(job: Job) -> dict[str, str]:
    return {row["doc_id"].removeprefix("articles/"): row["metric"] for row in job.published()}


def test_rebuild(job: Job, tmp_path: Path) -> None:
    job.write("1.txt", "兴业银行碳减排量达86万吨。")
    job.write("2.txt", "兴业银行减碳总量达5万吨。")
    rows = [{"doc_id": "a", "text": "兴业银行客户达9万户。"}, {"doc_id": "b", "text": "兴业银行碳减排量达7万吨。"}]
    job.write("3.jsonl", "\n".join(json.dumps(row) for row in rows))
    assert job.run()["stale"] == 0
    before = {"1.txt": "carbon_saved", "2.txt": "other", "a": "customers", "b": "carbon_saved"}
    assert metrics(job) == before

    rules(tmp_path, GREEN.replace("terms: [碳减排量]", "terms: [碳减排量, 减碳总量]"))
    job.write("4.txt", "兴业银行减碳总量达6万吨。")
    night = job.run()
    assert (night["new"], night["rebuilt"], night["stale"]) == (1, 0, 4)
    assert metrics(job) == before | {"4.txt": "carbon_saved"}

    rebuilt = job.run(rebuild=True)
    assert (rebuilt["rebuilt"], rebuilt["brought_up"], rebuilt["stale"], rebuilt["changed"]) == (1, 3, 0, 0)
    assert metrics(job) == before | {"2.txt": "carbon_saved", "4.txt": "carbon_saved"}
    assert job.sql("SELECT from_run, to_run FROM documents WHERE doc_id = 'articles/2.txt' ORDER BY 1") == [
        (1, 3),
        (3, None),
    ]
    assert job.run(rebuild=True)["rebuilt"] == 0

    # Another meaning of the entry touches whatever holds one of its phrases; same figures make no new version.
    rules(tmp_path, GREEN.replace("terms: [碳减排量]", "product: false\n  terms: [碳减排量, 减碳总量]\n  sign: -1"))
    again = job.run(rebuild=True)
    assert (again["rebuilt"], again["brought_up"], again["stale"]) == (4, 1, 0)


def test_what_failed_is_tried_again_under_new_rules(job: Job, tmp_path: Path) -> None:
    job.write("1.txt", b"\xff\xff\xff")
    assert job.run(code=1)["failed"] == 1
    assert job.run()["failed"] == 0
    rules(tmp_path, GREEN.replace("[碳减排量]", "[碳减排量, 减碳总量]"))
    assert job.run(code=1)["failed"] == 1


def test_bad_rules(job: Job, tmp_path: Path) -> None:
    job.write("1.txt", "兴业银行碳减排量达86万吨。")
    rules(tmp_path, "- id: broken\n")
    code, out, err = job.program("run", "job.toml")
    assert (code, out) == (2, "") and f"finmetrics: {tmp_path}/mine/metrics/green.yaml:1: broken: name" in err


def test_what_may_change_everything() -> None:
    ours = load()
    version = version_of(ours)
    weights = [ours.weights[0].model_copy(update={"weights": {"left": 9.0}}), *ours.weights[1:]]
    assert changed_phrases(version, version_of(ours.model_copy(update={"weights": weights}))) is None
    examples = [ours.banks[0].model_copy(update={"examples": ["另一个例子"]}), *ours.banks[1:]]
    assert changed_phrases(version, version_of(ours.model_copy(update={"banks": examples}))) == frozenset()
    patterns = [one for one in ours.exclusions if one.pattern]
    without = [one for one in ours.exclusions if one is not patterns[0]]
    assert changed_phrases(version, version_of(ours.model_copy(update={"exclusions": without}))) is None


@pytest.mark.parametrize("seed", range(4))
def test_no_document_is_left_that_a_change_of_rules_touches(seed: int) -> None:
    """Takes an entry or a phrase of one away: what a rebuild leaves alone has the figures it had."""
    chance = random.Random(seed)
    documents = [stated_in(gold) for gold in read_gold(GOLD) if len(gold["text"]) < 600]
    ours = load()
    version = version_of(ours)
    extractor = Extractor(ours)
    kind = chance.choice(["banks", "metrics", "products", "words", "qualifiers"])
    entries = list(getattr(ours, kind))
    # One that the documents hold, so that the change does something.
    held = [
        (i, key, phrase)
        for i, entry in enumerate(entries)
        for key in LISTS[kind]
        if isinstance(getattr(entry, key), list)
        for phrase in getattr(entry, key)
        if len(getattr(entry, key)) > 1 and any(phrase in document.text for document in documents)
    ]
    i, key, phrase = chance.choice(held)
    rest = [one for one in getattr(entries[i], key) if one != phrase]
    entries[i] = entries[i].model_copy(update={key: rest})
    changed = version_of(ours.model_copy(update={kind: entries}))
    phrases = changed_phrases(version, changed)
    assert phrases is not None and phrase in phrases

    worker = Worker(Orders(changed.entries, changed.rules, {version.rules: phrases}))
    other = Extractor(rules_of(changed))
    left = 0
    for document in documents:
        known = {document.doc_id: Known(content_of(document), version.rules)}
        if worker.leaves(document, known[document.doc_id]):
            left += 1
            assert rows_of(other.run(document)) == rows_of(extractor.run(document)), document.doc_id
    assert 0 < left < len(documents)
