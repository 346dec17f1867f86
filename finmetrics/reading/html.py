"""HTML -> Document: a line per block, as a reader sees the page."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from finmetrics.model import Document
from finmetrics.reading.boilerplate import day_stated, without_boilerplate
from finmetrics.reading.dates import day_in, day_of
from finmetrics.reading.tables import DIVIDED, as_text

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure form h1 h2 h3 h4 h5 h6 header hr html legend li main menu ol option p pre section summary table "
    "tbody tfoot thead ul".split()
)
# Never shown, or no part of the article.
_LEFT_OUT = frozenset(
    "head script style template noscript iframe object embed svg canvas audio video map select datalist "
    "textarea rt rp nav footer -comment".split()
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
# Of a block: a script shows it when the page is loaded (WeChat). Of words within a line: meant for machines.
_UNSEEN = re.compile(r"visibility\s*:\s*hidden", re.IGNORECASE)
_ENDS_OF_TITLE = re.compile(r"\s*[_|｜\-–—]\s*")  # 标题_新浪财经_新浪网

_SIGNS = re.compile(r"<!doctype\s+html|<(?:html|head|body)[\s>]", re.IGNORECASE)
_OPENS = re.compile(
    r"\s*(?:<!--.*?-->\s*)*+<(?:p|div|table|article|section|h[1-6]|ul|ol|meta|span|br)\b",
    re.IGNORECASE | re.DOTALL,
)
_CLOSES = re.compile(r"</(?:p|div|td|li|h[1-6])\s*>|<br\s*/?>", re.IGNORECASE)
_LOOKED_AT = 65_536

_SPACES = re.compile(r"[ \t\n\r\f\xa0]+")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))

_DATES = (
    'meta[property="article:published_time"]',
    'meta[property="og:release_date"]',
    'meta[itemprop="datePublished"]',
    'meta[name="publishdate" i]',
    'meta[name="pubdate" i]',
    'meta[name="publish_time" i]',
    'meta[name="weibo: article:create_at"]',
    'meta[name="date" i]',
    "time[datetime]",
    "time",
)

_STATED = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')

# A parser's time grows with the square of the depth, and no page of a reader's is nested like this.
_DEEPEST = 400
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)[^<>]*>")

# Cells of tables nested deeper than this are laid out as blocks.
_DEEPEST_TABLE = 6
# A cell of more lines than this is no cell but a page's layout.
_CELL_LINES = 3
_WIDEST, _TALLEST = 64, 1_000  # columns and rows that one cell may span


def looks_like_html(text: str) -> bool:
    """Whether a text is HTML by its content: a document's tags, a block tag first, or block tags throughout."""
    head = text[:_LOOKED_AT]
    return bool(_SIGNS.search(head[:4_096]) or _OPENS.match(head) or len(_CLOSES.findall(head)) >= 3)


def read_html(markup: str, doc_id: str) -> Document:
    """The document of a page: its article's text, and title, date and address from its metadata.

    Navigation, advertisements and comments around the article are left out.
    """
    page = _parse(markup)
    text = _visible(page)
    title = _title(page, text)
    published = _published(page) or day_in(text)
    if page.css_first("a") is not None:  # a page of a site, not one that was written out
        text = without_boilerplate(text, markup, title, {link.text(deep=True) for link in page.css("a")})
        published = published or day_stated(markup)
    return Document(text=text, doc_id=doc_id, title=title, published=published, source=_address(page) or doc_id)


def html_to_text(markup: str) -> str:
    """The visible text of a piece of HTML: a block a line, cells of a row joined by `` | ``."""
    return _visible(_parse(markup))


def _parse(markup: str) -> LexborHTMLParser:
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(_flattened(markup) if markup.count("<") > _DEEPEST else markup)


