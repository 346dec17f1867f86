"""Looking at figures and correcting them: files in; a page, a served review, gold in other tools' formats out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from finmetrics.api import Day, Report, Rules, counting, extractions, extractor_for, noting
from finmetrics.model import Extraction
from finmetrics.output.replacing import replacing
from finmetrics.reading import AS_IT_IS, Paths, Progress, ReadFailure, Reading
from finmetrics.review import exchange
from finmetrics.review.corrections import Gold, drafted
from finmetrics.review.goldfile import GoldFile
from finmetrics.review.page import page
from finmetrics.review.server import Review


def report(
    paths: Paths,
    target: str | os.PathLike[str],
    *,
    published: Day = None,
    rules: Rules = None,
    on_failure: Callable[[ReadFailure], None] | None = None,
    progress: Progress | None = None,
    reading: Reading = AS_IT_IS,
) -> Report:
    """Writes the figures of files, folders, globs and feeds as one HTML page that needs no network.

    It shows each article with its figures marked beside their table, why each came out as it did, the numerals that
    are none, and series over time. ``on_failure`` is called with each document that failed, ``progress`` with the
    bytes done and the bytes in all; ``reading`` says how feeds name their columns and what a document may cost. Raises
    ``ValueError`` for a name that does not end in .html, a bad date or bad rules, ``OSError`` where the file cannot be
    written; then none is left behind.
    """
    target = Path(target)
    if target.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"cannot write {target.name!r}: a report is a .html file")
    extractor = extractor_for(rules)
    done = Report()
    fail = noting(done, on_failure)
    found = extractions(
        paths, on_failure=fail, rules=extractor, published=published, progress=progress, reading=reading
    )
    with replacing(target) as path, open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(page(counting(done, found), extractor))
    return done


def open_review(
    paths: Paths,
    gold: str | os.PathLike[str],
    *,
    published: Day = None,
    rules: Rules = None,
    on_failure: Callable[[ReadFailure], None] | None = None,
    reading: Reading = AS_IT_IS,
) -> Review:
    """A review of the documents, ready to be served on this machine only; judgements are saved to the file ``gold``.

    What ``gold`` holds already is taken up again; a document whose text is another there, or whose ``doc_id`` two
    documents have, is named to ``on_failure`` and left out; ``reading`` is as for :func:`report`. Raises ``ValueError``
    where ``gold`` is no gold file, ``OSError`` where it cannot be read.
    """
    file, extractor = GoldFile(gold), extractor_for(rules)
    fail = noting(Report(), on_failure)
    found: dict[str, Extraction] = {}
    for one in extractions(paths, on_failure=fail, rules=extractor, published=published, reading=reading):
        document = one.document
        known = file.get(document.doc_id)
        if document.doc_id in found:
            fail(ReadFailure(document.doc_id, "another document has this doc_id"))
        elif known is not None and known["text"] != document.text:
            fail(ReadFailure(document.doc_id, f"its text is not the one in {file.path}"))
        else:
            found[document.doc_id] = one
    return Review(list(found.values()), extractor, file)


def draft_gold(
    paths: Paths,
    target: str | os.PathLike[str],
    *,
    published: Day = None,
    rules: Rules = None,
    on_failure: Callable[[ReadFailure], None] | None = None,
    reading: Reading = AS_IT_IS,
) -> Report:
    """Writes the documents and their figures as a gold file in which nothing is judged yet, for another tool.

    ``reading`` is as for :func:`report`. Raises ``ValueError`` for a name that does not end in .jsonl, ``OSError``
    where the file cannot be written.
    """
    done = Report()
    fail = noting(done, on_failure)
    found = extractions(paths, on_failure=fail, rules=rules, published=published, reading=reading)
    exchange.write_gold(map(drafted, counting(done, found)), Path(target))
    return done


def export_gold(gold: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], target: str | os.PathLike[str]) -> int:
    """Writes gold files as Label Studio tasks (a .json file) or as brat standoff (a folder); returns the documents.

    Raises ``ValueError`` that names file and line where one is no gold, ``OSError`` where ``target`` cannot be
    written.
    """
    return exchange.export(gold, Path(target))


def import_gold(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    rules: Rules = None,
    on_failure: Callable[[ReadFailure], None] | None = None,
) -> Report:
    """Writes a Label Studio export (a .json file) or a folder of brat standoff as a gold file.

    A figure that states no value there takes it, and every slot that is not stated, from our own reading of the
    same place. A document that cannot be read is named to ``on_failure`` and left out. Raises ``ValueError`` for a
    name that does not end in .jsonl, ``OSError`` where a file cannot be read or written.
    """
    done = Report()
    fail = noting(done, on_failure)

    def counted() -> Iterator[Gold]:
        for one in exchange.read(Path(source), extractor_for(rules)):
            if isinstance(one, ReadFailure):
                fail(one)
                continue
            done.documents += 1
            done.figures += len(one["facts"])
            yield one

    exchange.write_gold(counted(), Path(target))
    return done
