"""The correction loop: judgements in a real browser and over a real server, what is saved, and what comes of it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from conftest import Program

import finmetrics as fm
from finmetrics.api import extractor_for
from finmetrics.judging.evaluation import evaluate, read_gold
from finmetrics.judging.scoring import METRICS
from finmetrics.model import Document, Extraction
from finmetrics.review.corrections import drafted, judge
from finmetrics.review.goldfile import Conflict, GoldFile

if TYPE_CHECKING:
    from playwright.sync_api import Page

TEXT = "😀截至2021年末，光大银行手机银行注册用户突破5200万户，同比增长12.3%，网点1300个，另有甲乙丙若干；不良率1.25%。"
FIRST = [f.quote for f in fm.extract(TEXT)]

Serve = Callable[..., "Served"]


class Served:
    """A review in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.url = process.stdout.readline().strip()
        self.port = urlsplit(self.url).port
        self.path = urlsplit(self.url).path

    def ask(
        self, where: str = "", judgement: object = None, *, path: str | None = None, **headers: str
    ) -> tuple[int, Any]:
        """Status and answer of a request, with ``judgement`` a POST."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        body = None if judgement is None else json.dumps(judgement)
        said = {"Content-Type": "application/json"} if body else {}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("POST" if body else "GET", (self.path if path is None else path) + where, body, said)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, json.loads(data) if answer.headers.get_content_type() == "application/json" else data

    def end(self) -> tuple[int, str]:
        """Interrupts it; exit code and stderr."""
        self.process.send_signal(signal.SIGINT)
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts a review of TEXT, or of other paths, in ``tmp_path``."""
    started: list[subprocess.Popen[str]] = []
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")

    def start(*paths: str) -> Served:
        command = [sys.executable, "-m", "finmetrics.cli", "review", "--no-browser", *(paths or ("a.txt",))]
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )
        started.append(process)
        return Served(process)

    yield start
    for process in started:
        process.kill()
        process.communicate()


def saved(folder: Path) -> dict[str, Any]:
    """The one document of the gold file."""
    (gold,) = read_gold(folder / "corrections.jsonl")
    return gold


def at(quote: str, text: str = TEXT) -> dict[str, int]:
    """The span of a quote."""
    return {"start": text.index(quote), "end": text.index(quote) + len(quote)}


