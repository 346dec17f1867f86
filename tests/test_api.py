"""The library as a user calls it."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import finmetrics as fm
from finmetrics import api
from finmetrics.output.columns import COLUMNS, NAMES

TEXT = "截至去年末，光大银行手机银行注册用户突破5200万户，同比增长12.3%。"
DTYPES = {"string": "string", "float64": "float64", "int64": "Int64", "bool": "boolean", "date": "datetime64[s]"}


def assert_is_table(frame: pd.DataFrame, rows: int) -> None:
    assert list(frame.columns) == list(NAMES) and len(frame) == rows
    assert [str(dtype) for dtype in frame.dtypes] == [DTYPES[column.kind] for column in COLUMNS]
    assert list(frame.index) == list(range(rows))


def test_what_the_package_exports() -> None:
    assert sorted(fm.__all__) == sorted(
        "COLUMNS Dismissed Document Extraction Extractor Figure Figures RulesError Unreadable audit disclosure explain "
        "extract extract_frame extract_to links open_review panel plot read report __version__".split()
    )
    assert dir(fm) == sorted(fm.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        _ = fm.nope


@pytest.mark.parametrize("first", ["Extractor", "extract", "explain", "Figures", "read"])
def test_every_name_is_what_it_says_whatever_was_used_first(first: str) -> None:
    check = (
        f"import finmetrics as fm, types; fm.{first}; import finmetrics.judging.evaluation\n"
        "for name in fm.__all__: assert not isinstance(getattr(fm, name), types.ModuleType), name"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_importing_the_package_is_cheap() -> None:
    check = (
        "import sys, time; began = time.perf_counter(); import finmetrics; took = time.perf_counter() - began\n"
        "heavy = {'pandas', 'pyarrow', 'numpy', 'jieba', 'rjieba', 'pydantic', 'typer', 'rich', 'yaml', 'selectolax'}\n"
        "print(took, *(heavy & sys.modules.keys()))"
    )
    said = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout.split()
    assert float(said[0]) < 0.3 and said[1:] == []


def test_extract() -> None:
    figures = fm.extract(TEXT, published="2022-03-29", title="题", doc_id="d")
    assert [(f.quote, f.value, f.unit, f.bank, f.metric, f.measure) for f in figures] == [
        ("5200万户", 52_000_000, "户", "光大银行", "registered_users", "level"),
        ("12.3%", Decimal("12.3"), "%", "光大银行", "registered_users", "growth"),
    ]
    assert figures[0].period_end == dt.date(2021, 12, 31)
    assert all(TEXT[f.start : f.end] == f.quote and f.doc_id == "d" for f in figures)
    assert figures.document == fm.Document(TEXT, "d", "题", dt.date(2022, 3, 29))
    assert isinstance(figures, list) and figures.dismissed == []


@pytest.mark.parametrize("day", [dt.date(2022, 3, 29), dt.datetime(2022, 3, 29, 12), "2022-03-29", "2022年3月29日"])
def test_published_in_every_form(day: dt.date | str) -> None:
    assert fm.extract(TEXT, published=day)[0].period_end == dt.date(2021, 12, 31)


def test_a_bad_date_is_refused() -> None:
    with pytest.raises(ValueError, match="not a date: 'soon'"):
        fm.extract(TEXT, published="soon")


@pytest.mark.parametrize("text", ["", " ", "没有数字。", "\n\n"])
def test_no_figures(text: str) -> None:
    figures = fm.extract(text)
    assert figures == []
    assert_is_table(figures.to_frame(), 0)
    assert figures._repr_html_() == "<p>no figures</p>"


def test_to_frame() -> None:
    frame = fm.extract(TEXT, published="2022-03-29").to_frame()
    assert_is_table(frame, 2)
    assert list(frame["value"]) == [52_000_000, 12.3] and frame["period_end"][0] == pd.Timestamp("2021-12-31")
    assert frame["branch"].isna().all()


class Cells(HTMLParser):
    """The tags of a piece of HTML and the texts of its cells."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_html_of_figures_is_escaped() -> None:
    figures = fm.extract(TEXT)
    figures[0].product = "<script>alert(1)</script>&\x1b"
    shown = Cells(figures._repr_html_())
    assert shown.tags == {"table", "thead", "tbody", "tr", "th", "td"}
    assert "<script>alert(1)</script>& " in shown.texts and ">5200万户" in shown.texts and "+12.3%" in shown.texts


