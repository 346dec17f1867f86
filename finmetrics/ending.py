"""How the program ends: what a user can cause becomes one line and a documented exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

SOME_FAILED, BAD_USE, FAULT, PIPE_CLOSED = 1, 2, 3, 141


def end(message: str, code: int) -> NoReturn:
    """Ends the process with a message on stderr, each of its lines named as ours."""
    from finmetrics.output.show import printable

    for line in message.splitlines():
        typer.echo(f"finmetrics: {printable(line)}", err=True)
    raise SystemExit(code)


@contextmanager
def plain_errors(end: Callable[[str, int], NoReturn] = end) -> Iterator[None]:
    """Turns what a user can cause into one line and an exit code; ``end`` says the one and leaves with the other."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_stdout()
        raise typer.Exit(PIPE_CLOSED) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        end(f"{where}{error.strerror or error}", BAD_USE)
    except ValueError as error:  # RulesError among them, whose message has a line per fault
        end(str(error), BAD_USE)


def _drop_stdout() -> None:
    """Keeps the interpreter from complaining when it flushes what nobody reads."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
