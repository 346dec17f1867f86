"""Rules are read strictly, every fault names its file and line, and a user's folder lies over ours."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

import finmetrics as fm
from finmetrics.rules import RulesError, load


def folder(tmp_path: Path, **files: str | bytes) -> Path:
    """A folder of rules: ``banks="..."`` is banks.yaml."""
    for name, content in files.items():
        path = tmp_path / f"{name}.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path


def faults(overlay: Path) -> list[str]:
    """What is wrong with an overlay, a line each, without the folder's own path."""
    with pytest.raises(RulesError) as caught:
        load(overlay)
    return [line.removeprefix(f"{overlay}{os.sep}") for line in str(caught.value).splitlines()]


BANK = "- {id: moon, name: 月亮银行, type: city, examples: [月亮银行客户3万户]}\n"


# faults --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("- id: moon\n  name: 月亮银行\n  type: city\n  nickname: 月\n", 4, "nickname"),
        ("- id: moon\n  name: 月亮银行\n  name: 星星银行\n", 3, "duplicate key 'name'"),
        ("- id: moon\n  name: 月亮银行\n  type: lunar\n", 3, "type"),
        ("- id: moon\n  name: 月亮银行\n  type: city\n  aliases:\n    - 月银\n    - ''\n", 6, "aliases.1"),
        ("- id: moon\n  name: 月亮银行\n  type: city\n  aliases: 月银\n", 4, "aliases"),
        ("- id: moon\n  name: 月亮银行\n  type: city\n  place: perhaps\n", 4, "place"),
        ("- id: moon\n  type: city\n", 1, "name"),
        (BANK + BANK, 2, "already used at"),
        ("- id: moon\n  name: 月亮银行\n  type: city\n  aliases: ['月\\t银', ' 月银']\n", 4, "space"),
        ('- id: moon\n  name: 月亮银行\n  type: city\n  aliases: ["月\\n银"]\n', 4, "line break"),
        (f"- id: moon\n  name: {'月' * 401}\n  type: city\n", 2, "name"),
    ],
)
def test_fault_of_an_entry_names_file_and_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    found = faults(folder(tmp_path, banks=text))
    assert found[0].startswith(f"banks.yaml:{line}: ")
    assert says in "\n".join(found)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("- &a {id: moon}\n", 1, "anchors and aliases"),
        ("- id: moon\n  aliases: &a [月]\n  short: *a\n", 2, "anchors and aliases"),
        ("- id: moon\n  name: !!python/name:os.system x\n", 2, "tag"),
        ("- !!map {id: moon}\n", 1, "tag"),
        ("- id: moon\n  aliases: [[月银]]\n", 2, "must be text"),
        ("- id: moon\n  aliases: [{a: b}]\n", 2, "must be text"),
        ("- id: moon\n  ? [a, b]\n  : c\n", 2, "key"),
        ("- 月亮银行\n", 1, "must be an entry with an id"),
        ("- name: 月亮银行\n", 1, "must be an entry with an id"),
        ("- id: ''\n", 1, "must be an entry with an id"),
        ("- id: [moon]\n", 1, "must be an entry with an id"),
        ('- id: "mo\\non"\n', 1, "must be an entry with an id"),
        ('- id: moon\n  "na\\nme": 月\n', 2, "a key must be a word"),
        ("id: moon\n", 1, "must be a list of entries"),
        ("月亮银行\n", 1, "must be a list of entries"),
        ("", 1, "holds no rules"),
        ("# nothing yet\n", 1, "holds no rules"),
        ("[]\n", 1, "holds no rules"),
        (BANK + "---\n" + BANK, 2, "only one YAML document"),
        ("- id: moon\n  name: '月\n", 3, ""),
        ("- id: moon\n\tname: 月\n", 2, ""),
        ("- id: moon\n  name: a\x00b\n", 2, "control characters"),
        ("- id: moon\n" + "- " * 3000 + "a\n", 2, ""),
        ("[" * 100_000, 1, ""),
        ("- {id: moon, aliases: " + "[" * 5000 + "\n", 1, ""),
    ],
)
def test_hostile_yaml_is_one_clear_fault(tmp_path: Path, text: str, line: int, says: str) -> None:
    (found,) = faults(folder(tmp_path, banks=text))
    assert found.startswith(f"banks.yaml:{line}: ")
    assert says in found


