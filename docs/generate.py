"""Rewrites the generated parts of README and docs/ from what the program prints and the package knows.

    python docs/generate.py           writes them
    python docs/generate.py --check   names those that are stale; exit code 1 where there are any

A generated part stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``; the functions below give the parts.
The pictures of docs/pictures.py are written whole.
"""

from __future__ import annotations

import ast
import inspect
import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import typer
import yaml
from pictures import PICTURES
from typer.models import ArgumentInfo, OptionInfo

from finmetrics.analysis.audit import FINDING_COLUMNS
from finmetrics.analysis.panel import PANEL_COLUMNS
from finmetrics.checking import schemas
from finmetrics.checking.gaps import GAP_COLUMNS
from finmetrics.cli import app
from finmetrics.output.columns import COLUMNS, Column
from finmetrics.reading import Limits
from finmetrics.rules import KINDS, load
from finmetrics.schema import Bank, Metric

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    "README.md", "README.zh-CN.md", "docs/analysis.md", "docs/architecture.md", "docs/cli.md", "docs/reading.md",
    "docs/rules.md", "docs/columns.md", "docs/columns.zh.md", "docs/metrics.md", "docs/metrics.zh.md", "docs/banks.md",
    "docs/banks.zh.md",
)  # fmt: skip

_PART = re.compile(r"(<!-- generated: (?P<name>[\w -]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_LINE = re.compile(r"(?<=\.yaml):\d+")  # of a rule: moves with every entry above it, and makes nothing stale
_WIDTH = "100"


def on_terminal(command: str) -> str:
    """What a command of the program prints on a terminal of 100 columns, without its colours."""
    ours, its = pty.openpty()
    words = shlex.split(command)
    program = Path(sys.executable).with_name(words[0])
    with subprocess.Popen(
        [program, *words[1:]],
        stdin=subprocess.DEVNULL,
        stdout=its,
        stderr=its,
        cwd=ROOT,
        env=os.environ | {"COLUMNS": _WIDTH, "TERM": "xterm", "NO_COLOR": "1"},
    ) as process:
        os.close(its)
        pieces = []
        while piece := _some(ours):
            pieces.append(piece)
        os.close(ours)
    if process.returncode:
        raise SystemExit(f"{command}: exit code {process.returncode}\n{b''.join(pieces).decode()}")
    text = _ESCAPES.sub("", b"".join(pieces).decode()).replace("\r\n", "\n")
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines())