def test_the_html_of_many_figures_is_short() -> None:
    figures = fm.extract(TEXT * 300)
    assert figures._repr_html_().count("<tr>") == 201 and "and 400 more" in figures._repr_html_()


def test_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(json.dumps({"text": TEXT, "doc_id": "b"}), encoding="utf-8")
    frame = fm.read(tmp_path, published="2022-03-29")
    assert_is_table(frame, 4)
    assert list(frame["doc_id"]) == [str(tmp_path / "a.txt")] * 2 + ["b"] * 2
    assert frame["fact_id"].is_unique and set(frame["published"]) == {pd.Timestamp("2022-03-29")}
    assert_is_table(fm.read([tmp_path / "a.txt", str(tmp_path / "b.jsonl")]), 4)


def test_read_names_what_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    paths = [tmp_path / "absent.txt", tmp_path / "a.txt"]
    with pytest.warns(UserWarning, match=r"not read: .*absent\.txt: no such file") as warned:
        assert_is_table(fm.read(paths), 2)
    assert warned[0].filename == __file__
    with pytest.raises(fm.Unreadable, match=r"absent\.txt"):
        fm.read(paths, errors="raise")
    with pytest.warns(UserWarning, match="not read"):
        assert_is_table(fm.read(paths[0]), 0)


