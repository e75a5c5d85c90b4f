"""The client over real HTTP on loopback: what it sends, what it gives back, what it never lets out."""

import gzip
import logging
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from collecting_rig import TOKEN
from loopback import serving
from pydantic import SecretStr, ValidationError

from fedbytweets.coverage import Span
from fedbytweets.errors import CredentialsError, PassingError, QuestionError, SettingsError, WindowSpentError
from fedbytweets.x_api import Answer, CollectSettings, PageQuestion, XApi
from fedbytweets.x_api.dialects import DIALECTS, field_parameters

NOON = datetime(2026, 9, 7, 12, tzinfo=UTC)
WINDOW = Span(NOON - timedelta(hours=8), NOON)
QUESTION = PageQuestion("lula", "lula -is:retweet", "tweet", WINDOW, 2, 50, token="b26v", extra_fields=("user:url",))
PAGE = b'{ "data": [ {"id": "1"} ],\n "meta": {"result_count": 1} }'
LIMITS = {"x-rate-limit-limit": "450", "x-rate-limit-remaining": "449", "x-rate-limit-reset": "1788782400"}


def client(server, clock=lambda: NOON, **options) -> XApi:
    settings = CollectSettings(base_url=server.base_url, **{"read_timeout_seconds": 5, **options})
    return XApi(SecretStr(TOKEN), settings, clock)


def test_an_answer_comes_back_byte_for_byte_with_its_lineage():
    """The body is what was sent before compression; headers that matter and the request are kept, no secret."""
    body = gzip.compress(PAGE)
    headers = {**LIMITS, "Content-Encoding": "gzip", "X-Transaction-Id": "abc", "Set-Cookie": "guest=1", "Date": "now"}
    with serving([(200, headers, body)]) as server:
        answer = client(server).search(QUESTION)
        ((path, sent),) = server.requests
    asked = {name: value for name, (value,) in parse_qs(urlsplit(path).query).items()}
    expected = {
        "query": "lula -is:retweet",
        "start_time": "2026-09-07T04:00:00Z",
        "end_time": "2026-09-07T12:00:00Z",
        "max_results": "50",
        "next_token": "b26v",
        **field_parameters(DIALECTS["tweet"], ["user:url"]),
    }
    assert asked == expected
    assert sent["Authorization"] == f"Bearer {TOKEN}"
    assert urlsplit(path).path == "/2/tweets/search/recent"
    date = answer.headers.pop("date")
    assert "now" in date
    assert answer == Answer(
        PAGE,
        200,
        {**LIMITS, "content-encoding": "gzip", "x-transaction-id": "abc"},
        {"url": f"{server.base_url}/2/tweets/search/recent", **expected},
    )


@pytest.mark.parametrize("body", [b"[1]", b'"no"', b'{"errors": null}', b"<html>", b"", b'{"errors": ["x"]}'])
def test_an_error_body_that_breaks_the_library_is_still_our_error(body):
    """Lists, strings, null and HTML as error bodies are read as far as they go."""
    with serving([(400, {}, body)]) as server, pytest.raises(QuestionError, match="'lula'"):
        client(server).search(QUESTION)


def cut(handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + PAGE)


def nothing(handler) -> None:
    handler.connection.close()


