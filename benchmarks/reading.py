"""How fast and how well documents are read: python benchmarks/reading.py [FILE...].

Without files, tests/documents: for each the seconds to read it, its pages and characters, and of the article the
agreement (F1 of the tuples) with the figures of its plain text; then a report of 300 pages, made of the long
one, and the most memory that the process reading apart took.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from finmetrics.extractor import Extractor
from finmetrics.model import Document, Figure
from finmetrics.reading import documents

PAGES = 300
DOCUMENTS = Path(__file__).parents[1] / "tests" / "documents"


def read(path: Path) -> tuple[list[Document], float]:
    """The documents of a file and the seconds it took."""
    began = time.perf_counter()
    found = list(documents(path))
    took = time.perf_counter() - began
    for item in found:
        if not isinstance(item, Document):
            print(item)
    return [item for item in found if isinstance(item, Document)], took


def shown(path: Path) -> list[Document]:
    """Reads a file and prints what that took."""
    found, took = read(path)
    for document in found:
        pages = max(document.places.pages) if document.places is not None else 0
        print(f"{path.name:34} {took:6.2f} s {pages or '':>5} {len(document.text):9,} characters  {document.title}")
    return found


def tuples(figures: Iterable[Figure]) -> Counter[tuple[Any, ...]]:
    return Counter((f.value, f.unit, f.bank, f.metric, f.measure, f.comparison, f.period_end) for f in figures)


def main(files: list[str]) -> None:
    """Reads and prints."""
    if files:
        for file in files:
            shown(Path(file))
        return
    extractor = Extractor()
    [plain] = shown(DOCUMENTS / "article.txt")
    wanted = tuples(extractor.run(plain).figures)
    for path in sorted(DOCUMENTS.glob("article-*")):
        for document in shown(path):
            got = tuples(extractor.run(document).figures)
            print(f"{'':34} F1 {2 * (wanted & got).total() / (wanted.total() + got.total()):.3f}")
    for path in sorted(DOCUMENTS.glob("[il][no]*.*")):
        if path.suffix != ".yaml":
            shown(path)
    with tempfile.TemporaryDirectory() as folder:
        import pypdfium2

        source = pypdfium2.PdfDocument(DOCUMENTS / "long-libreoffice.pdf")
        target = pypdfium2.PdfDocument.new()
        while len(target) < PAGES:
            target.import_pages(source, range(min(len(source), PAGES - len(target))))
        target.save(Path(folder) / f"{PAGES}-pages.pdf")
        shown(Path(folder) / f"{PAGES}-pages.pdf")
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"{'most memory of the process apart':34} {most / 1024:6.0f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