def _flattened(markup: str) -> str:
    """The markup without the tags that open deeper than any real page; its text stays."""
    depth = dropped = 0
    pieces: list[str] = []
    done = 0
    for tag in _TAG.finditer(markup):
        if tag[2].lower() in _VOID or tag[0].endswith("/>"):
            continue
        if not tag[1]:
            depth += 1
            deep = depth > _DEEPEST
        else:
            deep = depth > _DEEPEST
            depth = max(0, depth - 1)
        if deep:
            dropped += 1
            pieces.append(markup[done : tag.start()])
            done = tag.end()
    return "".join(pieces) + markup[done:] if dropped else markup


class _Lines:
    """Lines under construction: inline text runs on, a break ends the line."""

    __slots__ = ("lines", "pieces")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pieces: list[str] = []

    def end_line(self) -> None:
        if self.pieces:
            line = _SPACES.sub(" ", "".join(self.pieces).translate(_INVISIBLE)).strip()
            if line:
                self.lines.append(line)
            self.pieces = []


class _Table:
    """A table under construction: its cells, and for each place of its rows the index of the cell there (-1: none).

    ``below``: for how many more rows a cell reaches down into each column, and which one.
    """

    __slots__ = ("below", "cells", "grid", "outer")

    def __init__(self, outer: _Lines) -> None:
        self.outer = outer
        self.below: dict[int, tuple[int, int]] = {}
        self.cells: list[str] = []
        self.grid: list[list[int]] = []

    def close(self) -> None:
        """Adds the rows gathered so far to the lines outside."""
        if self.grid:
            if self.outer.lines and DIVIDED in self.outer.lines[-1]:
                self.outer.lines.append("")  # a table right below another is its own
            self.outer.lines += as_text(self.cells, self.grid)
        self.cells, self.grid, self.below = [], [], {}


