"""Prefect's own API, asked as a client does: runs and what became of them."""

import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

T = TypeVar("T")


def until(what: str, seconds: float, look: Callable[[], T | None]) -> T:
    """Return what `look` returns once it returns something, looked for a bounded time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.3)
    raise AssertionError(f"within {seconds} s there was no {what}")


@dataclass(frozen=True)
class PrefectApi:
    """A server's API, and what returns its auth string, if it has one."""

    url: str
    auth_string: Callable[[], str | None] = lambda: None

    def all(self, kind: str) -> list[Any]:
        """Return every object of a kind that can be filtered: flow_runs, task_runs, logs, artifacts ..."""
        found: list[Any] = []
        while page := self._post(f"/{kind}/filter", {"limit": 200, "offset": len(found)}):
            found += page
        return found

    def events(self) -> Any:
        """Return the latest events."""
        return self._post("/events/filter", {"limit": 50, "filter": {}})

    def run(self, flow_run_id: str) -> Any:
        """Return one flow run."""
        answer = httpx.get(f"{self.url}/flow_runs/{flow_run_id}", headers=self._credentials(), timeout=30)
        answer.raise_for_status()
        return answer.json()

    def state(self, flow_run_id: str, *names: str, seconds: float) -> str:
        """Return the name of a run's state once it is one of these."""

        def look() -> str | None:
            name = self.run(flow_run_id)["state"]["name"]
            return name if name in names else None

        return until(f"run {flow_run_id} in {names}", seconds, look)

    def is_up(self) -> bool:
        """Whether it answers."""
        try:
            return httpx.get(f"{self.url}/health", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def _post(self, path: str, body: Any) -> Any:
        answer = httpx.post(self.url + path, json=body, headers=self._credentials(), timeout=30)
        answer.raise_for_status()
        return answer.json()

    def _credentials(self) -> dict[str, str]:
        auth_string = self.auth_string()
        return {"Authorization": f"Basic {b64encode(auth_string.encode()).decode()}"} if auth_string else {}
