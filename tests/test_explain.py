"""`finmetrics explain`: what a figure is read from, the rules that fired, what each slot was taken for, what lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import finmetrics as fm
from finmetrics.home import rules_home
from tests.conftest import Program

TEXT = """光大银行去年业绩

截至2021年末，光大银行手机银行月活客户达到357.32万户，同比增长41.97%；科技投入超过57亿元，占营业收入的3.76%。
手机银行9.0上线，服务60岁以上客户，三个方面见效。
"""


def explained(**which: object) -> str:
    """The derivation of some of the text's figures."""
    return fm.explain(TEXT, published="2022-03-29", **which)  # type: ignore[arg-type]


def line(text: str, label: str) -> str:
    """The first line of a derivation with this label."""
    return next(one for one in text.splitlines() if one.startswith(f"  {label} "))


def places(text: str) -> set[str]:
    """The places of rules that a derivation names."""
    return set(re.findall(r"rules/[\w/]+\.yaml:\d+", text))


def ids_at(where: str) -> str:
    """The entry that holds a line of our rules."""
    path, _, number = where.rpartition(":")
    lines = (rules_home().parent / path).read_text(encoding="utf-8").splitlines()[: int(number)]
    return next(match.group(1) for one in reversed(lines) if (match := re.match(r"- \{?id: \"?([^,\"\s}]+)", one)))


def test_a_level_names_its_words_rules_and_the_reasons_of_each_slot() -> None:
    text = explained(figure="357.32万户")
    assert line(text, "offsets").split()[1:] == ["33", "to", "41"]
    assert line(text, "value").split()[1:] == ["3573200", "户"]
    assert line(text, "row").startswith("  row        光大银行 · 月活 · 357.32万户")
    assert line(text, "metric").startswith("  metric     mau 月活  taken: left ")
    assert line(text, "bank").startswith("  bank       光大银行  taken: named ")
    assert line(text, "measure").startswith("  measure    level")
    assert line(text, "product").split()[1] == "手机银行"
    assert line(text, "period").split()[:3] == ["period", "instant", "2021-12-31"]
    assert {ids_at(where) for where in places(text)} >= {"万", "户", "mau", "ceb", "mobile_banking"}


def test_the_words_are_those_of_the_sentence_up_to_the_next_figure() -> None:
    text = explained(figure="357.32万户")
    words = text[text.index("\n  words ") :]
    assert "月活客户: metrics mau, rules/metrics/" in words
    assert "2021年末: time: a numbered form" in words
    assert "光大银行: banks ceb, rules/banks/joint_stock.yaml:" in words
    assert "科技投入" not in words and "业绩" not in words


def test_reasons_add_up_to_the_score_and_the_best_is_taken() -> None:
    text = explained(figure="41.97%")
    metric = text[text.index("  metric ") : text.index("  bank ")]
    taken, *lost = (
        (float(score), sum(float(weight) for weight in re.findall(r" ([+-]\d+\.\d\d)(?=,|$)", reasons)))
        for reasons, score in re.findall(r"(?:taken|lost)(: .*?) = (-?\d+\.\d\d)", metric)
    )
    assert lost
    for score, total in (taken, *lost):
        assert score == pytest.approx(total, abs=0.05)
    assert taken[0] == max(score for score, _ in (taken, *lost))


def test_a_growth_names_the_word_that_makes_it_one_and_what_lost() -> None:
    text = explained(figure="41.97%")
    measure = line(text, "measure")
    assert measure.startswith("  measure    growth  because up, rules/changes.yaml:")
    assert ids_at(places(measure).pop()) == "up"
    assert line(text, "comparison").split()[:2] == ["comparison", "yoy"]
    assert "lost: none: other " in text


def test_a_bound_is_explained_by_its_word() -> None:
    assert re.search(r"\n +over: '超过' left, rules/qualifiers\.yaml:\d+\n", explained(figure="57亿元"))


@pytest.mark.parametrize(
    ("quote", "says"),
    [
        ("9.0", "version: rules/exclusions.yaml:"),
        ("2021", "date: part of an expression of time"),
        ("三个", "rhetorical: counts what is only being listed"),
        ("60", "rules/exclusions.yaml:"),
    ],
)
def test_a_numeral_that_is_no_figure_has_its_reason_and_rule(quote: str, says: str) -> None:
    text = explained(figure=quote)
    assert f"[{quote}" in text
    assert "\n  no figure " in text and says in text
    assert "metric" not in text


def test_an_offset_picks_the_numeral_it_lies_in() -> None:
    at = TEXT.index("41.97")
    assert explained(at=at) == explained(at=at + 5) == explained(figure="41.97%")
    with pytest.raises(ValueError, match=f"no figure or numeral at offset {at - 1}; the nearest is '41.97%' at {at}"):
        explained(at=at - 1)


def test_all_are_explained_where_none_is_asked_for() -> None:
    blocks = explained().split("\n\n")
    found = fm.extract(TEXT, published="2022-03-29")
    assert len(blocks) == len(found) + len(found.dismissed)
    starts = [int(line(block, "offsets").split()[1]) for block in blocks]
    assert starts == sorted(starts)


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(ValueError, match="no figure or numeral written '99亿'"):
        explained(figure="99亿")
    with pytest.raises(ValueError, match=f"offset 9999 is outside of the text, which has {len(TEXT)} characters"):
        explained(at=9999)
    with pytest.raises(ValueError, match="outside"):
        explained(at=-1)
    with pytest.raises(ValueError, match="the text holds no numeral"):
        fm.explain("光大银行发布年报。", at=1)


def test_offsets_are_those_of_the_text_as_written() -> None:
    wrapped = (
        "光大银行手机银行月活客户在这一年里继续保持增\n长势头到年末总数达到了357.32万户并且在这一\n"
        "年里同比增长41.97%这一增幅居于行业前列。\n"
    )
    text = fm.explain(wrapped, figure="357.32万户")
    start = wrapped.index("357.32")
    assert line(text, "offsets").split()[1:] == [str(start), "to", str(start + 8)]
    assert line(text, "metric").startswith("  metric     mau")
    traditional = fm.explain("將來銀行客戶數達５０萬戶。", figure="５０萬戶")
    assert line(traditional, "value").split()[1:] == ["500000", "户"]


def test_a_users_rules_are_named_by_their_own_file(tmp_path: Path) -> None:
    (tmp_path / "banks.yaml").write_text("- {id: moon, name: 月亮银行, type: city}\n", encoding="utf-8")
    text = fm.explain("月亮银行客户3万户。", rules=tmp_path)
    assert f"月亮银行: banks moon, {tmp_path}/banks.yaml:1" in text


def test_a_figure_of_a_table() -> None:
    text = fm.explain("| 指标 | 2021年末 |\n|---|---|\n| 手机银行客户（万户） | 357.32 |\n", figure="357.32")
    assert line(text, "metric").split()[:2] == ["metric", "customers"]
    assert line(text, "value").split()[1:] == ["3573200", "户"]


def test_nothing_of_a_text_reaches_the_terminal_as_a_command() -> None:
    text = fm.explain("光大银行\x1b[2J客户3万户，\x07\u202e同比增长5%。")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", text)


def test_the_program_prints_the_same(program: Program, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    done = program("explain", "a.txt", "--figure", "41.97%", "--published", "2022-03-29")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().strip() == explained(figure="41.97%")
    missing = program("explain", "a.txt", "--figure", "99亿")
    assert (missing.returncode, missing.stdout) == (2, b"")
    assert "no figure or numeral written '99亿'" in missing.stderr.decode()
