"""`finmetrics rules check`: each kind of problem is found, in one line, and named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from finmetrics.checking import check, unused
from finmetrics.checking.unused import Unused
from tests.conftest import Program

BANKS = """\
- id: moon
  name: 月亮银行
  type: city
  aliases: [中国工商银行, 月银, 月银]
  short: [月]
  not: [星辰, 三月]
  codes: ["601398.SH"]
  examples: [月亮银行客户3万户, 太阳银行客户3万户]
- id: star
  name: 星星银行
  type: city
"""
METRICS = """\
- id: moon_visits
  name: 登月次数
  period: duration
  units: [次, 星里]
  terms: [登月次数, 净利润, 登月次数]
  examples: ["登月次数[3万次]", "净利润[3亿元]", "登月次数3万次", "登月次数[3万次] => value=30000"]
  not: ["登月次数[4万次]", "净利润[3亿元]"]
- {id: moon_visits, name: 登月人次, definition: 甲, period: instant, units: [次], terms: [月月来],
   examples: ["月月来[3万次]"]}
"""
OTHERS = {
    "words": """\
- {id: idle, words: [闲得慌], examples: ["闲得慌，净利润[3亿元] => metric=net_profit"]}
- {id: segment, value: moon, words: [月球], examples: ["月球客户[3万户] => segment=sun, colour=red"]}
- {id: segment, value: sun, words: [太阳], examples: ["太阳上客户[3万户] => segment=sun, qualifier=over"]}
""",
    "products": "- {id: rocket, words: [登月舱], bank: nasa, examples: ['登月舱客户[3万户] => product=登月舱']}\n",
    "exclusions": """\
- id: orbit
  after: [圈轨道]
  examples: ["绕行[12]圈轨道", "客户[12万户]", "绕行[12]圈"]
  not: ["绕行[13]圈轨道", "客户[12万户]"]
""",
    "units": "- {id: 圈, kind: count, words: [圈, 户], examples: ['绕行[300圈] => unit=圈']}\n",
}


@pytest.fixture(scope="module")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of rules with faults of every kind, none of which stops them from being read."""
    folder = tmp_path_factory.mktemp("rules")
    for name, text in {"banks": BANKS, "metrics": METRICS, **OTHERS}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def problems(overlay: Path) -> list[str]:
    """What the check says of the overlay, places by the file's name alone."""
    ours = set(check())
    return [line.replace(f"{overlay}/", "") for line in check(overlay) if line not in ours]


@pytest.mark.parametrize(
    "expected",
    [
        "banks.yaml:4: moon: aliases: '中国工商银行' is already a name, of icbc (",
        "banks.yaml:4: moon: aliases: '月银' stands twice",
        "banks.yaml:6: moon: not: '星辰' holds none of its names",
        "banks.yaml:7: moon: codes: '601398.SH' is already of icbc",
        "banks.yaml:8: moon: examples: '太阳银行客户3万户': does not name it",
        "banks.yaml:9: star: has no example",
        "metrics.yaml:4: moon_visits: units: no unit has the id '星里'",
        "metrics.yaml:5: moon_visits: terms: '登月次数' stands twice",
        "metrics.yaml:6: moon_visits: examples: '净利润[3亿元]': gives net_profit, not moon_visits",
        "metrics.yaml:6: moon_visits: examples: '登月次数3万次': must hold one [figure] in brackets",
        "metrics.yaml:6: moon_visits: examples: '登月次数[3万次] => value=30000': must not state slots",
        "metrics.yaml:7: moon_visits: not: '登月次数[4万次]': gives moon_visits all the same",
        "metrics.yaml:8: moon_visits: name: is '登月次数' at metrics.yaml:2",
        "words.yaml:2: segment: examples: '月球客户[3万户] => segment=sun, colour=red': 'colour=red' is no slot=value",
        "words.yaml:3: segment: examples: '太阳上客户[3万户] => segment=sun, qualifier=over': gives qualifier=exact",
        "products.yaml:1: rocket: bank: no institution has the id 'nasa'",
        "exclusions.yaml:3: orbit: examples: '客户[12万户]': gives the figure '12万户'",
        "exclusions.yaml:4: orbit: not: '绕行[13]圈轨道': gives no figure: ",
        "units.yaml:1: 圈: words: '户' is already a unit, of 户 (",
    ],
)
def test_each_problem_is_one_line_with_its_place(problems: list[str], expected: str) -> None:
    assert sum(line.startswith(expected) for line in problems) == 1


def test_what_is_right_is_no_problem(problems: list[str]) -> None:
    for right in ("月亮银行客户3万户", "'三月'", "登月次数[3万次]':", "绕行[12]圈轨道", "登月舱客户", "绕行[300圈]"):
        assert not [line for line in problems if right in line]


def test_the_program_lists_problems_and_says_2(program: Program, overlay: Path) -> None:
    done = program("rules", "check", "--rules", str(overlay))
    assert done.returncode == 2
    assert f"{overlay}/banks.yaml:9: star: has no example" in done.stdout.decode().splitlines()


def test_the_program_says_2_and_why_where_rules_cannot_be_read(program: Program, tmp_path: Path) -> None:
    (tmp_path / "banks.yaml").write_text("- id: moon\n  nmae: 月\n", encoding="utf-8")
    done = program("rules", "check", "--rules", str(tmp_path))
    assert (done.returncode, done.stdout) == (2, b"")
    assert f"finmetrics: {tmp_path}/banks.yaml:2: moon: nmae: " in done.stderr.decode()


@pytest.fixture(scope="module")
def spare(overlay: Path, tmp_path_factory: pytest.TempPathFactory) -> Unused:
    """What is unused of our rules with the overlay, over the examples and one document."""
    gold = tmp_path_factory.mktemp("gold") / "one.jsonl"
    gold.write_text('{"doc_id": "1", "text": "月银客户3万户。"}\n', encoding="utf-8")
    found = unused(overlay, [gold])
    entries, phrases = ([line.replace(f"{overlay}/", "") for line in lines] for lines in (found.entries, found.phrases))
    return Unused(entries, phrases)


def test_an_entry_that_changes_no_example_is_unused(spare: Unused) -> None:
    assert "words.yaml:1: idle: no example changes when this entry is removed" in spare.entries
    needed = ("banks.yaml:1: moon", "metrics.yaml:1: ", "exclusions.yaml:1", "units.yaml:1", "words.yaml:3")
    assert not [line for line in spare.entries if line.startswith(needed)]


def test_a_phrase_fires_where_an_example_or_a_document_has_it(spare: Unused) -> None:
    assert "banks.yaml:5: moon: short: '月' fires nowhere" in spare.phrases
    assert not [line for line in spare.phrases if "'月银'" in line or "'登月舱'" in line or "'闲得慌'" in line]
