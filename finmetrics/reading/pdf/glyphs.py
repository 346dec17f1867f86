"""A PDF file's pages -> their characters and drawn lines, by pdfium."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from finmetrics.reading.pdf.model import Glyph, Page, Rule

_THIN = 2.5  # points: what is thinner is a line, though it may be drawn as a rectangle
_SHORTEST = 4.0  # points of a line that may be a table's
_MOST_PATHS = 20_000  # of a page; a drawing beyond that is no table
_BLANK = frozenset(" \t\r\n\xa0\u3000\u200b\ufeff")


def pages(document: pdfium.PdfDocument) -> Iterator[Page]:
    """The pages in order; characters that do not stand upright (watermarks) are left out."""
    for index in range(len(document)):
        page = document[index]
        try:
            yield _page(page, index + 1)
        finally:
            page.close()


def _page(page: pdfium.PdfPage, number: int) -> Page:
    left, bottom, right, top = page.get_bbox()
    text = page.get_textpage()
    try:
        found = _characters(text)
    finally:
        text.close()
    upright = _main_angle(found)
    turned = (360 - upright) % 360  # clockwise, for its text to stand upright
    width, height = right - left, top - bottom

    def place(x0: float, y0: float, x1: float, y1: float) -> Box:
        """A box of the file's coordinates (y upwards) on the page turned, y downwards."""
        x0, x1, y0, y1 = x0 - left, x1 - left, y0 - bottom, y1 - bottom
        match turned:
            case 90:
                return y0, x0, y1, x1
            case 180:
                return width - x1, y0, width - x0, y1
            case 270:
                return height - y1, width - x1, height - y0, width - x0
        return x0, height - y1, x1, height - y0

    shown = (height, width) if turned in (90, 270) else (width, height)
    glyphs = []
    for char, angle, box in found:
        if angle == upright and char not in _BLANK:
            x0, y0, x1, y1 = place(*box)
            if x1 > -1 and y1 > -1 and x0 < shown[0] + 1 and y0 < shown[1] + 1:
                glyphs.append(Glyph(char, x0, y0, x1, y1, number))
    across: list[Rule] = []
    down: list[Rule] = []
    pictures = False
    paths = 0
    for shape in page.get_objects(max_depth=1):
        if shape.type == raw.FPDF_PAGEOBJ_IMAGE:
            pictures = True
        elif shape.type == raw.FPDF_PAGEOBJ_PATH:
            paths += 1
            if paths > _MOST_PATHS:
                across, down = [], []
                break
            for line in _lines(shape):
                x0, y0, x1, y1 = place(*line)
                if y1 - y0 <= _THIN and x1 - x0 >= _SHORTEST:
                    across.append(Rule((y0 + y1) / 2, x0, x1))
                elif x1 - x0 <= _THIN and y1 - y0 >= _SHORTEST:
                    down.append(Rule((x0 + x1) / 2, y0, y1))
    return Page(number, *shown, glyphs, across, down, pictures)


Box = tuple[float, float, float, float]


def _characters(text: pdfium.PdfTextPage) -> list[tuple[str, int, Box]]:
    """Every character that the file writes, its angle in degrees and its box (left, bottom, right, top)."""
    found = []
    box = raw.FS_RECTF()
    for i in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, i)
        if code < 32 or raw.FPDFText_IsGenerated(text, i) == 1:
            continue
        if not raw.FPDFText_GetLooseCharBox(text, i, box):
            continue
        char = chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        angle = round(math.degrees(max(0.0, raw.FPDFText_GetCharAngle(text, i)))) % 360
        found.append((char, angle, (box.left, box.bottom, box.right, box.top)))
    return found


def _main_angle(found: list[tuple[str, int, Box]]) -> int:
    counted = Counter(angle for _, angle, _ in found)
    return counted.most_common(1)[0][0] if counted else 0


def _lines(shape: pdfium.PdfObject) -> Iterator[Box]:
    """The straight lines of a path: thin boxes as they are, the edges of what is stroked."""
    a, b, c, d, e, f = shape.get_matrix().get()
    fill, stroked = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(shape, fill, stroked)
    x, y = ctypes.c_float(), ctypes.c_float()
    outline: list[tuple[float, float]] = []
    for i in range(min(raw.FPDFPath_CountSegments(shape), _MOST_PATHS)):
        segment = raw.FPDFPath_GetPathSegment(shape, i)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
            yield from _edges(outline, stroked=bool(stroked.value))
            outline = []
        outline.append((a * x.value + c * y.value + e, b * x.value + d * y.value + f))
        if raw.FPDFPathSegment_GetClose(segment):
            outline.append(outline[0])
    yield from _edges(outline, stroked=bool(stroked.value))


def _edges(outline: list[tuple[float, float]], *, stroked: bool) -> Iterator[Box]:
    if len(outline) < 2:
        return
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    x0, y0, x1, y1 = min(xs), min(ys), max(xs), max(ys)
    if x1 - x0 <= _THIN or y1 - y0 <= _THIN:
        yield x0, y0, x1, y1
    elif stroked:
        for (ax, ay), (bx, by) in pairwise(outline):
            yield min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)
