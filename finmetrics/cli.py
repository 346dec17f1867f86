"""The command line: every verb calls one public function and shows what it gives."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from finmetrics.analysis import cli as analysis
from finmetrics.batch.cli import batch_app
from finmetrics.ending import FAULT, end, plain_errors
from finmetrics.review.cli import REVIEW_CODES, gold_app, report, review
from finmetrics.rules_cli import rules_app
from finmetrics.verbs import (
    ColumnsOption,
    ConfidenceOption,
    HeadersOption,
    LimitOption,
    OutOption,
    PackageOption,
    PathsArgument,
    PublishedOption,
    RulesOption,
    naming_failures,
    reading_of,
    reads_documents,
)

if TYPE_CHECKING:
    from finmetrics.reading import Progress, Reading

EXIT_CODES = """Exit codes: 0 all was read; 1 some documents failed, each named on stderr; 2 bad use (options, rules,
an output that cannot be written); 3 a fault of finmetrics itself; 130 interrupted; 141 the reader of a pipe left."""

app = typer.Typer(
    name="finmetrics",
    help=f"Figures stated in Chinese bank articles, as one normalized table.\n\n{EXIT_CODES}",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(rules_app, name="rules")
app.add_typer(batch_app, name="batch")
app.add_typer(gold_app, name="gold")


@app.command(epilog=EXIT_CODES)
@reads_documents
def extract(
    paths: PathsArgument,
    out: OutOption = None,
    columns: ColumnsOption = None,
    headers: HeadersOption = "en",
    rules: RulesOption = None,
    published: PublishedOption = None,
    min_confidence: ConfidenceOption = 0.0,
    ledger: Annotated[
        str | None,
        typer.Option(metavar="FILE.csv", help="Also write what became of every numeral: a figure, dismissed and why."),
    ] = None,
    package: PackageOption = False,
    *,
    reading: Reading,
) -> None:
    """Extract the figures of PDF, Word, Excel, HTML, Markdown and text; of JSONL, CSV and Parquet feeds; of archives.

    Without -o a table on the terminal, or CSV into a pipe.
    """
    names = columns.split(",") if columns is not None else None
    for_the_eye = out is None and sys.stdout.isatty()
    with naming_failures() as fail, _progress(shown=not for_the_eye) as progress:
        from finmetrics import api
        from finmetrics.output.show import tables_printed

        target: api.Target
        if out is not None:
            target = out
        elif for_the_eye:
            target = tables_printed(names, headers)
        else:
            sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="")  # type: ignore[union-attr]
            target = sys.stdout
        report = api.extract_to(
            paths,
            target,
            columns=names,
            headers=headers,
            rules=rules,
            published=published,
            min_confidence=min_confidence,
            ledger=ledger,
            package=package,
            on_failure=fail,
            progress=progress,
            reading=reading,
        )
        if sys.stderr.isatty() and (out is not None or for_the_eye):
            where = f" in {out}" if out is not None else ""
            typer.echo(f"{report.figures} figures of {report.documents} documents{where}", err=True)


@app.command(epilog=EXIT_CODES)
def explain(
    file: Annotated[str, typer.Argument(metavar="FILE", help="One document, or a feed with --doc.")],
    at: Annotated[
        int | None, typer.Option(metavar="N", help="The figure at this offset of the document's text.")
    ] = None,
    figure: Annotated[str | None, typer.Option(metavar="TEXT", help="The figures written like this: 5200万户.")] = None,
    doc: Annotated[str | None, typer.Option(metavar="ID", help="Which document of a feed (its doc_id).")] = None,
    rules: RulesOption = None,
    published: PublishedOption = None,
) -> None:
    """Print how a figure came to be: spans, the rules that fired, the candidates that lost and why."""
    with naming_failures() as fail:
        from finmetrics import api

        found, failures = api.find_document(file, doc_id=doc, published=published)
        for failure in failures:
            fail(failure)
        if found is not None:
            typer.echo(api.explain(found, at=at, figure=figure, rules=rules))


@app.command(epilog=EXIT_CODES)
def text(
    file: Annotated[str, typer.Argument(metavar="FILE", help="One document, or a feed or archive with --doc.")],
    doc: Annotated[str | None, typer.Option(metavar="ID", help="Which document of several (its doc_id).")] = None,
    limit: LimitOption = None,
) -> None:
    """Print a document's text as it is read: what the offsets of its figures refer to."""
    with naming_failures() as fail:
        from finmetrics import api

        found, failures = api.find_document(file, doc_id=doc, reading=reading_of(limit))
        for failure in failures:
            fail(failure)
        if found is not None:
            sys.stdout.buffer.write(found.text.encode("utf-8", "replace"))


@app.command("eval", epilog="Exit codes: 0 scored, whatever the scores; 2 bad use (files that are no gold, rules).")
def evaluate(
    gold: Annotated[
        list[str],
        typer.Argument(metavar="GOLD...", help="Gold files (.jsonl), or folders of them (not what lies deeper)."),
    ],
    against: Annotated[
        str | None, typer.Option(metavar="BASELINE.json", help="Also print gains and losses since a saved run.")
    ] = None,
    save: Annotated[str | None, typer.Option(metavar="FILE.json", help="Save this run for a later --against.")] = None,
    errors: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Print the first N errors; without it, all.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    rules: RulesOption = None,
) -> None:
    """Score our figures against gold: overall, per slot and per kind, with every error in context."""
    with plain_errors():
        from finmetrics.judging import evaluation

        result = evaluation.evaluate(gold, rules=rules)
        moved = None if against is None else evaluation.shifts(result, against)
        if save is not None:
            result.save(save)
        if as_json:
            typer.echo(evaluation.as_json(result, moved))
        else:
            for line in evaluation.printed(result, moved, errors):
                typer.echo(line)


for verb in (analysis.panel, analysis.audit, analysis.plot):
    app.command(epilog=analysis.EXIT_CODES)(verb)


app.command(epilog=EXIT_CODES)(report)
app.command(epilog=REVIEW_CODES)(review)


def _version(wanted: bool) -> None:
    if wanted:
        from finmetrics import __version__

        typer.echo(f"finmetrics {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of the program itself."""


def main() -> None:
    """The console script: runs the program and ends the process with a documented exit code, never a traceback."""
    try:
        app()
    except Exception as error:
        end(f"a fault of finmetrics: {type(error).__name__}: {error}", FAULT)


@contextmanager
def _progress(*, shown: bool) -> Iterator[Progress | None]:
    """A bar on stderr, where that is a terminal, once the work has taken a second."""
    if not shown or not sys.stderr.isatty():
        yield None
        return
    from time import monotonic

    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("reading"), BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=Console(stderr=True),
        transient=True,
    )  # fmt: skip
    task = bar.add_task("reading")
    began = monotonic()

    def show(done: int, total: int) -> None:
        if not bar.live.is_started:
            if monotonic() - began < 1 or done >= total:
                return
            bar.start()
        bar.update(task, completed=done, total=max(done, total))

    try:
        yield show
    finally:
        bar.stop()


if __name__ == "__main__":
    main()
