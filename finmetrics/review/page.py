"""Extractions -> one self-contained HTML page: articles with their figures marked, the table, the series."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from finmetrics.extractor import Extractor
from finmetrics.model import Extraction
from finmetrics.review.data import Json, in_script, of_document, of_rules

# The parts of the script in the order they stand in the page, each of one concern.
_SCRIPTS = ("words.js", "state.js", "article.js", "table.js", "series.js", "editor.js", "main.js")


def page(extractions: Iterable[Extraction], extractor: Extractor, *, review: Json | None = None) -> Iterator[str]:
    """The page in pieces, a document's text and reasons after the other; nothing in it needs a network.

    Documents come as JSON elements of their own, parsed when one is chosen. ``review`` turns the editor on and is
    handed to it as it is.
    """
    script, style = _joined(_SCRIPTS), _asset("page.css")
    opening, middle, closing = _asset("page.html").split("<!-- part -->\n")
    yield opening.replace("{{csp}}", _policy(script, style, served=review is not None)).replace("{{style}}", style)
    heads = []
    for number, extraction in enumerate(extractions):
        head, body = of_document(extraction, extractor)
        heads.append(head)
        yield _element(f"document-{number}", body)
    index = of_rules(extractor.lexicon.rules) | {"documents": heads, "review": review}
    yield _element("index", index)
    yield middle.replace("{{script}}", script)
    yield closing


def _element(name: str, value: object) -> str:
    return f'<script type="application/json" id="{name}">{in_script(value)}</script>\n'


def _policy(script: str, style: str, *, served: bool) -> str:
    """A policy under which only our script and style run, and only the review talks to its own server."""
    connect = "'self'" if served else "'none'"
    return (
        f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(style)}; connect-src {connect}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _asset(name: str) -> str:
    return (files("finmetrics.review") / "assets" / name).read_text(encoding="utf-8")


@cache
def _joined(names: tuple[str, ...]) -> str:
    return "".join(map(_asset, names))
