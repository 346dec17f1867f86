"""Markdown posts: front matter that cannot explode, bodies without their marks."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from finmetrics.reading.failure import Unreadable
from finmetrics.reading.markdown import has_front_matter, markdown_to_text, read_markdown

BODY = "客户5万户。"


def post(front: str, body: str = BODY) -> str:
    return f"---\n{front}\n---\n{body}\n"


@pytest.mark.parametrize(
    ("front", "title", "day", "source"),
    [
        ("title: 提速\ndate: 2022-03-29 16:37:51 +0800", "提速", dt.date(2022, 3, 29), "id"),
        ('Title: "引号：里 "\nDate: 2022/3/9', "引号：里", dt.date(2022, 3, 9), "id"),
        ("title: 2021\nurl: http://a.example/1", "2021", None, "http://a.example/1"),
        ("title: >\n  两行\n  合一\npublished: 2022年3月29日", "两行 合一", dt.date(2022, 3, 29), "id"),
        ("title: ~\ndate: null", "", None, "id"),
        ("title:\ndate:", "", None, "id"),
        ("title: 提速\ndate: 2022-02-30", "提速", None, "id"),
        ("title: 提速\ndate: [2022, 3]\ntags: {title: 错}", "提速", None, "id"),
        ("tags: [a, b]\n? [x, y]\n: z\ntitle: 提速", "提速", None, "id"),
        ("a: &x 提速\ntitle: *x", "", None, "id"),
        ("id: 0x" + "f" * 5000 + "\ntitle: 提速", "提速", None, "id"),
    ],
)
def test_front_matter(front: str, title: str, day: dt.date | None, source: str) -> None:
    found = read_markdown(post(front), "id")
    assert (found.title, found.published, found.source) == (title, day, source)
    assert found.text == BODY + "\n"


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]" for i in range(20)
)


@pytest.mark.parametrize("bomb", [LAUGHS, "x: " + "[" * 900 + "]" * 900, "x: &x [*x]", "<<: &x {<<: *x}"])
def test_a_bomb_is_passed_over(bomb: str) -> None:
    began = time.perf_counter()
    found = read_markdown(post(f"title: 提速\n{bomb}"), "id")
    assert found.title == "提速" and found.text == BODY + "\n" and time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("title: 提速\nx: " + "x" * 40_000, "characters; at most"),
        ("title: 'open", "no YAML"),
        ("title: a\n\tb: c", "no YAML"),
        ("title: a: b", "no YAML"),
    ],
)
def test_front_matter_that_cannot_be_read(front: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason) as caught:
        read_markdown(post(front), "id")
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("---\ntitle: x\n---\n", True),
        ("\n---\r\ntitle: x\r\n---\r\n", True),
        ("---\n# note\ntitle: x\n...\n", True),
        ("---\ntitle: x\n", False),
        ("---\n客户5万户。\n---\n", False),
        ("title: x\n---\n", False),
        ("-----\ntitle: x\n---\n", False),
    ],
)
def test_has_front_matter(text: str, has: bool) -> None:
    assert has_front_matter(text) is has


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("# 标题 #\n\n正文", "标题\n正文\n"),
        ("月活**357.32**万户，~~旧~~`码`", "月活357.32万户，旧码\n"),
        ("7*24小时，5*8", "7*24小时，5*8\n"),
        ("*斜体*与***重***", "斜体与重\n"),
        ("> - 引用里的列表", "引用里的列表\n"),
        ("1. 有序5万户", "1. 有序5万户\n"),
        ("[链接](http://a.example/1)和![图](b.png)", "链接和\n"),
        ("---\n***\n```\n代码\n```", "代码\n"),
        ("| 银行 | 户数 |\n|---|---:|\n| 工行 | 5万户 |", "银行 | 户数\n工行 | 5万户\n"),
        ("| | 户数 | |\n| 工行 | **5** | 3% |", "|  | 户数 |  |\n工行 | 5 | 3%\n"),
        ("|  |  |", ""),
        ("工行 | 5万户", "工行 | 5万户\n"),
        ("1 &lt; 2&nbsp;万&amp;", "1 < 2 万&\n"),
        (r"\*不斜\*\#", "*不斜*#\n"),
        ("行内<b>粗</b>与<br/>断", "行内粗与 断\n"),
        ("", ""),
    ],
)
def test_the_text_of_markdown(markdown: str, text: str) -> None:
    assert markdown_to_text(markdown) == text


def test_lines_of_links_are_navigation() -> None:
    found = read_markdown("客户5万户。\n[返回](/x)｜[首页](/)\n<https://a.example/>\n见[年报](/y)。\n", "id")
    assert found.text == "客户5万户。\n见年报。\n"


def test_without_front_matter_the_first_heading_is_the_title() -> None:
    found = read_markdown("## 光大**提速**\n\n2022-03-29 16:37\n\n客户5万户。\n", "id")
    assert (found.title, found.published) == ("光大提速", dt.date(2022, 3, 29))


def test_an_html_body() -> None:
    found = read_markdown(post("title: x", "<p>月活<b>5</b>万户</p>\n<p>次</p>\n<p>三</p>"), "id")
    assert found.text == "月活5万户\n次\n三\n"


@pytest.mark.parametrize(
    "unit", ["[", "![", "[a](", "**a", "*a", "`a", "# ", "> ", "- ", "|", "<http://a", "\\*", " #"]
)
@pytest.mark.parametrize("end", ["", "\n"])
def test_time_is_linear(unit: str, end: str) -> None:
    text = (unit + end) * (200_000 // len(unit + end))
    began = time.perf_counter()
    read_markdown(text, "id")
    assert time.perf_counter() - began < 5


def test_time_is_linear_in_open_front_matter() -> None:
    began = time.perf_counter()
    assert not has_front_matter("---\na:" * 50_000)
    with pytest.raises(Unreadable):
        read_markdown(post("a: " + "{" * 30_000), "id")
    assert time.perf_counter() - began < 5
