"""What verbs of the command line share: options, and how a document that failed is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from finmetrics.reading import ReadFailure

RulesOption = Annotated[str | None, typer.Option("--rules", metavar="DIR", help="A folder of rules laid over our own.")]
PublishedOption = Annotated[
    str | None,
    typer.Option("--published", metavar="DATE", help="The date of documents that state none: 2022-03-29."),
]


def name_failure(failure: ReadFailure) -> None:
    """Names a failure on stderr, in one line."""
    from finmetrics.output.show import printable

    typer.echo(printable(str(failure)), err=True)