def test_a_bomb_of_aliases_is_refused_before_it_grows(tmp_path: Path) -> None:
    bomb = "- &a0 {id: x}\n" + "".join(f"- &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
    (found,) = faults(folder(tmp_path, banks=bomb))
    assert found == "banks.yaml:1: anchors and aliases are not allowed in rules"


def test_other_encodings_are_refused_with_their_line(tmp_path: Path) -> None:
    (found,) = faults(folder(tmp_path, banks=BANK.encode() + "- id: 月\n".encode("gb18030")))
    assert found == "banks.yaml:2: not UTF-8"


@given(st.one_of(st.binary(max_size=200), st.text("-{}[]:,&*!|>?'\"#@%\n\t 0a银id", max_size=80).map(str.encode)))
def test_any_bytes_are_rules_or_faults_with_the_files_name(data: bytes) -> None:
    with TemporaryDirectory() as name:
        overlay = folder(Path(name), banks=data)
        try:
            load(overlay)
        except RulesError as error:
            assert all(line.startswith(f"{overlay}{os.sep}banks.yaml:") for line in str(error).splitlines())


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    assert any(bank.id == "moon" for bank in load(folder(tmp_path, banks=BANK.encode("utf-8-sig"))).banks)


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    (found,) = faults(folder(tmp_path, banks=b"# " + b"x" * (5 * 1024 * 1024)))
    assert found == "banks.yaml: larger than 4 MB"


def test_a_folder_or_pipe_by_the_name_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "banks.yaml").mkdir()
    os.mkfifo(tmp_path / "metrics.yaml")
    assert faults(tmp_path) == ["banks.yaml: not a file", "metrics.yaml: not a file"]


def test_a_file_of_no_kind_of_rules_is_named(tmp_path: Path) -> None:
    (found,) = faults(folder(tmp_path, bank=BANK))
    assert found.startswith("bank.yaml: ") and "'bank' is none of them" in found


def test_no_folder_and_an_empty_folder_are_faults(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="no such folder"):
        load(tmp_path / "nowhere")
    with pytest.raises(RulesError, match="holds no rules"):
        load(tmp_path)


def test_every_fault_of_every_file_is_listed(tmp_path: Path) -> None:
    overlay = folder(tmp_path, banks=BANK + BANK, metrics="- id: x\n  name: [\n", words="- {id: per, wrods: [每日]}\n")
    assert {line.split(":")[0] for line in faults(overlay)} == {"banks.yaml", "metrics.yaml"}
    overlay = folder(
        tmp_path, banks=BANK, metrics="- {id: x, name: 甲, period: instant}\n", words="- {id: y, wrods: [每日]}\n"
    )
    found = [line.split(": ")[:3] for line in faults(overlay)]
    assert sorted(found) == [
        ["metrics.yaml:1", "x", "units"],
        ["words.yaml:1", "y", "words"],
        ["words.yaml:1", "y", "wrods"],
    ]


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(unclosed", "no regular expression"),
        ("(?P<year>\\d+)号", "must not name groups"),
        ("\\d*", "matches the empty text"),
        ("a|(?i)b", "no regular expression"),
    ],
)
def test_a_pattern_that_would_spoil_the_others_is_refused(tmp_path: Path, pattern: str, says: str) -> None:
    (found,) = faults(folder(tmp_path, exclusions=f"- id: mine\n  pattern: '{pattern}'\n"))
    assert found.startswith("exclusions.yaml:2: mine: pattern: ") and says in found


@pytest.mark.parametrize("term", ["…客户", "发放…", "A||B", "#…#…户", "户#", "|"])
def test_a_term_without_meaning_is_refused(tmp_path: Path, term: str) -> None:
    text = f"- id: mine\n  name: 我的\n  period: instant\n  units: [户]\n  terms:\n    - 好词\n    - '{term}'\n"
    (found,) = faults(folder(tmp_path, metrics=text))
    assert found.startswith("metrics.yaml:7: mine: terms.1: ")


