"""How a nightly job is run and watched: configuration, exit codes, logs, metrics, status, deploy files, disk order."""

from __future__ import annotations

import ast
import configparser
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from nightly import CONFIG, Job

from finmetrics.batch import api
from finmetrics.output.columns import COLUMNS

DEPLOY = Path(__file__).parents[1] / "docs" / "deploy"
PROGRAM = "/opt/finmetrics/bin/finmetrics"
ONE = "截至2021年末，光大银行手机银行注册用户突破5200万户。"


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("store = ", "Invalid value (at end of document)"),
        ("store = 's'\n", "sources: is missing"),
        (CONFIG + "columns = {colour = 'x'}\n", "sources[0].columns: no field 'colour'; fields are text, doc_id,"),
        ("limits = {pages = 0}\n" + CONFIG, "limits: limit pages: a whole number from 1 is needed, not 0"),
        (CONFIG + "colour = 1\n", "sources[0].colour: there is no such key"),
        ("colour = 1\n" + CONFIG, "colour: there is no such key"),
        ("home = 'x'\n" + CONFIG, "home: there is no such key"),
        ("workers = -1\n" + CONFIG.replace("workers = 1\n", ""), "workers: Input should be greater than or equal to 0"),
        ("timeout = '9'\n" + CONFIG, "timeout: Input should be a valid number"),
        (CONFIG + CONFIG[CONFIG.index("[[") :], "sources: the name 'articles' is used twice"),
        (CONFIG.replace('["articles"]', "[]"), "sources[0].paths: List should have at least 1 item"),
        (CONFIG.replace('"articles"\n', "3\n"), "sources[0].name: Input should be a valid string"),
    ],
)
def test_faults_of_a_configuration_name_file_and_key(tmp_path: Path, config: str, says: str) -> None:
    path = tmp_path / "job.toml"
    path.write_text(config, encoding="utf-8")
    with pytest.raises(api.ConfigError) as caught:
        api.load(path)
    assert str(caught.value).startswith(f"{path}: {says}") and "\n" not in str(caught.value)


def test_exit_codes_of_bad_use(job: Job) -> None:
    job.configure(CONFIG + "colour = 1\n")
    assert job.program("run", "job.toml") == (2, "", "finmetrics: job.toml: sources[0].colour: there is no such key\n")
    assert job.program("run") == (2, "", "finmetrics: finmetrics.toml: No such file or directory\n")
    assert job.program("run", "job.toml", "--nonsense")[0] == 2
    code, out, err = job.program("run", "job.toml", "--log", "json")
    said = {"level": "error", "event": "stopped", "code": 2}
    assert (code, out) == (2, "") and said.items() <= json.loads(err).items()


def test_a_watched_night(job: Job) -> None:
    job.configure('metrics = "finmetrics.prom"\n' + CONFIG)
    job.write("1.txt", ONE)
    job.write("2.txt", b"\xff\xff\xff")
    code, out, err = job.program("run", "job.toml", "--log", "json")
    assert (code, out) == (1, "")
    events = list(map(json.loads, err.splitlines()))
    assert [event["event"] for event in events] == ["begun", "failed", "committed", "published", "ended"]
    assert all({"time", "level", "event", "message"} <= event.keys() for event in events)
    assert (events[-1]["documents"], events[-1]["slowest"][0][1]) == (1, "articles/1.txt")

    text = (job.folder / "finmetrics.prom").read_text(encoding="utf-8")
    metrics = dict(re.findall(r"^(finmetrics_\w+) (\d+(?:\.\d+)?)$", text, re.M))
    assert len(metrics) == text.count("# TYPE") == text.count("# HELP")
    expected = {"run_exit_code": "1", "documents": "1", "figures": "1", "documents_failed": "1", "failures_open": "1"}
    assert {name: metrics[f"finmetrics_{name}"] for name in expected} == expected

    code, out, err = job.program("run", "job.toml")
    assert (code, err) == (0, "") and out.startswith("run 2: 1 documents, 1 figures in ")
    code, out, _ = job.program("status", "job.toml")
    assert code == 0 and "failing since run 1: articles/2.txt: unreadable: neither UTF-8" in out
    assert "published: run 2" in out
    told = json.loads(job.program("status", "job.toml", "--json")[1])
    assert (told["last_run"], told["published"], told["running"], told["unfinished"]) == (2, 2, False, None)

    (job.folder / "articles").rename(job.folder / "away")
    code, out, err = job.program("run", "job.toml")
    assert code == 3 and "source articles: " in err and "no such file or folder" in err
    assert "source articles lost" in out
    assert "finmetrics_run_exit_code 3" in (job.folder / "finmetrics.prom").read_text(encoding="utf-8")


