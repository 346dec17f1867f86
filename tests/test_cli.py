"""The program as a user runs it: outputs, options, exit codes, and what it says when something fails."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import finmetrics
from finmetrics.cli import app, main
from finmetrics.output.columns import COLUMNS, NAMES

TEXT = "截至2021年末，光大银行手机银行注册用户突破5200万户，同比增长12.3%。"
UNDATED = "去年末，光大银行手机银行注册用户突破5200万户。"

Cli = Callable[..., Result]
Program = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs the program in this process, in ``tmp_path``: what needs no process of its own."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def rows(data: bytes | str) -> list[dict[str, str]]:
    text = data.decode("utf-8") if isinstance(data, bytes) else data
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_piped_output_is_csv(program: Program, article: Path) -> None:
    done = program("extract", "a.txt")
    assert (done.returncode, done.stderr) == (0, b"")
    found = rows(done.stdout)
    assert tuple(found[0]) == NAMES and b"\r" not in done.stdout
    assert [(row["value"], row["unit"], row["bank"]) for row in found] == [
        ("52000000", "户", "光大银行"),
        ("12.3", "%", "光大银行"),
    ]


@pytest.mark.parametrize("locale", ["C", "POSIX", "zh_CN.GB18030"])
def test_piped_output_is_utf8_in_every_locale(program: Program, article: Path, locale: str) -> None:
    done = program("extract", "a.txt", LC_ALL=locale, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and rows(done.stdout)[0]["bank"] == "光大银行"


def test_standard_input(program: Program) -> None:
    for encoding in ("utf-8", "gb18030"):
        done = program("extract", "-", stdin=TEXT.encode(encoding))
        assert done.returncode == 0 and [row["value"] for row in rows(done.stdout)] == ["52000000", "12.3"]


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl", "xlsx"])
def test_every_output(program: Program, article: Path, tmp_path: Path, suffix: str) -> None:
    done = program("extract", "a.txt", "-o", f"out.{suffix}")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    path = tmp_path / f"out.{suffix}"
    if suffix == "jsonl":
        values = [json.loads(line)["value"] for line in path.read_text(encoding="utf-8").splitlines()]
    else:
        values = list(getattr(pd, f"read_{suffix.replace('xlsx', 'excel')}")(path)["value"])
    assert values == [52000000, 12.3]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.txt", f"out.{suffix}"]


def test_columns_and_headers(cli: Cli, article: Path) -> None:
    done = cli("extract", "a.txt", "--columns", "机构, value", "--headers", "zh")
    assert done.stdout.splitlines() == ["机构,数值", "光大银行,52000000", "光大银行,12.3"]
    every = cli("extract", "a.txt", "--headers", "zh")
    assert every.stdout.splitlines()[0] == ",".join(column.zh for column in COLUMNS)


def test_published(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(UNDATED, encoding="utf-8")
    assert rows(cli("extract", "a.txt").stdout)[0]["period_end"] == ""
    dated = rows(cli("extract", "a.txt", "--published", "2022-03-29").stdout)[0]
    assert (dated["published"], dated["period_end"]) == ("2022-03-29", "2021-12-31")


def test_min_confidence(cli: Cli, article: Path) -> None:
    every = rows(cli("extract", "a.txt").stdout)
    least = max(float(row["confidence"]) for row in every)
    kept = rows(cli("extract", "a.txt", "--min-confidence", str(least)).stdout)
    assert kept == [row for row in every if float(row["confidence"]) >= least] != []
    assert cli("extract", "a.txt", "--min-confidence", "1.5").exit_code == 2


def test_a_ledger(cli: Cli, article: Path, tmp_path: Path) -> None:
    done = cli("extract", "a.txt", "--ledger", "ledger.csv", "--min-confidence", "1")
    assert done.exit_code == 0
    outcomes = {row["quote"]: row["outcome"] for row in rows((tmp_path / "ledger.csv").read_bytes())}
    assert outcomes["5200万户"] == "figure" and outcomes["2021"] == "dismissed"


def test_one_failed_document_is_named_and_the_others_go_on(program: Program, article: Path, tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"%PDF-1.7")
    lines = ['{"text": "农业银行客户9万户。"}', "{broken", json.dumps({"text": TEXT})]
    (tmp_path / "c.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = program("extract", "a.txt", "absent.txt", "b.txt", "c.jsonl", "-o", "out.csv")
    assert done.returncode == 1 and done.stdout == b""
    errors = done.stderr.decode().splitlines()
    assert [re.split(": ", line)[0] for line in errors] == ["absent.txt", "b.txt", "c.jsonl:2"]
    assert [row["doc_id"] for row in rows((tmp_path / "out.csv").read_bytes())] == ["a.txt"] * 2 + ["c.jsonl#1"] + [
        "c.jsonl#3"
    ] * 2


def test_nothing_to_read_still_writes_the_columns(program: Program, tmp_path: Path) -> None:
    done = program("extract", "absent/*.txt", "-o", "out.csv")
    assert done.returncode == 1 and b"no file matches" in done.stderr
    assert (tmp_path / "out.csv").read_text(encoding="utf-8-sig").strip() == ",".join(NAMES)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Missing argument"),
        (("a.txt", "--no-such-option"), "No such option"),
        (("a.txt", "-o", "out.doc"), "must end in .csv, .parquet, .jsonl, .xlsx"),
        (("a.txt", "-o", "absent/out.csv"), "absent: no such folder"),
        (("a.txt", "-o", "a.txt"), "read from or written to already"),
        (("feed.csv", "-o", "feed.csv"), "read from or written to already"),
        (("a.txt", "-o", "out.csv", "--ledger", "out.csv"), "read from or written to already"),
        (("a.txt", "--ledger", "ledger.xlsx"), "a ledger is a .csv file"),
        (("a.txt", "--columns", "bank,nope"), "no column 'nope'"),
        (("a.txt", "--columns", ""), "no column ''"),
        (("a.txt", "--headers", "de"), "--headers"),
        (("a.txt", "--published", "soon"), "not a date: 'soon'"),
        (("a.txt", "--rules", "absent"), "absent"),
        (("a.txt", "--rules", "bad"), "bad/metrics.yaml:1"),
    ],
)
def test_bad_use(cli: Cli, article: Path, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    (tmp_path / "feed.csv").write_text("text\n客户5万户\n", encoding="utf-8")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "metrics.yaml").write_text("- id: x\n  nope: 1\n")
    before = sorted(tmp_path.rglob("*"))
    done = cli("extract", *arguments)
    assert done.exit_code == 2 and done.stdout == ""
    assert said in done.stderr and "Traceback" not in done.stderr
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(program: Program, article: Path, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    done = program("extract", "a.txt", "-o", "locked/out.csv")
    assert done.returncode == 2 and b"Permission denied" in done.stderr


def test_help_and_version(program: Program) -> None:
    assert program("--version").stdout.decode() == f"finmetrics {finmetrics.__version__}\n"
    text = " ".join(program("extract", "--help").stdout.decode().split())
    for said in (
        "Exit codes: 0 all was read; 1 some documents failed",
        "--min-confidence",
        "--headers",
        "- for standard",
    ):
        assert said in text
    assert program().returncode == 2


def test_every_command_and_option_is_explained() -> None:
    runner = CliRunner()
    top = runner.invoke(app, ["--help"]).output
    for command in ("extract", "explain", "eval", "rules"):
        assert re.search(rf"^  {command} +\S", top, re.MULTILINE), command
        text = runner.invoke(app, [command, "--help"]).output
        for option in re.findall(r"^ +(?:-\w, )?(--[\w-]+) .*$", text, re.MULTILINE):
            assert re.search(rf"{option}\b[^\n]*\s{{2,}}\S|{option}\b[^\n]*\n {{20,}}\S", text), (command, option)


def test_a_pipe_that_closes_early(article: Path) -> None:
    feed = article.with_name("feed.jsonl")
    feed.write_text((json.dumps({"text": TEXT}) + "\n") * 3_000, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "finmetrics.cli", "extract", str(feed)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read()
    assert process.wait(60) == 141 and errors == b""
    process.stderr.close()


def test_an_interrupt_leaves_nothing_half_written(article: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "finmetrics.cli", "extract", "-", "-o", "out.csv", "--ledger", "ledger.csv"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    assert process.stdin is not None and process.stderr is not None
    process.stdin.write(b"{}\n")
    process.stdin.flush()
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob(".ledger.csv-*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    errors = process.stderr.read()
    assert process.wait(30) == 130 and b"Traceback" not in errors
    assert list(tmp_path.iterdir()) == [article]
    process.stdin.close()
    process.stderr.close()


def test_a_fault_of_ours_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["finmetrics", "extract", "x"])
    monkeypatch.setattr("finmetrics.api.extract_to", lambda *_, **__: 1 / 0)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    assert capsys.readouterr().err == "finmetrics: a fault of finmetrics: ZeroDivisionError: division by zero\n"


def on_terminal(*arguments: str, cwd: Path, columns: int = 150) -> tuple[int, str]:
    """Exit code and everything the program writes to a terminal."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.environ |= {"COLUMNS": str(columns), "TERM": "xterm", "PYTHONIOENCODING": "utf-8"}
        os.execv(sys.executable, [sys.executable, "-m", "finmetrics.cli", *arguments])
    written = b""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            try:
                data = os.read(terminal, 65_536)
            except OSError:  # the program has ended
                break
            if not data:
                break
            written += data
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    return code, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written.decode())


