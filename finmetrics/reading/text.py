"""Plain text -> Document. The text is the file's, unchanged, so that offsets hold in the file too."""

from __future__ import annotations

from itertools import dropwhile

from finmetrics.model import Document
from finmetrics.reading.dates import day_in, day_of
from finmetrics.reading.tables import DIVIDED

_TITLE_CHARACTERS = 60
_STAMP_LETTERS = 15  # 2022年3月29日 来源：证券时报 作者：张三
_HEAD = 4_000


def read_text(text: str, doc_id: str) -> Document:
    """The document of a plain text; title and date are told from its first lines.

    A page saved as text often states its title twice: above the article and in it. The one above is blanked,
    character for character, so that its figures are not counted twice.
    """
    title = title_in(text)
    published = day_in(text)
    if title:
        start = text.index(title)
        end = start + len(title)
        if any(line.strip() == title for line in text[end:_HEAD].splitlines()):
            text = text[:start] + " " * len(title) + text[end:]
    return Document(text=text, doc_id=doc_id, title=title, published=published, source=doc_id)


def title_in(text: str) -> str:
    """The first line below any dates, where it is short, no sentence and no row, with text under it; else empty."""
    lines = [line.strip() for line in text[:_HEAD].splitlines()]
    lines = [line for line in lines if line]
    lines = list(dropwhile(_is_stamp, lines))
    if len(lines) < 2 or len(lines[0]) > _TITLE_CHARACTERS or DIVIDED in lines[0]:
        return ""
    return "" if lines[0][-1] in "。；，、;,.：:" or lines[0][0] in "{[<|" else lines[0]


def _is_stamp(line: str) -> bool:
    """Whether a line states little more than a date: 2020-08-28 14:47 和讯."""
    return len(line) <= _TITLE_CHARACTERS and day_of(line) is not None and sum(map(str.isalpha, line)) <= _STAMP_LETTERS
