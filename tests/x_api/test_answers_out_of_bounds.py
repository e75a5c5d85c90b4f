"""Answers that are larger than any should be, and failures that tell whether a request was sent, over real HTTP."""

import gzip
import json
import socket
import threading
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from loopback import serving
from pydantic import SecretStr

from fedbytweets.compliance import Event
from fedbytweets.coverage import Span
from fedbytweets.errors import AnswerTooLargeError, PassingError, QuestionError, SettingsError, UnansweredError
from fedbytweets.x_api import CollectSettings, PageQuestion, XApi
from fedbytweets.x_api.compliance import ComplianceApi

NOON = datetime(2026, 9, 7, 12, tzinfo=UTC)
QUESTION = PageQuestion("lula", "lula", "tweet", Span(NOON - timedelta(hours=8), NOON), 1, 100)
SECRET = SecretStr("AAAA-secret-of-the-tests-BBBB")
BOMB = gzip.compress(b"[" + b" " * (300 << 20) + b"]", compresslevel=1)
MEBIBYTE = 2**20


def client(base_url: str, **options: object) -> XApi:
    return XApi(SECRET, CollectSettings(base_url=base_url, **{"read_timeout_seconds": 5, **options}), lambda: NOON)


@pytest.mark.parametrize("most", [1, 4])
def test_an_answer_that_unpacks_beyond_the_bound_is_refused_in_words_and_little_memory(most: int) -> None:
    """300 MB in 1 MB of gzip: the message names the subject, the bound and the setting; nothing is tried again."""
    with serving([(200, {"Content-Encoding": "gzip"}, BOMB)] * 4) as server:
        asker = client(server.base_url, answer_megabytes=most)
        tracemalloc.start()
        with pytest.raises(
            AnswerTooLargeError, match=rf"'lula' is larger than {most} MiB.*_ANSWER_MEGABYTES"
        ) as caught:
            asker.search(QUESTION)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert not isinstance(caught.value, PassingError)
    assert peak < (most + 8) * MEBIBYTE


def test_an_answer_just_within_the_bound_comes_whole() -> None:
    """The bound is on the body once decompressed."""
    body = b"[" + b" " * (MEBIBYTE - 2) + b"]"
    with serving([(200, {"Content-Encoding": "gzip"}, gzip.compress(body))]) as server:
        assert client(server.base_url, answer_megabytes=1).search(QUESTION).body == body


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [(400, {}, QuestionError), (503, {}, PassingError), (302, {"Location": "http://127.0.0.1:9/"}, SettingsError)],
)
def test_an_error_whose_body_never_ends_is_the_error_its_status_says(
    status: int, headers: dict[str, str], error: type[Exception]
) -> None:
    """A redirect too, which requests would read whole."""
    with serving([(status, {"Content-Encoding": "gzip", **headers}, BOMB)]) as server:
        asker = client(server.base_url)
        tracemalloc.start()
        with pytest.raises(error):
            asker.search(QUESTION)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 8 * MEBIBYTE


def test_an_error_that_is_cut_short_is_still_the_error_its_status_says() -> None:
    """X does not bill it."""

    def cut(handler) -> None:
        handler.wfile.write(b'HTTP/1.1 400 Bad Request\r\nContent-Length: 1000\r\n\r\n{"detail": "No such operator."')

    with serving([cut]) as server, pytest.raises(QuestionError, match="no reason given"):
        client(server.base_url).search(QUESTION)


def cut_page(handler) -> None:
    handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"data": [')


def reset(handler) -> None:
    handler.connection.close()


def silence(handler) -> None:
    threading.Event().wait(1)


def drip(handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(60):
        handler.wfile.write(b" ")
        threading.Event().wait(0.02)


@pytest.mark.parametrize("answer", [cut_page, reset, silence, drip])
def test_a_request_that_was_sent_and_got_no_whole_answer_may_have_been_billed(answer) -> None:
    """Cut, reset, silent, too slow."""
    with serving([answer]) as server, pytest.raises(UnansweredError, match="'lula'"):
        client(server.base_url, read_timeout_seconds=0.3, total_timeout_seconds=0.6).search(QUESTION)


def test_a_request_that_never_left_was_not_billed() -> None:
    """Nobody listens; the name does not exist; the certificate is missing, as the port speaks plain HTTP."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with serving([]) as server:
        plain = server.base_url.replace("http://", "https://")
        for base_url in (f"http://127.0.0.1:{port}", "https://x.invalid", plain):
            with pytest.raises(PassingError) as caught:
                client(base_url).search(QUESTION)
            assert not isinstance(caught.value, UnansweredError), base_url


def test_the_result_of_a_compliance_job_is_bounded_and_its_redirects_are_not_followed() -> None:
    """Ids go to the signed address alone."""
    job = {"id": "1", "status": "complete", "name": "fedbytweets"}
    line = b'{"id": "7", "action": "delete", "created_at": "2026-09-01T00:00:00.000Z", "reason": "deleted"}\n'

    def jobs(url: str, **more: str) -> tuple[int, dict[str, str], bytes]:
        return 200, {}, json.dumps({"data": [{**job, "download_url": url, "status": "in_progress", **more}]}).encode()

    def done(url: str) -> tuple[int, dict[str, str], bytes]:
        return 200, {}, json.dumps({"data": {**job, "download_url": url}}).encode()

    with serving([(200, {}, b"")]) as other, serving([(302, {"Location": other.base_url}, b"")] * 4) as moved:
        with serving([jobs(""), done(moved.base_url)]) as server:
            api = ComplianceApi(SECRET, CollectSettings(base_url=server.base_url, attempts=1), sleep=lambda _: None)
            with pytest.raises(PassingError, match="answers 302"):
                api.check("tweets", ["7"], 60)
        assert other.requests == []
    with serving([(200, {}, line * 20_000)]) as large, serving([jobs(""), done(large.base_url)]) as server:
        settings = CollectSettings(base_url=server.base_url, answer_megabytes=1)
        with pytest.raises(AnswerTooLargeError, match="ANSWER_MEGABYTES"):
            ComplianceApi(SECRET, settings, sleep=lambda _: None).check("tweets", ["7"], 60)
    with serving([(200, {}, line)]) as right, serving([jobs(""), done(right.base_url)]) as server:
        settings = CollectSettings(base_url=server.base_url)
        found = ComplianceApi(SECRET, settings, sleep=lambda _: None).check("tweets", ["7"], 60)
        assert [type(each) for each in found or ()] == [Event]
