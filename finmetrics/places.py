"""Where on its pages a stretch of a document's text stands."""

from __future__ import annotations

from finmetrics.model import Places


def place_of(places: Places, start: int, end: int) -> tuple[int | None, str]:
    """The page of ``text[start:end]`` (from 1) and its box there, as ``left,top,right,bottom`` in points.

    Of a stretch that goes over a page break, the part on its first page; no page and no box where it stands on none.
    """
    on = [i for i in range(start, end) if places.pages[i]]
    if not on:
        return None, ""
    page = places.pages[on[0]]
    boxes = [places.boxes[4 * i : 4 * i + 4] for i in on if places.pages[i] == page]
    edges = (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
    return page, ",".join(f"{edge:.1f}" for edge in edges)
