"""A gateway before a stand-in of AWS: it hurts a share of the answers, and keeps two of AWS's words that moto does not.

moto takes Glue's `VersionId` and S3's conditional writes without holding writers to them at once; here they are held,
as on AWS: an update of a table that has moved is refused, and of two conditional writes one is.
"""

import http.client
import json
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

HOLD_SECONDS = 7
"""How long an answer is held back: longer than the patience of the lake's settings in these tests."""


class Fault(Enum):
    """What becomes of a request."""

    INTERNAL = "500 before anything is done"
    SLOW_DOWN = "503 SlowDown before anything is done"
    RESET = "connection reset before anything is done"
    LOST = "done, but the connection is reset instead of an answer"
    LATE = "done, but the answer does not come in time"
    TRUNCATED = "done, but the answer ends in the middle"


@dataclass(frozen=True)
class Asked:
    """A request as the gateway sees it."""

    method: str
    path: str
    target: str
    body: bytes

    @property
    def commits(self) -> bool:
        """Whether it is the one request that makes a commit true."""
        return self.target == "AWSGlue.UpdateTable"


Plan = Callable[[Asked], Fault | None]


def nothing(_: Asked) -> None:
    """Hurt no request."""


@dataclass
class Sprinkled:
    """Hurts a share of the requests, by a seed; late answers are rare, as each costs the client its patience."""

    seed: int
    share: float
    faults: tuple[Fault, ...] = tuple(Fault)
    _random: Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)

    def __call__(self, asked: Asked) -> Fault | None:
        """Return what becomes of the next request."""
        if self._random.random() >= self.share:
            return None
        return self._random.choices(self.faults, [1 if one is Fault.LATE else 20 for one in self.faults])[0]


class Gateway(ThreadingHTTPServer):
    """Serves on loopback what another server answers, hurt as `plan` says; `dealt` counts what was done."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, behind: tuple[str, int]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = behind
        self.plan: Plan = nothing
        self.dealt: Counter[str] = Counter()
        self.one_at_a_time = threading.Lock()
        self._planning = threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def next_fault(self, asked: Asked) -> Fault | None:
        """Return what becomes of a request, and count it."""
        with self._planning:
            fault = self.plan(asked)
            self.dealt[fault.name if fault else "whole"] += 1
            return fault

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that are killed or have lost their patience: that is what is tested."""


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Gateway

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _handle(self) -> None:
        asked = Asked(self.command, self.path, self.headers.get("X-Amz-Target", ""), self._body())
        fault = self.server.next_fault(asked)
        if fault in (Fault.INTERNAL, Fault.SLOW_DOWN):
            self._send(_refusal(asked, fault))
        elif fault is Fault.RESET:
            self._reset()
        else:
            self._after(fault, self._forwarded(asked))

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _handle  # noqa: N815 (the names that the base class calls)

    def _body(self) -> bytes:
        """Return the body of the request: of a known length, or in chunks, as AWS's C++ client sends it."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def _after(self, fault: Fault | None, answer: _Answer) -> None:
        if fault is Fault.LOST or (fault is Fault.TRUNCATED and not answer.body):
            self._reset()
        elif fault is Fault.LATE:
            threading.Event().wait(HOLD_SECONDS)
            self._reset()
        else:
            self._send(answer, cut=fault is Fault.TRUNCATED)

    def _forwarded(self, asked: Asked) -> _Answer:
        """Return the answer behind; requests with a condition one at a time, and held to it."""
        if asked.commits:
            with self.server.one_at_a_time:
                return self._moved(asked) or self._answer(asked)
        if self.headers.get("If-None-Match"):
            with self.server.one_at_a_time:
                return self._answer(asked)
        return self._answer(asked)

    def _moved(self, asked: Asked) -> _Answer | None:
        """Return Glue's refusal of an update that was computed from another version of the table."""
        wanted = json.loads(asked.body)
        if not wanted.get("VersionId"):
            return None
        look = {"DatabaseName": wanted["DatabaseName"], "Name": wanted["TableInput"]["Name"]}
        seen = self._answer(Asked("POST", "/", "AWSGlue.GetTable", json.dumps(look).encode()))
        if json.loads(seen.body)["Table"]["VersionId"] == wanted["VersionId"]:
            return None
        self.server.dealt["MOVED"] += 1
        return _glue_error(400, "ConcurrentModificationException")

    def _answer(self, asked: Asked) -> _Answer:
        connection = http.client.HTTPConnection(*self.server.behind, timeout=60)
        connection.putrequest(asked.method, asked.path, skip_host=True, skip_accept_encoding=True)
        own = {"x-amz-target": asked.target, "content-length": str(len(asked.body)), "connection": "close"}
        for name, value in self.headers.items():
            if name.lower() not in {*own, "expect", "transfer-encoding"}:
                connection.putheader(name, value)
        for name, value in own.items():
            if value:
                connection.putheader(name, value)
        connection.endheaders(asked.body)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return _Answer(answer.status, answer.getheaders(), body)

    def _send(self, answer: _Answer, *, cut: bool = False) -> None:
        self.send_response_only(answer.status)
        dropped = {"connection", "transfer-encoding"} | ({"content-length"} if answer.body else set())
        for name, value in answer.headers:
            if name.lower() not in dropped:
                self.send_header(name, value)
        if answer.body:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if cut else answer.body)
        self.close_connection = self.close_connection or cut

    def _reset(self) -> None:
        """Cut the connection hard, as a network does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


def _refusal(asked: Asked, fault: Fault) -> _Answer:
    status, code = (503, "SlowDown") if fault is Fault.SLOW_DOWN else (500, "InternalError")
    if asked.target:
        return _glue_error(500, "InternalServiceException")
    if asked.method == "HEAD":
        return _Answer(status, [("Content-Length", "0")], b"")
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>later</Message></Error>".encode()
    return _Answer(status, [("Content-Type", "application/xml")], body)


def _glue_error(status: int, kind: str) -> _Answer:
    body = json.dumps({"__type": kind, "Message": "by the gateway"}).encode()
    return _Answer(status, [("Content-Type", "application/x-amz-json-1.1")], body)
