"""Paths, folders, globs and standard input -> documents, whatever the kind and the encoding."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from finmetrics.extractor import Extractor
from finmetrics.model import Document
from finmetrics.reading import ReadFailure, documents
from finmetrics.reading.failure import NoFiles
from finmetrics.reading.kind import kind_of

SENTENCE = "截至2021年末，光大银行手机银行注册用户突破5200万户，同比增长12.3%。"
TITLE = "光大银行数字化转型提速"
MARKDOWN = f'---\nlayout: post\ntitle: "{TITLE}"\ndate: 2022-03-29 16:37:51 +0800\n---\n'

POST_HTML = f"{MARKDOWN}<p>近日，年报发布。</p>\n <p>{SENTENCE}</p>\n"
POST_MARKDOWN = f"{MARKDOWN}近日，年报发布。\n\n**{SENTENCE}**\n"
PAGE = (
    f"<!DOCTYPE html><html><head><title>{TITLE}</title>"
    '<meta property="article:published_time" content="2022-03-29T16:37:51+08:00"></head>'
    f"<body><nav>首页 1 2 3</nav><p>近日，年报发布。</p><p>{SENTENCE}</p></body></html>"
)
TEXT = f"{TITLE}\n2022-03-29 16:37 财经网\n近日，年报发布。\n{SENTENCE}\n"
JSONL = json.dumps({"doc_id": "a", "title": TITLE, "published": "2022-03-29", "text": SENTENCE}, ensure_ascii=False)
CSV = f'doc_id,title,published,text\na,{TITLE},2022-03-29,"{SENTENCE}"\n'

CONTENT = {
    "post.md": POST_HTML,
    "plain.md": POST_MARKDOWN,
    "page.html": PAGE,
    "article.txt": TEXT,
    "feed.jsonl": JSONL + "\n",
    "feed.csv": CSV,
}
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")


def only(path: Path | str) -> Document:
    """The one document that a path leads to."""
    [found] = documents(path)
    assert isinstance(found, Document), found
    return found


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", CONTENT)
def test_every_kind_in_every_encoding(tmp_path: Path, name: str, encoding: str) -> None:
    path = tmp_path / name
    path.write_bytes(CONTENT[name].encode(encoding))
    found = only(path)
    assert SENTENCE in found.text and "<" not in found.text and "*" not in found.text and "首页" not in found.text
    assert (found.title, found.published) == (TITLE, dt.date(2022, 3, 29))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", CONTENT)
def test_content_tells_the_kind_whatever_the_name(tmp_path: Path, name: str, encoding: str) -> None:
    right, wrong = tmp_path / name, tmp_path / "renamed.txt"
    for path in (right, wrong):
        path.write_bytes(CONTENT[name].encode(encoding))
    one, other = only(right), only(wrong)
    if name == "plain.md":  # told by its front matter
        assert MARKDOWN.splitlines()[1] not in other.text
    assert (one.text, one.title, one.published) == (other.text, other.title, other.published)


@pytest.mark.parametrize(
    ("content", "suffix", "kind"),
    [
        (POST_HTML, ".txt", "markdown"),
        (POST_MARKDOWN, "", "markdown"),
        (PAGE, ".md", "markdown"),  # a body in HTML, which Markdown allows
        (PAGE, ".txt", "html"),
        ("<p>1</p>\n<p>2</p>\n<p>3</p>", "", "html"),
        ("银行<客户>5万户", ".txt", "text"),
        ("---\n客户5万户\n---\n", ".txt", "text"),
        (JSONL, "", "jsonl"),
        ('{"text": "未完', ".jsonl", "jsonl"),
        ("{客户}5万户", ".txt", "text"),
        (CSV, "", "csv"),
        ("text\tdoc_id\n客户5万户\ta\n", ".txt", "csv"),
        ("text\n客户5万户\n", ".csv", "csv"),
        ("客户,5万户,贷款\n", ".txt", "text"),
        (SENTENCE, ".html", "html"),
        (SENTENCE, ".md", "markdown"),
        ("", "", "text"),
    ],
)
def test_the_kind_of(content: str, suffix: str, kind: str) -> None:
    assert kind_of(content.encode(), suffix) == kind


def test_a_parquet_feed(tmp_path: Path) -> None:
    table = pa.table(
        {
            "Text": [SENTENCE, None, ""],
            "doc_id": ["a", "b", "c"],
            "title": [TITLE, None, None],
            "published": [dt.date(2022, 3, 29), None, None],
            "views": [1, 2, 3],
        }
    )
    for name in ("feed.parquet", "feed.txt"):
        pq.write_table(table, tmp_path / name)
        first, second, third = documents(tmp_path / name)
        assert first == Document(SENTENCE, "a", TITLE, dt.date(2022, 3, 29), str(tmp_path / name))
        assert second == ReadFailure(f"{tmp_path / name}:2", "no text")
        assert isinstance(third, Document) and third.text == ""


def test_timestamps_of_a_parquet_feed_are_days(tmp_path: Path) -> None:
    stamps = pa.array([dt.datetime(2022, 3, 29, 23, 59)], pa.timestamp("ns"))
    pq.write_table(pa.table({"text": [SENTENCE], "published": stamps}), tmp_path / "feed.parquet")
    assert only(tmp_path / "feed.parquet").published == dt.date(2022, 3, 29)


def test_folders_are_walked_in_order(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/10.txt", "a/deep/er/x.md", "z.html", ".hidden/h.txt", "b/.h.txt", "b/data.bin"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SENTENCE)
    found = [os.path.relpath(one.doc_id, tmp_path) for one in documents(tmp_path) if isinstance(one, Document)]
    assert found == ["z.html", "a/deep/er/x.md", "b/10.txt", "b/2.txt"]


def test_globs(tmp_path: Path) -> None:
    for name in ("a1.txt", "a2.txt", "b.txt", "sub/a3.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(SENTENCE)

    def names(pattern: str) -> list[str]:
        return [Path(one.doc_id).name for one in documents(f"{tmp_path}/{pattern}") if isinstance(one, Document)]

    assert names("a?.txt") == ["a1.txt", "a2.txt"]
    assert names("**/*.txt") == ["a1.txt", "a2.txt", "b.txt", "a3.txt"]
    assert names("su*") == ["a3.txt"]
    [failure] = documents(f"{tmp_path}/*.md")
    assert failure == NoFiles(f"{tmp_path}/*.md", "no file matches")


def test_a_name_with_brackets_is_no_glob_where_the_file_is_there(tmp_path: Path) -> None:
    (tmp_path / "[1].txt").write_text(SENTENCE)
    assert only(tmp_path / "[1].txt").text == SENTENCE


def test_a_file_that_two_paths_lead_to_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SENTENCE)
    found = list(documents([tmp_path, f"{tmp_path}/*.txt", tmp_path / "a.txt", f"{tmp_path}/../{tmp_path.name}/a.txt"]))
    assert len(found) == 1


def test_what_is_not_there_fails_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SENTENCE)
    (tmp_path / "empty").mkdir()
    (tmp_path / "link.txt").symlink_to(tmp_path / "gone.txt")
    paths = [tmp_path / "absent.txt", tmp_path / "empty", tmp_path / "link.txt", tmp_path / "a.txt"]
    absent, empty, link, article = documents(paths)
    assert absent == ReadFailure(str(paths[0]), "no such file or folder")
    assert isinstance(empty, ReadFailure) and "no file with a known suffix" in empty.reason
    assert isinstance(link, ReadFailure) and "No such file" in link.reason
    assert isinstance(article, Document)


def test_published_dates_only_what_states_no_date(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SENTENCE)
    (tmp_path / "b.md").write_text(POST_HTML)
    plain, post = documents(tmp_path, published=dt.date(2023, 1, 1))
    assert isinstance(plain, Document) and plain.published == dt.date(2023, 1, 1)
    assert isinstance(post, Document) and post.published == dt.date(2022, 3, 29)


@pytest.mark.parametrize("name", CONTENT)
def test_standard_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    class Piped:
        buffer = io.BytesIO(CONTENT[name].encode("gb18030"))

    monkeypatch.setattr("sys.stdin", Piped)
    found = only("-")
    assert SENTENCE in found.text and found.title == TITLE


def test_a_pipe_on_disk_is_read(tmp_path: Path) -> None:
    from threading import Thread

    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    writer = Thread(target=lambda: pipe.write_text(SENTENCE))
    writer.start()
    assert only(pipe).text == SENTENCE
    writer.join()


def test_names_that_are_no_unicode(tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"\xff.txt")
    try:
        with open(path, "w") as file:
            file.write(SENTENCE)
    except OSError:
        pytest.skip("this file system takes no such names")
    found = only(tmp_path)
    found.doc_id.encode()
    assert found.text == SENTENCE


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    for name, content in CONTENT.items():
        (tmp_path / name).write_bytes(content.encode("gb18030"))
    pq.write_table(pa.table({"text": [SENTENCE] * 700}), tmp_path / "feed.parquet")
    seen: list[tuple[int, int]] = []
    found = list(documents(tmp_path, progress=lambda done, total: seen.append((done, total))))
    assert len(found) == len(CONTENT) + 700
    total = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert {whole for _, whole in seen} == {total}
    done = [count for count, _ in seen]
    assert done == sorted(done) and total * 0.99 <= done[-1] <= total


def test_our_own_table_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    from finmetrics.api import extract_to

    (tmp_path / "a.txt").write_text(SENTENCE)
    for suffix in ("csv", "parquet"):
        extract_to(tmp_path / "a.txt", tmp_path / f"table.{suffix}")
    extract_to(tmp_path / "a.txt", tmp_path / "chinese.csv", headers="zh")
    extract_to(tmp_path / "a.txt", tmp_path / "other.jsonl", ledger=tmp_path / "ledger.csv")
    again = list(documents(tmp_path))
    assert [type(one) for one in again] == [Document], again
    [failure] = documents(tmp_path / "table.csv")
    assert isinstance(failure, ReadFailure) and "a table of figures" in failure.reason


def test_the_raw_seeds_give_the_figures_of_their_plain_text(shared: Path) -> None:
    extractor = Extractor()
    with open(shared / "gold" / "seeds.jsonl", encoding="utf-8") as lines:
        gold = {one["title"]: one for one in map(json.loads, lines)}
    raw = [one for one in documents(shared / "seeds") if isinstance(one, Document)]
    assert len(raw) == len(gold) == 5
    left_out = {"start", "end", "doc_id", "sentence"}
    for document in raw:
        plain = gold[document.title]
        published = dt.date.fromisoformat(plain["published"])
        assert document.published == published
        mine, theirs = (
            [{key: getattr(figure, key) for key in figure.__slots__ if key not in left_out} for figure in figures]
            for figures in (
                extractor.run(document).figures,
                extractor.run(Document(plain["text"], title=plain["title"], published=published)).figures,
            )
        )
        assert mine == theirs and len(mine) >= 5