def test_a_reader_judges_and_it_becomes_gold(tab: Page, serve: Serve, program: Program, tmp_path: Path) -> None:
    served = serve()
    tab.goto(served.url)
    tab.click("mark.open:has-text('5200万户')")
    tab.keyboard.press("c")  # goes on to the next that is open
    tab.wait_for_selector("mark[aria-pressed=true]:has-text('12.3%')")
    tab.keyboard.press("e")
    tab.select_option("#edit-comparison", "ytd")
    tab.fill("#edit-bank", "中国光大银行")
    tab.click("#act-save")
    tab.wait_for_selector("mark.confirmed:has-text('12.3%')")
    assert ">5200万户" in tab.inner_text("tr:has-text('5200万户')")
    assert "中国光大银行" in tab.inner_text("tr:has-text('12.3%')") and "ytd" in tab.inner_text("tr:has-text('12.3%')")
    tab.click("mark:has-text('1300个')")
    tab.keyboard.press("x")
    tab.wait_for_selector("mark.dismissed:has-text('1300个')")
    tab.evaluate(
        """() => {  // in UTF-16 units, which are one more than code points
            const nodes = [...document.querySelector("#article").childNodes];
            const node = nodes.find((one) => one.textContent.includes("甲乙丙"));
            const at = node.textContent.indexOf("甲乙丙");
            getSelection().setBaseAndExtent(node, at, node, at + 3);
        }"""
    )
    tab.keyboard.press("a")
    tab.fill("#edit-value", "3")
    tab.fill("#edit-unit", "家")
    tab.select_option("#edit-metric", "partners")
    tab.click("#act-save")
    tab.wait_for_selector("mark.added:has-text('甲乙丙')")
    gold = saved(tmp_path)
    facts = {fact["quote"]: fact for fact in gold["facts"]}
    assert list(facts) == ["5200万户", "12.3%", "甲乙丙", "1.25%"]
    assert "optional" not in facts["5200万户"] and facts["1.25%"]["unreviewed"] and facts["1.25%"]["optional"]
    assert (facts["12.3%"]["comparison"], facts["12.3%"]["bank"]) == ("ytd", ["中国光大银行"])
    assert facts["甲乙丙"] | {"value": 3, "unit": ["家"], "metric": ["partners"]} == facts["甲乙丙"]
    assert facts["甲乙丙"]["bank"] == ["中国光大银行"]  # as of the figure before it
    assert gold["dismissed"] == [{"quote": "1300个", **at("1300个")}]
    assert served.end() == (0, "")

    scored = program("eval", "corrections.jsonl", "--json")
    assert scored.returncode == 0
    wrong = {(one["quote"], one["what"]) for one in json.loads(scored.stdout)["errors"]}
    assert wrong == {("12.3%", "comparison"), ("12.3%", "bank"), ("甲乙丙", "missed"), ("1300个", "spurious")}

    again = serve()  # takes up where it was left
    tab.goto(again.url)
    tab.wait_for_selector("mark.dismissed:has-text('1300个')")
    assert tab.locator("mark.confirmed").all_inner_texts() == ["5200万户", "12.3%"]
    tab.wait_for_selector("#documents :text('4 of 5 judged')")
    tab.click("mark:has-text('1300个')")
    tab.keyboard.press("u")
    tab.wait_for_selector("mark.open:has-text('1300个')")
    assert saved(tmp_path)["dismissed"] == []


def test_the_page_says_what_was_not_saved(tab: Page, serve: Serve, tmp_path: Path) -> None:
    served = serve()
    tab.goto(served.url)
    tab.click("mark.open:has-text('1.25%')")
    tab.keyboard.press("e")
    tab.fill("#edit-period_end", "去年末")
    tab.click("#act-save")
    tab.wait_for_selector(".actions .error:has-text('period_end')")
    assert tab.input_value("#edit-period_end") == "去年末"  # what was typed is not lost
    served.process.kill()
    served.process.wait()
    tab.fill("#edit-period_end", "2021-12-31")
    tab.click("#act-save")
    tab.wait_for_selector(".actions .error:has-text('the review has ended')")
    assert tab.input_value("#edit-period_end") == "2021-12-31"
    assert not (tmp_path / "corrections.jsonl").exists()


def test_only_the_page_itself_is_answered(serve: Serve) -> None:
    served = serve()
    status, page = served.ask()
    assert status == 200 and "5200万户" in page.decode()
    assert served.ask("documents/0")[0] == served.ask("progress")[0] == 200
    port = served.port
    assert served.ask(Host=f"localhost:{port}")[0] == 200
    for wrong in ("example.com", f"example.com:{port}", f"127.0.0.1:{port}.example.com", "127.0.0.1"):
        assert served.ask(Host=wrong)[0] == 403
    for path in ("/", "/wrong/", served.path[:-2] + "/", served.path.rstrip("/"), "/../"):
        assert served.ask(path=path)[0] == 403
    act = {"action": "confirm", **at("5200万户")}
    assert served.ask("documents/0", act, Origin="http://example.com")[0] == 403
    assert served.ask("documents/0", act, Origin="null")[0] == 403
    assert served.ask("documents/0", act, Content_Type="text/plain")[0] == 400
    for where in ("documents/1", "documents/-1", "documents/x", "documents/", "documents/99999999999", "etc/passwd"):
        assert served.ask(where)[0] == served.ask(where, act)[0] == 404
    assert served.ask("documents/0", act)[0] == 200  # and it still answers
    assert served.end() == (0, "")