def test_diff_and_export_print_what_the_library_gives(job: Job) -> None:
    path = job.write("1.txt", ONE)
    job.run()
    path.write_text(ONE.replace("5200", "5300"), encoding="utf-8")
    job.run()
    code, out, _ = job.program("diff", "job.toml")
    said = ONE.removesuffix("。")
    assert (code, out.splitlines()) == (
        0,
        [
            "~ 光大银行 手机银行 注册/签约用户: value 52000000.0 -> 53000000.0; quote 5200万户 -> 5300万户; "
            f"sentence {said} -> {said.replace('5200', '5300')} (articles/1.txt)",
            "0 new, 1 changed, 0 gone",
        ],
    )
    (change,) = map(json.loads, job.program("diff", "job.toml", "--json")[1].splitlines())
    assert (change["what"], change["before"]["quote"], change["after"]["quote"]) == ("changed", "5200万户", "5300万户")
    assert job.program("diff", "job.toml", "--to", "5")[::2] == (2, "finmetrics: no run 5; there are 1 to 2\n")
    for run, quote in (("1", "5200万户"), ("2", "5300万户")):
        assert job.program("export", "job.toml", "-o", "a.csv", "--run", run, "--columns", "quote")[0] == 0
        assert (job.folder / "a.csv").read_text("utf-8-sig").splitlines() == ["quote", quote]


def test_published_package_describes_every_column(job: Job) -> None:
    import pyarrow.parquet as pq

    job.write("1.txt", ONE)
    job.run()
    latest = job.folder / "store/published/latest"
    package = json.loads((latest / "datapackage.json").read_text(encoding="utf-8"))
    assert package["run"] == 1 and [one["name"] for one in package["resources"]] == [
        "figures", "documents", "failures", "runs",
    ]  # fmt: skip
    types = {"string": "string", "double": "number", "int64": "integer", "bool": "boolean", "date32[day]": "date"}
    for resource in package["resources"]:
        stored = pq.read_schema(latest / resource["path"])
        described = [(f["name"], f["type"], f["description"]) for f in resource["schema"]["fields"]]
        assert described == [(f.name, types[str(f.type)], f.metadata[b"description"].decode()) for f in stored]
    figures = package["resources"][0]["schema"]["fields"]
    assert [field["title"] for field in figures] == [column.zh for column in COLUMNS]


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_an_acknowledged_commit_is_on_disk(job: Job, tmp_path: Path) -> None:
    """Writes and syncs in the order in which a power cut must find them."""
    job.write("1.txt", ONE)
    job.run()
    job.write("2.txt", ONE)
    trace = tmp_path / "trace"
    calls = "trace=openat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,symlink,symlinkat"
    command = ["strace", "-y", "-s", "200", "-o", str(trace), "-e", calls, sys.executable, "-m", "finmetrics.cli"]
    done = subprocess.run([*command, "batch", "run", "job.toml", "--log", "json"], cwd=tmp_path, capture_output=True)
    assert done.returncode == 0, done.stderr
    lines = trace.read_text(errors="replace").splitlines()

    def last(pattern: str, before: int) -> int:
        found = [i for i, line in enumerate(lines[:before]) if re.search(pattern, line)]
        assert found, pattern
        return found[-1]

    def first(pattern: str) -> int:
        return next(i for i, line in enumerate(lines) if re.search(pattern, line))

    told = first(r'write\(2.*\\?"event\\?": \\?"committed')
    written = last(r"pwrite64\(.*finmetrics\.sqlite-wal>", told)
    synced = last(r"f(data)?sync\(.*finmetrics\.sqlite-wal>\) += 0", told)
    assert written < synced < told, "the log of the store is synced before the run says so"

    table = last(r"write\(.*\.run-000002/figures\.parquet>", len(lines))
    table_synced = last(r"fsync\(.*\.run-000002/figures\.parquet>\) += 0", len(lines))
    folder_synced = last(r"fsync\(.*/\.run-000002>\) += 0", len(lines))
    moved = first(r"rename\(.*/\.run-000002.*/run-000002")
    home = [i for i, line in enumerate(lines) if re.search(r"fsync\(.*/published>\) += 0", line)]
    shown = first(r"rename\(.*/\.latest.*/latest")
    assert table < table_synced < folder_synced < moved < home[0] < shown < home[1], "nothing is shown unsynced"
    assert told < moved and home[1] < first(r'\\?"event\\?": \\?"published')


