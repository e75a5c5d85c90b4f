"""A server that sends the Authorization header back in every place it can: the token then is nowhere, in no form."""

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakes import lake_in

from fedbytweets.tables import ALL, silver
from fedbytweets.x_api.redaction import REMOVED, Redactor

TOKEN = (
    "AAAAAAAAAAAAAAAAAAAAAMLheAAAAAAA0%2BuSeid%2BULvsea4JtiGRiSDSJSI%3DEUifiRBkKG5E2XzMDjRfl76ZC9Ub0wnz4XsNiRVBChTYbJ"
)
SHOWN = TOKEN[-40:]
"""A part that URL-encoding and decoding leave as it is: where the token is plain or so encoded, this is, too."""

FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "decoded": unquote,
    "encoded": lambda token: quote(token, safe=""),
    "json": lambda token: "".join(f"\\u{ord(char):04X}" for char in token),
    "html": lambda token: "".join(f"&#x{ord(char):x};" for char in token),
    "base64": lambda token: base64.b64encode(f"Bearer {token}".encode()).decode(),
}


def page(text: str, token: str | None = None) -> str:
    """Return a page that has a text in a post, a user, an unknown field and an error, as JSON."""
    more = f', "next_token": "{token}"' if token else ""
    post = f'{{"id": "1964600000000000001", "author_id": "7", "text": "oi {text}", "odd": "{text}"}}'
    return (
        f'{{"data": [{post}], "includes": {{"users": [{{"id": "7", "name": "{text}", "username": "ana"}}]}}, '
        f'"errors": [{{"title": "{text}", "detail": "{text}"}}], "meta": {{"result_count": 1{more}}}}}'
    )


def head(status: str, body: str, *headers: str) -> str:
    """Return an answer as it goes over the wire."""
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", body])


PLACES: dict[str, Callable[[str], str]] = {
    "page": lambda said: head("200 OK", page(said, said)),
    "headers": lambda said: head(
        "200 OK", page("oi"), *(f"{name}: {said}" for name in ("X-Transaction-Id", "Date", "X-Rate-Limit-Reset"))
    ),
    "no-page": lambda said: head("200 OK", f"<html>{said}</html>"),
    "refused": lambda said: head("400 Bad Request", json.dumps({"errors": [{"message": said}], "detail": said})),
    "refused-text": lambda said: head("400 Bad Request", f"You sent: {said}"),
    "spent": lambda said: head("429 Too Many Requests", said, f"x-rate-limit-reset: {said}"),
    "reason": lambda said: head(f"503 {said}", said),
    "bad-header": lambda said: f"HTTP/1.1 200 OK\r\nAuthorization Bearer {said}\r\nContent-Length: 2\r\n\r\n{{}}",
    "bad-status": lambda said: f"{said}\r\n\r\n",
    "bad-chunk": lambda said: f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{said}\r\n",
    "bad-gzip": lambda said: head("200 OK", said, "Content-Encoding: gzip"),
}
HALTING: dict[str, Callable[[str], str]] = {
    "moved": lambda said: head("302 Found", said, f"Location: https://x.invalid/?t={said}"),
    "unauthorized": lambda said: head("401 Unauthorized", json.dumps({"title": said})),
}
"""Each of these ends a run for all subjects."""


