"""HTML -> the text a reader sees: a block a line, figures whole, cells under their headers."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from finmetrics.reading.html import html_to_text, looks_like_html, read_html

TABLE = "<table><tr><th>银行<th>户数<th>增速</tr>{}</table>"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>月活<strong>357.32</strong>万户</p>", "月活357.32万户\n"),
        ("<p>5<span>200</span>万<b>户</b></p><p>次段</p>", "5200万户\n次段\n"),
        ("<p>一行<br>二行<br/>三行</p>", "一行\n二行\n三行\n"),
        ("<div>外<p>内</p>后</div>", "外\n内\n后\n"),
        ("<ul><li>工行1亿</li><li>农行2亿</li></ul>", "工行1亿\n农行2亿\n"),
        ("<p>20&nbsp;亿笔 &ldquo;缴费&rdquo; &lt;3%</p>", "20 亿笔 “缴费” <3%\n"),
        ("<p>a\n  b\t c</p>", "a b c\n"),
        ("<pre>一\n  二</pre>", "一\n二\n"),
        ("<p>可见</p><p style='display: none'>隐藏1户</p><p hidden>也隐藏</p>", "可见\n"),
        ("<p>文<script>var x=1</script><style>p{}</style><!-- 2 -->字</p>", "文字\n"),
        ("<nav>导航1</nav><p>正文</p><footer>版权2021</footer>", "正文\n"),
        ("<ruby>行<rt>háng</rt></ruby>", "行\n"),
        ("<p>零\u200b宽\ufeff字</p>", "零宽字\n"),
        ("<p>未闭合<p>次段<b>粗", "未闭合\n次段粗\n"),
        ("没有标签", "没有标签\n"),
        ("", ""),
    ],
)
def test_the_text_of_markup(markup: str, text: str) -> None:
    assert html_to_text(markup) == text


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ("<tr><td>工行<td>5万户<td>3%</tr>", ["工行 | 5万户 | 3%"]),
        ("<tr><td>工行<td><td>3%</tr>", ["工行 |  | 3%"]),
        ("<tr><td>工行<td>5万户<td></tr>", ["| 工行 | 5万户 |  |"]),
        ("<tr><td><td>5万户<td>3%</tr>", ["|  | 5万户 | 3% |"]),
        ("<tr><td><td><td></tr>", []),
        ("<tr><td colspan=3>单位：万户</tr>", ["单位：万户"]),
        ("<tr><td colspan=2>合计<td>3%</tr>", ["合计 |  | 3%"]),
        (
            "<tr><td rowspan=2>工行<td>5<td>3%</tr><tr><td>6<td>4%</tr><tr><td>农行<td>7<td>5%</tr>",
            ["工行 | 5 | 3%", "工行 | 6 | 4%", "农行 | 7 | 5%"],
        ),
        ("<tr><td>工行<td>5<td rowspan=2>3%</tr><tr><td>农行<td>6</tr>", ["工行 | 5 | 3%", "| 农行 | 6 |  |"]),
        ("<tr><td>工行<td><p>5</p><p>万户</p><td>3%</tr>", ["工行 | 5 万户 | 3%"]),
        ("<tr><td>工<td colspan='x'>5<td rowspan='-1'>3%</tr>", ["工 | 5 | 3%"]),
    ],
)
def test_cells_stay_under_their_headers(rows: str, lines: list[str]) -> None:
    assert html_to_text(TABLE.format(rows)).splitlines() == ["银行 | 户数 | 增速", *lines]


def test_a_layout_table_is_no_table() -> None:
    cell = "<p>一</p><p>二</p><p>三</p><p>四</p>"
    assert html_to_text(f"<table><tr><td>{cell}<td>五</table>").splitlines() == ["一", "二", "三", "四", "五"]


def test_a_table_in_a_cell() -> None:
    inner = "<table><tr><td>工行<td>5万户</table>"
    assert html_to_text(f"<table><tr><td>{inner}<td>旁</table>") == "工行 | 5万户 | 旁\n"


@pytest.mark.parametrize(
    ("head", "title", "day", "source"),
    [
        ("<title>站点标题</title>", "站点标题", None, "id"),
        ('<title>站</title><meta property="og:title" content="文章题">', "文章题", None, "id"),
        (
            '<meta property="article:published_time" content="2022-03-29T23:00:00+08:00">',
            "",
            dt.date(2022, 3, 29),
            "id",
        ),
        ('<meta name="PubDate" content="2022年3月9日">', "", dt.date(2022, 3, 9), "id"),
        ('<meta name="date" content="soon">', "", None, "id"),
        ('<link rel="canonical" href="http://a.example/1">', "", None, "http://a.example/1"),
    ],
)
def test_metadata(head: str, title: str, day: dt.date | None, source: str) -> None:
    found = read_html(f"<html><head>{head}</head><body><p>客户5万户。</p></body></html>", "id")
    assert (found.title, found.published, found.source, found.text) == (title, day, source, "客户5万户。\n")


def test_a_heading_is_the_title_and_stays_in_the_text() -> None:
    found = read_html("<title>站</title><h1>光大<br>提速</h1><p>2022-03-29 16:37 新华</p>", "id")
    assert found.title == "光大提速" and found.text.startswith("光大\n提速\n")
    assert found.published == dt.date(2022, 3, 29)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<!DOCTYPE html>x", True),
        ("  <p>客户</p>", True),
        ("<!-- a --><!-- b -->\n<div>x", True),
        ("客户<p>一</p><p>二</p><p>三</p>", True),
        ("客户<5万户>，余额<3亿元", False),
        ("<!-- a -->客户", False),
        ("a < b > c", False),
        ("", False),
    ],
)
def test_looks_like_html(text: str, html: bool) -> None:
    assert looks_like_html(text) is html


UNITS = """<a|<|<p>|<div>|<b>|</b>|<p a="|<table><tr><td>|<table>|<!--a-->|<select>|<pre>
|&|<svg>|<a href=1>|<td rowspan=9 colspan=64>|<tr>"""


@pytest.mark.parametrize("unit", UNITS.split("|"))
def test_time_is_linear(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    began = time.perf_counter()
    looks_like_html(text)
    read_html(text, "id")
    assert time.perf_counter() - began < 5  # a tenth of a second; the square of it would be minutes


WECHAT = """<!DOCTYPE html><html><head><meta charset="utf-8">
<meta property="og:title" content="徽商银行的手机银行"></head><body><h1 id="activity-name">徽商银行的手机银行</h1>
<a id="js_name">观察号</a><em id="publish_time">2024-03-26 08:00</em>
<div id="js_content" style="visibility: hidden; opacity: 0; "><section><p><span>截至2023年末，手机银行客户</span>
<strong>1,</strong><strong>500</strong><span>万户，月活330.5万户，同比增长18.2%。</span>
<span style="visibility:hidden">理财收益8%</span></p></section><section><p>2023年，该行信息科技投入12.6亿元，
占营业收入的3.47%，科技人员1,102人，较上年末增加86人。</p></section></div>
<div class="tool"><span>阅读 10万+</span><span>赞 512</span><span>在看 88</span></div></body></html>"""


def test_a_block_that_a_script_shows_is_read_and_hidden_words_are_not() -> None:
    """As WeChat's pages come: the whole article is hidden until it is loaded; numbers are in pieces."""
    document = read_html(WECHAT.replace("\n", ""), "a")
    assert "手机银行客户1,500万户" in document.text and "1,102人" in document.text
    assert "理财" not in document.text and "在看" not in document.text


def test_the_names_of_a_site_are_no_part_of_a_title() -> None:
    markup = (
        "<html><head><title>{}</title></head><body><div>江苏银行发布年报</div><p>营收742.93亿元。</p></body></html>"
    )
    assert read_html(markup.format("江苏银行发布年报_新浪财经_新浪网"), "a").title == "江苏银行发布年报"
    assert read_html(markup.format("江苏银行发布年报 - 证券日报网"), "a").title == "江苏银行发布年报"
    assert read_html(markup.format("营收-净利双增"), "a").title == "营收-净利双增"
