"""Plain text -> Document. The text is the file's, unchanged, so that offsets hold in the file too."""

from __future__ import annotations

from finmetrics.model import Document
from finmetrics.reading.dates import day_in, day_of

_TITLE_CHARACTERS = 60
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
    """The first line, where it is short, ends no sentence and has text under it; else an empty string."""
    lines = [line.strip() for line in text[:_HEAD].splitlines()]
    lines = [line for line in lines if line]
    if len(lines) < 2:
        return ""
    first = lines[0]
    if len(first) > _TITLE_CHARACTERS or first[-1] in "。；，、;,.：:" or first[0] in "{[<|":
        return ""
    return "" if day_of(first) is not None and len(first) <= 25 else first
