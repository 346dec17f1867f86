"""Which store a nightly job should have: SQLite, Delta Lake, DuckDB. Prints one table.

    pip install deltalake duckdb && python benchmarks/stores.py

Rows are figures of tests/gold. Each store takes 100,000, then a night that replaces those of 2 documents of 100. Syncs
are counted by strace, where it is there: a commit that syncs nothing may be gone after a power cut.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

ROWS = 100_000
DOCUMENTS = 5_000
GONE = DOCUMENTS // 50
GOLD = Path(__file__).resolve().parents[1] / "tests/gold"

Steps = tuple[Callable[[], object], Callable[[], object]]


def rows() -> pa.Table:
    """Figures, with a column ``doc`` that numbers documents."""
    import finmetrics as fm
    from finmetrics.output.table import to_table

    extractor = fm.Extractor()
    lines = (GOLD / "seeds.jsonl").read_text(encoding="utf-8").splitlines()
    table = to_table(extractor.run(fm.Document(json.loads(line)["text"])) for line in lines).replace_schema_metadata()
    table = table.cast(pa.schema([pa.field(field.name, field.type) for field in table.schema]))
    table = pa.concat_tables([table] * (ROWS // table.num_rows + 1)).slice(0, ROWS)
    return table.append_column("doc", pa.array([i * DOCUMENTS // ROWS for i in range(ROWS)])).combine_chunks()


def sqlite(folder: Path, table: pa.Table, changed: pa.Table) -> Steps:
    """Write-ahead log, synced at each commit."""
    import sqlite3

    db = sqlite3.connect(folder / "a.sqlite", isolation_level=None)
    names = ", ".join(f'"{name}"' for name in table.column_names)
    insert = f"INSERT INTO figures VALUES ({', '.join('?' * table.num_columns)})"
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute(f"CREATE TABLE figures ({names})")
    db.execute("CREATE INDEX docs ON figures (doc)")

    def tuples(of: pa.Table) -> Any:
        text = [c.cast(pa.string()) if pa.types.is_date(c.type) else c for c in of.columns]
        return zip(*(column.to_pylist() for column in text), strict=True)

    def load() -> None:
        db.execute("BEGIN")
        db.executemany(insert, tuples(table))
        db.execute("COMMIT")

    def replace() -> None:
        db.execute("BEGIN")
        db.execute("DELETE FROM figures WHERE doc < ?", (GONE,))
        db.executemany(insert, tuples(changed))
        db.execute("COMMIT")

    return load, replace


def delta(folder: Path, table: pa.Table, changed: pa.Table) -> Steps:
    """Delta Lake by deltalake."""
    import deltalake

    place = str(folder / "delta")

    def replace() -> None:
        deltalake.write_deltalake(place, changed, mode="overwrite", predicate=f"doc < {GONE}")

    return lambda: deltalake.write_deltalake(place, table), replace


def duckdb(folder: Path, table: pa.Table, changed: pa.Table) -> Steps:
    """A DuckDB file."""
    import duckdb as engine

    db = engine.connect(str(folder / "a.duckdb"))

    def replace() -> None:
        db.execute("BEGIN")
        db.execute(f"DELETE FROM figures WHERE doc < {GONE}")
        db.execute("INSERT INTO figures SELECT * FROM changed")
        db.execute("COMMIT")

    db.register("changed", changed)
    db.register("given", table)
    return lambda: db.execute("CREATE TABLE figures AS SELECT * FROM given"), replace


STORES: dict[str, Callable[[Path, pa.Table, pa.Table], Steps]] = {"sqlite": sqlite, "delta": delta, "duckdb": duckdb}
READERS = {
    "sqlite": "import sqlite3; print(sqlite3.connect('a.sqlite').execute('SELECT count(*) FROM figures').fetchone())",
    "delta": "import deltalake; print(deltalake.DeltaTable('delta').to_pyarrow_table().num_rows)",
    "duckdb": "import duckdb; print(duckdb.connect('a.duckdb', read_only=True).sql('FROM figures').count('*'))",
}


def measure(name: str) -> None:
    """Runs in a process of its own: prints seconds to load, seconds to replace, and how another process reads."""
    table = rows()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        load, replace = STORES[name](folder, table, table.slice(0, ROWS // 50))
        marks = []
        for step in (load, replace):
            began = time.monotonic()
            step()
            marks.append(time.monotonic() - began)
            print(f"MARK {len(marks)}", file=sys.stderr, flush=True)
        read = subprocess.run([sys.executable, "-c", READERS[name]], cwd=folder, capture_output=True, text=True)
        said = "reads beside the writer" if not read.returncode else f"refused: {read.stderr.splitlines()[-1][:60]}"
        print(f"{marks[0]:.2f} s | {marks[1] * 1000:.0f} ms | {said}")


def main() -> None:
    """The script."""
    if len(sys.argv) > 1:
        measure(sys.argv[1])
        return
    print(f"| store | {ROWS:,} rows | replacing {ROWS // 50:,} | another process | syncs of the replacement |")
    print("| --- | --- | --- | --- | --- |")
    strace = shutil.which("strace")
    for name in STORES:
        command = [sys.executable, __file__, name]
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        syncs = "?"
        if strace:
            traced = [strace, "-f", "-e", "trace=fsync,fdatasync,write", "-e", "signal=none", *command]
            said = subprocess.run(traced, capture_output=True, text=True, check=True).stderr
            night = said[said.index("MARK 1") : said.index("MARK 2")]
            syncs = str(len(re.findall(r"f(?:data)?sync\(", night)))
        print(f"| {name} | {shown} | {syncs} |", flush=True)


if __name__ == "__main__":
    main()
