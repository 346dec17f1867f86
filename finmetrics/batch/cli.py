"""The verbs of ``finmetrics batch``: each calls one public function and shows what it gives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal, NoReturn

import typer

from finmetrics.ending import end, plain_errors
from finmetrics.verbs import ColumnsOption, HeadersOption, PackageOption, group

UNUSABLE, TERMINATED, HELD = 3, 143, 75

EXIT_CODES = """Exit codes: 0 all is well; 1 some documents failed, in this run; 2 bad use (options, configuration,
rules, an output that cannot be written); 3 the store cannot be used, workers cannot be started, or a source is lost
(the others are done); 75 another run holds the store; 130 interrupted, 143 terminated (the next run goes on)."""

batch_app = group("The nightly job: sources in, a store and published tables out.")

ConfigArgument = Annotated[
    str, typer.Argument(metavar="CONFIG.toml", help="The job's configuration.", show_default=True)
]
Log = Literal["text", "json"]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@batch_app.command(epilog=EXIT_CODES)
def run(
    config: ConfigArgument = "finmetrics.toml",
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Extract anew what was read with other rules, where they can touch it.")
    ] = False,
    wait: Annotated[
        float, typer.Option(metavar="SECONDS", min=0, help="How long to wait for a run that holds the store.")
    ] = 0.0,
    log: Annotated[Log, typer.Option(help="How to log to stderr.")] = "text",
) -> None:
    """Bring the store up to what the sources hold now, and publish it.

    Unchanged documents cost nothing, changed ones replace their figures, removed ones end. A run that was killed is
    gone on with.
    """
    with _told(log), _terminable():
        from finmetrics.batch import api as batch
        from finmetrics.batch.telemetry import json_line
        from finmetrics.output.show import printable

        def say(event: batch.Event) -> None:
            if log == "json":
                typer.echo(json_line(event), err=True)
            elif event.level != "info":
                typer.echo(printable(event.text), err=True)

        summary = batch.run(batch.load(config), rebuild=rebuild, wait=wait, say=say)
        if log == "text":
            typer.echo("\n".join(summary.lines()))
    if summary.code:
        raise typer.Exit(summary.code)


@batch_app.command(epilog="Exit codes: 0 printed; 2 bad use; 3 the store cannot be used.")
def status(config: ConfigArgument = "finmetrics.toml", as_json: AsJson = False) -> None:
    """Print how the job stands: the last run, what is published, what fails."""
    with _told():
        from finmetrics.batch import api as batch

        found = batch.status(batch.load(config))
        typer.echo(json.dumps(found.fields(), ensure_ascii=False) if as_json else "\n".join(found.lines()))


@batch_app.command(epilog="Exit codes: 0 printed; 2 bad use (no such run); 3 the store cannot be used.")
def diff(
    config: ConfigArgument = "finmetrics.toml",
    before: Annotated[
        int | None, typer.Option("--from", metavar="RUN", min=0, help="The earlier night; the one before --to.")
    ] = None,
    after: Annotated[
        int | None, typer.Option("--to", metavar="RUN", min=1, help="The later night; the last one.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print which figures are new, changed and gone since the night before, or between two nights."""
    with _told():
        from dataclasses import asdict

        from finmetrics.batch import api as batch
        from finmetrics.batch.differences import lines
        from finmetrics.output.show import printable

        found = batch.diff(batch.load(config), before, after)
        shown = (json.dumps(asdict(one), ensure_ascii=False) for one in found) if as_json else lines(found)
        for line in shown:
            typer.echo(printable(line))


@batch_app.command(
    epilog="Exit codes: 0 written; 2 bad use (no such run, an output that cannot be written); "
    "3 the store cannot be used."
)
def export(
    config: ConfigArgument = "finmetrics.toml",
    out: Annotated[
        str, typer.Option("-o", "--out", help="A .csv, .parquet, .jsonl or .xlsx file to write.")
    ] = "figures.csv",
    night: Annotated[
        int | None, typer.Option("--run", metavar="RUN", min=1, help="Of which night; the last one.")
    ] = None,
    columns: ColumnsOption = None,
    headers: HeadersOption = "en",
    package: PackageOption = False,
) -> None:
    """Write the figures of a night, the last or a past one, as one table."""
    with _told():
        from finmetrics.batch import api as batch

        names = columns.split(",") if columns is not None else None
        batch.export(batch.load(config), out, run=night, columns=names, headers=headers, package=package)


@contextmanager
def _told(log: Log = "text") -> Iterator[None]:
    """Turns what a user, a disk or another run can cause into one line and an exit code."""
    from finmetrics.batch.model import Interrupted, Locked, NoWorkers, StoreError

    leave = _end_in_json if log == "json" else end
    try:
        with plain_errors(leave):
            yield
    except (StoreError, NoWorkers) as error:
        leave(str(error), UNUSABLE)
    except Locked as error:
        leave(str(error), HELD)
    except Interrupted:
        leave("terminated; the next run goes on", TERMINATED)


def _end_in_json(message: str, code: int) -> NoReturn:
    from finmetrics.batch.model import Event
    from finmetrics.batch.telemetry import json_line

    typer.echo(json_line(Event("stopped", message, "error", {"code": code})), err=True)
    raise SystemExit(code)


@contextmanager
def _terminable() -> Iterator[None]:
    """Lets SIGTERM end the run in good order: its workers with it."""
    import signal

    from finmetrics.batch.model import Interrupted

    def stop(*_: object) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
