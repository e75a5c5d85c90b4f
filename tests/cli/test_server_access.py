"""The Prefect servers that we start: without credentials, from another origin or under another name nothing is had."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import create_connection
from typing import Any

import pytest
from dashboards import Dashboard, asked, contents, credentials, dashboard, free_port, status_of
from prefect_api import until
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from fedbytweets.cli.server_access import ServerAccess

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("servers"), pytest.mark.timeout(600)]
OPEN = {"/api/health", "/api/ready"}
FOREIGN_HOSTS = ["evil.example", "evil.example:4200", "127.0.0.1.evil.example", "localhost.evil.example", "0.0.0.0", ""]
PATHS = ["/api/health", "/api/ready", "/api/flows/filter", "/", "/v2/", "/ui-settings", "/docs", "/openapi.json"]
SOCKETS = ["/api/events/in", "/api/events/out", "/api/logs/out", "/api/task_runs/subscriptions/scheduled"]
SPELLINGS = [
    "/api", "/api/", "//api/admin/version", "/api//admin/version", "/api/admin/version/", "/API/admin/version",
    "/api/../api/admin/version", "/api/health/../admin/version", "/api%2Fadmin%2Fversion", "/api/admin%2Fversion",
    "/api/health/", "/api/health%2F..%2Fadmin%2Fversion", "/api/./admin/version", "/%61pi/admin/version",
    "/api/admin/version?x=/api/health", "/api/admin/version#/health", "/api/api/health", "/api/docs",
    "/api/openapi.json", "/api/static/", "/api;/admin/version", "http://127.0.0.1/api/admin/version",
]  # fmt: skip


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """Return a dashboard that runs."""
    with dashboard(tmp_path_factory.mktemp("dashboard")) as running:
        until("ten deployments", 120, lambda: len(contents(running.access)["deployments"]) == 10)
        yield running


@pytest.fixture(params=["own", "dashboard"])
def access(request: pytest.FixtureRequest) -> ServerAccess:
    """Return the access to a server of each kind: that of one command, and the dashboard's."""
    found: ServerAccess = (
        request.getfixturevalue("prefect_api") if request.param == "own" else request.getfixturevalue("shown").access
    )
    return found


def test_every_route_of_the_api_asks_for_credentials_but_health_and_ready(access: ServerAccess) -> None:
    """Whatever the method; the list is that of the server's own description."""
    paths: dict[str, dict[str, Any]] = asked(access, "GET", "/api/openapi.json").json()["paths"]
    assert len(paths) > 100
    answered = {
        (method, path): status_of(access, "/api" + re.sub(r"{[^}]*}", "x", path), method=method.upper())
        for path, methods in paths.items()
        for method in methods
    }
    assert {"/api" + path for (_, path), status in answered.items() if status != 401} == OPEN
    assert {status_of(access, path) for path in OPEN} == {200}


@pytest.mark.parametrize("path", SPELLINGS)
def test_no_spelling_of_a_path_reaches_the_api_without_credentials(access: ServerAccess, path: str) -> None:
    """It is refused (401), or it is no path of the API (404, or a redirect to where it is refused)."""
    assert status_of(access, path) in (307, 401, 404)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "get", "BREW"])
def test_no_other_method_reaches_the_api_without_credentials(access: ServerAccess, method: str) -> None:
    """A server may also refuse the method itself."""
    assert status_of(access, "/api/admin/version", method=method) in (400, 401)


@pytest.mark.parametrize(
    "given",
    ["Basic", "Basic !", "Basic Og==", "Basic YWRtaW46cGFzcw==", "Bearer x", "Basic w6k=", "basic {}"],
)
def test_wrong_credentials_are_none(access: ServerAccess, given: str) -> None:
    """Also the right ones under another name; what is not even ASCII makes the server fail, with the same effect."""
    right = credentials(access)["Authorization"].partition(" ")[2]
    assert status_of(access, "/api/admin/version", f"Authorization: {given.replace('{}', right)}") in (401, 500)


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_foreign_host_gets_nothing(access: ServerAccess, host: str) -> None:
    """So that a page whose name is made to mean this machine (DNS rebinding) reads nothing; credentials or not."""
    header = f"Authorization: {credentials(access)['Authorization']}"
    assert {status_of(access, path, f"Host: {host}", header) for path in PATHS} == {400}
    assert status_of(access, "/api/health", "Host: localhost:1") == 200


def test_a_foreign_origin_gets_no_permission(access: ServerAccess) -> None:
    """Neither for a request that a browser asks about first, nor to read the answer of one that it just sends."""
    for origin in ("http://evil.example", "http://127.0.0.1:1", "null", access.address + ".evil.example"):
        about = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x"}
        before = asked(access, "OPTIONS", "/api/deployments/", headers=about)
        answers = [
            before,
            asked(access, "POST", "/api/flows/filter", headers={"Origin": origin}, json={}),
            asked(access, "POST", "/api/flows/filter", headers={"Origin": origin} | credentials(access), json={}),
        ]
        assert [answer.status_code for answer in answers] == [400, 401, 200]
        assert {answer.headers.get("access-control-allow-origin") for answer in answers} == {None}
        assert {answer.headers.get("access-control-allow-credentials") for answer in answers} == {None}


