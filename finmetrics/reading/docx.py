"""Word documents (.docx) -> Document: by way of HTML, so that tables and spans read as those of pages do."""

from __future__ import annotations

from typing import IO

from finmetrics.model import Document
from finmetrics.reading.dates import day_in, made_for
from finmetrics.reading.fields import whole
from finmetrics.reading.html import html_to_text
from finmetrics.reading.limits import Limits
from finmetrics.reading.office import properties_of, unpacking_within
from finmetrics.reading.text import title_in

# Tables of contents repeat headings; the rest of the marks is of no use to plain text.
_STYLES = "\n".join(f"p[style-name='toc {level}'] => !" for level in range(1, 10))


def read_docx(file: IO[bytes], doc_id: str, limits: Limits) -> Document:
    """The document of a Word file: paragraphs and tables as they stand, without running heads and comments.

    Tracked insertions are text, deletions are not. Raises :class:`Unreadable` where it unpacks beyond the limits.
    """
    import mammoth

    unpacking_within(file, limits)
    stated = properties_of(file)
    file.seek(0)
    markup = mammoth.convert_to_html(
        file, style_map=_STYLES, convert_image=mammoth.images.img_element(lambda image: {"src": ""})
    ).value
    text = whole(html_to_text(markup))
    return Document(
        text=text,
        doc_id=doc_id,
        title=whole(stated.title) or title_in(text),
        published=day_in(text) or made_for(stated.created, text),
        source=doc_id,
    )
