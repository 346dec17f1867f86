"""Cleaning changes characters, never offsets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finmetrics.clean import Cleaner
from finmetrics.lexicon import lexicon
from finmetrics.schema import Traditional


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("３５７．３２％", "357.32%"),
        ("ＡＰＰ＋ｗｅｂ", "APP+web"),
        ("增速－3.2﹪，−1", "增速-3.2%，-1"),
        ("萬戶、億元、臺、幣、貳拾", "万户、亿元、台、币、贰拾"),
        ("手機銀行累計註冊用戶、徵信、帳戶", "手机银行累计注册用户、征信、账户"),
        ("a\u3000b\xa0c\u2009d", "a b c d"),
        ("一，二。三；四：五！六？（七）、八～", "一，二。三；四：五！六？（七）、八～"),
        ("二○二三年、二○○八", "2023年、二〇〇八"),
        ("○ 客户一 ○", "○ 客户一 ○"),
        ("⼀亿⼾，\uf90a", "一亿户，金"),
        ("plain ASCII 1,234.5\n\t", "plain ASCII 1,234.5\n\t"),
        ("", ""),
    ],
)
def test_forms_become_one(written: str, cleaned: str) -> None:
    assert lexicon().clean(written) == cleaned


def test_the_two_sides_of_the_map_agree() -> None:
    [table] = lexicon().rules.traditional
    ours, plain = (one.replace(" ", "") for one in (table.traditional, table.simplified))
    assert lexicon().clean(ours) == plain
    assert lexicon().clean(plain) == plain, "a simplified form is itself mapped on"
    assert len(set(ours)) == len(ours), "a character stands twice"


def test_a_users_map_is_added() -> None:
    assert Cleaner([Traditional(traditional="甲 乙", simplified="丙 丁")])("甲乙丙") == "丙丁丙"


@given(st.text())
def test_length_and_plain_text_stay(text: str) -> None:
    clean = lexicon().clean
    once = clean(text)
    assert len(once) == len(text)
    assert clean(once) == once
    assert clean(text + "。") == once + "。"


@given(st.text(alphabet=st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF), min_size=1))
def test_lone_surrogates_become_one_character_that_can_be_written(text: str) -> None:
    assert lexicon().clean(text) == "\ufffd" * len(text)