def _some(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux says so when the other side has closed
        return b""


def console(command: str) -> str:
    """A command with what it prints."""
    return _block("console", f"$ {command}\n{on_terminal(command)}")


def first_table() -> str:
    """What README's first command prints, with only the first of its tables."""
    command = "finmetrics extract seeds"
    first, *others, closing = on_terminal(command).split("┘\n")
    return _block("console", f"$ {command}\n{first}┘\n[{len(others)} more tables]\n{closing}")


def columns(headings: tuple[str, ...], of: Sequence[Column] = COLUMNS) -> str:
    """Columns as a Markdown table: id, type, Chinese header and meaning, as far as there are headings."""
    rows = [(f"`{c.name}`", c.kind, c.zh, c.description)[: len(headings)] for c in of]
    return _table(headings, rows)


def columns_zh() -> str:
    """As :func:`columns`, in Chinese, with the meanings of docs/site/columns.zh.yaml."""
    said = yaml.safe_load((ROOT / "docs/site/columns.zh.yaml").read_text(encoding="utf-8"))
    missing = [column.name for column in COLUMNS if column.name not in said]
    if missing:
        raise SystemExit(f"docs/site/columns.zh.yaml lacks {', '.join(missing)}")
    return _table(("列名", "类型", "中文表头", "含义"), [(f"`{c.name}`", c.kind, c.zh, said[c.name]) for c in COLUMNS])


def values(*headings: str) -> str:
    """The columns that hold ids which the rules name, each with all of them."""
    rules = load()
    said = {key: [role.value for role in rules.words if role.id == key] for key in ("per", "segment")}
    found: dict[str, Sequence[str]] = {
        "bank_type": get_args(Bank.model_fields["type"].annotation),
        "channel": [product.channel for product in rules.products],
        "segment": [*(product.segment for product in rules.products), *said["segment"]],
        "per": said["per"],
        "unit": [unit.id for unit in rules.units if unit.kind != "scale"],
    }
    rows = [
        (f"`{name}`", ", ".join(f"`{one}`" for one in dict.fromkeys(filter(None, ids)))) for name, ids in found.items()
    ]
    return _table(headings, rows)


def limits() -> str:
    """What a document may cost: name, default and meaning of every limit."""
    rows = [(f"`{limit.name}`", str(limit.default), limit.metadata["meaning"]) for limit in fields(Limits)]
    return _table(("limit", "default", "of"), rows)


def metrics() -> str:
    """Every metric of the rules, with its name and whether it is of a date or of a period."""
    found = {metric.id: (f"`{metric.id}`", metric.name, metric.period) for metric in load().metrics}
    return _table(("id", "name", "a level is of"), list(found.values()))


def metrics_of(file: str, language: str) -> str:
    """The metrics of one file of rules/metrics/: of a date or a period, units, definitions, the first wordings."""
    found: dict[str, list[Metric]] = {}
    for metric in load().metrics:
        if _file(metric) == file:
            found.setdefault(metric.id, []).append(metric)
    rows = []
    for key, entries in found.items():
        units = dict.fromkeys(unit for entry in entries for unit in entry.units)
        definitions = dict.fromkeys(entry.definition for entry in entries if entry.definition)
        plain = [term for entry in entries for term in entry.terms if not set(term) & set("…#|")]
        plain.sort(key=lambda term: entries[0].name not in term)
        period = _PERIODS_ZH[entries[0].period] if language == "zh" else entries[0].period
        rows.append((f"`{key}`", entries[0].name, period, *map("、".join, (units, definitions, plain[:4]))))
    return _table(_METRIC_HEADINGS[language], rows)


def banks_of(file: str, language: str) -> str:
    """The institutions of one file of rules/banks/: names, kind, other names that are known, stock codes."""
    rows = []
    for bank in load().banks:
        if _file(bank) == file:
            others = [
                name for name in (*bank.aliases, *bank.short) if not name.startswith((bank.name, bank.full or "\n"))
            ]
            long = bank.full if language == "zh" else bank.english
            other = "、".join(others[:6]) + ("…" if len(others) > 6 else "")
            rows.append((f"`{bank.id}`", bank.name, long, bank.type, other, ", ".join(bank.codes)))
    return _table(_BANK_HEADINGS[language], rows)


def _file(entry: Metric | Bank) -> str:
    """The name, without its ending, of the file that an entry stands in."""
    return Path(entry.where().rpartition(":")[0]).stem


def grammar(kind: str) -> str:
    """The comment that opens the files of a kind of rules."""
    return _block("text", schemas.grammar(kind))


def modules() -> str:
    """Every module of the package with the first sentence of its docstring."""
    package = ROOT / "finmetrics"
    rows = []
    for file in sorted(package.rglob("*.py"), key=lambda file: (len(file.parts), file)):
        said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        name = file.relative_to(package).as_posix()
        rows.append((f"`{name}`", " ".join(said.split("\n\n")[0].split())))
    return _table(("module", "what it does"), rows)


def verbs() -> str:
    """Every verb of the program: how it is called, what it does, its options, its exit codes."""
    return "\n\n".join(_verbs(app, "finmetrics"))


def _verbs(group: typer.Typer, name: str) -> Iterator[str]:
    for command in group.registered_commands:
        function = command.callback
        assert function is not None
        parameters = list(_parameters(function))
        required = {key for key, one in inspect.signature(function).parameters.items() if one.default is one.empty}
        arguments = [
            said.metavar if key in required else f"[{said.metavar}]"
            for key, said, _ in parameters
            if isinstance(said, ArgumentInfo)
        ]
        yield f"## {' '.join([name, command.name or function.__name__, *map(str, arguments)])}"
        yield _paragraphs(function.__doc__ or "")
        options = [
            (_option(key, said, type_), str(said.help))
            for key, said, type_ in parameters
            if isinstance(said, OptionInfo)
        ]
        if options:
            yield _table(("option", "meaning"), options)
        yield _paragraphs(command.epilog or "")
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from _verbs(inner.typer_instance, f"{name} {inner.typer_instance.info.name or inner.name}")


def _parameters(function: Callable[..., Any]) -> Iterator[tuple[str, ArgumentInfo | OptionInfo, Any]]:
    """Name, declaration and type of each parameter, as the function declares them."""
    for key, hint in get_type_hints(function, include_extras=True).items():
        if get_origin(hint) is Annotated:
            type_, said = get_args(hint)
            yield key, said, type_


def _option(key: str, said: OptionInfo, type_: Any) -> str:
    # Where typer.Option stands in Annotated, its first argument is a name too, though it is called default.
    given = [name for name in (said.default, *(said.param_decls or ())) if isinstance(name, str)]
    names = ", ".join(given) or f"--{key.replace('_', '-')}"
    value = said.metavar or "|".join(map(str, get_args(type_) if get_origin(type_) is Literal else ()))
    return f"`{f'{names} {value}'.strip()}`"


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def counts() -> str:
    """How much the rules know, in round numbers that do not move with every entry."""
    institutions, metrics, wordings = _known()
    return f"The rules know over {institutions} institutions, and {metrics} metrics in over {wordings} wordings."


def counts_zh() -> str:
    """As :func:`counts`, in Chinese."""
    institutions, metrics, wordings = _known()
    return f"规则现收录 {institutions} 多家机构，{metrics} 个指标的 {wordings} 多种说法。"


def _known() -> tuple[int, int, int]:
    rules = load()
    institutions = sum(bank.type != "group" for bank in rules.banks)
    wordings = sum(len(metric.terms) for metric in rules.metrics)
    return institutions // 50 * 50, len({metric.id for metric in rules.metrics}), wordings // 500 * 500


def _block(kind: str, text: str) -> str:
    return f"```{kind}\n{text.rstrip()}\n```"


def _table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [headings, ("---",) * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


_PERIODS_ZH = {"instant": "时点", "duration": "期间", "either": "均可"}
_METRIC_HEADINGS = {
    "en": ("id", "name", "a level is of", "units", "definitions (口径)", "worded as, for instance"),
    "zh": ("编号", "名称", "存量属于", "单位", "口径", "常见说法"),
}
_BANK_HEADINGS = {
    "en": ("id", "name", "English name", "type", "other names", "stock codes"),
    "zh": ("编号", "简称", "全称", "类别", "其他叫法", "股票代码"),
}
PARTS: dict[str, Callable[[], str]] = {
    "output": first_table,
    "explain": lambda: console("finmetrics explain seeds/04-huaxia.md --figure 357.32万户"),
    "columns": lambda: columns(("column", "type", "Chinese header", "meaning")),
    "columns zh": lambda: columns(("列名", "类型", "中文表头")),
    "panel columns": lambda: columns(("column", "type", "Chinese header", "meaning"), PANEL_COLUMNS),
    "finding columns": lambda: columns(("column", "type", "Chinese header", "meaning"), FINDING_COLUMNS),
    "gap columns": lambda: columns(("column", "type", "Chinese header", "meaning"), GAP_COLUMNS),
    "counts": counts,
    "counts zh": counts_zh,
    "metrics": metrics,
    "limits": limits,
    "modules": modules,
    "verbs": verbs,
    "columns meaning zh": columns_zh,
    "values": partial(values, "column", "values"),
    "values zh": partial(values, "列名", "取值"),
    **{
        f"{kind} {file.stem}{suffix}": partial(made, file.stem, language)
        for kind, made in (("metrics", metrics_of), ("banks", banks_of))
        for file in sorted((ROOT / "rules" / kind).glob("*.yaml"))
        for suffix, language in (("", "en"), (" zh", "zh"))
    },
    **{f"grammar {kind}": partial(grammar, kind) for kind in KINDS},
}


def page(path: Path, made: dict[str, str]) -> str:
    """The page's text with every generated part made anew; ``made`` keeps the parts that were made."""

    def part(match: re.Match[str]) -> str:
        name = match["name"]
        if name not in PARTS:
            raise SystemExit(f"{path}: there is no part {name!r}; parts are {', '.join(PARTS)}")
        if name not in made:
            made[name] = PARTS[name]()
        return f"{match[1]}{made[name]}\n{match[3]}"

    return _PART.sub(part, path.read_text(encoding="utf-8"))


def main() -> None:
    """The script: writes, or with ``--check`` compares."""
    made: dict[str, str] = {}
    stale = []
    texts = {name: page(ROOT / name, made) for name in PAGES}
    texts |= {name: draw() for name, draw in PICTURES.items()}
    for name, text in texts.items():
        path = ROOT / name
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if "--check" not in sys.argv[1:]:
            path.write_text(text, encoding="utf-8")
        elif _LINE.sub("", text) != _LINE.sub("", before):
            stale.append(name)
    unused = PARTS.keys() - made.keys()
    if unused:
        raise SystemExit(f"parts on no page: {', '.join(sorted(unused))}")
    if stale:
        raise SystemExit(f"stale: {', '.join(stale)}; run python docs/generate.py")


if __name__ == "__main__":
    main()
