"""The verbs that look at figures and correct them: each calls one public function and shows what it gives."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from finmetrics.ending import plain_errors
from finmetrics.verbs import PathsArgument, PublishedOption, RulesOption, group, naming_failures, reads_documents

if TYPE_CHECKING:
    from finmetrics.reading import Reading

EXIT_CODES = """Exit codes: 0 all was read; 1 some documents failed, each named on stderr; 2 bad use (options, rules,
gold, an output that cannot be written); 3 a fault of finmetrics itself; 130 interrupted."""

REVIEW_CODES = """Exit codes: 0 ended by an interrupt; 1 the same, but some documents failed, each named on stderr;
2 bad use (options, rules, gold); 3 a fault of finmetrics itself."""

gold_app = group("Look after gold: documents with the facts that a reader found in them.")

GoldOut = Annotated[str, typer.Option("-o", "--out", metavar="GOLD.jsonl", help="The gold file to write.")]


@reads_documents
def report(
    paths: PathsArgument,
    out: Annotated[str, typer.Option("-o", "--out", metavar="REPORT.html", help="The page to write.")],
    rules: RulesOption = None,
    published: PublishedOption = None,
    *,
    reading: Reading,
) -> None:
    """Write one offline page: each article with its figures marked, their table, the reasons, series over time."""
    with naming_failures() as fail:
        from finmetrics.review import api

        done = api.report(paths, out, rules=rules, published=published, on_failure=fail, reading=reading)
        if sys.stderr.isatty():
            typer.echo(f"{done.figures} figures of {done.documents} documents in {out}", err=True)


@reads_documents
def review(
    paths: PathsArgument,
    out: Annotated[
        str, typer.Option("-o", "--out", metavar="GOLD.jsonl", help="Where judgements are saved, and taken up again.")
    ] = "corrections.jsonl",
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")] = True,
    rules: RulesOption = None,
    published: PublishedOption = None,
    *,
    reading: Reading,
) -> None:
    """Serve the page on this machine to confirm, correct, dismiss and add figures; each judgement is saved as gold.

    It prints the page's address and serves until it is interrupted (Ctrl-C).
    """
    with naming_failures() as fail:
        from finmetrics.review import api

        opened = api.open_review(paths, out, rules=rules, published=published, on_failure=fail, reading=reading)
        with opened as served:
            typer.echo(served.url)
            sys.stdout.flush()
            if browser:
                import webbrowser

                webbrowser.open(served.url)
            served.serve()


@gold_app.command(epilog=EXIT_CODES)
@reads_documents
def draft(
    paths: PathsArgument,
    out: GoldOut,
    rules: RulesOption = None,
    published: PublishedOption = None,
    *,
    reading: Reading,
) -> None:
    """Write articles and their figures as a gold file in which nothing is judged yet."""
    with naming_failures() as fail:
        from finmetrics.review import api

        api.draft_gold(paths, out, rules=rules, published=published, on_failure=fail, reading=reading)


@gold_app.command("export", epilog="Exit codes: 0 written; 2 bad use (files that are no gold, an output).")
def export_(
    gold: Annotated[list[str], typer.Argument(metavar="GOLD...", help="Gold files (.jsonl), or folders of them.")],
    out: Annotated[
        str, typer.Option("-o", "--out", metavar="TASKS.json|FOLDER", help="Label Studio's tasks, or brat's folder.")
    ],
) -> None:
    """Write gold for Label Studio (a .json file, its labelling configuration beside it) or for brat (a folder)."""
    with plain_errors():
        from finmetrics.review import api

        api.export_gold(gold, out)


@gold_app.command("import", epilog=EXIT_CODES)
def import_(
    source: Annotated[
        str, typer.Argument(metavar="TASKS.json|FOLDER", help="A Label Studio export (JSON), or a folder of brat.")
    ],
    out: GoldOut,
    rules: RulesOption = None,
) -> None:
    """Write what was annotated in Label Studio or brat as a gold file."""
    with naming_failures() as fail:
        from finmetrics.review import api

        api.import_gold(source, out, rules=rules, on_failure=fail)