def test_what_cannot_be_meant_is_refused(serve: Serve, tmp_path: Path) -> None:
    served = serve()
    span = at("5200万户")
    for wrong, why in (
        ([], "JSON object"),
        ({"action": "delete", **span}, "no action 'delete'"),
        ({"action": "confirm", "start": 0, "end": 2}, "no figure at 0 to 2"),
        ({"action": "add", **span, "fact": {"value": 1}}, "there is a figure"),
        ({"action": "correct", **span, "fact": {"value": "many"}}, "value: 'many'"),
        ({"action": "correct", **span, "fact": {"value": float("nan")}}, "value: nan"),
        ({"action": "correct", **span, "fact": {"metric": ["nonsense"]}}, "no metric 'nonsense'"),
        ({"action": "correct", **span, "fact": {"measure": "size"}}, "measure: 'size'"),
        ({"action": "correct", **span, "fact": {"period_end": ["2021-13-01"]}}, "period_end"),
        ({"action": "correct", **span, "fact": {"bank": [{}]}}, "bank"),
        ({"action": "correct", **span, "fact": {"end": 10**6}}, "no stretch"),
        ({"action": "correct", **span, "fact": {"end": at("12.3%")["end"]}}, "overlaps the figure '12.3%'"),
        ({"action": "correct", **span, "fact": "x"}, "a map of slots"),
    ):
        status, said = served.ask("documents/0", wrong)
        assert status == 400 and why in said["error"], (wrong, said)
    assert not (tmp_path / "corrections.jsonl").exists()


def test_a_kill_loses_no_judgement(serve: Serve, tmp_path: Path) -> None:
    for quote in FIRST[:2]:
        served = serve()
        assert served.ask("documents/0", {"action": "confirm", **at(quote)})[0] == 200
        os.kill(served.process.pid, signal.SIGKILL)
        served.process.wait()
    assert [fact.get("unreviewed") for fact in saved(tmp_path)["facts"]] == [None, None, True, True]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.txt", "corrections.jsonl"]


def test_judgements_at_the_same_time_all_stand(serve: Serve, tmp_path: Path) -> None:
    text = "\n".join(f"光大银行网点{n}个。" for n in range(100, 130))
    (tmp_path / "b.txt").write_text(text, encoding="utf-8")
    served = serve("a.txt", "b.txt")
    acts = [(1, {"action": "confirm", **at(f"{n}个", text)}) for n in range(100, 130)]
    acts += [(0, {"action": "confirm", **at(quote)}) for quote in FIRST]
    with ThreadPoolExecutor(8) as pool:
        assert {status for status, _ in pool.map(lambda act: served.ask(f"documents/{act[0]}", act[1]), acts)} == {200}
    facts = [fact for gold in read_gold(tmp_path / "corrections.jsonl") for fact in gold["facts"]]
    assert len(facts) == len(acts) and not any("unreviewed" in fact for fact in facts)


def test_other_documents_and_other_reviewers_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    other = '{"facts":[],  "text":"甲", "doc_id":"other", "more": 1}'
    path.write_text(other, encoding="utf-8")  # without a line end
    one, two = GoldFile(path), GoldFile(path)
    mine = {"doc_id": "mine", "text": "乙", "facts": []}
    one.put(mine)
    two.put(mine | {"doc_id": "theirs"})  # another document: both stay
    assert [gold["doc_id"] for gold in read_gold(path)] == ["other", "mine", "theirs"]
    assert path.read_text(encoding="utf-8").startswith(other + "\n")
    two.put(mine | {"doc_id": "theirs", "title": "t"})
    one.put(mine | {"title": "first"})
    with pytest.raises(Conflict, match="changed by somebody else"):
        two.put(mine | {"title": "lost?"})
    assert [gold.get("title") for gold in read_gold(path)] == [None, "first", "t"]
    two.put(mine | {"title": "now"})  # having read it anew
    assert GoldFile(path).get("mine") == mine | {"title": "now"}


