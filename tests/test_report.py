"""The page in a real browser: what is marked, what is linked, filters, languages, hostile texts, many documents."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT, Program

import finmetrics as fm
from finmetrics.api import extractor_for
from finmetrics.explanation import dismissals, reasons
from finmetrics.model import Document

if TYPE_CHECKING:
    from playwright.sync_api import Page


TEXT = "截至2021年末，光大银行手机银行注册用户突破5200万户，同比增长12.3%。"
LATER = "截至2022年末，光大银行手机银行注册用户6000万户，较上年末增加800万户。"
HOSTILE = (
    "😀截至2021年末，𠮷光大银行手机银行注册用户5200万户</script><script>alert(1)</script><!--<script>，"
    "<img src=x onerror=alert(2)>月活1800万户\u2028&lt;。"
)


def made(folder: Path, *texts: str) -> Path:
    """A report on a feed of these texts."""
    feed = folder / "feed.jsonl"
    lines = [json.dumps({"doc_id": f"d{i}", "title": f"第{i}篇", "text": text}) for i, text in enumerate(texts)]
    feed.write_text("\n".join(lines), encoding="utf-8")
    fm.report(feed, folder / "report.html")
    return folder / "report.html"


def marks(tab: Page) -> list[tuple[str, str]]:
    """Each mark of the article: the id of its row and its text."""
    return [tuple(one) for one in tab.locator("#article mark").evaluate_all(
        "found => found.map(one => [one.dataset.fact, one.textContent])"
    )]  # fmt: skip


def test_every_figure_is_marked_and_every_mark_has_its_row(tab: Page, tmp_path: Path) -> None:
    fm.report(ROOT / "seeds", tmp_path / "report.html")
    tab.goto((tmp_path / "report.html").as_uri())
    frame = fm.read(ROOT / "seeds")
    documents = frame.groupby("doc_id", sort=False)
    assert tab.locator("#documents button").count() == len(documents) == 5
    for number, (_, rows) in enumerate(documents):
        tab.click(f"#documents button[data-document='{number}']")
        assert marks(tab) == list(zip(rows["fact_id"], rows["quote"], strict=True))
        lines = tab.locator("#panel-table tbody tr").evaluate_all("found => found.map(one => one.dataset.fact)")
        assert lines == list(rows["fact_id"])
    tab.check("#everywhere")
    assert tab.locator("#panel-table tbody tr").count() == len(frame)


def test_article_and_table_lead_to_each_other_and_to_the_reason(tab: Page, tmp_path: Path) -> None:
    tab.goto(made(tmp_path, TEXT).as_uri())
    first, second = fm.extract(TEXT)
    tab.click("mark:has-text('12.3%')")
    chosen = tab.locator("tr[aria-selected='true']")
    assert chosen.count() == 1 and "12.3%" in chosen.inner_text()
    why = reasons(Document(TEXT, title="第0篇"), extractor_for(None))
    assert tab.inner_text("#detail pre") == why[1] and "metric: " in why[1]
    assert f"confidence\n{second.confidence:.4f}".rstrip("0") in tab.inner_text("#detail")
    tab.click("tr:has-text('5200万户')")
    assert tab.locator("mark[aria-pressed='true']").inner_text() == first.quote
    assert "光大银行" in str(tab.get_attribute("mark:has-text('5200万户')", "title"))


def test_keyboard(tab: Page, tmp_path: Path) -> None:
    tab.goto(made(tmp_path, TEXT, LATER).as_uri())

    def focused() -> str:
        return str(tab.evaluate("document.activeElement.textContent"))

    tab.keyboard.press("j")
    assert focused() == "5200万户"
    tab.keyboard.press("j")
    tab.keyboard.press("j")  # the last one stays
    assert focused() == "12.3%"
    tab.keyboard.press("k")
    assert focused() == "5200万户"
    tab.keyboard.press("n")
    assert tab.inner_text("#article").startswith("截至2022年末")
    tab.keyboard.press("3")
    assert tab.is_visible("#panel-ledger") and not tab.is_visible("#panel-table")
    tab.keyboard.press("?")
    assert tab.is_visible("#keys")
    tab.keyboard.press("Escape")
    tab.keyboard.press("/")
    tab.keyboard.type("第0篇")
    assert tab.locator("#documents button").count() == 1
    tab.keyboard.press("Escape")
    tab.keyboard.press("1")
    tab.locator("#panel-table tr[data-item='1']").focus()
    tab.keyboard.press("Enter")
    assert focused() == "12.3%"


def test_filters(tab: Page, tmp_path: Path) -> None:
    other = "农业银行网点9.1万个，不良率0.5%；代号 A 17 和 B 23。某事37件。"
    tab.goto(made(tmp_path, TEXT, other).as_uri())
    tab.select_option("#bank", "=农业银行")
    assert tab.locator("#documents button").count() == 1 and tab.inner_text("#article") == other
    tab.select_option("#metric", "=npl_ratio")
    assert tab.locator("#panel-table tbody tr").count() == 1
    assert tab.locator("mark.faded").count() == len(fm.extract(other)) - 1
    tab.click("button[type=reset]")
    confidences = sorted(f.confidence for text in (TEXT, other) for f in fm.extract(text))
    middle = round((confidences[0] + confidences[-1]) / 2, 2)
    tab.fill("#confidence", str(middle))
    unsure = sum(one <= middle for one in confidences)
    assert tab.inner_text("#summary").startswith(f"{unsure} of {len(confidences)} figures") and 0 < unsure < 5
    tab.click("button[type=reset]")
    tab.check("#unresolved")
    unresolved = [one.quote for one in fm.extract(other).dismissed if one.reason == "unresolved"]
    assert tab.locator("#panel-ledger tbody strong").all_inner_texts() == unresolved != []
    assert tab.locator("#article s.ledger").all_inner_texts() == unresolved


def test_both_languages(tab: Page, tmp_path: Path) -> None:
    tab.goto(made(tmp_path, TEXT).as_uri())
    assert tab.inner_text("#tab-table") == "Figures" and "registered_users" in tab.inner_text("#panel-table")
    tab.click("#language")
    assert tab.inner_text("#tab-table") == "数据表" and "注册/签约用户" in tab.inner_text("#panel-table")
    assert tab.get_attribute("html", "lang") == "zh-CN"
    words = tab.evaluate("Object.values(WORDS).map(one => Object.keys(one).sort())")
    assert words[0] == words[1]


def test_series_lead_to_their_figures(tab: Page, tmp_path: Path) -> None:
    tab.goto(made(tmp_path, TEXT, LATER).as_uri())
    tab.keyboard.press("2")
    assert tab.locator("#panel-series svg").count() == 0  # one document alone has no two periods
    tab.check("#everywhere")
    points = tab.locator("#panel-series circle")
    assert points.locator("title").all_text_contents() == [
        "2021-12-31 >5200万户 5200万户",
        "2022-12-31 6000万户 6000万户",
    ]
    assert points.nth(0).get_attribute("class") == "bound" and points.nth(1).get_attribute("class") == ""
    points.nth(1).click()
    assert tab.locator("mark[aria-pressed='true']").inner_text() == "6000万户"


def test_a_text_cannot_break_out(tab: Page, tmp_path: Path) -> None:
    page = made(tmp_path, HOSTILE, TEXT)
    tab.goto(page.as_uri())
    assert tab.inner_text("#article mark >> nth=0") == "5200万户"
    assert [quote for _, quote in marks(tab)] == [f.quote for f in fm.extract(HOSTILE)] != []
    assert tab.locator("#article").evaluate("one => one.textContent") == HOSTILE
    assert tab.locator("#article img, #article script").count() == 0
    assert tab.locator("#documents button").count() == 2


def test_foreign_scripts_and_connections_are_forbidden(tmp_path: Path) -> None:
    html = made(tmp_path, TEXT).read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert "default-src 'none'" in policy[1] and "connect-src 'none'" in policy[1] and "unsafe" not in policy[1]
    assert re.findall(r'(?:src|href)="', html) == []


def test_500_documents_are_parsed_when_chosen(tab: Page, tmp_path: Path) -> None:
    texts = [f"截至2021年末，光大银行手机银行注册用户{n + 1}万户。" for n in range(500)]
    tab.goto(made(tmp_path, *texts).as_uri())
    assert tab.locator("#documents button").count() == 500
    assert tab.evaluate("[...opened.keys()]") == [0]
    tab.click("#documents button[data-document='499']")
    assert marks(tab)[0][1] == "500万户" and tab.evaluate("opened.size") == 2
    tab.check("#everywhere")
    assert tab.locator("#panel-table tbody tr").count() == 400
    tab.click("#panel-table .more button")
    assert tab.locator("#panel-table tbody tr").count() == 500


def test_nothing_to_show(tab: Page, tmp_path: Path) -> None:
    tab.goto(made(tmp_path, "没有数字。").as_uri())
    assert tab.inner_text("#article") == "没有数字。" and "Nothing to show" in tab.inner_text("#panel-table")
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "bad.txt").write_bytes(b"%PDF-1.7\x00")
    report = fm.report(tmp_path / "none", tmp_path / "none.html")
    assert report.documents == 0 and len(report.failures) == 1
    tab.goto((tmp_path / "none.html").as_uri())
    assert "No documents" in tab.inner_text("#article")


def test_every_reason_of_the_ledger_is_explained() -> None:
    said = dismissals(extractor_for(None).lexicon.rules)
    for path in (ROOT / "seeds").glob("*.md"):
        for one in fm.extract(path.read_text(encoding="utf-8")).dismissed:
            assert said[one.reason] not in ("", "unknown"), one.reason


def test_reasons_follow_the_figures() -> None:
    text = TEXT + "\n" + LATER
    found = reasons(Document(text), extractor_for(None))
    figures = fm.extract(text)
    assert len(found) == len(figures) == 4
    assert all(line.partition(": ")[2] for one in found for line in one.splitlines())
    assert "metric: left" in found[0] and "lost: " in found[0]


def test_program(program: Program, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"\x00\x01\x02\x00")
    done = program("report", "a.txt", "b.txt", "-o", "report.html")
    assert done.returncode == 1 and done.stderr.startswith(b"b.txt: ") and done.stderr.count(b"\n") == 1
    assert "5200万户" in (tmp_path / "report.html").read_text(encoding="utf-8")
    done = program("report", "a.txt", "-o", "report.pdf")
    assert done.returncode == 2 and done.stderr == b"finmetrics: cannot write 'report.pdf': a report is a .html file\n"
    done = program("report", "a.txt", "-o", "nowhere/report.html")
    assert done.returncode == 2 and done.stderr.count(b"\n") == 1
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.txt", "b.txt", "report.html"]


@pytest.mark.parametrize(
    ("verb", "out"), [(("report",), "report.html"), (("gold", "draft"), "draft.jsonl"), (("review",), "gold.jsonl")]
)
def test_reading_options_are_extracts(program: Program, tmp_path: Path, verb: tuple[str, ...], out: str) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_text(json.dumps({"story": TEXT, "nr": "n-7"}, ensure_ascii=False) + "\n", encoding="utf-8")
    done = program(*verb, "feed.jsonl", "-o", out, "--limit", "pages=none")
    assert done.returncode == 2 and done.stderr.startswith(b"finmetrics: no limit 'pages=none'; ")
    assert not (tmp_path / out).exists()
    if verb == ("review",):  # it would serve until it is interrupted; tests/test_review.py sees its document
        return
    assert program(*verb, "feed.jsonl", "-o", out).returncode == 1  # a feed without a column of texts
    done = program(*verb, "feed.jsonl", "-o", out, "--text-column", "story", "--id-column", "nr")
    assert (done.returncode, done.stderr) == (0, b"")
    written = (tmp_path / out).read_text(encoding="utf-8")
    assert "5200万户" in written and "n-7" in written