def test_a_map_of_characters_of_unequal_length_is_refused(tmp_path: Path) -> None:
    (found,) = faults(folder(tmp_path, traditional="traditional: 銀行\nsimplified: 银\n"))
    assert found.startswith("traditional.yaml:1: ") and "2 traditional characters, but 1 simplified" in found


def test_phrases_are_text_whatever_yaml_makes_of_them(tmp_path: Path) -> None:
    text = "- {id: moon, name: 月亮银行, type: city, aliases: [no, 2.0, 020, 2021-01-01, 1:30, ~, 1_000]}\n"
    moon = next(bank for bank in load(folder(tmp_path, banks=text)).banks if bank.id == "moon")
    assert moon.aliases == ["no", "2.0", "020", "2021-01-01", "1:30", "~", "1_000"]


def test_an_entry_knows_where_it_is_written(tmp_path: Path) -> None:
    text = BANK + "- id: star\n  name: 星星银行\n  type: city\n  aliases: [星银,\n    星行]\n"
    star = next(bank for bank in load(folder(tmp_path, banks=text)).banks if bank.id == "star")
    assert [star.where(), star.where("type"), star.where("aliases", 1)] == [
        f"{tmp_path}/banks.yaml:{line}" for line in (2, 4, 6)
    ]


# overlays ------------------------------------------------------------------------------------------------------


def test_a_new_bank(tmp_path: Path) -> None:
    overlay = folder(tmp_path, banks=BANK)
    text = "月亮银行手机银行客户3万户。"
    assert [f.bank for f in fm.extract(text, rules=overlay)] == ["月亮银行"]
    assert [f.bank for f in fm.extract(text)] == [""]


def test_a_new_metric(tmp_path: Path) -> None:
    overlay = folder(
        tmp_path,
        metrics="- {id: moon_visits, name: 登月次数, period: duration, units: [次], terms: [登月次数],\n"
        "   examples: ['登月次数[3万次]']}\n",
    )
    text = "中国银行登月次数达3万次，同比增长20%。"
    mine = fm.extract(text, rules=overlay)
    assert [(f.metric, f.metric_name, f.value) for f in mine] == [
        ("moon_visits", "登月次数", Decimal(30000)),
        ("moon_visits", "登月次数", Decimal(20)),
    ]
    assert {f.metric for f in fm.extract(text)}.isdisjoint({"moon_visits"})


def test_a_phrase_added_to_an_entry_of_ours(tmp_path: Path) -> None:
    overlay = folder(
        tmp_path, banks="- {id: icbc, aliases: [宇宙大行]}\n", metrics="- {id: mau, terms: [月月来的人]}\n"
    )
    figures = fm.extract("宇宙大行月月来的人达3亿户。", rules=overlay)
    assert [(f.bank, f.metric) for f in figures] == [("工商银行", "mau")]
    assert [f.bank for f in fm.extract("工行净利润3亿元。", rules=overlay)] == ["工商银行"]


def test_a_single_value_replaced(tmp_path: Path) -> None:
    overlay = folder(tmp_path, banks="- {id: icbc, name: 工行股份}\n", metrics="- {id: net_profit, name: 净赚}\n")
    figures = fm.extract("工行净利润3亿元。归母净利润2亿元。", rules=overlay)
    assert [(f.bank, f.metric_name) for f in figures] == [("工行股份", "净赚")] * 2


def test_a_further_map_of_characters(tmp_path: Path) -> None:
    overlay = folder(
        tmp_path, traditional="{traditional: 㐀行, simplified: 银行}\n", banks="- {id: icbc, name: 工商㐀行}\n"
    )
    for text in ("工商银行净利润3亿元。", "工商㐀行淨利潤3億元。"):
        assert [(f.bank, f.metric) for f in fm.extract(text, rules=overlay)] == [("工商银行", "net_profit")]


