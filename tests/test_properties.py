"""What holds for every text: spans, order, the ledger, repetition, determinism."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from finmetrics.extractor import Extractor
from finmetrics.judging.evaluation import read_gold
from finmetrics.lexicon import compiled
from finmetrics.model import Document, Extraction
from finmetrics.output.table import to_table

GOLD = Path(__file__).parent / "gold"
EXTRACTOR = Extractor()

# Pieces that real articles are made of, and what disturbs them.
PIECES = [
    *"光大银行 工商银行 工行、农行 该行 本行 国有大行 上海分行 手机银行 云缴费 注册用户 月活客户 贷款余额".split(),
    *"净利润 不良率 科技投入 占比 截至2021年末 2021年 去年末 上半年 前三季度 2022年3月29日 近年来 其中 分别".split(),
    *"分别为 依次为 同比 较上年末 较年初 环比 增长 增加 下降 新增 达 达到 突破 超 近 约 余 多 以上 左右 由 至".split(),
    *"升至 从 到 比 的 为 和 与 每 日均 户均 累计 力争 预计 翻番 过半 1 5200 12.3 1,234.56 234 ３５ 0 00".split(),
    *"601818 9.0 7*24 3-5 1:2 1/3 １２．３ 一 两 三 十 百 千 万 亿 二十余 三分之一 百分之三 万户 亿元 户".split(),
    *"元 % ％ 个百分点 倍 家 项 笔 人 次 分钟 美元 億元 萬戶 個 成 ， 。 、 ； ： （ ） ( ) “ ” 《 》".split(),
    *("—", "-", "~", ".", ",", "|", "!", "？", " ", "\t", "\n", "\r\n", "\u3000"),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
NOISE = st.text(st.characters(codec="utf-8"), max_size=60)
MIXED = st.lists(st.one_of(st.sampled_from(PIECES), NOISE), max_size=25).map("".join)


def read(text: str, title: str = "") -> Extraction:
    return EXTRACTOR.run(Document(text, "d", title))


def gold_texts() -> list[str]:
    return [gold["text"] for gold in read_gold(GOLD)]


def covered(found: Extraction) -> set[int]:
    spans = [(one.start, one.end) for one in found.figures] + [(one.start, one.end) for one in found.dismissed]
    return {at for start, end in spans for at in range(start, end)}


def assert_sound(text: str) -> None:
    found = read(text)
    starts = [figure.start for figure in found.figures]
    assert starts == sorted(starts)
    last = 0
    for figure in found.figures:
        assert last <= figure.start < figure.end <= len(text), "figures overlap"
        last = figure.end
        assert text[figure.start : figure.end] == figure.quote
        assert figure.value.is_finite() and (figure.value_max is None or figure.value < figure.value_max)
        assert 0 <= figure.confidence <= 1
        assert figure.measure in ("level", "change", "growth")
        assert figure.comparison in ("", "yoy", "ytd", "qoq", "mom", "since")
        assert figure.measure != "level" or figure.comparison == ""
        assert figure.qualifier in ("exact", "about", "over", "under")
        assert figure.period_kind in ("", "instant", "duration")
        assert (figure.period_kind == "") == (figure.period_start is None and figure.period_end is None)
        assert figure.period_start is None or figure.period_end is None or figure.period_start <= figure.period_end
        assert (figure.bank == "") == (figure.bank_id == "")
    dismissed = [one.start for one in found.dismissed]
    assert dismissed == sorted(dismissed)
    for one in found.dismissed:
        assert 0 <= one.start < one.end <= len(text) and text[one.start : one.end] == one.quote and one.reason
    accounted = covered(found)
    for digits in re.finditer(r"[0-9０-９]+", text):
        assert set(range(*digits.span())) <= accounted, f"{digits[0]!r} at {digits.start()} is not accounted for"


@given(TEXTS)
@settings(max_examples=300)
@example("")
@example("工行客户5万户")
def test_every_text_is_sound(text: str) -> None:
    assert_sound(text)


@given(MIXED)
@settings(max_examples=200)
def test_every_noise_is_sound(text: str) -> None:
    assert_sound(text)


@pytest.mark.parametrize("text", gold_texts(), ids=lambda text: text[:12])
def test_every_gold_text_is_sound(text: str) -> None:
    assert_sound(text)


@given(MIXED)
@settings(max_examples=100)
def test_the_same_text_gives_the_same_figures(text: str) -> None:
    assert read(text) == read(text)
    assert Extractor().run(Document(text, "d")) == read(text)


@given(MIXED)
@settings(max_examples=200)
def test_cleaning_keeps_the_length(text: str) -> None:
    clean = compiled(None).clean
    assert len(clean(text)) == len(text)
    assert clean(clean(text)) == clean(text)


def quotes(text: str) -> list[str]:
    return [figure.quote for figure in read(text).figures]


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
@settings(max_examples=150)
def test_a_paragraph_more_loses_no_figure(text: str) -> None:
    """Values stand for themselves: what a paragraph says is not unsaid by one after it."""
    text = re.sub(r"[\t\r\n|]", "", text) + "。"
    once, twice = quotes(text), quotes(f"{text}\n{text}")
    assert twice == once + once


@pytest.mark.parametrize("text", gold_texts(), ids=lambda text: text[:12])
def test_an_article_twice_has_twice_the_figures(text: str) -> None:
    once, twice = len(read(text).figures), len(read(f"{text}\n\n{text}").figures)
    assert abs(twice - 2 * once) <= 0.06 * once  # a table that ends one and begins the next may be read as one


@given(TEXTS)
@settings(max_examples=100)
def test_full_width_digits_mean_the_same(text: str) -> None:
    wide = text.translate({ord("0") + i: 0xFF10 + i for i in range(10)})
    mine, theirs = read(text), read(wide)
    assert [(f.start, f.end, f.value, f.unit, f.metric) for f in mine.figures] == [
        (f.start, f.end, f.value, f.unit, f.metric) for f in theirs.figures
    ]


@given(MIXED)
@settings(max_examples=100)
def test_every_figure_is_a_row(text: str) -> None:
    found = read(text)
    table = to_table([found])
    assert table.num_rows == len(found.figures)
    assert table.column("quote").to_pylist() == [figure.quote for figure in found.figures]
    assert len(set(table.column("fact_id").to_pylist())) == table.num_rows
