"""Hard-wrapped text: which breaks go, and that every offset finds its way back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import finmetrics as fm
from finmetrics.unwrap import unwrap

WRAPPED = """截至报告期末，本行手机银行签约客户达到 1,250.36 万户，较上年末增长 8.2%，全年交易
金额 2.31 万亿元，同比增长 15.6%；企业手机银行客户 31.4 万户，其中活跃客户占
比超过四成。"""


def test_a_word_cut_by_a_break_is_whole_again() -> None:
    running = unwrap(WRAPPED)
    assert "\n" not in running.text
    assert "全年交易金额 2.31 万亿元" in running.text
    assert "占比超过四成" in running.text


def test_figures_of_wrapped_text_quote_the_text_as_it_came() -> None:
    figures = fm.extract(WRAPPED, published="2024-03-28", title="某某银行2023年年度报告")
    assert [f.metric for f in figures if f.unit == "元"] == ["transaction_value"]
    for figure in figures:
        assert WRAPPED[figure.start : figure.end] == figure.quote


def test_paragraphs_headings_lists_and_tables_keep_their_breaks() -> None:
    text = (
        "一、数字化经营\n手机银行客户1,000万户，月活客户突破300万户，较年初增长12%。\n"
        "- 线上贷款余额120亿元，较年初增长20%\n- 线上理财余额95亿元，较年初增长15%\n"
        "银行 | 客户（万户） | 月活（万户）\n甲银行 | 1,000 | 300\n"
    )
    assert unwrap(text).text == text


@given(st.lists(st.text(alphabet="客户数增长，。、；：12 万户\n|-", max_size=60), max_size=8).map("\n".join))
def test_offsets_lead_back_to_the_same_character(text: str) -> None:
    running = unwrap(text)
    origins = [running.origin(i) for i in range(len(running.text))]
    assert origins == sorted(set(origins))
    assert all(text[origin] == character for origin, character in zip(origins, running.text, strict=True))
    removed = set(range(len(text))) - set(origins)
    assert all(text[i] in " \n" for i in removed)