def test_min_confidence(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    every = fm.read(tmp_path)
    least = float(every["confidence"].max())
    kept = fm.read(tmp_path, min_confidence=least)
    assert 0 < len(kept) == (every["confidence"] >= least).sum()
    assert_is_table(fm.read(tmp_path, min_confidence=1.01), 0)


def test_one_document_that_breaks_the_extraction_is_named(tmp_path: Path) -> None:
    class Picky(fm.Extractor):
        def run(self, document: fm.Document, *args: object) -> fm.Extraction:
            if "坏" in document.text:
                raise ZeroDivisionError("坏\n了")
            return super().run(document)

    (tmp_path / "f.jsonl").write_text('{"text": "坏", "doc_id": "x"}\n' + json.dumps({"text": TEXT}), encoding="utf-8")
    with pytest.warns(UserWarning, match="not read: x: extraction failed: ZeroDivisionError: 坏 了"):
        assert_is_table(fm.read(tmp_path, rules=Picky()), 2)


@pytest.mark.parametrize(
    "texts",
    [
        [TEXT, TEXT],
        (one for one in (TEXT, TEXT)),
        pd.Series([TEXT, TEXT]),
        pd.Series([TEXT, None, TEXT, np.nan, pd.NA], dtype=object),
        pd.DataFrame({"text": [TEXT, TEXT]}),
    ],
)
def test_extract_frame_of_texts(texts: object) -> None:
    assert_is_table(fm.extract_frame(texts), 4)  # type: ignore[arg-type]


def test_extract_frame_uses_the_columns_it_finds_or_is_told() -> None:
    frame = pd.DataFrame(
        {
            "text": [TEXT, None, TEXT],
            "body": ["客户5万户。"] * 3,
            "doc_id": ["a", "b", None],
            "published": [pd.Timestamp("2022-03-29"), pd.NaT, pd.NaT],
            "title": ["题", "题", None],
            "url": ["u", "u", "u"],
        },
        index=["x", "y", "z"],
    )
    found = fm.extract_frame(frame)
    assert list(found["doc_id"]) == ["a", "a", "z", "z"] and list(found["title"].fillna("")) == ["题", "题", "", ""]
    assert found["period_end"][0] == pd.Timestamp("2021-12-31") and found["period_end"].isna()[2]
    told = fm.extract_frame(frame, text="body", doc_id="url", source="url")
    assert list(told["doc_id"]) == ["u"] * 3 == list(told["source"]) and list(told["value"]) == [50_000] * 3


@pytest.mark.parametrize("texts", [[], pd.Series([], dtype=object), pd.DataFrame({"text": []}), [None]])
def test_extract_frame_of_nothing(texts: object) -> None:
    assert_is_table(fm.extract_frame(texts), 0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("texts", "options", "error", "message"),
    [
        (TEXT, {}, TypeError, "use extract"),
        ([5], {}, TypeError, "text of row 0 is int"),
        (pd.DataFrame({"words": [TEXT]}), {}, KeyError, "no column 'text'; there are words"),
        (pd.DataFrame({"text": [TEXT]}), {"doc_id": "id"}, KeyError, "no column 'id'"),
    ],
)
def test_extract_frame_of_what_is_none(
    texts: object, options: dict[str, str], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        fm.extract_frame(texts, **options)  # type: ignore[arg-type]


def test_rules_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "banks").mkdir()
    (tmp_path / "banks" / "mine.yaml").write_text(
        "- {id: moon, name: 月球银行, type: other, examples: ['月球银行[5万户]客户']}\n", encoding="utf-8"
    )
    text = "月球银行客户5万户。"
    assert fm.extract(text)[0].bank == ""
    assert fm.extract(text, rules=tmp_path)[0].bank_id == "moon"
    extractor = fm.Extractor(tmp_path)
    assert (
        fm.extract(text, rules=extractor)[0].bank == fm.extract_frame([text], rules=extractor)["bank"][0] == "月球银行"
    )
    with pytest.raises(fm.RulesError, match="no such folder"):
        fm.extract(text, rules=tmp_path / "absent")


def test_extract_to(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    report = fm.extract_to([tmp_path / "a.txt", "absent.txt"], tmp_path / "out.csv")
    assert (report.documents, report.figures, [one.source for one in report.failures]) == (1, 2, ["absent.txt"])
    out = io.StringIO()
    fm.extract_to(tmp_path / "a.txt", out, columns=["quote"])
    assert out.getvalue().splitlines() == ["quote", "5200万户", "12.3%"]
    seen: list[fm.Extraction] = []
    fm.extract_to(tmp_path / "a.txt", seen.extend)
    assert [len(one.figures) for one in seen] == [2]


def test_extract_to_leaves_nothing_when_an_output_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    for target, ledger in (
        ("absent/out.csv", "l.csv"),
        ("out.csv", "absent/l.csv"),
        ("a.txt", None),
        ("out.csv", "l.txt"),
    ):
        with pytest.raises((OSError, ValueError)):
            fm.extract_to(tmp_path / "a.txt", tmp_path / target, ledger=ledger and tmp_path / ledger)
        assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


def test_find_document(tmp_path: Path) -> None:
    (tmp_path / "f.jsonl").write_text('{"text": "a", "doc_id": "1"}\n{"text": "b", "doc_id": "2"}\n{', encoding="utf-8")
    (tmp_path / "a.txt").write_text("一", encoding="utf-8")
    found, failures = api.find_document(tmp_path / "f.jsonl", doc_id="2")
    assert found is not None and found.text == "b" and failures == []
    assert api.find_document(tmp_path / "a.txt")[0] == fm.Document(
        "一", str(tmp_path / "a.txt"), source=str(tmp_path / "a.txt")
    )
    with pytest.raises(ValueError, match="several documents"):
        api.find_document(tmp_path / "f.jsonl")
    with pytest.raises(ValueError, match="no document '9'"):
        api.find_document(tmp_path / "a.txt", doc_id="9")
    nothing, failures = api.find_document(tmp_path / "absent.txt")
    assert nothing is None and len(failures) == 1


def test_explain() -> None:
    told = fm.explain(TEXT, figure="5200万户", published="2022-03-29")
    assert "[5200万户]" in told and "registered_users" in told and "2021-12-31" in told and "[12.3%]" not in told
    assert "[5200万户]" in fm.explain(TEXT) and "[12.3%]" in fm.explain(TEXT)
    at = fm.explain(TEXT, at=TEXT.index("12.3"))
    assert "[12.3%]" in at and "[5200万户]" not in at
    with pytest.raises(ValueError, match="99"):
        fm.explain(TEXT, figure="99")
