"""A document's sentences -> its figures."""

from __future__ import annotations

from finmetrics.basis import basis_of
from finmetrics.bind.cells import TableBinder
from finmetrics.bind.model import Trace
from finmetrics.bind.reporting import named_period, report_period, titled_period
from finmetrics.bind.sentence import Deciders, SentenceBinder
from finmetrics.discourse import Context, sentences
from finmetrics.grid import Table, tables
from finmetrics.lexicon import Lexicon
from finmetrics.model import Dismissed, Document, Figure
from finmetrics.naming.names import About
from finmetrics.spot import Token
from finmetrics.unwrap import Running


class Binder:
    """Binds document after document with the same rules."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._deciders = Deciders(lexicon)
        self._lexicon = lexicon

    def bind(
        self, document: Document, running: Running, tokens: list[Token], about: About, trace: Trace | None = None
    ) -> tuple[list[Figure], list[Dismissed]]:
        """The figures of a cleaned text, in order, and the numerals that stayed unresolved."""
        text, title = running.text, self._lexicon.clean(document.title).strip()
        context = Context(
            document.published, about.bank, about.branch, about.group, report_period(document),
            bank=about.bank or about.group, branch=about.branch, title_product=about.product,
            title_weight=about.product_weight, branches_stay=about.of_branches,
            basis=basis_of(text, tokens, self._lexicon),
        )  # fmt: skip
        if about.branch:
            context.branches[about.branch[-2:]] = about.branch
        context.document_report = context.report
        context.title_period = context.period = titled_period(document)
        figures: list[Figure] = []
        dismissed: list[Dismissed] = []
        grids = tables(text)
        inside: list[list[Token]] = [[] for _ in grids]
        prose = _outside(tokens, grids, inside) if grids else tokens
        waiting = list(zip(grids, inside, strict=True))
        for sentence in sentences(text, prose):
            while waiting and waiting[0][0].start < sentence.start:
                figures += self._table(text, document, context, *waiting.pop(0), trace)
            if sentence.heading:
                heading = text[sentence.start : sentence.end]
                context.open_section(sentence, named_period(heading), titles=heading.strip() == title)
                continue
            if sentence.opens_paragraph and text[sentence.start : sentence.end].strip():  # no blank line
                context.open_paragraph()
                context.paragraph = sentence.start
            if not sentence.tokens:
                continue
            if sentence.runs_in:
                context.open_item(sentence)
                continue
            binder = SentenceBinder(text, document.doc_id, self._deciders, context, sentence, trace)
            bound = binder.run()
            if bound:
                low, high = running.span(sentence.start, max(sentence.end, sentence.start + 1))
                written = document.text[low:high].strip()
                for one in bound:
                    one.figure.sentence = written
                    figures.append(one.figure)
            dismissed += binder.dismissed
        for table, cells in waiting:
            figures += self._table(text, document, context, table, cells, trace)
        return figures, dismissed

    def _table(
        self, text: str, document: Document, context: Context, table: Table, cells: list[Token], trace: Trace | None
    ) -> list[Figure]:
        confidences = self._deciders.confidence
        return TableBinder(text, document.doc_id, self._lexicon, context, table, cells, confidences, trace).run()


def _outside(tokens: list[Token], grids: list[Table], inside: list[list[Token]]) -> list[Token]:
    """The tokens of running text; those of a table (and of the caption line above it) go to ``inside``."""
    running: list[Token] = []
    at = 0
    for token in tokens:
        while at < len(grids) and grids[at].end <= token.start:
            at += 1
        if at < len(grids) and grids[at].caption.start <= token.start:
            inside[at].append(token)
            if token.start >= grids[at].start:
                continue
        running.append(token)
    return running