@pytest.mark.parametrize("path", SOCKETS)
def test_websockets_ask_for_the_auth_string_too(shown: Dashboard, path: str) -> None:
    """Without Prefect's protocol, with no token and with a wrong one they are closed; a foreign Host gets no socket."""
    url = shown.access.address.replace("http", "ws") + path
    with pytest.raises((InvalidStatus, ConnectionClosed)), connect(url, proxy=None) as socket:
        socket.recv(timeout=30)
    for token in (None, "", "wrong"):
        with connect(url, subprotocols=[Subprotocol("prefect")], proxy=None) as socket:
            socket.send(json.dumps({"type": "auth", "token": token}))
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(timeout=30)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008
    port = int(shown.access.address.rpartition(":")[2])
    with pytest.raises(InvalidStatus, match="400"), create_connection(("127.0.0.1", port)) as reached:
        connect(url.replace("127.0.0.1", "evil.example"), sock=reached, subprotocols=[Subprotocol("prefect")])


def test_no_page_that_anybody_gets_holds_the_auth_string(shown: Dashboard) -> None:
    """Its pages say only that one is asked for."""
    answers = [asked(shown.access, "GET", path, headers={"Accept": "text/html"}) for path in PATHS[3:]]
    assert {answer.status_code for answer in answers} == {200, 307}
    assert not [answer.url for answer in answers if shown.access.auth_string in answer.text]


def test_the_attack_that_ran_shell_commands_changes_nothing(shown: Dashboard, tmp_path: Path) -> None:
    """A deployment is posted again with a step that runs a shell, and started: refused, and the server is as before.

    The same posts of somebody with the credentials are taken, so that it is not their form that is refused.
    """
    access, taken = shown.access, tmp_path / "taken"
    step = {"prefect.deployments.steps.run_shell_script": {"script": f"touch {taken}"}}
    before = contents(access)
    target = next(each for each in before["deployments"] if each["entrypoint"] == "flows.process_raw.process_raw")
    posted = {"name": "local", "flow_id": target["flow_id"], "entrypoint": target["entrypoint"], "pull_steps": [step]}
    run = f"/api/deployments/{target['id']}/create_flow_run"
    refused = [
        asked(access, "POST", "/api/deployments/filter", headers={}, json={}),
        asked(access, "POST", "/api/deployments/", headers={}, json=posted),
        asked(access, "POST", run, headers={"Origin": "http://evil.example"}, json={"state": {"type": "SCHEDULED"}}),
        asked(access, "POST", run, headers={"Content-Type": "text/plain"}, content="{}"),
        asked(access, "POST", run, headers=credentials(access) | {"Host": "evil.example"}, json={}),
    ]
    assert [answer.status_code for answer in refused] == [401, 401, 401, 401, 400]
    assert contents(access) == before
    other = asked(access, "POST", "/api/deployments/", json=posted | {"name": "not-started"})
    assert other.status_code == 201
    assert asked(access, "DELETE", f"/api/deployments/{other.json()['id']}").status_code == 204
    assert not taken.exists()


class _Foreign(BaseHTTPRequestHandler):
    """Another process on the port: it answers everything with 200, and keeps what it was sent."""

    heard: list[str]

    def do_GET(self) -> None:
        """Answer, and remember."""
        self.heard.append(f"{self.path}\n{self.headers}")
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_POST = do_GET  # noqa: N815 (the name is the standard library's)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def foreign() -> Iterator[tuple[ServerAccess, list[str]]]:
    """Return the access to a server that has gone, whose port another process has, and what that one is sent."""
    heard: list[str] = []
    handler = type("Heard", (_Foreign,), {"heard": heard})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield ServerAccess(f"http://127.0.0.1:{server.server_port}", "of the one that has gone"), heard
        server.shutdown()


def test_a_process_that_took_the_port_is_not_the_server_and_is_sent_no_auth_string(
    foreign: tuple[ServerAccess, list[str]],
) -> None:
    """It cannot prove that it has the string; where nothing answers there is no server either."""
    gone, heard = foreign
    assert not gone.is_answering()
    assert not ServerAccess(f"http://127.0.0.1:{free_port()}", "x").is_answering()
    assert len(heard) == 1
    assert "authorization" not in heard[0].lower()
    assert gone.auth_string not in heard[0]


def test_a_server_is_known_by_its_auth_string(access: ServerAccess) -> None:
    """The right one is proved, another is not; neither appears where an object is printed."""
    assert access.is_answering()
    assert not ServerAccess(access.address, "another").is_answering()
    assert access.auth_string not in repr(access)


@pytest.mark.parametrize(
    "address",
    ["http://evil.example:4200", "http://127.0.0.1.evil.example:80", "https://127.0.0.1:1", "http://127.0.0.1:1/x",
     "http://127.0.0.1:1@evil.example", "http://127.0.0.1", "http://127.0.0.1:1\n"],
)  # fmt: skip
def test_an_address_elsewhere_is_refused(address: str) -> None:
    """A file that names one would make a command send its auth string there."""
    with pytest.raises(ValueError, match="no address on"):
        ServerAccess(address, "x")


@pytest.mark.parametrize(
    ("url", "is_named"),
    [
        ("http://127.0.0.1:4200/api", True),
        ("http://localhost:4200/api/", True),
        ("http://127.0.0.1:4201/api", False),
        ("http://me:secret@127.0.0.1:4200/api", False),
        ("https://127.0.0.1:4200/api", False),
        ("http://evil.example:4200/api", False),
        ("http://127.0.0.1:4200", False),
    ],
)
def test_a_url_of_the_user_names_the_server_or_another(url: str, is_named: bool) -> None:
    """Only of the same machine and port, and without credentials of its own, which come first."""
    assert ServerAccess("http://127.0.0.1:4200", "x").is_named_by(url) is is_named
