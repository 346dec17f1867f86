"""The verbs of ``finmetrics rules``: each calls one public function and shows what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from finmetrics.ending import BAD_USE, plain_errors
from finmetrics.verbs import (
    OutOption,
    PathsArgument,
    PublishedOption,
    RulesOption,
    give,
    group,
    naming_failures,
    reads_documents,
)

if TYPE_CHECKING:
    from finmetrics.reading import Reading

_READING_CODES = """Exit codes: 0 done; 1 some documents failed, each named on stderr; 2 bad use (options, rules,
nothing known of what was asked for)."""

rules_app = group("Look after rules.")


@rules_app.command(
    epilog="Exit codes: 0 the rules are fine; 2 they are not, or --unused found an entry that can go; "
    "each problem a line on stdout."
)
def check(
    rules: RulesOption = None,
    unused: Annotated[
        bool, typer.Option("--unused", help="Also list the entries no example needs and the phrases no text has.")
    ] = False,
    gold: Annotated[
        list[str] | None, typer.Option("--gold", metavar="PATH", help="Documents that --unused looks into as well.")
    ] = None,
) -> None:
    """Validate our rules, and a folder laid over them: keys, references, and that every example holds."""
    with plain_errors():
        from finmetrics import checking

        problems = checking.check(rules)
        phrases: list[str] = []
        if unused:
            spare = checking.unused(rules, gold or ())
            problems += spare.entries
            phrases = spare.phrases
        for line in problems + phrases:
            typer.echo(line)
    if problems:
        raise typer.Exit(BAD_USE)
    typer.echo("the rules are fine", err=True)


@rules_app.command(epilog=_READING_CODES)
@reads_documents
def show(
    what: Annotated[
        str | None, typer.Argument(metavar="ID|NAME|TEXT", help="An id, a name, a kind of rules, or any text.")
    ] = None,
    paths: Annotated[
        list[str] | None,
        typer.Option("--in", metavar="PATH", help="Documents to look for it in; may be given again; - for stdin."),
    ] = None,
    rules: RulesOption = None,
    *,
    reading: Reading,
) -> None:
    """Print what the rules say of an id, where it stands, and what of it fires in documents; or what fires in a text.

    Without an argument the kinds of rules, and of a kind its ids.
    """
    with naming_failures() as fail:
        from finmetrics import checking

        typer.echo(checking.show(what, rules=rules, paths=paths or (), on_failure=fail, reading=reading))


@rules_app.command(epilog=_READING_CODES)
@reads_documents
def gaps(
    paths: PathsArgument,
    slots: Annotated[
        list[str] | None,
        typer.Option("--slot", metavar="SLOT", help="Only metric, bank, period or unit; may be given again."),
    ] = None,
    top: Annotated[int, typer.Option(metavar="N", min=1, help="How many wordings of each.")] = 20,
    out: OutOption = None,
    rules: RulesOption = None,
    published: PublishedOption = None,
    *,
    reading: Reading,
) -> None:
    """List what the rules do not know yet: the most frequent wordings around figures without metric, bank or period.

    Of numerals without a unit and a metric too. Without -o a table on the terminal, or CSV into a pipe.
    """
    with naming_failures() as fail:
        from finmetrics import checking
        from finmetrics.checking.gaps import GAP_COLUMNS, SLOTS

        frame = checking.gaps(
            paths, slots=slots or SLOTS, top=top, published=published, rules=rules, on_failure=fail, reading=reading
        )
        give(frame, GAP_COLUMNS, ("slot", "wording", "figures", "documents", "units", "examples"), out)


@rules_app.command(epilog="Exit codes: 0 every example holds; 2 one does not, or bad use (options, rules, gold).")
def test(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID...", help="Examples of these entries, in whichever file.")
    ] = None,
    rules: RulesOption = None,
    gold: Annotated[
        list[str] | None,
        typer.Option("--gold", metavar="GOLD", help="Also what --rules changes on these gold files: gains and losses."),
    ] = None,
) -> None:
    """Try the examples of a folder of rules one by one (without one: ours): what each asks for, and what it gives."""
    with plain_errors():
        from finmetrics import checking

        trials = checking.try_examples(rules, ids or ())
        for trial in trials:
            typer.echo(str(trial))
        failed = sum(not trial.passed for trial in trials)
        typer.echo(f"{len(trials) - failed} of {len(trials)} examples hold")
        if gold:
            from finmetrics.judging import evaluation

            now = evaluation.evaluate(gold, rules=rules)
            for line in evaluation.printed(now, evaluation.shifts(now, evaluation.evaluate(gold)), 0):
                typer.echo(line)
    if failed:
        raise typer.Exit(BAD_USE)


@rules_app.command(epilog="Exit codes: 0 written; 2 the folder cannot be written.")
def schema(
    out: Annotated[str, typer.Option("-o", "--out", metavar="FOLDER", help="Where KIND.schema.json is written.")],
) -> None:
    """Write the JSON Schema of every kind of rule file, so that editors complete and explain keys as you type."""
    with plain_errors():
        from finmetrics import checking

        for path in checking.write_schemas(out):
            typer.echo(path)


@rules_app.command(epilog="Exit codes: 0 fitted; 2 bad use (files that are no gold, weights that cannot be written).")
def fit(
    gold: Annotated[list[str], typer.Argument(metavar="GOLD...", help="Gold files (.jsonl).")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only; leave rules/weights.yaml as it is.")] = False,
) -> None:
    """Refit the weights of rules/weights.yaml on gold, and print how often they choose rightly."""
    with plain_errors():
        from finmetrics.judging import fitting

        report = fitting.fit(gold, write=not dry_run)
        typer.echo(f"{report.decisions} decisions, {report.possible} with a right candidate; chosen rightly:")
        shares = {"before": report.before, "fitted": report.fitted, "unseen documents": report.unseen}
        for name, share in (shares | {f"unseen, {slot}": share for slot, share in report.by_slot.items()}).items():
            typer.echo(f"{name:20} {share:.4f}")
