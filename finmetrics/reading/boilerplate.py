"""What stands on a crawled page around its article: left out, as trafilatura tells it."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Collection

_LARGEST = 2_000_000  # characters of markup that are looked at
_LEAST = 0.25  # share of a page's text that an article has at least
_FOUND_WITHIN = 12  # characters from which on a line may be a part of a longer one
_BLANKS = re.compile(r"\s+")


def without_boilerplate(text: str, markup: str, title: str, links: Collection[str]) -> str:
    """The lines of a page's visible text from the first to the last of its article.

    Between them only those are left out that are nothing but a link. Where no article is found, the text as it is.
    """
    lines = text.splitlines(keepends=True)
    for recall in (False, True):  # what is found with care first, then whatever may belong to the article
        article = _article(markup, recall=recall)
        inside = [_is_in(article, line) for line in lines] if article else []
        size = sum(len(line) for line, own in zip(lines, inside, strict=False) if own)
        if size and size >= _LEAST * len(text):
            break
    else:
        return text
    first = inside.index(True)
    last = len(inside) - 1 - inside[::-1].index(True)
    if title and first and (above := _squeezed(title)):
        first = next((i for i in range(first) if _squeezed(lines[i]) == above), first)
    while last + 1 < len(lines) and " | " in lines[last + 1]:  # a table that ends the article
        last += 1
    alone = {_squeezed(link) for link in links}
    return "".join(lines[i] for i in range(first, last + 1) if inside[i] or _squeezed(lines[i]) not in alone)


def day_stated(markup: str) -> dt.date | None:
    """The day of publication that a page's markup states somewhere, by htmldate."""
    if len(markup) > _LARGEST:
        return None
    from htmldate import find_date

    _quiet("htmldate")
    try:
        found = find_date(markup, original_date=True, extensive_search=False)
    except Exception:  # whatever it makes of a broken page, there is no date
        return None
    return dt.date.fromisoformat(found) if found else None


def _article(markup: str, *, recall: bool) -> str:
    """The article's text without blanks; empty where there is none."""
    if len(markup) > _LARGEST:
        return ""
    import trafilatura

    _quiet("trafilatura")
    try:
        found = trafilatura.extract(markup, include_comments=False, include_tables=True, favor_recall=recall)
    except Exception:  # whatever it makes of a broken page, the page as a whole is there
        return ""
    return _squeezed(found or "").replace("|", "")


def _is_in(article: str, line: str) -> bool:
    squeezed = _squeezed(line).replace("|", "")
    return len(squeezed) >= _FOUND_WITHIN and squeezed in article


def _squeezed(text: str) -> str:
    return _BLANKS.sub("", text)


def _quiet(library: str) -> None:
    """Keeps a library from writing to stderr what is no matter of the user's."""
    logging.getLogger(library).setLevel(logging.CRITICAL)