def test_an_entry_switched_off(tmp_path: Path) -> None:
    overlay = folder(tmp_path, banks="- {id: icbc, off: true}\n", metrics="- {id: mau, off: true}\n")
    text = "工商银行月活用户3亿户，净利润3亿元。"
    assert [(f.bank, f.metric) for f in fm.extract(text)] == [("工商银行", "mau"), ("工商银行", "net_profit")]
    off = fm.extract(text, rules=overlay)
    assert all(f.bank != "工商银行" and f.metric != "mau" for f in off)
    assert off[1].metric == "net_profit"


def test_a_switched_off_id_may_be_written_anew(tmp_path: Path) -> None:
    overlay = folder(
        tmp_path,
        metrics="- {id: mau, off: true}\n- {id: mau, name: 新月活, period: instant, units: [户], terms: [来客]}\n",
    )
    rules = load(overlay)
    assert [metric.terms for metric in rules.metrics if metric.id == "mau"] == [["来客"]]


def test_a_phrase_taken_away(tmp_path: Path) -> None:
    overlay = folder(tmp_path, banks="- {id: icbc, without: [工行], aliases: [工大行]}\n")
    assert [f.bank for f in fm.extract("工行净利润3亿元。", rules=overlay)] == [""]
    assert [f.bank for f in fm.extract("工大行净利润3亿元。", rules=overlay)] == ["工商银行"]
    assert [f.bank for f in fm.extract("中国工商银行净利润3亿元。", rules=overlay)] == ["工商银行"]


def test_a_further_entry_of_an_id_takes_what_it_leaves_out_from_ours(tmp_path: Path) -> None:
    overlay = folder(tmp_path, metrics="- {id: customers, definition: 睡眠, terms: [沉睡的客户]}\n")
    figures = fm.extract("工商银行沉睡的客户3亿户。", rules=overlay)
    assert [(f.metric, f.metric_name, f.definition) for f in figures] == [("customers", "客户数", "睡眠")]


def test_traditional_phrases_are_found_in_traditional_and_simplified_text(tmp_path: Path) -> None:
    overlay = folder(tmp_path, banks="- {id: moon, name: 月亮銀行, type: foreign, aliases: [月亮國際]}\n")
    for text in ("月亮銀行客戶3萬戶。", "月亮银行客户3万户。", "月亮国际客户3万户。"):
        assert [f.bank for f in fm.extract(text, rules=overlay)] == ["月亮银行"]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("- {id: icbcc, off: true}\n", 1, "no such entry"),
        ("- id: icbcc\n  name: 甲\n  without: [乙]\n", 3, "no such entry"),
        ("- id: icbc\n  without:\n    - 工行\n    - 工航\n", 4, "'工航'"),
        ("- id: icbc\n  without: 工行\n", 2, "must be a list"),
        ("- id: icbc\n  off: maybe\n", 2, "must be true or false"),
        ("- id: icbc\n  aliases:\n    - 工大行\n    - ''\n", 4, "aliases."),
        ("- id: icbc\n\n  type: large\n", 3, "type"),
    ],
)
def test_what_an_overlay_cannot_do_is_a_fault(tmp_path: Path, text: str, line: int, says: str) -> None:
    (found,) = faults(folder(tmp_path, banks=text))
    assert found.startswith(f"banks.yaml:{line}: icbc") and says in found


def test_a_word_of_several_meanings_must_say_which(tmp_path: Path) -> None:
    (found,) = faults(folder(tmp_path, words="- {id: per, words: [每个太阳日]}\n"))
    assert found.startswith("words.yaml:1: per: say which entry is meant by its value: day, month")
    rules = load(folder(tmp_path, words="- {id: per, value: day, words: [每个太阳日]}\n"))
    assert any("每个太阳日" in role.words and "日均" in role.words for role in rules.words if role.id == "per")


def test_ours_stay_as_they_are(tmp_path: Path) -> None:
    before = load().model_dump()
    load(folder(tmp_path, banks="- {id: icbc, off: true}\n- {id: abc, without: [农行], aliases: [土大行]}\n"))
    assert load().model_dump() == before
