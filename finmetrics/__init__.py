"""Figures stated in Chinese bank articles, as one normalized table.

``extract`` reads a text, ``read`` files and feeds, ``extract_frame`` a DataFrame; ``explain`` shows how a figure
came to be; ``panel``, ``disclosure``, ``audit``, ``plot`` and ``links`` work on the table. Names load on first use,
so that importing the package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from finmetrics.analysis.audit import audit as audit
    from finmetrics.analysis.panel import disclosure as disclosure
    from finmetrics.analysis.panel import panel as panel
    from finmetrics.analysis.plot import plot as plot
    from finmetrics.api import explain as explain
    from finmetrics.api import extract as extract
    from finmetrics.api import extract_frame as extract_frame
    from finmetrics.api import extract_to as extract_to
    from finmetrics.api import read as read
    from finmetrics.extractor import Extractor as Extractor
    from finmetrics.figures import Figures as Figures
    from finmetrics.model import Dismissed as Dismissed
    from finmetrics.model import Document as Document
    from finmetrics.model import Extraction as Extraction
    from finmetrics.model import Figure as Figure
    from finmetrics.output.columns import COLUMNS as COLUMNS
    from finmetrics.output.links import links as links
    from finmetrics.reading import Unreadable as Unreadable
    from finmetrics.review.api import open_review as open_review
    from finmetrics.review.api import report as report
    from finmetrics.rules import RulesError as RulesError

_HOMES = {
    "COLUMNS": "output.columns",
    "Dismissed": "model",
    "Document": "model",
    "Extraction": "model",
    "Extractor": "extractor",
    "Figure": "model",
    "Figures": "figures",
    "RulesError": "rules",
    "Unreadable": "reading",
    "audit": "analysis.audit",
    "disclosure": "analysis.panel",
    "explain": "api",
    "extract": "api",
    "extract_frame": "api",
    "extract_to": "api",
    "links": "output.links",
    "open_review": "review.api",
    "panel": "analysis.panel",
    "plot": "analysis.plot",
    "read": "api",
    "report": "review.api",
}

__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'finmetrics' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"finmetrics.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
