"""What verbs of the command line share: options, and how documents that failed are named."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from finmetrics.ending import SOME_FAILED, plain_errors
from finmetrics.output.columns import Headers

if TYPE_CHECKING:
    import pandas as pd

    from finmetrics.output.columns import Column
    from finmetrics.reading import ReadFailure, Reading

RulesOption = Annotated[str | None, typer.Option("--rules", metavar="DIR", help="A folder of rules laid over our own.")]
PublishedOption = Annotated[
    str | None,
    typer.Option("--published", metavar="DATE", help="The date of documents that state none: 2022-03-29."),
]
PathsArgument = Annotated[
    list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs and feeds; - for standard input.")
]
OutOption = Annotated[str | None, typer.Option("-o", "--out", help="A .csv, .parquet, .jsonl or .xlsx file to write.")]
ColumnsOption = Annotated[
    str | None, typer.Option(metavar="A,B,...", help="Columns to write, in this order (ids or Chinese headers).")
]
HeadersOption = Annotated[Headers, typer.Option(help="Language of the headers.")]
PackageOption = Annotated[
    bool, typer.Option("--package", help="Also write datapackage.json beside the table: what its columns mean.")
]
ConfidenceOption = Annotated[
    float, typer.Option(metavar="X", min=0, max=1, help="Leave out figures of a lower confidence.")
]
LimitOption = Annotated[
    list[str] | None,
    typer.Option("--limit", metavar="NAME=N", help="What one document may cost: pages=300, seconds=20, size=64 (MB)."),
]
# What a feed may call its columns: the field of a document, the option, what it says.
_COLUMNS = (
    ("text", "text", "texts"),
    ("doc_id", "id", "doc_ids"),
    ("title", "title", "titles"),
    ("published", "date", "dates"),
    ("source", "source", "URLs"),
)


def group(about: str) -> typer.Typer:
    """A group of verbs."""
    return typer.Typer(
        help=about,
        no_args_is_help=True,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def reads_documents(verb: Callable[..., None]) -> Callable[..., None]:
    """A verb that takes ``reading``; on the command line the options that say how documents are read stand for it."""
    options: dict[str, Any] = {
        f"{option}_column": Annotated[
            str | None, typer.Option(f"--{option}-column", metavar="NAME", help=f"A feed's column of {what}.")
        ]
        for _, option, what in _COLUMNS
    } | {"limit": LimitOption}

    @wraps(verb)
    def with_options(**given: Any) -> None:
        columns = {field: given.pop(f"{option}_column") for field, option, _ in _COLUMNS}
        with plain_errors():
            reading = reading_of(given.pop("limit"), **columns)
        verb(**given, reading=reading)

    hints = get_type_hints(verb, localns={"Reading": object}, include_extras=True) | options
    own = [one for one in inspect.signature(verb).parameters.values() if one.name != "reading"]
    added = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in options]
    parameters = [one.replace(annotation=hints[one.name]) for one in (*own, *added)]
    with_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    with_options.__annotations__ = {one.name: one.annotation for one in parameters}
    return with_options


def reading_of(limit: list[str] | None, **columns: str | None) -> Reading:
    """How documents are to be read, as the options say; raises ``ValueError`` for a limit that is none."""
    from finmetrics.reading import Reading
    from finmetrics.reading.fields import named
    from finmetrics.reading.limits import parsed

    return Reading(named({field: name for field, name in columns.items() if name is not None}), parsed(limit or []))


@contextmanager
def naming_failures() -> Iterator[Callable[[ReadFailure], None]]:
    """Gives what names a failed document on stderr, in one line; a verb that named any ends with that exit code.

    What else a user can cause ends it as :func:`finmetrics.ending.plain_errors` does.
    """
    failed = False

    def name(failure: ReadFailure) -> None:
        nonlocal failed
        failed = True
        from finmetrics.output.show import printable

        typer.echo(printable(str(failure)), err=True)

    with plain_errors():
        yield name
    if failed:
        raise typer.Exit(SOME_FAILED)


def give(frame: pd.DataFrame, columns: Sequence[Column], shown: Sequence[str], out: str | None) -> None:
    """A frame into a file, into a pipe as CSV, or a few of its columns onto the terminal."""
    from finmetrics.analysis.frame import write, write_csv

    if out is not None:
        write(frame, columns, out)
    elif sys.stdout.isatty():
        _printed(frame, shown)
    else:
        sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="")  # type: ignore[union-attr]
        write_csv(frame, columns, sys.stdout)


def _printed(frame: pd.DataFrame, shown: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from finmetrics.output.export import plain
    from finmetrics.output.show import printable

    table = Table(*shown, pad_edge=False)
    for row in frame[list(shown)].astype(object).where(frame[list(shown)].notna(), "").to_numpy().tolist():
        table.add_row(*(Text(printable(plain(cell) if isinstance(cell, float) else str(cell))) for cell in row))
    Console().print(table)
