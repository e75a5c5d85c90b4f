"""`fedbytweets dashboard`: a server with its pages, every flow as a deployment, and runs that it asks for run here."""

import json
import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from browser import CHROMIUM, Tab, tab
from dashboards import MAIN, Dashboard, asked, command, contents, dashboard, environment, free_port
from lakes import lake_in, lay, lines, page_of
from prefect.client.orchestration import SyncPrefectClient
from tenacity import Retrying, stop_after_delay, wait_fixed

from fedbytweets.tables import bronze

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("dashboard"), pytest.mark.timeout(600)]
OWN_RECORD = "Prefect's record of this run ended with it. To keep such records, start `fedbytweets dashboard` first.\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """Return a dashboard with a schedule, over a Prefect home and a lake of its own."""
    with dashboard(tmp_path_factory.mktemp("dashboard"), "--cron", "0 3 * * *") as running:
        yield running


def _until(seconds: float) -> Retrying:
    return Retrying(stop=stop_after_delay(seconds), wait=wait_fixed(0.5), reraise=True)


def _command_lines() -> str:
    """Return the command lines of all processes of this machine."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(process.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:  # it has ended
            continue
    return "\n".join(found)


def test_flows_are_served_and_a_run_asked_for_is_run_here(served: Dashboard) -> None:
    """It says the address; batch-ingestion has the schedule; process-raw, asked for, fills bronze and has its page.

    The run is a process of its own, which is told the auth string, and not by its command line.
    """
    address, lake = served.access.address, lake_in(served.folder / "lake")
    lay(lake, "lula/1.json", lines(page_of(range(1, 8))))
    assert served.printed[0] == f"The dashboard is at {address} (Ctrl-C ends it)."
    assert (
        served.printed[1]
        == f"The page asks for a password; paste it whole into its one field: {served.access.auth_string}"
    )

    # Prefect's own client asks again where its server answers 503, as it does while SQLite is locked.
    command_lines = []
    with SyncPrefectClient(served.access.api_url, auth_string=served.access.auth_string) as prefect:
        for attempt in _until(120):
            with attempt:
                found = prefect.read_deployments()
                assert len(found) == 10
        assert [each.schedules[0].schedule.cron for each in found if each.schedules] == ["0 3 * * *"]

        deployment = next(each for each in found if each.entrypoint == "flows.process_raw.process_raw")
        run_asked_for = prefect.create_flow_run_from_deployment(deployment.id)
        for attempt in _until(240):
            command_lines.append(_command_lines())
            with attempt:
                run = prefect.read_flow_run(run_asked_for.id)
                assert run.state_name == "Completed"
    assert lake.scan(bronze.TWEETS).collect().height == 7
    assert any("prefect.engine" in each or "prefect flow-run" in each for each in command_lines)
    assert not any(served.access.auth_string in each for each in command_lines)
    _assert_shown(served, f"{address}/v2/runs/flow-run/{run.id}", run.name)


def _assert_shown(served: Dashboard, address: str, words: str) -> None:
    """Open the dashboard as a person would: it asks for the password, and then shows; a foreign page still does not."""
    if CHROMIUM is None:
        pytest.skip("all went well but for the page, which takes a Chromium: apt-get install chromium")
    with tab(served.folder / "browser") as page:
        page.open(served.access.address)
        for attempt in _until(60):
            with attempt:
                assert page.value("!!document.querySelector('input[type=password]')")
        assert words not in page.value("document.body.innerText")
        page.value("document.querySelector('input[type=password]').focus()")
        page.call("Input.insertText", text=served.access.auth_string)
        page.value("document.querySelector('button[type=submit]').click()")
        for attempt in _until(60):
            with attempt:
                assert "/login" not in page.value("location.pathname")
        page.open(address)
        for attempt in _until(60):
            with attempt:
                assert words in page.value("document.body.innerText")
        _assert_nothing_for_a_foreign_page(served, page)


_ATTACK = """
(async () => {
  const api = %r, run = %r, json = {"Content-Type": "application/json"};
  const requests = [
    ["/api/health", {}], ["/api/admin/version", {}], ["/api/flows/filter", {method: "POST", headers: json, body: "{}"}],
    ["/api/flows/filter", {method: "POST", body: "{}"}], [run, {method: "POST", headers: json, body: "{}"}],
    [run, {method: "POST", body: "{}"}], [run, {method: "POST", body: "{}", mode: "no-cors"}], ["/", {}],
  ];
  const got = [];
  for (const credentials of ["omit", "include"])
    for (const [path, how] of requests)
      got.push(await fetch(api + path, {...how, credentials}).then(
        async answer => answer.type + (await answer.text()), () => "refused"));
  return got;
})()
"""


def _assert_nothing_for_a_foreign_page(served: Dashboard, page: Tab) -> None:
    """Open a page of another origin that reads, posts and starts, in the browser that has logged in."""
    before = contents(served.access)
    run = f"/api/deployments/{before['deployments'][0]['id']}/create_flow_run"
    with _web_page() as foreign:
        page.open(foreign)
        got = page.value(_ATTACK % (served.access.address, run))
    assert got == (["refused"] * 6 + ["opaque", "refused"]) * 2
    assert contents(served.access) == before