class _Row:
    """A table's row under construction; the columns that a cell spans or reaches down into are its own as well."""

    __slots__ = ("filled", "inside", "places", "table")

    def __init__(self, table: _Table) -> None:
        self.table = table
        self.places: list[int] = []
        self.inside: list[list[str]] = []
        self.filled = 0

    def add(self, lines: list[str], columns: int, rows: int) -> None:
        self._pass_over()
        self.filled += 1
        self.inside.append(lines)
        self.table.cells.append(" ".join(filter(None, lines)))
        index = len(self.table.cells) - 1
        for _ in range(columns):
            self.table.below[len(self.places)] = (rows - 1, index)
            self.places.append(index)

    def _pass_over(self) -> None:
        while (below := self.table.below.get(len(self.places), (0, -1)))[0]:
            self.table.below[len(self.places)] = (below[0] - 1, below[1])
            self.places.append(below[1])

    def close(self) -> None:
        table = self.table
        table.outer.end_line()
        added = len(self.places)
        self._pass_over()
        alone = self.filled == 1 and len(set(self.places)) == 1 and added == len(self.places)
        if any(len(cell) > _CELL_LINES for cell in self.inside) or alone and not table.grid:
            table.close()  # a page's layout, or what stands above the table
            for cell in self.inside:
                table.outer.lines += cell
        elif alone:
            table.grid.append(self.places * max(1, len(table.grid[0]) // added))
        else:
            table.grid.append(self.places)


def _visible(page: LexborHTMLParser) -> str:
    root = page.root
    if root is None:
        return ""
    walk = _Walk()
    node: LexborNode | None = root
    # Up and down by pointers: a page nested a hundred thousand deep must not recurse.
    while node is not None:
        child = node.child if walk.enter(node) else None
        if child is not None:
            node = child
            continue
        walk.leave(node)
        while node is not None and node.next is None:
            node = node.parent
            if node is not None:
                walk.leave(node)
        node = node.next if node is not None else None
    return walk.text()


class _Walk:
    """What has been gathered of a page on the way through its nodes."""

    __slots__ = ("current", "open", "preformatted", "rows", "tables")

    def __init__(self) -> None:
        self.current = _Lines()
        self.rows: list[_Row] = []
        self.open = [_Table(self.current)]  # tables, the innermost last; rows outside any are the first's
        self.tables = 0
        self.preformatted = 0

    def enter(self, node: LexborNode) -> bool:
        """Takes in a node; whether its children are to be visited."""
        tag = node.tag or ""
        if tag == "-text":
            text = node.text_content or ""
            if self.preformatted and "\n" in text:
                for line in text.split("\n"):
                    self.current.pieces.append(line)
                    self.current.end_line()
            else:
                self.current.pieces.append(text)
            return False
        if tag in _LEFT_OUT or _hidden(node):
            if tag in ("nav", "footer"):
                self.current.end_line()
            return False
        if tag == "br":
            self.current.end_line()
        elif tag in _BLOCKS:
            self.current.end_line()
            self.preformatted += tag == "pre"
            if tag == "table":
                self.tables += 1
                self.open.append(_Table(self.current))
        elif tag == "tr":
            self.current.end_line()
            if self.tables <= _DEEPEST_TABLE:
                self.rows.append(_Row(self.open[-1]))
        elif tag in ("td", "th"):
            self.current.end_line()
            if self.rows and self.tables <= _DEEPEST_TABLE:
                self.current = _Lines()
        return True

    def leave(self, node: LexborNode) -> None:
        """Ends what :meth:`enter` began."""
        tag = node.tag or ""
        if tag not in _BLOCKS and tag not in ("tr", "td", "th") or _hidden(node):
            return
        self.current.end_line()
        if tag == "table":
            self.tables -= 1
            self.open.pop().close()
        elif tag == "pre":
            self.preformatted -= 1
        elif self.tables <= _DEEPEST_TABLE and self.rows:
            if tag == "tr":
                self.rows.pop().close()
            elif tag in ("td", "th"):
                self.rows[-1].add(
                    self.current.lines, _spanned(node, "colspan", _WIDEST), _spanned(node, "rowspan", _TALLEST)
                )
                self.current = self.rows[-1].table.outer

    def text(self) -> str:
        self.current.end_line()
        self.open[0].close()
        return "".join(line + "\n" for line in self.current.lines)


def _spanned(node: LexborNode, attribute: str, most: int) -> int:
    """How many columns or rows a cell spans."""
    stated = (node.attributes.get(attribute) or "").strip()
    return min(most, max(1, int(stated))) if stated.isascii() and stated.isdigit() and len(stated) < 6 else 1


def _hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    style = attributes.get("style") or ""
    unseen = node.tag not in _BLOCKS and _UNSEEN.search(style)
    return bool("hidden" in attributes or unseen or _HIDDEN.search(style))


def _content(page: LexborHTMLParser, *selectors: str) -> str:
    """The first of these metadata that is stated."""
    for selector in selectors:
        node = page.css_first(selector)
        if node is None:
            continue
        attributes = node.attributes
        stated = attributes.get("content") or attributes.get("datetime") or attributes.get("href")
        stated = stated or node.text(deep=True, separator="")
        stated = " ".join(stated.translate(_INVISIBLE).split())
        if stated:
            return stated
    return ""


def _title(page: LexborHTMLParser, text: str) -> str:
    """The title that the page states, without the names of its site behind it where a line of the text is without."""
    stated = _content(page, 'meta[property="og:title"]', "h1", "title")[:300]
    lines = set(text.splitlines())
    parts = [stated[: end.start()] for end in _ENDS_OF_TITLE.finditer(stated)]
    return next((part for part in (stated, *reversed(parts)) if part in lines), stated)


def _published(page: LexborHTMLParser) -> dt.date | None:
    for selector in _DATES:
        day = day_of(_content(page, selector))
        if day is not None:
            return day
    stated = (_STATED.search(script.text(deep=True)) for script in page.css('script[type="application/ld+json"]'))
    return next((day for match in stated if match and (day := day_of(match[1]))), None)


def _address(page: LexborHTMLParser) -> str:
    return _content(page, 'link[rel="canonical"]', 'meta[property="og:url"]')
