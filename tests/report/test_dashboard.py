"""`fedbytweets dashboard`: a server with its pages, every flow as a deployment, and runs that it asks for run here."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import CHROMIUM, tab
from lakes import lake_in, lay, lines, page_of
from prefect.client.orchestration import SyncPrefectClient
from tenacity import Retrying, stop_after_delay, wait_fixed

from fedbytweets.tables import bronze

pytestmark = [pytest.mark.flow, pytest.mark.timeout(600)]

_DASHBOARD = """
import sys
from cyclopts import App
from fedbytweets.cli import dashboard
app = App(name="fedbytweets")
dashboard.register(app)
app(["dashboard", *sys.argv[1:]])
"""


@pytest.fixture
def port() -> int:
    """Return a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def served(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Serve the dashboard over a Prefect home and a lake of the test's own; interrupted at the end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FEDBYTWEETS_", "PREFECT_"))}
    own = {"FEDBYTWEETS_LAKE": str(tmp_path / "lake"), "PREFECT_HOME": str(tmp_path / "prefect")}
    command = [sys.executable, "-c", _DASHBOARD, "--port", str(port), "--cron", "0 3 * * *"]
    with subprocess.Popen(command, env=kept | own, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.send_signal(signal.SIGINT)


def _until(seconds: float) -> Retrying:
    return Retrying(stop=stop_after_delay(seconds), wait=wait_fixed(0.5), reraise=True)


def test_flows_are_served_and_a_run_asked_for_is_run_here(
    served: subprocess.Popen[str], port: int, tmp_path: Path
) -> None:
    """It says the address; batch-ingestion has the schedule; process-raw, asked for, fills bronze and has its page."""
    assert served.stdout is not None
    lay(lake_in(tmp_path / "lake"), "lula/1.json", lines(page_of(range(7))))
    assert served.stdout.readline().startswith(f"The dashboard is at http://127.0.0.1:{port} ")

    # Prefect's own client asks again where its server answers 503, as it does while SQLite is locked.
    with SyncPrefectClient(f"http://127.0.0.1:{port}/api") as prefect:
        for attempt in _until(120):
            with attempt:
                found = prefect.read_deployments()
                assert len(found) == 10
        assert [each.schedules[0].schedule.cron for each in found if each.schedules] == ["0 3 * * *"]

        deployment = next(each for each in found if each.entrypoint == "flows.process_raw.process_raw")
        asked = prefect.create_flow_run_from_deployment(deployment.id)
        for attempt in _until(240):
            with attempt:
                run = prefect.read_flow_run(asked.id)
                assert run.state_name == "Completed"
    assert lake_in(tmp_path / "lake").scan(bronze.TWEETS).collect().height == 7
    _assert_shown(f"http://127.0.0.1:{port}/runs/flow-run/{run.id}", run.name, tmp_path)


def _assert_shown(address: str, words: str, folder: Path) -> None:
    """Open a page of the dashboard as a person would, and see these words on it."""
    if CHROMIUM is None:
        pytest.skip("all went well but for the page, which takes a Chromium: apt-get install chromium")
    with tab(folder / "browser") as page:
        page.open(address)
        for attempt in _until(30):
            with attempt:
                assert words in page.value("document.body.innerText")


def test_a_taken_port_is_refused_with_a_way_out(port: int) -> None:
    """Before anything is started."""
    with socket.create_server(("127.0.0.1", port)):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        done = subprocess.run(
            [sys.executable, "-c", _DASHBOARD, "--port", str(port)],
            env=kept,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode != 0
    assert f"Port {port} is taken: name another with --port" in done.stderr