def test_a_bad_gold_file_is_named_with_its_line(program: Program, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    good = json.dumps({"doc_id": "x", "text": "", "facts": []})
    for bad, why in (("{", "not JSON"), ("[]", "no gold document"), (good, "document 'x' is in the file twice")):
        (tmp_path / "gold.jsonl").write_text(f"{good}\n{bad}\n", encoding="utf-8")
        done = program("review", "a.txt", "-o", "gold.jsonl", "--no-browser")
        said = done.stderr.decode()
        assert done.returncode == 2 and said.startswith("finmetrics: gold.jsonl:2: ") and why in said
        assert said.count("\n") == 1 and done.stdout == b""
    done = program("review", "a.txt", "-o", "nowhere/gold.jsonl", "--no-browser")
    assert done.returncode == 2 and done.stderr == b"finmetrics: nowhere: no such folder\n"


def test_a_document_whose_text_changed_is_named_and_left_out(serve: Serve, tmp_path: Path) -> None:
    first = serve()
    first.ask("documents/0", {"action": "confirm", **at("5200万户")})
    first.end()
    before = (tmp_path / "corrections.jsonl").read_bytes()
    (tmp_path / "a.txt").write_text(TEXT + "完。", encoding="utf-8")
    (tmp_path / "b.txt").write_text("光大银行网点100个。", encoding="utf-8")
    served = serve("a.txt", "b.txt")
    assert served.ask("documents/0")[1]["doc_id"] == "b.txt" and served.ask("documents/1")[0] == 404
    assert served.end() == (1, "a.txt: its text is not the one in corrections.jsonl\n")
    assert (tmp_path / "corrections.jsonl").read_bytes() == before


def test_a_feed_is_read_as_the_options_say(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "feed.jsonl").write_text(json.dumps({"article": TEXT, "nr": "n-7"}) + "\n", encoding="utf-8")
    served = serve("feed.jsonl", "--text-column", "article", "--id-column", "nr")
    assert served.ask("documents/0")[1]["doc_id"] == "n-7"
    assert served.end() == (0, "")


def extraction() -> Extraction:
    return extractor_for(None).run(Document(TEXT, "d"))


def test_a_correction_keeps_the_answers_it_does_not_state() -> None:
    found = extraction()
    gold = drafted(found)
    gold["facts"][0] |= {"product": ["手机银行", "App"], "metric": ["registered_users", "customers"], "mine": 1}
    now = judge(gold, {"action": "correct", **at("5200万户"), "fact": {"bank": "中信银行"}}, found, METRICS)
    fact = now["facts"][0]
    assert (fact["product"], fact["metric"], fact["mine"]) == (
        ["手机银行", "App"],
        ["registered_users", "customers"],
        1,
    )
    assert fact["bank"] == ["中信银行"] and "unreviewed" not in fact
    assert gold["facts"][0]["unreviewed"]  # the one given is left alone


def test_a_later_engine_does_not_touch_what_was_judged() -> None:
    found = extraction()
    gold = judge(drafted(found), {"action": "dismiss", **at("1300个")}, found, METRICS)
    gold = judge(gold, {"action": "confirm", **at("5200万户")}, found, METRICS)
    better = Extraction(found.document, found.figures[1:-1])  # finds fewer now
    again = drafted(better, gold)
    assert [fact["quote"] for fact in again["facts"]] == ["5200万户", "12.3%"]
    assert again["dismissed"] == gold["dismissed"]
    assert drafted(found, again)["facts"] == gold["facts"]


def test_a_draft_scores_nothing_until_it_is_judged(program: Program, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    assert program("gold", "draft", "a.txt", "-o", "draft.jsonl").returncode == 0
    scores = evaluate(tmp_path / "draft.jsonl").scores
    assert (scores.documents, scores.facts, scores.figures) == (1, 0, 0)
