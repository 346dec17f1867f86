"""Hostile input gives rows or one clear error: never a traceback, never a hang, never more than linear time."""

from __future__ import annotations

import json
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from finmetrics.api import extractions
from finmetrics.extractor import Extractor
from finmetrics.model import Document, Extraction
from finmetrics.reading import ReadFailure
from finmetrics.reading.kind import BY_SUFFIX

FIGURE = "光大银行手机银行注册用户突破5200万户。"
LAUGHS = "\n".join(f"{b}: &{b} [{','.join(['*' + a] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
RANDOM = random.Random(20220329)

BYTES = {
    "nothing": b"",
    "blanks": b" \r\n\t" * 1_000,
    "random": RANDOM.randbytes(100_000),
    "random text": bytes(RANDOM.choices(range(32, 256), k=100_000)),
    "nul": b"\0" * 10_000,
    "nul in text": FIGURE.encode() + b"\0" + FIGURE.encode(),
    "controls": bytes(range(1, 32)) * 100,
    "cut utf-8": FIGURE.encode()[:-1],
    "broken utf-8": FIGURE.encode() + b"\xff\xfe\xfd",
    "mark alone": b"\xef\xbb\xbf",
    "wide mark alone": b"\xff\xfe",
    "odd wide text": b"\xff\xfe\x00",
    "wide surrogates": b"\xff\xfe" + b"\x00\xd8" * 100,
    "gb18030 end": FIGURE.encode("gb18030") + b"\x81",
    "deep html": b"<div>" * 100_000 + FIGURE.encode(),
    "deep lists": b"<ul><li>" * 50_000,
    "deep tables": b"<table><tr><td>" * 20_000 + FIGURE.encode(),
    "open tags": b"<p" * 100_000,
    "wide table": b"<table><tr>" + b"<td colspan=9999 rowspan=9999>5" * 2_000 + b"</table>",
    "front matter of aliases": f"---\na: &a [x]\n{LAUGHS}\n---\n{FIGURE}".encode(),
    "deep front matter": b"---\na: " + b"[" * 30_000 + b"\n---\n" + FIGURE.encode(),
    "huge front matter": b"---\na: " + b"x" * 100_000 + b"\n---\n",
    "open front matter": b"---\ntitle: x\n" * 5_000,
    "front matter of tags": b"---\na: !!python/object/apply:os.system ['false']\n---\n" + FIGURE.encode(),
    "deep json": b'{"text": ' * 50_000,
    "json without end": b'{"text": "' + b"x" * 100_000,
    "json of a number": b'{"text": ' + b"9" * 100_000 + b"}",
    "json of surrogates": b'{"text": "\\ud800 5' + "万户".encode() + b'"}',
    "open quote": b'text,title\n"' + FIGURE.encode() * 1_000,
    "many columns": b"text" + b",a" * 100_000 + b"\n1",
    "parquet head": b"PAR1" + RANDOM.randbytes(1_000) + b"PAR1",
    "formulas": "=1+1客户5万户\n@SUM(A1)客户6万户\n".encode(),
}


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Fails where the block takes longer."""

    class Late(BaseException):
        """Not an Exception, which the code under test may catch."""

    def late(*_: object) -> None:
        raise Late

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    except Late:
        raise AssertionError(f"took longer than {seconds} s") from None
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def everything(path: Path) -> tuple[list[Extraction], list[ReadFailure]]:
    failures: list[ReadFailure] = []
    with within(90):
        found = list(extractions(path, on_failure=failures.append))
    for failure in failures:
        assert "extraction failed" not in failure.reason
        assert "\n" not in str(failure) and len(failure.reason) < 300
    return found, failures


@pytest.mark.parametrize("suffix", BY_SUFFIX)
@pytest.mark.parametrize("name", BYTES)
def test_bytes_of_every_kind(tmp_path: Path, name: str, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(BYTES[name])
    found, failures = everything(path)
    assert (
        found or failures or not BYTES[name].strip(b" \r\n\t\xef\xbb\xbf\xff\xfe\0") or suffix in (".jsonl", ".ndjson")
    )
    for extraction in found:
        extraction.document.text.encode()


TEXTS = {
    "emoji": "😀👩‍👩‍👧‍👦🏦" * 1_000 + FIGURE,
    "combining": "5\u0301\u20e32万户" * 100,
    "right to left": "\u202e5200万户\u202c" + FIGURE,
    "zero width": "5\u200b200\u200b万\u200b户" * 100,
    "every digit": "".join(chr(c) for c in range(0x110000) if chr(c).isdigit()) * 3,
    "superscripts": "5²万户，10⁶元，①②③家，½，Ⅷ家",
    "other digits": "٣٥万户，५६家，𝟝𝟞户",
    "nul": "客户\x005\x00万\x00户。",
    "private": "\ue000\uf8ff\U000f0000" * 1_000,
    "all of the plane": "".join(chr(c) for c in range(1, 0xD800)),
    "separators": "客户5万户\u2028农行6万户\u2029\x85\x0b\x0c\x1c7万户",
    "exponents": "客户1e999户，1E+5元，-0元，00000元，0.0%，.5%，5.%，1.2.3.4，1,2,3,4",
    "dates that are none": "2021年13月45日，0000年，2月30日，99999年末，2022-02-30，9月31日末",
    "scales": "万亿万亿万亿户，亿亿亿元，十百千万亿，两两两，百分之百分之百",
    "quotes": "“" * 1_000 + "《" * 1_000 + "（" * 1_000 + FIGURE,
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts(name: str) -> None:
    text = TEXTS[name]
    with within(90):
        found = Extractor().run(Document(text))
    for figure in found.figures:
        assert text[figure.start : figure.end] == figure.quote and figure.value.is_finite()
    for one in found.dismissed:
        assert text[one.start : one.end] == one.quote


@pytest.mark.parametrize("at", [0, 5, len(FIGURE)])
def test_lone_surrogates(at: int) -> None:
    text = FIGURE[:at] + "\ud800" + FIGURE[at:] + "\udfff"
    found = Extractor().run(Document(text, title="\ud800"))
    assert [text[figure.start : figure.end] for figure in found.figures] == ["5200万户"]


def test_a_line_of_a_billion_digits_is_one_numeral() -> None:
    text = "客户" + "1" * 5_000_000 + "户。" + FIGURE
    with within(20):
        found = Extractor().run(Document(text))
    assert [figure.quote for figure in found.figures if len(figure.quote) < 100] == ["5200万户"]
    spans = [(one.start, one.end) for one in found.figures] + [(one.start, one.end) for one in found.dismissed]
    assert any(start <= 2 and end >= 2 + 5_000_000 for start, end in spans)


def test_ten_megabytes_on_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("数字化转型持续推进" * 400_000 + FIGURE, encoding="utf-8")
    found, failures = everything(tmp_path / "a.txt")
    assert [figure.quote for figure in found[0].figures] == ["5200万户"] and failures == []


def test_ten_megabytes_in_a_feed(tmp_path: Path) -> None:
    row = json.dumps({"text": "（" * 3_000_000 + FIGURE, "title": "题" * 100_000}, ensure_ascii=False)
    (tmp_path / "a.jsonl").write_text(row, encoding="utf-8")
    found, failures = everything(tmp_path / "a.jsonl")
    assert len(found) == 1 and failures == []


# Stretches that repeat for ever: without a full stop, without an end, or as one endless table.
UNITS = [
    *"1 1, 1. 1- 1、 (1 (1) 1%、 1万户 1年 第1 万 亿 百分之 三分之 至1 、 ， （ ） “ 《 | 。 A 😀".split(),
    *"客户 光大银行 其中， 分别 同比 工行、农行 2021年末， 5万户， 客户5万户、 工行客户5万户， 占比3%，".split(),
    *"由1%升至 分别为1亿元、 贷款余额5亿元，同比增长3%， 工商银行、建设银行客户分别为5万户、6万户，".split(),
    *"截至2021年末，客户5万户； 工行客户5万户。".split(),
    *(" ", "\n", "\t", "1 ", "甲  1  2\n", "|1|2|\n", "a\tb\t1\n", "一、工行\n", "工行客户5万户\n"),
]


@pytest.mark.parametrize("unit", UNITS)
def test_an_endless_stretch_is_read(unit: str) -> None:
    """Whatever grows faster than the text does not end in time; benchmarks/linear.py measures it."""
    text = unit * (16_000 // len(unit))
    with within(60):
        found = Extractor().run(Document(text))
    assert all(text[one.start : one.end] == one.quote for one in found.figures)