def test_example_configuration_loads() -> None:
    config = api.load(DEPLOY / "job.toml")
    assert [source.name for source in config.sources] == ["articles", "feeds"]
    # The keys that stand there as comments are keys.
    text = re.sub(r"^# (\w+ = )", r"\1", (DEPLOY / "job.toml").read_text(encoding="utf-8"), flags=re.M)
    loaded = api.Config.model_validate(tomllib.loads(text))
    assert loaded.keep == 3 and loaded.sources[1].drop


def commands() -> dict[str, str]:
    """How each deploy file calls the program."""
    service = configparser.ConfigParser(strict=False)
    service.optionxform = str  # type: ignore[assignment,method-assign]
    service.read(DEPLOY / "finmetrics.service")
    crontab = [line for line in (DEPLOY / "crontab").read_text().splitlines() if not line.startswith("#")]
    tree = ast.parse((DEPLOY / "finmetrics_dag.py").read_text())
    (run,) = [n.value for n in ast.walk(tree) if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "RUN"]
    return {
        "service": service["Service"]["ExecStart"],
        "crontab": crontab[0].split(" ", 5)[5],
        "dag": f"{ast.literal_eval(run)}; code=$?; [ $code -eq 1 ] && exit 0; exit $code",
    }


@pytest.mark.parametrize("name", ["service", "crontab", "dag"])
def test_deploy_files_call_the_program_rightly(job: Job, name: str) -> None:
    """The command of each, run by a shell on a job whose documents fail in part."""
    job.write("1.txt", ONE)
    job.write("2.txt", b"\xff\xff\xff")
    command = commands()[name].replace("/srv/finmetrics", str(job.folder))
    assert PROGRAM in command
    program = f"{shlex.quote(sys.executable)} -m finmetrics.cli"
    done = subprocess.run(["sh", "-c", command.replace(PROGRAM, program)], cwd=job.folder, check=False)
    assert done.returncode == (0 if name == "dag" else 1)
    assert job.quotes() == [("1.txt", "5200万户")]


def test_dag_says_what_the_test_runs() -> None:
    assert "code=$?; [ $code -eq 1 ] && exit 0; exit $code" in (DEPLOY / "finmetrics_dag.py").read_text()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_units_are_right(tmp_path: Path) -> None:
    for name in ("finmetrics.service", "finmetrics.timer"):
        text = (DEPLOY / name).read_text().replace(PROGRAM, sys.executable)
        (tmp_path / name).write_text(text)
    units = [str(tmp_path / "finmetrics.timer"), str(tmp_path / "finmetrics.service")]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if str(tmp_path) in line]) == (0, [])
