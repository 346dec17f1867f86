"""Rows whose source is a URL -> links that open the page at the figure.

A link is the URL with a text fragment, ``#:~:text=prefix-,quote,-suffix`` (https://wicg.github.io/scroll-to-text-fragment).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as percent_encoded

if TYPE_CHECKING:
    import pandas as pd

_NEEDED = ("doc_id", "source", "sentence", "quote", "start")
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
# Browsers look for whole words, and whether a Chinese one ends somewhere is a matter of their dictionaries; punctuation
# is the end of one everywhere. So context grows from mark to mark.
_WORDS = re.compile(r"(?:\w|(?<=\d)[.,](?=\d))+")
# Marks of Markdown and of our lines of cells, which a page does not show, and line breaks, which contexts do not cross.
_UNSEEN = re.compile(r"[|*_#<>`~\[\]\n]")


def links(figures: pd.DataFrame) -> pd.Series[str]:
    """For each row whose ``source`` is a URL the link that opens the page at the quote; ``<NA>`` for other rows.

    Around the quote stands as much of its sentence as makes it the only such place in the sentences of its document,
    one stretch between two punctuation marks at least. A row of a PDF (with a ``page``) links to the page. Needs the
    columns ``doc_id``, ``source``, ``sentence``, ``quote`` and ``start``; raises ``ValueError`` where one is missing.
    """
    import pandas as pd

    missing = [name for name in _NEEDED if name not in figures.columns]
    if missing:
        raise ValueError(f"the table has no column {', '.join(missing)}, which links need")
    names = [*_NEEDED, *(name for name in ("page",) if name in figures.columns)]
    rows = figures[names].astype(object).where(figures[names].notna(), None).to_dict("records")
    known: dict[str, dict[str, None]] = {}
    for row in rows:
        known.setdefault(row["doc_id"], {})[row["sentence"] or ""] = None
    texts = {doc_id: "\n".join(sentences) for doc_id, sentences in known.items()}
    starts = _sentence_starts(rows)
    made = [
        _link(row, texts[row["doc_id"]], start) if _URL.fullmatch(row["source"] or "") else None
        for row, start in zip(rows, starts, strict=True)
    ]
    return pd.Series(made, index=figures.index, dtype=pd.StringDtype(), name="link")


def _sentence_starts(rows: list[dict[Any, Any]]) -> list[int]:
    """Where each row's sentence begins in its document: where most of the sentence's quotes say it does.

    A quote that stands twice in its sentence alone does not tell which of the two it is.
    """
    votes: dict[tuple[str, str], Counter[int]] = {}
    for row in rows:
        votes.setdefault((row["doc_id"], row["sentence"]), Counter()).update(_possible(row))
    return [max(_possible(row), key=votes[row["doc_id"], row["sentence"]].__getitem__, default=0) for row in rows]


def _possible(row: dict[Any, Any]) -> list[int]:
    """Where the row's sentence may begin, for each place of its quote there."""
    quote = re.escape(row["quote"] or "")
    return [row["start"] - match.start() for match in re.finditer(quote, row["sentence"] or "")] if quote else []


def _link(row: dict[Any, Any], text: str, sentence_start: int) -> str:
    address, _, fragment = row["source"].partition("#")
    element = fragment.partition(":~:")[0]
    if row.get("page"):
        return f"{address}#page={int(row['page'])}"
    sentence, quote = row["sentence"] or "", row["quote"] or ""
    at = int(row["start"]) - sentence_start
    if not quote or sentence[at : at + len(quote)] != quote or _UNSEEN.search(quote):
        return f"{row['source']}"
    before, after = sentence[:at], sentence[at + len(quote) :]
    prefix = suffix = ""
    for prefix, suffix in _contexts(before, after):
        if text.count(prefix + quote + suffix) == 1:
            break
    parts = [f"{_encoded(prefix)}-"] if prefix.strip() else []
    parts.append(_encoded(quote))
    parts += [f"-{_encoded(suffix)}"] if suffix.strip() else []
    return f"{address}#{element}:~:text={','.join(parts)}"


def _contexts(before: str, after: str) -> Iterator[tuple[str, str]]:
    """What may stand around a quote, from the nearest stretch on each side to all of the sentence."""
    left = _UNSEEN.split(before)[-1]
    right = _UNSEEN.split(after)[0]
    starts = [match.start() for match in _WORDS.finditer(left)][::-1] or [len(left)]
    ends = [match.end() for match in _WORDS.finditer(right)] or [0]
    i = j = 0
    while True:
        yield left[starts[i] :], right[: ends[j]]
        if i + 1 == len(starts) and j + 1 == len(ends):
            return
        if i <= j and i + 1 < len(starts) or j + 1 == len(ends):
            i += 1
        else:
            j += 1


def _encoded(text: str) -> str:
    """Percent-encoded, with ``-`` too: it, ``,`` and ``&`` have a meaning of their own in a text fragment."""
    return percent_encoded(text.strip(), safe="").replace("-", "%2D")
