"""Numbers are read to their exact value, unit and bounds, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from finmetrics.lexicon import Lexicon, lexicon
from finmetrics.numbers.numerals import chinese_value
from finmetrics.numbers.quantify import Quantity, numerals
from finmetrics.schema import Unit

CASES = yaml.safe_load(Path(__file__).with_name("specs").joinpath("numbers.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def ours() -> Lexicon:
    """Our own rules, compiled."""
    return lexicon()


def figures(text: str) -> list[Quantity]:
    """The quantities of a text that have a value and a unit, a scale or a whole."""
    ours = lexicon()
    found = ours.quantifier.scan(ours.clean(text))
    return [one for one in found if not one.vague and (one.unit is not None or one.scale > 1)]


def only(text: str) -> Quantity:
    """The single figure of a text."""
    [found] = figures(text)
    return found


def said(one: Quantity) -> tuple[Decimal, Decimal | None, str, str]:
    """What a case of specs/numbers.yaml states of a figure."""
    return one.value, one.value_max, one.unit.id if one.unit else "-", one.qualifier


def cases() -> Iterator[object]:
    for construction, lines in CASES.items():
        for line in lines:
            yield pytest.param(*line.split(" => "), id=f"{construction}: {line}")


@pytest.mark.parametrize(("written", "expected"), list(cases()))
def test_every_construction_is_read(written: str, expected: str) -> None:
    text = re.sub(r"[\[\]]", "", written)
    spans, removed = [], 0
    for match in re.finditer(r"\[([^]]*)\]", written):
        spans.append((match.start() - removed, match.end() - removed - 2))
        removed += 2
    wanted = []
    for reading in [] if expected == "none" else expected.split("; "):
        value, unit, qualifier = (*reading.split(), "exact")[:3]
        low, _, high = value.partition("~")
        wanted.append((Decimal(low), Decimal(high) if high else None, unit, qualifier))
    assert len(spans) == len(wanted), "the case itself"
    found = figures(text)
    assert [said(one) for one in found] == wanted
    assert [(one.start, one.end) for one in found] == spans


# every word of the rules -----------------------------------------------------------------------------------------


def test_every_unit_is_read_after_a_number(ours: Lexicon) -> None:
    for unit in ours.rules.units:
        if unit.kind == "scale":
            continue
        for word in unit.words:
            found = only(f"达{word[:-1]}3。" if word.endswith("…") else f"达3{word}。")
            assert (found.value, found.unit) == (3 * unit.factor, ours.quantifier.by_id[unit.id]), word


def test_every_scale_multiplies(ours: Lexicon) -> None:
    for unit in ours.rules.units:
        if unit.kind == "scale":
            for word in unit.words:
                assert only(f"达1.5{word}户。").value == Decimal("1.5") * unit.factor, word


def test_no_unit_is_read_where_its_guard_stands(ours: Lexicon) -> None:
    def heads(unit: Unit, guard: str) -> Iterator[str]:
        return (word for word in unit.words if guard.startswith(word) or guard.endswith(word.removesuffix("…")))

    for unit in ours.rules.units:
        for guard in unit.not_:
            words = list(heads(unit, guard))
            assert words, f"{unit.id}: {guard} holds none of its words"
            text = f"达{guard}3。" if words[0].endswith("…") else f"达3{guard}。"
            for one in ours.quantifier.scan(text):
                read = text[one.unit_start : one.end]
                assert not (one.unit is ours.quantifier.by_id.get(unit.id) and read in words), text
                assert unit.kind != "scale" or one.scale == 1, text


def test_every_qualifier_bounds(ours: Lexicon) -> None:
    for qualifier in ours.rules.qualifiers:
        for word in qualifier.left:
            if "…" in word:
                assert only(f"数据{word.replace('…', '上年末')}3倍").qualifier == qualifier.id, word
                assert only(f"数据{word.split('…')[0]}，上年末的3倍").qualifier == "exact", word
            elif word.endswith("#"):
                assert only(f"数据{word[1:-1]}3家").qualifier == "exact", word
            elif word.startswith("~"):
                assert only(f"{word[1:]}30家").qualifier == "exact", word
            else:
                assert only(f"数据{word}百家").qualifier == qualifier.id, word
        for word in qualifier.right:
            if word.startswith("~"):
                assert only(f"有30家{word[1:]}").qualifier == "exact", word
            else:
                assert only(f"有30家{word}。").qualifier == qualifier.id, word
        for word in qualifier.inside:
            assert only(f"有30{word}家").qualifier == qualifier.id, word
            assert said(only(f"有30{word}万家")) == (300000, None, "家", qualifier.id), word


# every spelling of a number --------------------------------------------------------------------------------------

SECTIONS = [(10**12, "万亿"), (10**8, "亿"), (10**4, "万")]
PLAIN, FORMAL = "零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"
TRADITIONAL = str.maketrans("万亿贰叁陆两", "萬億貳叁陸兩")
counts = st.integers(1, 10**16 - 1)


def in_chinese(number: int, digits: str = PLAIN, tens: str = "十百千") -> str:
    """A number as it is written out in full (10,050: 一万零五十)."""
    if number >= 10**4:
        scale, name = next(one for one in SECTIONS if number >= one[0])
        high, low = divmod(number, scale)
        rest = in_chinese(low, digits, tens) if low else ""
        return in_chinese(high, digits, tens) + name + (digits[0] if low and low < scale // 10 else "") + rest
    written, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            written += (digits[0] if gap else "") + digits[digit] + (tens[place - 1] if place else "")
            gap = False
        elif written:
            gap = True
    return written


def spellings(number: int) -> Iterator[str]:
    """Ways of writing a number that all have its value."""
    plain = str(number)
    yield plain
    yield f"{number:,}"
    yield f"{number:,}".translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"})
    yield plain.translate({ord(c): ord(c) + 0xFEE0 for c in plain})
    yield in_chinese(number)
    yield in_chinese(number).translate(TRADITIONAL)
    yield " ".join(in_chinese(number))
    for scale, name in SECTIONS:
        decimal = Decimal(number) / scale
        yield f"{decimal:f}{name}"
        yield f"{decimal:,f} {name} "
        if number >= scale and number % scale and number < 10**4 * scale:
            high, low = divmod(number, scale)
            if low >= 10**4 and not low % 10**4:
                yield f"{high}{name}{low // 10**4}万"


@given(counts)
def test_a_number_reads_back_from_every_spelling(number: int) -> None:
    for written in spellings(number):
        assert said(only(f"新增客户{written}户，")) == (number, None, "户", "exact"), written
    formal = in_chinese(number, FORMAL, "拾佰仟")
    for written in (f"金额{formal}元整", f"金額{formal.translate(TRADITIONAL)}圓"):
        assert said(only(written)) == (number, None, "元", "exact"), written


@given(st.decimals(0, 10**6, places=4), st.sampled_from(["万", "亿", "万亿", "百万"]))
def test_decimals_stay_exact(value: Decimal, scale: str) -> None:
    factor = {"万": 10**4, "亿": 10**8, "万亿": 10**12, "百万": 10**6}[scale]
    assert only(f"投入{value:f}{scale}元").value == value * factor


@given(counts, counts, st.sampled_from(["-", "~", "～", "至", "到", "—"]))
def test_a_range_holds_both_ends(a: int, b: int, joint: str) -> None:
    low, high = sorted((a, b))
    if low < high:
        assert said(only(f"区间{low}{joint}{high}元")) == (low, high, "元", "exact")
        assert said(only(f"区间{in_chinese(low)}元{joint}{in_chinese(high)}元")) == (low, high, "元", "exact")


@given(st.integers(1, 9999), st.sampled_from([100, 1000, 10000]))
def test_parts_are_percentages(part: int, whole: int) -> None:
    expected = Decimal(part) * 100 / whole
    assert only(f"占{in_chinese(whole).lstrip('一')}分之{in_chinese(part)}。").value == expected
    assert only(f"占{in_chinese(whole).lstrip('一')}分之{part}。").value == expected


GRAMMAR = "0123456789零一二两三十百千万亿兆半点分之成又个元户%-+至到,.，余多约超近 \n$拾陆w"


@given(st.text(alphabet=GRAMMAR, max_size=60))
def test_any_text_is_read_in_order_without_overlap(text: str) -> None:
    found = lexicon().quantifier.scan(text)
    for one in found:
        assert 0 <= one.left <= one.start < one.end <= one.right <= len(text)
        assert one.start <= one.unit_start <= one.end
        assert one.value.is_finite()
        assert one.value_max is None or one.value < one.value_max
    for one, other in pairwise(found):
        assert one.end <= other.start


@given(st.text(max_size=40))
def test_what_is_quoted_does_not_depend_on_what_follows_a_full_stop(tail: str) -> None:
    first = lexicon().quantifier.scan(f"客户30万户。{tail}")[0]
    assert (first.start, first.end, first.value) == (2, 6, 300000)


def test_what_is_no_numeral_has_no_value() -> None:
    for text in ("五十千", "三百二千", "亿万", "二三", "一点", "点五", "三百x"):
        assert chinese_value(text) is None, text


def test_numerals_are_found_for_the_ledger() -> None:
    assert list(numerals("2021年12,000户，3.5%、v1.2.3")) == [(0, 4), (5, 11), (13, 16), (19, 24)]


# speed -----------------------------------------------------------------------------------------------------------

HOSTILE = [
    "9", "1,", "1,234,", "12 ", "1 ", "万", "一", "十", "一亿", "1万", "3万2千", "-", "1-", "1至", "一至", "分之",
    "一分之一", "1.", "一点一", "半", "约", "超过", "负1", "2/", "二又三分之一", "$", "HK$", "个百分", "1 百",
    "，1，234", "几", "数十", "拾", "1余万", "三四", "三成五", "1个半", "1元2角", "1以上", "1（含）", "1 . ",
    "1\n.", "一 ",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_costs_no_more_per_character(piece: str, ours: Lexicon) -> None:
    def cost(size: int) -> float:
        text = piece * (size // len(piece))
        began = process_time()
        ours.quantifier.scan(text)
        return process_time() - began

    # A quadratic reader would need a thousand times as long for thirty times the text.
    assert cost(150_000) < 150 * max(cost(5_000), 0.002)


def test_a_line_of_five_million_digits_is_no_figure(ours: Lexicon) -> None:
    assert ours.quantifier.scan("7" * 5_000_000) == []
