"""`finmetrics rules show|gaps|test|schema`: what a domain expert sees of the rules, and what to add next."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import ClassVar

import jsonschema
import pytest
import yaml
from conftest import ROOT, Program

from finmetrics import checking
from finmetrics.api import extractor_for
from finmetrics.checking.gaps import GAP_COLUMNS, SLOTS
from finmetrics.checking.matches import Matcher
from finmetrics.checking.schemas import schema_of
from finmetrics.home import rules_home
from finmetrics.model import Document
from finmetrics.rules import KINDS

GREEN = """\
- id: carbon_saved
  name: 碳减排量
  period: duration
  units: [吨]
  product: false
  terms: [碳减排量, 减碳量]
  examples: ["绿色项目碳减排量[86万吨]", "碳减排[3吨]"]
  not: ["碳减排量[5万户]"]
- id: mau
  terms: [当月登录客户]
  examples: ["当月登录客户[12万户]"]
"""
CORPUS = (
    "厂区碳减排量达86万吨，同比增长12%。\n",
    "2023年，兴业银行碳减排量约3万吨。全年碳减排量增加2万吨。\n机组绕行12圈，又绕行3圈。\n",
)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder of rules with one example that does not hold, and a folder of documents beside it."""
    (tmp_path / "mine" / "metrics").mkdir(parents=True)
    (tmp_path / "mine" / "metrics" / "green.yaml").write_text(GREEN, encoding="utf-8")
    (tmp_path / "texts").mkdir()
    for i, text in enumerate(CORPUS):
        (tmp_path / "texts" / f"{i}.txt").write_text(text, encoding="utf-8")
    return tmp_path / "mine"


# show ----------------------------------------------------------------------------------------------------------


def test_show_prints_an_entry_with_its_places(program: Program, mine: Path) -> None:
    done = program("rules", "show", "mau", "--rules", "mine")
    lines = done.stdout.decode().splitlines()
    assert done.returncode == 0 and lines[0].startswith("metrics mau  rules/metrics/customers.yaml:")
    assert "  name         月活" in lines and any(line.startswith("  terms        月活客户, ") for line in lines)
    assert "  terms        当月登录客户  mine/metrics/green.yaml:10" in lines
    by_name = program("rules", "show", "碳减排量", "--rules", "mine").stdout.decode()
    assert by_name.startswith("metrics carbon_saved  mine/metrics/green.yaml:1\n")


def test_show_counts_what_fires_in_documents(program: Program, mine: Path) -> None:
    done = program("rules", "show", "carbon_saved", "--rules", "mine", "--in", "texts", "--in", "absent.txt")
    assert (done.returncode, done.stderr) == (1, b"absent.txt: no such file or folder\n")
    lines = done.stdout.decode().splitlines()
    at = lines.index("fires 3 times in 2 documents")
    assert lines[at + 1] == "     3 碳减排量  mine/metrics/green.yaml:6"
    assert "[碳减排量]达86万吨" in lines[at + 2] and lines[at + 2].endswith("  texts/0.txt")
    assert lines[-1] == "fires nowhere: 减碳量"


def test_show_tells_what_fires_where_in_a_text(program: Program) -> None:
    text = "光大手机银行APP月活用户突破1800余万户，第3代系统"
    done = program("rules", "show", text)
    lines = done.stdout.decode()
    for start, what, claim in (
        (9, "月活用户", "metrics mau, terms"),
        (13, "突破", "qualifiers over, left"),
        (19, "余", "qualifiers over, inside"),
        (20, "万", "units 万, words"),
        (21, "户", "units 户, words"),
        (24, "3", "exclusions rank, pattern"),
    ):
        assert f"{start:5} {what}  {claim}, rules/" in lines
    assert lines.count("突破") == 1


@pytest.mark.parametrize(
    ("phrase", "claim"),
    [("#…客户", "metrics customers, terms #…客户"), ("的增幅", "changes up, right"), ("余", "qualifiers over, inside")],
)
def test_show_finds_a_phrase_that_fires_only_beside_others(phrase: str, claim: str) -> None:
    assert claim in checking.show(phrase)


def test_show_lists_kinds_and_their_ids() -> None:
    kinds = checking.show().splitlines()
    assert [line.split()[0] for line in kinds] == [kind for kind in KINDS if kind != "traditional"]
    assert "mau  月活" in checking.show("metrics").splitlines()