def broken_gzip(handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd")


@pytest.mark.parametrize("answer", [cut, nothing, broken_gzip])
def test_a_connection_that_breaks_is_a_passing_failure(answer):
    """Cut bodies, lost connections and broken compression pass."""
    with serving([answer]) as server, pytest.raises(PassingError, match="'lula'") as caught:
        client(server).search(QUESTION)
    assert TOKEN not in repr(caught.value)


def test_nobody_listening_is_a_passing_failure():
    """The connection is refused at once."""
    with serving([]) as server:
        asker = client(server)
    with pytest.raises(PassingError, match="ConnectionError"):
        asker.search(QUESTION)


def test_an_answer_that_drips_is_given_up_after_the_total_time():
    """Each byte comes before the read timeout, the whole never would."""

    def drip(handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
        for _ in range(100):
            handler.wfile.write(b" ")
            time.sleep(0.05)

    begun = time.monotonic()
    with serving([drip]) as server, pytest.raises(PassingError, match=r"longer than 0\.4 s in all"):
        client(server, total_timeout_seconds=0.4).search(QUESTION)
    assert time.monotonic() - begun < 4


def test_silence_is_given_up_after_the_read_timeout():
    """A server that takes the request and says nothing."""
    with serving([lambda _: time.sleep(1)]) as server, pytest.raises(PassingError, match="ReadTimeout"):
        client(server, read_timeout_seconds=0.2).search(QUESTION)


def test_a_redirect_is_not_followed_with_the_token():
    """The base URL is wrong, and the token goes nowhere else."""
    with serving([]) as other, serving([(302, {"Location": other.base_url + "/x"}, b"")]) as server:
        with pytest.raises(SettingsError, match="base URL"):
            client(server).search(QUESTION)
        assert other.requests == []


def test_no_request_is_made_while_the_window_is_known_to_be_spent():
    """What one subject's answer says holds for the next one; it opens again by the clock."""
    now = [NOON]
    spent = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(NOON.timestamp()) + 600)}
    with serving([(200, spent, PAGE), (200, LIMITS, PAGE)]) as server:
        asker = client(server, lambda: now[0])
        asker.search(QUESTION)
        with pytest.raises(WindowSpentError) as caught:
            asker.search(QUESTION)
        assert caught.value.reset_at == NOON + timedelta(minutes=10)
        now[0] += timedelta(minutes=10)
        assert asker.search(QUESTION).status == 200
        assert len(server.requests) == 2


def test_a_count_is_asked_of_its_own_endpoint_and_comes_back_byte_for_byte():
    """By the day, over the window, without the fields of a page."""
    body = b'{"data": [], "meta": {"total_tweet_count": 321}}'
    with serving([(200, {}, body)]) as server:
        assert client(server).counts("lula", "lula", WINDOW).body == body
        ((path, _),) = server.requests
    assert urlsplit(path).path == "/2/tweets/counts/recent"
    assert {name: value for name, (value,) in parse_qs(urlsplit(path).query).items()} == {
        "query": "lula",
        "start_time": "2026-09-07T04:00:00Z",
        "end_time": "2026-09-07T12:00:00Z",
        "granularity": "day",
    }


def test_the_token_is_in_no_log_no_exception_and_no_picture_of_the_client(caplog, monkeypatch):
    """Even with every library's debug log on, and with the locals of every frame in a traceback."""
    caplog.set_level(logging.DEBUG)
    for name in ("tweepy", "tweepy.client", "urllib3", "urllib3.connectionpool", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)
        monkeypatch.setattr(logging.getLogger(name), "disabled", False)  # Prefect, imported earlier, may have done so
    with serving([(200, LIMITS, PAGE), (401, {}, b"{}"), nothing]) as server:
        asker = client(server)
        seen = [
            repr(asker),
            repr(vars(asker)),
            repr(vars(asker._x)),
            repr(vars(asker._x.session)),
            repr(asker.search(QUESTION)),
        ]
        for error in (CredentialsError, PassingError):
            with pytest.raises(error) as caught:
                asker.search(QUESTION)
            seen.append(str(caught.getrepr(style="long", showlocals=True)))
    assert "/2/tweets/search/recent" in caplog.text
    assert TOKEN not in caplog.text
    assert not any(TOKEN in text for text in seen)


@pytest.mark.parametrize("token", ["", "  ", "with space", "line\nbreak", "ação"])
def test_a_token_that_cannot_be_one_is_refused_before_anything_is_sent(token):
    """The message does not repeat it."""
    with serving([]) as server, pytest.raises(CredentialsError) as caught:
        XApi(SecretStr(token), CollectSettings(base_url=server.base_url))
    assert not token.strip() or token.strip() not in str(caught.value)


@pytest.mark.parametrize("url", ["http://api.x.com", "ftp://127.0.0.1", "api.x.com", ""])
def test_an_address_that_would_show_the_token_is_refused(url):
    """Plain HTTP is for loopback alone."""
    with pytest.raises(ValidationError, match="use https"):
        CollectSettings(base_url=url)