def test_a_table_on_the_terminal(article: Path, tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("没有数字。")
    code, shown = on_terminal("extract", "a.txt", "b.txt", "absent.txt", cwd=tmp_path)
    assert code == 1
    assert re.search(
        r"光大银行 +│ +注册\S*用户 +│ +手机银行 +│ +>5200万户 +│ +level +│ +2021-12-31 +│ +5200万户", shown
    ), shown
    assert "+12.3%" in shown and "growth yoy" in shown
    assert "b.txt: no figures" in shown and "absent.txt: no such file" in shown
    assert "2 figures of 2 documents" in shown


def test_columns_on_the_terminal_and_a_ledger(article: Path, tmp_path: Path) -> None:
    code, shown = on_terminal(
        "extract", "a.txt", "--columns", "value,quote", "--headers", "zh", "--ledger", "l.csv", cwd=tmp_path
    )
    assert code == 0 and "数值" in shown and "原文数字" in shown and "52000000" in shown and "光大银行" not in shown
    assert (tmp_path / "l.csv").exists()


def test_a_progress_bar_on_long_work(tmp_path: Path) -> None:
    (tmp_path / "feed.jsonl").write_text((json.dumps({"text": TEXT * 20}) + "\n") * 2_000)
    code, shown = on_terminal("extract", "feed.jsonl", "-o", "out.parquet", cwd=tmp_path)
    assert code == 0 and re.search(r"reading +[━╸╺]+ +\d+\.\d/\d+\.\d MB", shown), shown
    assert "80000 figures of 2000 documents in out.parquet" in shown


def test_no_progress_bar_on_short_work(article: Path, tmp_path: Path) -> None:
    code, shown = on_terminal("extract", "a.txt", "-o", "out.csv", cwd=tmp_path)
    assert (code, shown.split()) == (0, "2 figures of 1 documents in out.csv".split())


def test_names_cannot_drive_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "\x1b[31mred.txt").write_bytes(b"\0")
    done = subprocess.run(
        [sys.executable, "-m", "finmetrics.cli", "extract", "."], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 1 and b"\x1b" not in done.stderr and b"red.txt" in done.stderr


def test_explain(cli: Cli, article: Path, tmp_path: Path) -> None:
    done = cli("explain", "a.txt", "--figure", "5200万户")
    assert done.exit_code == 0 and "[5200万户]" in done.stdout and "[12.3%]" not in done.stdout
    assert "[12.3%]" in cli("explain", "a.txt", "--at", str(TEXT.index("12.3"))).stdout
    (tmp_path / "f.jsonl").write_text(json.dumps({"text": TEXT, "doc_id": "x"}) + "\n{}\n", encoding="utf-8")
    assert "[5200万户]" in cli("explain", "f.jsonl", "--doc", "x").stdout
    for arguments, code, said in (
        (("a.txt", "--figure", "99"), 2, "99"),
        (("a.txt", "--at", "0"), 2, "0"),
        (("absent.txt",), 1, "absent.txt: no such file"),
        (("f.jsonl", "--doc", "y"), 1, "f.jsonl:2: no text"),
    ):
        done = cli("explain", *arguments)
        assert (done.exit_code, done.stdout) == (code, "") and said in done.stderr, arguments


def test_rules_check_of_a_faulty_overlay(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "metrics.yaml").write_text("- id: x\n  nope: 1\n")
    done = cli("rules", "check", "--rules", "mine")
    assert done.exit_code == 2 and "mine/metrics.yaml:2: x: nope" in done.stderr


def test_rules_fit_reports_without_writing(cli: Cli) -> None:
    from finmetrics.home import rules_home

    before = (rules_home() / "weights.yaml").read_bytes()
    gold = Path(__file__).parent / "gold" / "seeds.jsonl"
    done = cli("rules", "fit", "--dry-run", str(gold))
    assert done.exit_code == 0 and re.search(r"^unseen documents +0\.\d{4}$", done.stdout, re.MULTILINE)
    assert (rules_home() / "weights.yaml").read_bytes() == before
    assert cli("rules", "fit", "--dry-run", "absent.jsonl").exit_code == 2
