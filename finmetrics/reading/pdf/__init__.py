"""PDF -> Document: running text and tables of its text layer, and where on its pages each character stands."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterator, Sequence
from statistics import median
from typing import IO, TYPE_CHECKING

from finmetrics.model import Document, Places
from finmetrics.reading.dates import day_in, day_of, made_for
from finmetrics.reading.failure import Unreadable, one_line
from finmetrics.reading.fields import whole
from finmetrics.reading.limits import Limits
from finmetrics.reading.pdf.columns import flows, margins
from finmetrics.reading.pdf.furniture import without_furniture
from finmetrics.reading.pdf.grids import ruled
from finmetrics.reading.pdf.lines import pieces_of, run_on
from finmetrics.reading.pdf.model import Block, Glyph, Grid, Page, Paragraph, Piece, put_in, text_of
from finmetrics.reading.pdf.pagebreaks import over_break
from finmetrics.reading.pdf.paragraphs import blocks_of, joined
from finmetrics.reading.tables import laid_out

if TYPE_CHECKING:
    import pypdfium2

_LEGIBLE = 0.7  # share of characters that must be some
_ON_A_PAGE = 8  # characters of a page that is no picture
_TITLE_SIZE = 1.25  # of the text's size: what a title is at least
_TITLE_CHARACTERS = 80


def read_pdf(file: IO[bytes], doc_id: str, limits: Limits) -> Document:
    """The document of a PDF file that has a text layer.

    Raises :class:`Unreadable` where it is scanned, encrypted, has more pages than the limits allow, or is broken.
    """
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        encrypted = "password" in str(error).lower()
        raise Unreadable(
            "encrypted: it needs a password" if encrypted else f"not a PDF file: {_reason(error)}"
        ) from None
    try:
        if len(pdf) > limits.pages:
            raise Unreadable(f"{len(pdf)} pages; at most {limits.pages} are read")
        pages = _pages(pdf)
        info = pdf.get_metadata_dict()
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"not a readable PDF file: {_reason(error)}") from None
    finally:
        pdf.close()
    _require_text(pages)
    without_furniture(pages)
    blocks = _blocks(pages)
    text, places = _written(blocks)
    title = _title(blocks) or " ".join(info.get("Title", "").split())
    return Document(
        text=text,
        doc_id=doc_id,
        title=whole(title),
        published=day_in(text) or made_for(_made(info), text),
        source=doc_id,
        places=places,
    )


def _reason(error: Exception) -> str:
    return one_line(str(error).removeprefix("Failed to load document").strip(" ().") or error)


def _pages(pdf: pypdfium2.PdfDocument) -> list[Page]:
    from finmetrics.reading.pdf.glyphs import pages

    return list(pages(pdf))


def _require_text(pages: Sequence[Page]) -> None:
    characters = [glyph.char for page in pages for glyph in page.glyphs]
    if len(characters) < _ON_A_PAGE * len(pages) / 2 and any(page.pictures for page in pages):
        raise Unreadable(f"scanned: {len(pages)} pages of pictures without a text layer; run OCR over it first")
    if not characters:
        raise Unreadable("no text in it")
    legible = sum(char != "\ufffd" and not "\ue000" <= char <= "\uf8ff" for char in characters)
    if legible < _LEGIBLE * len(characters):
        raise Unreadable("its fonts do not say which characters they show; run OCR over it")


def _blocks(pages: Sequence[Page]) -> list[Block]:
    """Paragraphs and tables in the order of reading, over all pages."""
    blocks: list[Block] = []
    placed: list[tuple[Page, list[Piece]]] = []
    for page in pages:
        tables, rest = ruled(page)
        if tables or rest:
            placed.append((page, tables + pieces_of(rest)))
    # A page of few lines does not show how wide its text may be: others of its width do.
    rights: dict[int, list[float]] = {}
    for page, pieces in placed:
        rights.setdefault(round(page.width), []).append(margins(pieces)[1])
    widest = {width: median(found) for width, found in rights.items()}
    for page, pieces in placed:
        left, right = margins(pieces)
        found = flows(pieces, left, max(right, widest[round(page.width)]))
        own = [block for flow in found for block in blocks_of(flow)]
        over_break(blocks, own)
    return joined(blocks)


def _written(blocks: Sequence[Block]) -> tuple[str, Places]:
    """The text, a blank line between blocks, and where each of its characters stands."""
    glyphs: list[Glyph] = []
    for block in blocks:
        for line in _lines(block):
            glyphs += line
            glyphs += put_in("\n")
        glyphs += put_in("\n")
    pages = array("i", (glyph.page for glyph in glyphs))
    boxes = array("f", (edge for glyph in glyphs for edge in (glyph.x0, glyph.y0, glyph.x1, glyph.y1)))
    return whole(text_of(glyphs)), Places(pages, boxes)


def _lines(block: Block) -> Iterator[list[Glyph]]:
    if isinstance(block, Paragraph):
        yield block.glyphs
        return
    if block.loose:
        for row in block.rows:
            cells = [block.cells[i] for i in dict.fromkeys(row) if i >= 0]
            yield [glyph for i, cell in enumerate(cells) for glyph in (put_in() if i else []) + cell]
        return
    texts = list(map(text_of, block.cells))
    for line in laid_out(texts, block.rows):
        columns = [run_on([_cell(block, i) for i in column]) for column in line]
        yield columns[0] if len(columns) == 1 else _barred(columns)


def _cell(table: Grid, i: int) -> list[Glyph]:
    return table.cells[i] if i >= 0 else [*put_in("（"), *table.cells[~i], *put_in("）")]


def _barred(columns: Sequence[Sequence[Glyph]]) -> list[Glyph]:
    """Cells as a row: as :func:`finmetrics.reading.tables.row_text` writes it, always with bars outside."""
    line: list[Glyph] = put_in("|") if columns else []
    for column in columns:
        line += put_in()
        line += column
        line += put_in(" |")
    return line


def _title(blocks: Sequence[Block]) -> str:
    """The largest lines at the top of the document, where they are larger than its text."""
    sizes = sorted(block.size for block in blocks if isinstance(block, Paragraph) for _ in block.glyphs)
    if not sizes:
        return ""
    usual = sizes[len(sizes) // 2]
    top = [block for block in blocks[:12] if isinstance(block, Paragraph)]
    if not top or (largest := max(block.size for block in top)) < _TITLE_SIZE * usual:
        return ""
    large = [block.size >= max(0.8 * largest, _TITLE_SIZE * usual) for block in top]
    first = large.index(True)
    end = next((i for i in range(first, len(top)) if not large[i] or _page(top[i]) != _page(top[first])), len(top))
    return " ".join(block.text for block in top[first:end])[:_TITLE_CHARACTERS]


def _page(paragraph: Paragraph) -> int:
    return paragraph.glyphs[0].page


def _made(info: dict[str, str]) -> dt.date | None:
    return day_of(info.get("CreationDate", "").removeprefix("D:")[:14])