def test_show_refuses_what_nothing_is_known_of(program: Program) -> None:
    done = program("rules", "show", "xyzzy")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"finmetrics: no entry has the id or name 'xyzzy', and nothing of the rules fires in it\n"


def test_words_that_are_no_tokens_are_not_counted(mine: Path) -> None:
    said = checking.show("rank", paths=mine.parent / "texts").splitlines()
    assert said[0].startswith("words rank  rules/words.yaml:") and said[-1].startswith(
        "looked for only at certain places"
    )


def test_documents_are_searched_for_an_entry_only(program: Program, mine: Path) -> None:
    done = program("rules", "show", "月活用户达3万户", "--in", "texts")
    assert done.returncode == 2 and done.stderr.decode() == (
        "finmetrics: documents are searched for an id or a name, and '月活用户达3万户' is none\n"
    )


def test_a_name_that_its_context_rules_out_is_marked() -> None:
    assert "民生  banks cmbc, short" in checking.show("社会民生服务，民生银行") or "(not here)" in checking.show(
        "社会民生服务"
    )


def test_offsets_of_what_fires_are_those_of_the_text_as_written() -> None:
    text = "說明\n手機銀行月活用戶達1,800萬戶，\n同比增長兩成。"
    for match in Matcher(extractor_for(None)).matches(Document(text)):
        assert 0 <= match.start < match.end <= len(text)
        if match.phrase is not None and match.kind in ("metrics", "units"):
            written = extractor_for(None).lexicon.clean(text[match.start : match.end])
            assert written in match.phrase.heads


# gaps ----------------------------------------------------------------------------------------------------------


def test_gaps_groups_what_is_not_known(program: Program, mine: Path) -> None:
    done = program("rules", "gaps", "texts")
    assert (done.returncode, done.stderr) == (0, b"")
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode("utf-8"))))
    assert list(rows[0]) == [column.name for column in GAP_COLUMNS]
    first = next(row for row in rows if row["slot"] == "metric")
    assert (first["wording"], first["figures"], first["documents"], first["units"]) == ("碳减排量", "4", "2", "吨 %")
    assert first["examples"].splitlines()[0] == "…厂区碳减排量达[86万吨]，同比增长12%。 …  texts/0.txt"
    (unit,) = [row for row in rows if row["slot"] == "unit"]
    assert (unit["wording"], unit["figures"]) == ("圈", "2")
    assert {row["slot"] for row in rows} == set(SLOTS)


def test_a_gap_is_closed_by_an_entry(program: Program, mine: Path) -> None:
    done = program("rules", "gaps", "texts", "--slot", "metric", "--rules", "mine", "-o", "gaps.csv")
    assert (done.returncode, done.stdout) == (0, b"")
    assert len((mine.parent / "gaps.csv").read_text(encoding="utf-8-sig").splitlines()) == 1


def test_gaps_are_the_most_frequent_of_each_slot(mine: Path) -> None:
    frame = checking.gaps(mine.parent / "texts", top=1)
    assert list(frame["slot"]) == list(SLOTS)
    every = checking.gaps(mine.parent / "texts", top=99)
    for slot, most in frame.groupby("slot")["figures"].max().items():
        assert most == every[every["slot"] == slot]["figures"].max()
    # Nothing is counted twice, and nothing is lost.
    figures = checking.gaps([], slots=["metric"])
    assert len(figures) == 0 and list(figures.columns) == [column.name for column in GAP_COLUMNS]


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("2023年用户减碳量突破1.2万吨。", "用户减碳量"),  # 减 is no movement inside a word
        ("光大银行登月App6.0版已有4种皮肤。", "登月App"),
        ("光大银行5G基站12座。", "5G基站"),
        ("登月次数达12万，同比增长5%。", "登月次数"),  # the growth's is that of the level before it
        ("光大银行共有12处共享月球车位。", "共享月球车位"),  # nothing left of it: what stands right
    ],
)
def test_the_wording_is_what_may_name_the_metric(tmp_path: Path, text: str, wording: str) -> None:
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    assert set(checking.gaps(tmp_path, slots=["metric"])["wording"]) == {wording}


