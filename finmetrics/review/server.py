"""The review over a local server: the page, and judgements that are saved before they are answered."""

from __future__ import annotations

import hmac
import json
import secrets
import sys
import threading
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from finmetrics.extractor import Extractor
from finmetrics.model import Extraction
from finmetrics.review.corrections import Gold, drafted, judge
from finmetrics.review.data import banks, units
from finmetrics.review.goldfile import Conflict, GoldFile
from finmetrics.review.page import page

_LARGEST = 1024 * 1024  # bytes of a judgement
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Review:
    """A review being served on 127.0.0.1, at a port and under a token that are nobody's guess.

    ``url`` is where the page is. :meth:`serve` answers until :meth:`close`, or an interrupt. Raises ``OSError`` where
    no port can be had.
    """

    def __init__(self, extractions: Sequence[Extraction], extractor: Extractor, gold: GoldFile) -> None:
        self._extractions = extractions
        self._gold = gold
        rules = extractor.lexicon.rules
        self._metrics = {metric.id for metric in rules.metrics}
        self._judging = threading.Lock()
        self.token = secrets.token_urlsafe(24)
        told = {"file": str(gold.path), "banks": banks(rules), "units": units(rules)}
        self.page = "".join(page(extractions, extractor, review=told)).encode()
        self._server = _Server(self)
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.host}/{self.token}/"

    def __enter__(self) -> Review:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.server_close()

    def serve(self) -> None:
        """Answers requests until :meth:`close` or an interrupt."""
        try:
            self._server.serve_forever(poll_interval=0.1)
        except KeyboardInterrupt:
            return

    def close(self) -> None:
        """Ends :meth:`serve`; for another thread."""
        self._server.shutdown()

    @property
    def documents(self) -> int:
        """How many documents are reviewed."""
        return len(self._extractions)

    def progress(self) -> list[list[int]]:
        """For each document how many of its figures are judged, and how many are open."""
        return [_progress(self.document(number)) for number in range(len(self._extractions))]

    def document(self, number: int) -> Gold:
        """A document's gold, as far as it is judged."""
        extraction = self._extractions[number]
        return drafted(extraction, self._gold.get(extraction.document.doc_id))

    def judge(self, number: int, judgement: dict[str, Any]) -> Gold:
        """A document's gold after a judgement; on return it is on the disk.

        Raises ``ValueError`` where the judgement cannot be meant, ``OSError`` where it cannot be saved.
        """
        extraction = self._extractions[number]
        with self._judging:  # two judgements on one document must both stand
            gold = judge(self.document(number), judgement, extraction, self._metrics)
            self._gold.put(gold)
        return gold


def _progress(gold: Gold) -> list[int]:
    unjudged = sum(bool(fact.get("unreviewed")) for fact in gold["facts"])
    return [len(gold["facts"]) - unjudged + len(gold["dismissed"]), unjudged]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, review: Review) -> None:
        self.review = review
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that leaves is no fault; any other is one line."""
        error = sys.exception()
        if not isinstance(error, ConnectionError):
            print(f"finmetrics: a request failed: {type(error).__name__}: {error}", file=sys.stderr)


class _Handler(BaseHTTPRequestHandler):
    """``/TOKEN/`` is the page, ``progress`` and ``documents/N`` below it are read, the latter is judged by POST."""

    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        where = self._where()
        if where == "":
            self._answer(HTTPStatus.OK, self.server.review.page, "text/html; charset=utf-8")
        elif where == "progress":
            self._json(HTTPStatus.OK, self.server.review.progress())
        elif where is not None and (number := self._number(where)) is not None:
            self._json(HTTPStatus.OK, self.server.review.document(number))

    def do_POST(self) -> None:
        where = self._where()
        number = None if where is None else self._number(where)
        if number is None:
            return
        length = self.headers.get("Content-Length", "")
        if self.headers.get_content_type() != "application/json" or not length.isdecimal() or int(length) > _LARGEST:
            self._refuse(HTTPStatus.BAD_REQUEST, "a judgement is JSON of at most 1 MB")
            return
        try:
            judgement = json.loads(self.rfile.read(int(length)))
            if not isinstance(judgement, dict):
                raise ValueError("a judgement is a JSON object")
            gold = self.server.review.judge(number, judgement)
        except Conflict as error:
            self._refuse(HTTPStatus.CONFLICT, str(error))
        except (ValueError, RecursionError) as error:
            self._refuse(HTTPStatus.BAD_REQUEST, str(error))
        except OSError as error:
            self._refuse(HTTPStatus.INSUFFICIENT_STORAGE, f"not saved: {error.strerror or error}")
        else:
            self._json(HTTPStatus.OK, gold)

    def _where(self) -> str | None:
        """The path below the token; a request that is not the page's own is refused."""
        review = self.server.review
        port = review.host.rpartition(":")[2]
        hosts = (review.host, f"localhost:{port}")  # a name that merely leads here is an attack by DNS
        origin = self.headers.get("Origin")
        if self.headers.get("Host") not in hosts or origin not in (None, *(f"http://{host}" for host in hosts)):
            self._refuse(HTTPStatus.FORBIDDEN, "not a request of this page")
            return None
        token, slash, where = self.path.removeprefix("/").partition("/")
        if not slash or not hmac.compare_digest(token.encode(), review.token.encode()):
            self._refuse(HTTPStatus.FORBIDDEN, "the address lacks its token")
            return None
        return where

    def _number(self, where: str) -> int | None:
        kind, _, number = where.partition("/")
        if kind == "documents" and number.isascii() and number.isdecimal() and len(number) < 9:
            found = int(number)
            if found < self.server.review.documents:
                return found
        self._refuse(HTTPStatus.NOT_FOUND, "nothing is there")
        return None

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        self.close_connection = True  # the body of what is refused is left unread
        self._json(status, {"error": why})

    def _json(self, status: HTTPStatus, value: object) -> None:
        self._answer(status, json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"), "application/json")

    def _answer(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the address, which is logged, holds the token."""
