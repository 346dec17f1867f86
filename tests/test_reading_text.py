"""Plain text, its bytes and its dates: offsets that hold in the file, encodings told apart, days as written."""

from __future__ import annotations

import codecs
import datetime as dt

import pytest

from finmetrics.reading.dates import day_in, day_of
from finmetrics.reading.decode import decode, stream_encoding
from finmetrics.reading.failure import Unreadable, one_line
from finmetrics.reading.fields import stated, whole
from finmetrics.reading.text import read_text, title_in

PROSE = "截至2021年末，光大银行手机银行注册用户突破5200万户。"


@pytest.mark.parametrize("text", [PROSE, f"标题\n\n\t {PROSE}  \r\n", "\n\n", "", " 5 \x0b 万\u3000户\u200b"])
def test_the_text_is_the_file_unchanged(text: str) -> None:
    assert read_text(text, "id").text == text


def test_a_title_stated_twice_counts_once() -> None:
    title = "光大银行用户破5000万户"
    text = f"{title}\n2022-03-29 16:37 财经网\n{title}\n{PROSE}\n"
    found = read_text(text, "id")
    assert found.title == title and found.text.count(title) == 1
    assert len(found.text) == len(text) and found.text.index(PROSE) == text.index(PROSE)
    assert found.published == dt.date(2022, 3, 29)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"提速\n{PROSE}", "提速"),
        (f"\n  提速 \n\n{PROSE}", "提速"),
        (f"提速，再提速！\n{PROSE}", "提速，再提速！"),
        (PROSE, ""),
        (f"{PROSE}\n{PROSE}", ""),
        ("长" * 61 + f"\n{PROSE}", ""),
        (f"2022-03-29 16:37\n{PROSE}", ""),
        (f"2020-08-28 14:47:16 和讯\n提速\n{PROSE}", "提速"),
        (f"2022年3月29日\n来源：证券时报 2022年3月29日 作者：张三\n提速\n{PROSE}", "提速"),
        (f"2022年3月29日光大银行发布年报：手机银行提速\n{PROSE}", "2022年3月29日光大银行发布年报：手机银行提速"),
        (f"要点如下：\n{PROSE}", ""),
        ('{"a": 1\n}', ""),
        ("提速", ""),
    ],
)
def test_the_title_of_a_text(text: str, title: str) -> None:
    assert title_in(text) == title


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2022-03-29", (2022, 3, 29)),
        ("2022-03-29 16:37:51 +0800", (2022, 3, 29)),
        ("2022-03-29T23:59:59Z", (2022, 3, 29)),
        ("2022/3/9", (2022, 3, 9)),
        ("2022.03.09", (2022, 3, 9)),
        ("2022年3月9日", (2022, 3, 9)),
        ("发布时间：2022年 3月 9日 10:00", (2022, 3, 9)),
        ("20220329", (2022, 3, 29)),
        ("20220329163751", (2022, 3, 29)),
        (20220329, (2022, 3, 29)),
        ("Tue, 29 Mar 2022 16:37:51 +0800", (2022, 3, 29)),
        (dt.date(2022, 3, 29), (2022, 3, 29)),
        (dt.datetime(2022, 3, 29, 23, 59), (2022, 3, 29)),
        ("2022-02-30", None),
        ("2022-13-01", None),
        ("12022-03-29", None),
        ("1822-03-29", None),
        ("昨天", None),
        ("", None),
        (None, None),
        (True, None),
        (1.5, None),
        ([2022, 3, 29], None),
        ("9" * 10_000, None),
    ],
)
def test_day_of(value: object, day: tuple[int, int, int] | None) -> None:
    assert day_of(value) == (day and dt.date(*day))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("标题\n2022-03-29 16:37:51 和讯\n正文", (2022, 3, 29)),
        ("标题\n来源：证券时报 2022年3月29日\n正文", (2022, 3, 29)),
        ("标题\n张三 2022/03/29 09:30\n正文", (2022, 3, 29)),
        ("标题\n2022-03-29\n正文", (2022, 3, 29)),
        (f"本报北京2022年3月29日电（记者 张三）{PROSE * 5}", (2022, 3, 29)),
        (
            "2022年3月29日，光大银行发布年报，手机银行用户突破5200万户，较上年末增长12.3%，再创新高，继续保持同业领先的地位。",
            None,
        ),
        ("光大银行2022年3月29日公告称客户5万户。", None),
        ("标题\n正文\n" * 10 + "2022-03-29 16:37\n", None),
        ("2022-02-30 16:37\n2022-03-29 16:37\n", (2022, 3, 29)),
        ("", None),
    ],
)
def test_day_in_the_top_of_an_article(text: str, day: tuple[int, int, int] | None) -> None:
    assert day_in(text) == (day and dt.date(*day))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", [PROSE, PROSE * 3_000, "ascii 5%\r\n", "", "𠮷野家5万户😀"])
def test_encodings_are_told_apart(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_big_endian_with_a_mark() -> None:
    assert decode(codecs.BOM_UTF16_BE + PROSE.encode("utf-16-be")) == PROSE


def test_utf8_that_is_cut_or_broken_is_no_gb18030() -> None:
    data = PROSE.encode()
    assert decode(data + data[:4]) == PROSE + PROSE[0] + "\ufffd"
    assert decode(data + b"\xff" + data) == f"{PROSE}\ufffd{PROSE}"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{\\rtf1", "an RTF file"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"\xd0\xcf\x11\xe0rest", "an old office file"),
        (b"BZh91AY", "a bzip2 file"),
        (b"5%\0", "a NUL byte at offset 2"),
        (PROSE.encode("utf-16-le"), "a NUL byte"),
        (b"\x01\x02\x03" * 100, "control characters"),
        (b"abc \xff\xff\xff", "neither UTF-8 .* nor GB18030"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8\x00\xd8", "marked as utf-16, but is not"),
    ],
)
def test_what_is_no_text(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        decode(data)


def test_one_broken_line_does_not_turn_a_feed_into_gb18030() -> None:
    line = PROSE.encode() + b"\n"
    assert stream_encoding(line + b"\xff\xfe\n" + line) == "utf-8"
    assert stream_encoding(PROSE.encode("gb18030") + b"\n" + line) in ("utf-8", "gb18030")
    assert stream_encoding((PROSE.encode("gb18030") + b"\n") * 2 + line) == "gb18030"
    assert stream_encoding(b"") == "utf-8"


def test_small_things() -> None:
    assert whole("a\ud800b") == "a\ufffdb" and whole(PROSE) is PROSE
    assert stated({"title": " ", "标题": " 两\n行 "}, ("title", "标题")) == "两 行"
    assert stated({"id": 12}, ("doc_id", "id")) == "12" and stated({"id": None}, ("id",)) == ""
    assert one_line(ValueError("a\n b")) == "a b" and one_line(ValueError()) == "ValueError"
    assert len(one_line("x" * 500)) == 200
