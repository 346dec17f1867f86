"""What stands on page after page and is no text of the document: running heads and feet, page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from finmetrics.reading.pdf.lines import in_lines
from finmetrics.reading.pdf.model import Glyph, Page, text_of

_MARGIN = 0.12  # of the height, at the top and at the bottom, where running heads are looked for
_LEAST = 60.0  # points of such a margin, on small pages
_LINES = 4  # at either edge
_FEWEST = 3  # pages that a line must stand on, of documents that long
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"[-—–~·\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／,，]?\s*(?:共|of)?\s*\d{1,4}\s*页?)?[-—–~·\s]*|[ivxlIVXL]{1,6}|Page\s*\d{1,4}(?:\s*of\s*\d{1,4})?",
)
# What a browser prints around a page: when, and from where.
_PRINTED = re.compile(r"\d{1,4}/\d{1,2}/\d{1,4},?\s*(?:上午|下午)?\d{1,2}:\d\d.*|(?:https?|file):/\S+.*")


def without_furniture(pages: Sequence[Page]) -> None:
    """Takes running heads and feet and page numbers out of the pages."""
    edges = [_edge_lines(page) for page in pages]
    counted = Counter(key for page in edges for key in {key for key, _ in page})
    needed = min(_FEWEST, len(pages))
    for page, lines in zip(pages, edges, strict=True):
        gone: set[int] = set()
        for key, glyphs in lines:
            text = text_of(glyphs)
            if counted[key] >= max(2, needed) or _PAGE_NUMBER.fullmatch(text) or _PRINTED.fullmatch(text):
                gone.update(map(id, glyphs))
        if gone:
            page.glyphs = [glyph for glyph in page.glyphs if id(glyph) not in gone]


def _edge_lines(page: Page) -> list[tuple[tuple[str, int], list[Glyph]]]:
    """The lines at the edges of a page, each with what it has in common on other pages: its words and its height."""
    margin = max(_LEAST, _MARGIN * page.height)
    low, high = margin, page.height - margin
    above = in_lines(glyph for glyph in page.glyphs if glyph.y1 <= low)[:_LINES]
    below = in_lines(glyph for glyph in page.glyphs if glyph.y0 >= high)[-_LINES:]
    return [((_DIGITS.sub("#", text_of(line)), round(line[0].y0 / 4)), line) for line in above + below]