@contextmanager
def _web_page() -> Iterator[str]:
    """Serve an empty page on a port of its own."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>foreign</title>")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def _runs_of(served: Dashboard, flow: str) -> list[dict[str, Any]]:
    body = {"flows": {"name": {"any_": [flow]}}}
    found: list[dict[str, Any]] = asked(served.access, "POST", "/api/flow_runs/filter", json=body).json()
    return found


@pytest.mark.parametrize("named", ["", "localhost", "127.0.0.1"])
def test_commands_on_this_machine_are_recorded_in_the_dashboard(served: Dashboard, named: str) -> None:
    """Whether the user names it as PREFECT_API_URL or not; no proxy of the environment is asked on the way."""
    port = served.access.address.rpartition(":")[2]
    more = {"http_proxy": f"http://127.0.0.1:{free_port()}"}
    if named:
        more["PREFECT_API_URL"] = f"http://{named}:{port}/api"
    before = len(_runs_of(served, "maintain"))
    done = command(served.folder, "maintain", "--dry-run", "--lake", str(served.folder / "kept"), **more)
    assert (done.returncode, done.stderr) == (
        0,
        f"Prefect keeps the record of this run: {served.access.address}\n",
    )
    runs = _runs_of(served, "maintain")
    assert (len(runs), {run["state_name"] for run in runs}) == (before + 1, {"Completed"})


def test_the_users_own_auth_string_comes_first(served: Dashboard) -> None:
    """A wrong one for the dashboard's address is refused in a line; without an address the command has its own."""
    named = {"PREFECT_API_URL": served.access.api_url, "PREFECT_API_AUTH_STRING": "wrong"}
    before = len(_runs_of(served, "maintain"))
    refused = command(served.folder, "maintain", "--dry-run", **named)
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1].startswith(f"fedbytweets: PREFECT_API_URL is '{served.access.api_url}'")
    assert "(401): set PREFECT_API_AUTH_STRING" in refused.stderr
    own = command(served.folder, "maintain", "--dry-run", PREFECT_API_AUTH_STRING="wrong")
    assert (own.returncode, own.stderr) == (0, OWN_RECORD)
    assert len(_runs_of(served, "maintain")) == before


def test_the_auth_string_is_in_one_file_that_only_its_user_may_read(served: Dashboard) -> None:
    """Neither a log, a profile, the database nor the pages that were copied for it hold it, and not the lake."""
    assert json.loads(served.file.read_text()) == {
        "address": served.access.address,
        "auth_string": served.access.auth_string,
    }
    assert [stat.S_IMODE(each.stat().st_mode) for each in (served.file, served.file.parent)] == [0o600, 0o700]
    secret = served.access.auth_string.encode()
    files = [each for each in served.folder.rglob("*") if each.is_file() and "browser" not in each.parts]
    assert [each for each in files if secret in each.read_bytes()] == [served.file]


def test_a_second_dashboard_is_refused(served: Dashboard) -> None:
    """Both would run what is scheduled; it says where the first is."""
    second = command(served.folder, "dashboard", "--port", str(free_port()))
    assert second.returncode == 2
    assert second.stderr.startswith(f"fedbytweets: A dashboard runs already, at {served.access.address}")


@pytest.mark.parametrize("mode", ["file", "folder"])
def test_a_file_that_others_may_read_is_not_used(served: Dashboard, mode: str) -> None:
    """The command says so and has a server of its own."""
    path = served.file if mode == "file" else served.file.parent
    private = stat.S_IMODE(path.stat().st_mode)
    path.chmod(private | 0o040)
    try:
        done = command(served.folder, "maintain", "--dry-run")
    finally:
        path.chmod(private)
    assert done.returncode == 0
    said, where = done.stderr.splitlines()
    assert said.startswith(f"{path} (")
    assert "others may read or write it" in said
    assert where + "\n" == OWN_RECORD


@pytest.mark.soak
def test_a_killed_dashboard_leaves_no_server_and_does_no_harm(tmp_path: Path) -> None:
    """Its file stays, but nothing answers there: a command has its own server, and the next dashboard a new file."""
    with dashboard(tmp_path) as first:
        first.process.kill()
        first.process.wait(60)
    assert first.file.exists()
    for attempt in _until(60):  # its server ends by itself
        with attempt:
            assert not first.access.is_answering()
    done = command(tmp_path, "maintain", "--dry-run")
    assert (done.returncode, done.stderr) == (0, OWN_RECORD)

    with dashboard(tmp_path) as second:
        assert json.loads(second.file.read_text())["auth_string"] == second.access.auth_string
        assert second.access.auth_string != first.access.auth_string
    second.process.wait(60)
    assert not second.file.exists()


@pytest.mark.soak
def test_an_output_that_goes_to_a_file_says_where_the_password_is(tmp_path: Path) -> None:
    """Others may read that file."""
    words = [sys.executable, "-c", MAIN, "dashboard", "--port", str(free_port())]
    log = tmp_path / "log"
    with log.open("w") as out, subprocess.Popen(words, env=environment(tmp_path), stdout=out) as process:
        for attempt in _until(180):
            with attempt:
                assert len(log.read_text().splitlines()) > 1
        process.terminate()
    file = tmp_path / "prefect/fedbytweets/dashboard.json"
    assert (
        log.read_text().splitlines()[1]
        == f'The page asks for a password; paste it whole into its one field: the "auth_string" in {file}'
    )


def test_a_taken_port_is_refused_with_a_way_out() -> None:
    """Before anything is started."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        done = subprocess.run(
            [sys.executable, "-c", MAIN, "dashboard", "--port", str(port)],
            env=kept,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert f"Port {port} is taken: name another with --port" in done.stderr
