"""Links to the very place of a figure: as the text-fragment draft writes them, and as a browser follows them."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pandas as pd
import pytest

import finmetrics as fm

if TYPE_CHECKING:
    from playwright.sync_api import Page

URL = "https://bank.example/news?id=7&lang=zh"


def frame(text: str, source: str = URL) -> pd.DataFrame:
    """The figures of a text that came from a URL."""
    return fm.extract_frame(pd.DataFrame({"text": [text], "source": [source]}))


def fragments(text: str, source: str = URL) -> list[str]:
    """What stands after the URL's ``#`` in each link, decoded."""
    found = fm.links(frame(text, source))
    assert all(link.startswith(source.partition("#")[0] + "#") for link in found)
    return [unquote(link.partition("#")[2]) for link in found]


def test_a_quote_stands_in_its_words() -> None:
    assert fragments("截至2021年末，光大手机银行月活用户1800万户。") == [":~:text=光大手机银行月活用户-,1800万户"]


def test_what_has_a_meaning_in_a_fragment_is_encoded() -> None:
    (link,) = fm.links(frame("A&B平台用户1,800万户。同业30%-40%。"))[:1]
    assert link == f"{URL}#:~:text=" + "B%E5%B9%B3%E5%8F%B0%E7%94%A8%E6%88%B7-,1%2C800%E4%B8%87%E6%88%B7"
    (share,) = fm.links(frame("线上化率30%-40%。"))
    assert share.endswith("-,30%25%2D40%25") and share.count("-,") == 1


def test_context_grows_until_the_place_is_the_only_one() -> None:
    text = "光大银行网点3家，同比增长20%，客户4户。华夏银行网点5家，同比增长20%，客户4户。"
    found = [one.removeprefix(":~:text=") for one in fragments(text)]
    assert found[1] == "光大银行网点3家，同比增长-,20%,-，客户4户"
    assert found[4] == "华夏银行网点5家，同比增长-,20%,-，客户4户"
    assert len(set(found)) == len(found) == 6


def test_a_quote_that_stands_twice_in_a_sentence_is_told_by_its_offset() -> None:
    assert fragments("光大银行网点3家，合作机构3家。") == [
        ":~:text=光大银行网点-,3家,-，合作机构3家",
        ":~:text=合作机构-,3家",
    ]


def test_context_holds_nothing_that_a_page_does_not_show() -> None:
    table = "| 银行 | 存款余额 | 贷款余额 |\n| --- | --- | --- |\n| 光大银行 | 300亿元 | 200亿元 |"
    assert fragments(table) == [":~:text=300亿元", ":~:text=200亿元"]
    assert fragments("光大银行**网点**_合计_1,234.5家，增长**5.5%**。")[0] == ":~:text=1,234.5家,-，增长"


@pytest.mark.parametrize(
    ("source", "start"),
    [
        (f"{URL}#part", f"{URL}#part:~:text="),
        (f"{URL}#:~:text=old", f"{URL}#:~:text="),
        ("HTTP://bank.example/", "HTTP://bank.example/#:~:text="),
    ],
)
def test_the_urls_own_fragment_is_kept(source: str, start: str) -> None:
    assert fm.links(frame("客户3万户。", source))[0].startswith(start)


@pytest.mark.parametrize("source", ["", "articles/1.md", "ftp://bank.example/1", "javascript:alert(1)", "https://a b"])
def test_other_sources_have_no_link(source: str) -> None:
    assert fm.links(frame("客户3万户。", source)).isna().tolist() == [True]


def test_a_row_of_a_pdf_links_to_its_page() -> None:
    found = frame("客户3万户。")
    found["page"] = pd.array([12], dtype="Int64")
    assert fm.links(found).tolist() == [f"{URL}#page=12"]


def test_a_link_is_a_column_beside_the_others() -> None:
    found = pd.concat([frame("客户3万户。"), frame("客户4万户。", "file.md")], ignore_index=True).iloc[::-1]
    link = fm.links(found)
    assert link.index.equals(found.index) and link.dtype == "string" and link.name == "link"
    assert found.assign(link=link)["link"].notna().tolist() == [False, True]
    empty = fm.links(found.iloc[:0])
    assert empty.dtype == "string" and len(empty) == 0
    with pytest.raises(ValueError, match="no column start, which links need"):
        fm.links(found.drop(columns="start"))


# in a browser --------------------------------------------------------------------------------------------------

PAGE = """<!doctype html><meta charset=utf-8><title>年报</title>
<style>p, table {{ margin: 3000px 0 }}</style><p>目录：3家、20%、1800万户、5.5%</p>{body}<p>完。</p>"""
BODY = (
    "<p>截至2021年末，光大银行<b>手机银行</b>月活用户突破<strong>1800万户</strong>，同比增长20%。</p>",
    "<p>华夏银行手机银行月活用户1800万户，同比增长20%；不良率1.5%，较上年末下降0.5个百分点。</p>",
    "<p>招商银行网点3家，合作机构3家，研发投入增长5.5%-6.5%，A&amp;B平台用户30万户。</p>",
    "<table><tr><th>银行</th><th>存款余额</th></tr><tr><td>平安银行</td><td>345.67亿元</td></tr></table>",
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A page of paragraphs with screens of nothing between them, served on this machine."""
    (tmp_path / "page.html").write_text(PAGE.format(body="".join(BODY)), encoding="utf-8")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/page.html"
        server.shutdown()


def test_a_browser_opens_the_page_at_the_figure(tab: Page, site: str, tmp_path: Path) -> None:
    figures = fm.read(tmp_path / "page.html")
    figures["source"] = site
    rows = figures.assign(link=fm.links(figures))
    rows = rows[~rows["sentence"].str.contains("目录")]
    assert len(rows) >= 11
    for row in rows.itertuples():
        tab.goto("about:blank")
        tab.goto(row.link)
        tab.wait_for_function("scrollY > 1000")
        seen = tab.evaluate(
            "[...document.querySelectorAll('p, table')].filter(one => { const box = one.getBoundingClientRect();"
            " return box.top < innerHeight && box.bottom > 0 }).map(one => one.innerText)"
        )
        assert len(seen) == 1 and row.quote in seen[0], row.link
        bank = str(row.bank)
        assert bank in seen[0] or pd.isna(row.bank), row.link