def test_every_figure_without_a_metric_is_in_one_gap() -> None:
    import finmetrics as fm

    seeds = ROOT / "seeds"
    frame, table = checking.gaps(seeds, top=10_000), fm.read(seeds)
    counted = frame.groupby("slot")["figures"].sum()
    assert counted.get("metric", 0) == (table["metric"] == "other").sum()
    assert counted.get("bank", 0) == table["bank"].isna().sum()
    assert counted.get("period", 0) == table["period_end"].isna().sum() > 0


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (("texts", "--slot", "value"), "finmetrics: no slot 'value'; slots are metric, bank, period, unit\n", 2),
        (("absent",), "absent: no such file or folder\n", 1),
        (("texts", "-o", "gaps.doc"), "finmetrics: cannot write 'gaps.doc': ", 2),
        (("texts", "--rules", "absent"), "finmetrics: absent: no such folder of rules\n", 2),
    ],
)
def test_gaps_says_what_is_wrong(
    program: Program, mine: Path, arguments: tuple[str, ...], said: str, code: int
) -> None:
    done = program("rules", "gaps", *arguments)
    assert done.returncode == code and done.stderr.decode().startswith(said) and done.stderr.count(b"\n") == 1


# test ----------------------------------------------------------------------------------------------------------


def test_each_example_is_shown_with_what_it_asks_for_and_gives(program: Program, mine: Path) -> None:
    done = program("rules", "test", "--rules", "mine")
    assert (done.returncode, done.stderr) == (2, b"")
    assert done.stdout.decode() == (
        "ok   mine/metrics/green.yaml:11: mau: examples: 当月登录客户[12万户]\n"
        "       got mau\n"
        "ok   mine/metrics/green.yaml:7: carbon_saved: examples: 绿色项目碳减排量[86万吨]\n"
        "       got carbon_saved\n"
        "FAIL mine/metrics/green.yaml:7: carbon_saved: examples: 碳减排[3吨]\n"
        "       expected carbon_saved\n"
        "       got other\n"
        "ok   mine/metrics/green.yaml:8: carbon_saved: not: 碳减排量[5万户]\n"
        "       got other\n"
        "3 of 4 examples hold\n"
    )
    assert program("rules", "test", "mau", "--rules", "mine").returncode == 0


def test_check_and_test_say_the_same(mine: Path) -> None:
    trials = checking.try_examples(mine)
    failed = [f"{one.where}: {one.id}: {one.key}: {one.example!r}: {one.problem}" for one in trials if not one.passed]
    assert failed and failed == [line for line in checking.check(mine) if "mine" in line]


@pytest.mark.parametrize("kind", ["banks", "exclusions", "units"])
def test_every_kind_says_what_it_expects_and_got(kind: str, tmp_path: Path) -> None:
    entry, expected, got = {
        "banks": ("{id: moon, name: 月亮银行, type: city, examples: [太阳银行客户3万户]}", "moon", "no institution"),
        "exclusions": (
            "{id: orbit, after: [圈轨道], examples: ['客户[12万户]']}", "no figure: orbit", "figure '12万户'"
        ),
        "units": (
            "{id: 圈, kind: count, words: [圈], examples: ['绕行[300圈] => unit=圈, value=3']}",
            "unit=圈, value=3", "unit=圈, value=300",
        ),
    }[kind]  # fmt: skip
    (tmp_path / f"{kind}.yaml").write_text(f"- {entry}\n", encoding="utf-8")
    (trial,) = checking.try_examples(tmp_path)
    assert (trial.passed, trial.expected, trial.got) == (False, expected, got)


def test_an_example_that_is_none_says_so(tmp_path: Path) -> None:
    (tmp_path / "metrics.yaml").write_text(GREEN.replace("[3吨]", "3吨"), encoding="utf-8")
    (faulty,) = [one for one in checking.try_examples(tmp_path) if not one.passed]
    assert str(faulty).splitlines()[1] == "       must hold one [figure] in brackets"


def test_gold_shows_what_the_rules_change(program: Program, mine: Path) -> None:
    text = "2023年，兴业银行当月登录客户12万户。"
    fact = {
        "quote": "12万户", "start": 16, "end": 20, "value": 120000, "unit": "户", "qualifier": "exact",
        "measure": "level", "comparison": "", "bank": ["兴业银行"], "product": [None], "metric": ["mau"],
        "period_kind": "duration", "period_end": ["2023-12-31", None],
    }  # fmt: skip
    assert text[16:20] == "12万户"
    gold = {"doc_id": "g", "title": "", "published": None, "text": text, "facts": [fact]}
    (mine.parent / "gold.jsonl").write_text(json.dumps(gold, ensure_ascii=False) + "\n", encoding="utf-8")
    lines = program("rules", "test", "--rules", "mine", "--gold", "gold.jsonl").stdout.decode().splitlines()
    assert "1 gains, 0 losses" in lines
    (gain,) = [line for line in lines if line.startswith("+\tg\t12万户\t")]
    assert "metric" in gain.partition("->")[0] and gain.endswith("-> right")


