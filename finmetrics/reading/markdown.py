"""Markdown posts -> Document: YAML front matter, and a body in Markdown or HTML."""

from __future__ import annotations

import html
import re

from finmetrics.model import Document
from finmetrics.reading.dates import day_in
from finmetrics.reading.failure import Unreadable, one_line
from finmetrics.reading.fields import OURS, published_by, stated
from finmetrics.reading.html import html_to_text, looks_like_html
from finmetrics.reading.tables import row_text
from finmetrics.reading.text import title_in

_FENCE = re.compile(r"\s*---[ \t]*\r?\n(?=[ \t]*(?:#|\r?\n|[\"']?[^\W\d][\w -]*[\"']?[ \t]*:|---))")
_FENCE_END = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_LARGEST = 32_768

# A line of nothing but links and separators is navigation: <https://...>, [返回](/x)｜[首页](/).
_LINK = r"(?:<https?://[^<>\s]{1,2000}>|\[[^\[\]\n]{0,200}\]\([^()\n]{0,2000}\))"
_NAVIGATION = re.compile(rf"^[ \t]*{_LINK}(?:[ \t|｜·•/>»-]*{_LINK})*[ \t]*\r?$", re.MULTILINE)

_IMAGE = re.compile(r"!\[[^\[\]\n]{0,500}\]\([^()\n]{0,2000}\)")
_ANCHOR = re.compile(r"\[([^\[\]\n]{0,500})\]\([^()\n]{0,2000}\)")
_AUTOLINK = re.compile(r"<https?://[^<>\s]{1,2000}>")
_RULE = re.compile(r"[ \t]*(?:[-*_=|:+][ \t]*){3,}|[ \t]*(?:```|~~~).*")
_MARKER = re.compile(r"[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+)+")
_CLOSING_HASHES = re.compile(r"[ \t]#+[ \t]*$")
# A single star after a digit or a letter is a sign of its own: 7*24小时.
_EMPHASIS = re.compile(
    r"(?<!\\)(\*{2,3}|~~|`{1,3}|(?<![0-9A-Za-z*])\*(?!\*))(?=[^\s*~`])([^*~`\n]{1,1000}?)(?<=[^\s\\])\1"
)
_BREAK = re.compile(r"<br\s{0,9}/?>", re.IGNORECASE)
_INLINE_TAG = re.compile(r"</?(?:strong|b|em|i|u|span|font|sup|sub|a|p|div)(?:\s[^<>\n]*)?/?>", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_HEADING = re.compile(r"^[ \t]*#{1,2}[ \t]+(.{1,200}?)[ \t#]*\r?$", re.MULTILINE)


def has_front_matter(text: str) -> bool:
    """Whether a text begins with a front matter fence and a key, and the fence is closed."""
    fence = _FENCE.match(text)
    return fence is not None and _FENCE_END.search(text, fence.end()) is not None


def read_markdown(text: str, doc_id: str) -> Document:
    """The document of a post; :class:`Unreadable` where its front matter is broken or huge."""
    front, body = _split(text)
    is_html = looks_like_html(body)
    body = _NAVIGATION.sub("", body)
    plain = html_to_text(body) if is_html else markdown_to_text(body)
    heading = None if is_html else _HEADING.search(body[:4_000])
    title = stated(front, OURS.title) or (_inline(heading[1]) if heading else "") or title_in(plain)
    return Document(
        text=plain,
        doc_id=doc_id,
        title=title,
        published=published_by(front, OURS) or day_in(plain),
        source=stated(front, OURS.source) or doc_id,
    )


def markdown_to_text(markdown: str) -> str:
    """The text of Markdown without its marks: a line a line, cells of a row joined by `` | ``, no blank lines."""
    lines: list[str] = []
    for line in markdown.splitlines():
        if not line.strip() or (len(line) < 2_000 and _RULE.fullmatch(line)):
            continue
        marker = _MARKER.match(line)
        if marker is not None:
            line = line[marker.end() :]
            if "#" in marker[0]:
                line = _CLOSING_HASHES.sub("", line)
        line = line.strip()
        if len(line) > 1 and line.startswith("|") and line.endswith("|"):
            cells = [_inline(cell) for cell in line[1:-1].split("|")]
            line = row_text(cells) if any(cells) else ""
        else:
            line = _inline(line)
        if line:
            lines.append(line)
    return "".join(line + "\n" for line in lines)


def _inline(line: str) -> str:
    line = _AUTOLINK.sub("", _ANCHOR.sub(r"\1", _IMAGE.sub("", line)))
    line = _EMPHASIS.sub(r"\2", _INLINE_TAG.sub("", _BREAK.sub(" ", line)))
    if "&" in line:
        line = html.unescape(line).replace("\xa0", " ")
    return _ESCAPE.sub(r"\1", line).strip()


def _split(text: str) -> tuple[dict[str, str], str]:
    """Front matter (empty where there is none) and body."""
    fence = _FENCE.match(text)
    end = fence and _FENCE_END.search(text, fence.end())
    if fence is None or end is None:
        return {}, text
    head = text[fence.end() : end.start()]
    if len(head) > _LARGEST:
        raise Unreadable(f"front matter of {len(head)} characters; at most {_LARGEST} are read")
    import yaml

    try:
        return _stated(head), text[end.end() :]
    except yaml.YAMLError as error:
        raise Unreadable(f"front matter is no YAML: {one_line(error)}") from None


def _stated(head: str) -> dict[str, str]:
    """The plain values of the front matter, as written, by their keys in lower case.

    Read event by event, and never built: lists, maps and aliases, of which bombs are made, are passed over.
    """
    import yaml

    stated: dict[str, str] = {}
    key = ""
    depth = nodes = 0  # nodes of the top mapping: keys and values in turn
    for event in yaml.parse(head, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            continue
        if depth == 1 and isinstance(event, yaml.NodeEvent):
            scalar = event.value if isinstance(event, yaml.ScalarEvent) else ""
            if nodes % 2 == 0:
                key = scalar.lower()
            elif scalar not in ("", "~", "null"):
                stated[key] = scalar
            nodes += 1
        depth += isinstance(event, yaml.CollectionStartEvent)
    return stated
