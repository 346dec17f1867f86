"""Gold to Label Studio and brat and back: all of it comes back, edits count, and what is bad is named."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Program
from hypothesis import given
from hypothesis import strategies as st

import finmetrics as fm
from finmetrics.judging.evaluation import read_gold
from finmetrics.judging.scoring import METRICS
from finmetrics.review.api import export_gold, import_gold
from finmetrics.review.corrections import fact_of

TEXT = "😀截至2021年末，光大银行手机银行注册用户突破5200万户，\n同比增长12.3%。"
GOLD = sorted((ROOT / "tests" / "gold").glob("*.jsonl"))
TARGETS = ("tasks.json", "brat")


def gold_of(text: str = TEXT, **more: object) -> dict[str, Any]:
    """A document with its figures as facts, with some accepted answers more."""
    facts = [fact_of(figure) for figure in fm.extract(text)]
    facts[0]["product"] = ["手机银行", None]
    return {"doc_id": "d/1 号", "title": "题", "published": "2022-03-29", "text": text, "facts": facts, **more}


def written(folder: Path, *documents: dict[str, Any]) -> Path:
    """A gold file of these documents."""
    lines = [json.dumps(one, ensure_ascii=False) + "\n" for one in documents]
    (folder / "gold.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder / "gold.jsonl"


def back(folder: Path, target: str) -> list[dict[str, Any]]:
    """What an import gives."""
    import_gold(folder / target, folder / "back.jsonl")
    return list(read_gold(folder / "back.jsonl"))


def edited(path: Path, change: Callable[[Any], object]) -> None:
    """Changes a JSON file."""
    value = json.loads(path.read_text(encoding="utf-8"))
    change(value)
    path.write_text(json.dumps(value), encoding="utf-8")


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("gold", GOLD, ids=lambda path: path.stem)
def test_all_our_gold_comes_back(gold: Path, target: str, tmp_path: Path) -> None:
    assert export_gold(gold, tmp_path / target) == len(list(read_gold(gold)))
    assert back(tmp_path, target) == list(read_gold(gold))


_lines = st.text(st.sampled_from("甲1%😀\n\r\t <&\"'\\{}\u2028"), min_size=3, max_size=30)


@pytest.mark.parametrize("target", TARGETS)
@given(text=_lines, ends=st.tuples(st.integers(0, 29), st.integers(1, 29)), extra=_lines)
def test_every_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, target: str, text: str, ends: tuple[int, int], extra: str
) -> None:
    start, end = min(ends) % len(text), max(ends) % len(text) + 1
    if not text[min(start, end) : max(start, end)].strip("\n"):
        return  # no annotation can stand on line ends alone
    start, end = min(start, end), max(start, end)
    while text[start] == "\n" or text[end - 1] == "\n":
        start, end = start + (text[start] == "\n"), end - (text[end - 1] == "\n")
    fact = fact_of(fm.extract("网点5个")[0]) | {"quote": text[start:end], "start": start, "end": end, "bank": [extra]}
    folder = tmp_path_factory.mktemp("exchange")
    gold = {"doc_id": extra.strip() or "d", "title": extra, "text": text, "facts": [fact], "dismissed": []}
    export_gold(written(folder, gold), folder / target)
    assert back(folder, target) == [gold]


def test_an_edit_in_label_studio_counts(tmp_path: Path) -> None:
    export_gold(written(tmp_path, gold_of(dismissed=[])), tmp_path / "tasks.json")

    def change(tasks: list[Any]) -> None:
        result = tasks[0]["annotations"][0]["result"]
        for part in result:
            if part["id"] == "f0" and part["from_name"] == "bank":
                part["value"]["text"] = ["中信银行"]
            if part["id"] == "f0" and part["from_name"] == "metric":
                part["value"]["labels"] = ["mau"]
        result[:] = [part for part in result if (part["id"], part["from_name"]) != ("f1", "comparison")]

    edited(tmp_path / "tasks.json", change)
    (now,) = back(tmp_path, "tasks.json")
    before = gold_of(dismissed=[])
    before["facts"][0] |= {"bank": ["中信银行"], "metric": ["mau"]}
    before["facts"][1]["comparison"] = None
    assert now == before


def test_a_region_added_in_label_studio_takes_the_rest_from_our_reading(tmp_path: Path) -> None:
    export_gold(written(tmp_path, gold_of() | {"facts": []}), tmp_path / "tasks.json")
    figure = fm.extract(TEXT)[0]
    units = len(TEXT[: figure.start].encode("utf-16-le")) // 2  # as older versions count
    value = {"start": units, "end": units + len(figure.quote), "text": figure.quote, "labels": ["customers"]}
    region = {"id": "new", "from_name": "metric", "to_name": "text", "type": "labels", "value": value}
    edited(tmp_path / "tasks.json", lambda tasks: tasks[0]["annotations"][0]["result"].append(region))
    (now,) = back(tmp_path, "tasks.json")
    assert now["facts"] == [fact_of(figure) | {"metric": ["customers"]}]


def test_tasks_that_were_never_ours(tmp_path: Path) -> None:
    task = {"id": 7, "data": {"text": TEXT, "title": "题"}, "annotations": []}
    (tmp_path / "tasks.json").write_text(json.dumps([task]), encoding="utf-8")
    assert back(tmp_path, "tasks.json") == [{"doc_id": "7", "title": "题", "text": TEXT, "facts": []}]


def test_the_labelling_configuration_names_what_the_tasks_use(tmp_path: Path) -> None:
    gold = gold_of()
    gold["facts"][0]["metric"] = ["a<b"]
    export_gold(written(tmp_path, gold), tmp_path / "tasks.json")
    view = ElementTree.parse(tmp_path / "tasks.xml").getroot()
    assert {label.get("value") for label in view.iter("Label")} == METRICS | {"a<b"}
    names = {one.get("name") for one in view.iter() if one.get("toName") == "text"}
    (task,) = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
    assert {part["from_name"] for part in task["annotations"][0]["result"]} <= names
    choices = {choice.get("value") for choice in view.iter("Choice")}
    for part in task["annotations"][0]["result"]:
        assert set(part["value"].get("choices", ())) <= choices


def test_an_edit_in_brat_counts(tmp_path: Path) -> None:
    export_gold(written(tmp_path, gold_of()), tmp_path / "brat")
    (file,) = (tmp_path / "brat").glob("*.ann")
    lines = file.read_text(encoding="utf-8").replace("T1\tregistered_users ", "T1\tmau ").splitlines()
    lines = [line for line in lines if "comparison T2" not in line]
    lines[-1:-1] = ["R1\tOf Arg1:T1 Arg2:T2", "A99\tNegation T1", "#9\tAnnotatorNotes T1\tlook again", ""]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (now,) = back(tmp_path, "brat")
    before = gold_of()
    before["facts"][0]["metric"] = ["mau"]
    before["facts"][1]["comparison"] = None
    assert now == before


def test_a_figure_over_a_line_break_is_two_fragments(tmp_path: Path) -> None:
    text = "注册用户5200\n万户"
    fact = fact_of(fm.extract("网点5个")[0]) | {"quote": "5200\n万户", "start": 4, "end": 11}
    export_gold(written(tmp_path, {"doc_id": "d", "text": text, "facts": [fact]}), tmp_path / "brat")
    (file,) = (tmp_path / "brat").glob("*.ann")
    assert file.read_text(encoding="utf-8").startswith("T1\toutlets 4 8;9 11\t5200 万户\n")
    assert back(tmp_path, "brat")[0]["facts"] == [fact]


def test_what_is_bad_is_named_and_the_others_go_on(program: Program, tmp_path: Path) -> None:
    export_gold(written(tmp_path, gold_of(), gold_of() | {"doc_id": "good"}), tmp_path / "brat")
    bad, _ = sorted((tmp_path / "brat").glob("*.ann"))
    sound = bad.read_text(encoding="utf-8")
    for line, why in (
        ("T9\tmau x y\t1", "no type and offsets"),
        ("T9\tmau 5 500\t1", "5 to 500 is no stretch of the text"),
        ("#9\tAnnotatorNotes T1\t{broken", "the note is not JSON"),
    ):
        bad.write_text(f"{sound}{line}\n", encoding="utf-8")
        done = program("gold", "import", "brat", "-o", "back.jsonl")
        said = done.stderr.decode()
        assert done.returncode == 1 and said.count("\n") == 1, said
        assert said.startswith(f"{Path('brat', bad.name)}:{sound.count(chr(10)) + 1}: ") and why in said
        assert [one["doc_id"] for one in read_gold(tmp_path / "back.jsonl")] == ["good"]
    bad.write_text(f"{sound}T9\tmau 0 1\t😀\n", encoding="utf-8")
    done = program("gold", "import", "brat", "-o", "back.jsonl")
    assert done.returncode == 1 and "'😀' at 0 states no value, and we read none there" in done.stderr.decode()
    bad.with_suffix(".txt").unlink()
    assert b"no .txt file beside it" in program("gold", "import", "brat", "-o", "back.jsonl").stderr


def test_bad_tasks_and_targets(program: Program, tmp_path: Path) -> None:
    gold = written(tmp_path, gold_of())
    export_gold(gold, tmp_path / "tasks.json")
    edited(tmp_path / "tasks.json", lambda tasks: tasks.insert(0, {"data": {}}))
    edited(tmp_path / "tasks.json", lambda tasks: tasks.insert(0, 5))
    done = program("gold", "import", "tasks.json", "-o", "back.jsonl")
    said = done.stderr.decode().splitlines()
    assert done.returncode == 1 and [line[:19] for line in said] == ["tasks.json: task 1:", "tasks.json: task 2:"]
    assert len(list(read_gold(tmp_path / "back.jsonl"))) == 1
    for arguments, why in (
        (("export", "gold.jsonl", "-o", "out.csv"), "name a .json file (Label Studio) or a folder (brat)"),
        (("export", "tasks.json", "-o", "brat"), "tasks.json:1: no gold document"),
        (("import", "gold.jsonl", "-o", "x.jsonl"), "gold.jsonl: no list of Label Studio tasks"),
        (("import", "nothing.json", "-o", "x.jsonl"), "nothing.json: No such file"),
        (("import", "tasks.json", "-o", "x.csv"), "gold is a .jsonl file"),
        (("export", "gold.jsonl", "-o", "."), ".: not empty"),
    ):
        done = program("gold", *arguments)
        assert done.returncode == 2 and why in done.stderr.decode() and done.stderr.count(b"\n") == 1, done.stderr