@contextmanager
def reflecting() -> Iterator[str]:
    """Serve, at the address returned, what the query names: the token of the request in a place and a form."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            (query,) = asked["query"]
            place, form = query.strip("()").split()[:2]
            said = FORMS[form](self.headers["Authorization"].removeprefix("Bearer "))
            answer = {**PLACES, **HALTING}[place]
            self.wfile.write((answer(said) if "next_token" not in asked else head("200 OK", page("oi"))).encode())
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def collect(folder: Path, base_url: str, places: Iterable[str]) -> str:
    """Run the command, as loudly as it can, on every form in the first place and one form in each other.

    Returns what it printed; that every form is found in any bytes is a property below.
    """
    subjects = "".join(
        f'[[subject]]\nname = "{place}-{form}"\nquery = "{place} {form}"\n'
        for number, place in enumerate(places)
        for form in (FORMS if number == 0 else [list(FORMS)[number % len(FORMS)]])
    )
    (folder / "subjects.toml").write_text(subjects)
    command = [str(Path(sys.executable).with_name("fedbytweets")), "run", "--verbose", "--subjects", "subjects.toml"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FEDBYTWEETS_", "PREFECT_"))}
    environment = {
        **kept,
        "HOME": str(folder / "home"),
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_LOGGING_LEVEL": "DEBUG",
        "PREFECT_LOGGING_ROOT_LEVEL": "DEBUG",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "urllib3,requests,tweepy",
        "FEDBYTWEETS_LAKE": str(folder / "lake"),
        "FEDBYTWEETS_X_BASE_URL": base_url,
        "FEDBYTWEETS_X_BEARER_TOKEN": TOKEN,
        "FEDBYTWEETS_X_ATTEMPTS": "1",
        "FEDBYTWEETS_X_PARALLEL_SUBJECTS": "8",
        "FEDBYTWEETS_BUDGET_MONEY_PER_RUN": "none",
        "FEDBYTWEETS_BUDGET_MONEY_PER_MONTH": "1000",
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert "Not collected: " in done.stderr, done.stderr
    return done.stdout + done.stderr


def everything_in(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder, and every row of its lake."""
    files = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    lake = lake_in(folder / "lake")
    rows = {each.identifier: str(lake.scan(each).collect().to_dicts()).encode() for each in ALL}
    return files | rows


@pytest.mark.flow
@pytest.mark.parametrize("places", [PLACES, *([name] for name in HALTING)], ids=["all", *HALTING])
def test_a_reflected_token_is_in_no_output_no_file_and_no_row(tmp_path: Path, places: Iterable[str]) -> None:
    """Not as it is, nor in any form it was sent back in; the posts that came with it are kept."""
    with reflecting() as base_url:
        printed = collect(tmp_path, base_url, places)
    assert "DEBUG" in printed
    secrets = {SHOWN, *(write(TOKEN) for write in FORMS.values()), *(FORMS[name](SHOWN) for name in ("json", "html"))}
    texts = {"the output": printed.encode(), **everything_in(tmp_path)}
    assert [(where, secret) for secret in secrets for where, text in texts.items() if secret.encode() in text] == []
    kept = lake_in(tmp_path / "lake").scan(silver.TWEETS).collect()["text"]
    assert (f"oi {REMOVED}" in set(kept)) == (places is PLACES)


@given(
    token=st.text(st.sampled_from("abcXYZ019+/=%-_"), min_size=8, max_size=60),
    before=st.binary(max_size=20),
    after=st.binary(max_size=20),
    form=st.sampled_from(sorted(FORMS)),
)
def test_the_token_is_removed_wherever_and_however_it_is_written(
    token: str, before: bytes, after: bytes, form: str
) -> None:
    """Bytes around it stay; base64 of text around it shows at most its ends."""
    written = FORMS[form](token)
    cleaned = Redactor(token).body(before + b"\n" + written.encode() + b"\n" + after)
    if form == "base64":
        assert written.encode() not in cleaned
        assert REMOVED.encode() in cleaned
    else:
        assert written.encode() not in cleaned.replace(REMOVED.encode(), b"")
        assert cleaned.startswith(before) or token.encode() in before


@given(body=st.binary(max_size=200))
def test_a_body_without_the_token_stays_byte_for_byte(body: bytes) -> None:
    """Nearly every answer: raw keeps what X sent."""
    assert Redactor(TOKEN).body(body) == body


@pytest.mark.parametrize("token", ["any", "token", "data"])
def test_a_token_that_is_an_ordinary_word_changes_no_answer(token: str) -> None:
    """The simulator takes any token, and answers hold such words."""
    body = b'{"data": [{"text": "any"}], "meta": {"next_token": "b26v"}}'
    assert Redactor(token).body(body) == body
