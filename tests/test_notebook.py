"""The notebooks run from their first cell to their last, in the interpreter that runs the tests."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
# Each with the folder it is run in, below the checkout, and what a reader must see in one of its tables.
RUNS = [
    ("01_quickstart.ipynb", "notebooks", "357.32万户"),
    ("01_quickstart.ipynb", ".", "357.32万户"),
    ("02_panel.ipynb", "notebooks", "exact before a bound"),
    ("03_own_metric.ipynb", "notebooks", "1.2万吨"),
    ("03_own_metric.ipynb", ".", "carbon_saved"),
]


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a kernel that is this interpreter, whatever kernels the machine has."""
    folder = tmp_path / "kernels" / "this"
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": command, "display_name": "this interpreter", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    return "this"


@pytest.mark.parametrize(("name", "folder", "seen"), RUNS)
def test_notebook_runs(kernel: str, name: str, folder: str, seen: str) -> None:
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    where = str((NOTEBOOKS.parent / folder).resolve())
    client = NotebookClient(notebook, timeout=120, kernel_name=kernel, resources={"metadata": {"path": where}})
    client.execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    shown = [output for cell in code for output in cell.outputs if "text/html" in output.get("data", {})]
    assert len(shown) >= 5
    assert any(seen in output["data"]["text/html"] for output in shown)


@pytest.mark.parametrize("name", sorted({name for name, *_ in RUNS}))
def test_notebook_is_kept_without_outputs(name: str) -> None:
    """Stored outputs would be stale after the next rule."""
    cells = nbformat.read(NOTEBOOKS / name, as_version=4).cells
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