def test_an_unknown_id_is_refused(program: Program) -> None:
    done = program("rules", "test", "nope")
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", b"finmetrics: no entry has the id 'nope'\n")


class Core(yaml.SafeLoader):
    """YAML 1.2, as editors read it: only true and false are truths, and nothing is a date."""

    yaml_implicit_resolvers: ClassVar = {
        first: [one for one in some if one[0] not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
        for first, some in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), ["t", "f"])


def as_an_editor(text: str) -> object:
    """What an editor makes of a rules file."""
    return yaml.load(text, Core)


# schema --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def validators() -> dict[str, jsonschema.Draft202012Validator]:
    for kind in KINDS:
        jsonschema.Draft202012Validator.check_schema(schema_of(kind))
    return {kind: jsonschema.Draft202012Validator(schema_of(kind)) for kind in KINDS}


@pytest.mark.parametrize("file", sorted(str(path.relative_to(rules_home())) for path in rules_home().rglob("*.yaml")))
def test_our_rules_are_valid(validators: dict[str, jsonschema.Draft202012Validator], file: str) -> None:
    kind = Path(file).parts[0].removesuffix(".yaml")
    written = as_an_editor((rules_home() / file).read_text(encoding="utf-8"))
    assert [error.message for error in validators[kind].iter_errors(written)] == []


@pytest.mark.parametrize(
    ("kind", "entry", "valid"),
    [
        ("metrics", GREEN, True),
        ("metrics", "- {id: mau, terms: [当月登录客户]}", True),
        ("metrics", "- {id: mau, off: true}", True),
        ("metrics", "- {id: new_one, terms: [新说法]}", False),  # what is not ours must say all
        ("metrics", "- {id: mau, trems: [当月登录客户]}", False),
        ("metrics", "- {id: mau, period: monthly}", False),
        ("metrics", "- {terms: [当月登录客户]}", False),
        ("metrics", "{id: mau}", False),
        ("banks", "- {id: 020, name: 020, type: city, aliases: [2.0, true]}", True),  # text, whatever it looks like
        ("banks", "- {id: moon, name: 月亮银行, type: moon}", False),
        ("weights", "- {id: metric, weights: {left: heavy}}", False),
    ],
)
def test_an_editor_is_told(
    validators: dict[str, jsonschema.Draft202012Validator], kind: str, entry: str, valid: bool
) -> None:
    assert validators[kind].is_valid(as_an_editor(entry)) == valid


def test_an_editor_explains_every_key(validators: dict[str, jsonschema.Draft202012Validator]) -> None:
    """What the grammar at the head of the files says of a key; keys of overlays are explained in docs/rules.md."""
    for kind, validator in validators.items():
        keys = validator.schema.get("items", validator.schema)["properties"]
        grammar = checking.schemas.grammar(kind)
        for key, said in keys.items():
            if f"\n  {key} " in grammar:
                assert said["description"], (kind, key)
    assert (
        "instant (a stock, at a date)" in validators["metrics"].schema["items"]["properties"]["period"]["description"]
    )


def test_schemas_are_written(program: Program, tmp_path: Path) -> None:
    done = program("rules", "schema", "-o", "schemas")
    assert done.returncode == 0
    files = done.stdout.decode().split()
    assert files == [f"schemas/{kind}.schema.json" for kind in KINDS]
    for kind, file in zip(KINDS, files, strict=True):
        assert json.loads((tmp_path / file).read_text(encoding="utf-8")) == schema_of(kind)
    (tmp_path / "file").write_text("")
    done = program("rules", "schema", "-o", "file")
    assert done.returncode == 2 and done.stderr.startswith(b"finmetrics: file: ") and done.stderr.count(b"\n") == 1


def test_the_workbench_is_public() -> None:
    assert sorted(checking.__all__) == ["Trial", "check", "gaps", "show", "try_examples", "unused", "write_schemas"]
    assert all(getattr(checking, name).__doc__ for name in checking.__all__)
