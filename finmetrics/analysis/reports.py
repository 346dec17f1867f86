"""Which facts stand in a bank's own report: by the title (rules/reports.yaml) and whose figures the document states."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache

from finmetrics.analysis.model import Stated
from finmetrics.clean import Cleaner
from finmetrics.rules import load


def own_reports(rows: Iterable[Stated]) -> frozenset[str]:
    """The ids of the facts that a bank's own report states of that bank."""
    documents: dict[str, list[Stated]] = defaultdict(list)
    for row in rows:
        documents[row.figure.doc_id].append(row)
    found: set[str] = set()
    for of_document in documents.values():
        if not is_report(of_document[0].title):
            continue
        banks = Counter(row.figure.bank for row in of_document if row.figure.bank)
        if banks:
            bank, count = banks.most_common(1)[0]
            if 2 * count > banks.total():
                found.update(row.fact_id for row in of_document if row.figure.bank == bank)
    return frozenset(found)


def is_report(title: str) -> bool:
    """Whether a title is that of a bank's own report."""
    text = _cleaner()(title)
    return any(
        any(word in text for word in entry.words) and not any(word in text for word in entry.not_)
        for entry in load().reports
    )


@cache
def _cleaner() -> Cleaner:
    return Cleaner(load().traditional)
