"""A headless Chromium, spoken to over its own DevTools protocol: what a page does when somebody opens it."""

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
)


class Tab:
    """One tab: what it was asked to load, what it complained about, and what its page says."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = count(1)
        self.requests: list[str] = []
        self.complaints: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Return the answer to one command; events on the way are noted."""
        mine = next(self._ids)
        self._socket.send(json.dumps({"id": mine, "method": method, "params": arguments}))
        while (message := self._next()).get("id") != mine:
            pass
        assert "error" not in message, f"{method}: {message['error']}"
        return message["result"]

    def open(self, address: str, *, width: int = 1280, height: int = 900, scheme: str = "light") -> None:
        """Open a page at a size, in CSS pixels, in a colour scheme, and wait until it is loaded."""
        self.requests.clear()
        self.complaints.clear()
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Page.navigate", url=address)
        while self._next().get("method") != "Page.loadEventFired":
            pass

    def value(self, expression: str) -> Any:
        """Return what an expression gives on the page."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def picture(self, path: Path) -> None:
        """Save the whole page as a PNG."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def _next(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._socket.recv(timeout=60))
        event, about = message.get("method"), message.get("params", {})
        if event == "Network.requestWillBeSent":
            self.requests.append(about["request"]["url"])
        elif event == "Log.entryAdded":
            self.complaints.append(about["entry"]["text"])
        elif event == "Runtime.exceptionThrown":
            self.complaints.append(about["exceptionDetails"]["text"])
        elif event == "Runtime.consoleAPICalled":
            self.complaints.append(str(about["args"]))
        return message


@contextmanager
def tab(profile: Path) -> Iterator[Tab]:
    """Start a browser with an empty profile, and give its one tab; it ends with the block."""
    assert CHROMIUM is not None, "ask for CHROMIUM first"
    command = [CHROMIUM, *_QUIET, f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as browser:
        try:
            with connect(_address(browser), max_size=None) as socket:
                yield _first_tab(socket)
        finally:
            browser.terminate()
            browser.wait(timeout=20)


def _address(browser: subprocess.Popen[str]) -> str:
    """Return where the browser listens: it says so on its standard error."""
    assert browser.stderr is not None
    for line in browser.stderr:
        if "DevTools listening on " in line:
            return line.rpartition(" ")[2].strip()
    raise AssertionError("the browser ended before it listened")


def _first_tab(socket: ClientConnection) -> Tab:
    """Turn the connection to the browser into one to its tab."""
    socket.send(json.dumps({"id": 0, "method": "Target.getTargets"}))
    while (answer := json.loads(socket.recv(timeout=60))).get("id") != 0:
        pass
    page = next(each for each in answer["result"]["targetInfos"] if each["type"] == "page")
    host = socket.remote_address
    return Tab(connect(f"ws://{host[0]}:{host[1]}/devtools/page/{page['targetId']}", max_size=None))
