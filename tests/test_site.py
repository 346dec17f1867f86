"""The site that docs/ builds: its links lead somewhere, it loads nothing from elsewhere, nothing public is missing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
import typer
from selectolax.lexbor import LexborHTMLParser

import finmetrics as fm
from finmetrics.cli import app
from finmetrics.rules import load

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[1]
CHINESE = ("index", "columns", "metrics", "banks", "sentence", "rules", "batch", "limits")
LANGUAGES = ("", "zh/")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built with every warning an error."""
    out = tmp_path_factory.mktemp("site")
    command = (sys.executable, "-m", "mkdocs", "build", "--strict", "-f", ROOT / "docs/site/mkdocs.yml", "-d", out)
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"NO_COLOR": "1"})
    assert ran.returncode == 0, ran.stderr
    return out


def dead_links(folder: Path) -> list[str]:
    """Links and sources within the HTML files of a folder that lead to no file, or to no anchor of it."""
    pages = {path: LexborHTMLParser(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html")}
    anchors = {path: {node.attributes["id"] for node in page.css("[id]")} for path, page in pages.items()}
    dead = []
    for path, page in pages.items():
        for node in page.css("[href], [src]"):
            address = node.attributes.get("href") or node.attributes.get("src") or ""
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            base = folder if parts.path.startswith("/") else path.parent
            target = (base / unquote(parts.path).lstrip("/")).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            lost = parts.fragment and unquote(parts.fragment) not in anchors.get(target, ())
            if not target.is_file() or lost:
                dead.append(f"{path.relative_to(folder)}: {address}")
    return dead


def test_links_lead_somewhere(site: Path) -> None:
    assert dead_links(site) == []


@pytest.mark.parametrize("address", ["gone.html", "#gone", "other.html#gone", "/gone.css"])
def test_a_dead_link_is_seen(address: str, tmp_path: Path) -> None:
    (tmp_path / "other.html").write_text('<p id="here">', encoding="utf-8")
    (tmp_path / "page.html").write_text(f'<a href="other.html#here"></a><a href="{address}"></a>', encoding="utf-8")
    assert dead_links(tmp_path) == [f"page.html: {address}"]


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    loaded = [
        f"{path.name}: {address}"
        for path in site.rglob("*.html")
        for node in LexborHTMLParser(path.read_text(encoding="utf-8")).css("link[href], [src]")
        if urlsplit(address := node.attributes.get("href") or node.attributes.get("src") or "").netloc
    ]
    assert loaded == []


def rows(site: Path, page: str) -> set[str]:
    """What stands in the first cells of a page's tables."""
    text = (site / page).read_text(encoding="utf-8")
    return {node.text().strip() for node in LexborHTMLParser(text).css("td:first-child")}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("page", "known"),
    [
        ("columns", lambda: {column.name for column in fm.COLUMNS}),
        ("metrics", lambda: {metric.id for metric in load().metrics}),
        ("banks", lambda: {bank.id for bank in load().banks}),
    ],
)
def test_all_that_is_known_is_documented(site: Path, page: str, known: Callable[[], set[str]], language: str) -> None:
    assert known() - rows(site, f"{language}{page}.html") == set()


def commands(group: typer.Typer, name: str) -> Iterator[str]:
    """Every command of the program, as it is typed."""
    for command in group.registered_commands:
        assert command.callback is not None
        yield f"{name} {command.name or command.callback.__name__}"
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from commands(inner.typer_instance, f"{name} {inner.typer_instance.info.name or inner.name}")


def test_every_command_is_documented(site: Path) -> None:
    page = LexborHTMLParser((site / "cli.html").read_text(encoding="utf-8"))
    headings = [node.text().replace("¶", " ") for node in page.css("h2")]
    known = list(commands(app, "finmetrics"))
    assert len(known) > 10
    assert [name for name in known if not any(heading.startswith(f"{name} ") for heading in headings)] == []


def test_chinese_pages_are_in_chinese_and_others_say_that_they_are_not(site: Path) -> None:
    pages = {path.stem: path.read_text(encoding="utf-8") for path in (site / "zh").glob("*.html")}
    assert set(CHINESE) < set(pages)
    assert {name for name, text in pages.items() if "本页只有英文版" not in text} == set(CHINESE)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """Where the site is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_it_is_read_in_a_browser(address: str, tab: Page) -> None:
    tab.goto(f"{address}/zh/sentence.html")
    drawn = "[...document.querySelectorAll('article img')].map(i => i.complete && i.naturalWidth > 300)"
    tab.wait_for_load_state("load")
    assert tab.evaluate(drawn) == [True, True, True]
    tab.locator("input[name=query]").click()
    tab.locator("input[name=query]").fill("口径")
    tab.keyboard.press("End")
    tab.locator(".md-search-result__item").first.wait_for()
    tab.keyboard.press("Escape")
    tab.locator("a[hreflang=en]").evaluate("link => link.click()")
    tab.wait_for_url(f"{address}/sentence.html")
    assert tab.locator("h1").inner_text().startswith("How a sentence is read")
