"""Simulator: the stand-in of the X API on a loopback port, in a thread of its own or for as long as it runs.

with Simulator(Corpus(seed=7), clock=ManualClock()) as simulator:
    collect(base_url=simulator.base_url, token="any")
    assert simulator.ledger.posts_read() == 600
"""

import socket
import struct
import threading
from asyncio import BaseTransport, Transport
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from fedbytweets.simulator.account import Account
from fedbytweets.simulator.api import Api
from fedbytweets.simulator.clock import Clock, SystemClock
from fedbytweets.simulator.corpus import Corpus
from fedbytweets.simulator.faults import FaultPlan, Script
from fedbytweets.simulator.jobs import Jobs
from fedbytweets.simulator.ledger import Ledger
from fedbytweets.simulator.search import Late
from fedbytweets.simulator.wire import application

LOOPBACK = "127.0.0.1"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Simulator:
    """A stand-in that serves while its `with` block lasts; port 0 takes a free one.

    Raises:
        OSError: the port is taken.

    """

    def __init__(
        self,
        corpus: Corpus | None = None,
        *,
        account: Account | None = None,
        clock: Clock | None = None,
        faults: FaultPlan | None = None,
        late: Late | None = None,
        host: str = LOOPBACK,
        port: int = 0,
    ) -> None:
        self.clock = clock or SystemClock()
        self.api = Api(corpus or Corpus(), account or Account(), self.clock, faults or Script(), late or Late())
        self._address = (host, port)
        self._connections: dict[tuple[str, int], Transport] = {}

    def __enter__(self) -> Self:
        self._socket = _listen(*self._address)
        self._server = uvicorn.Server(self._config())
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def run(self, announce: Callable[[str], None]) -> None:
        """Serve until SIGINT (returns) or SIGTERM (ends the process), after having announced the base URL."""
        with _listen(*self._address) as self._socket, suppress(KeyboardInterrupt):
            announce(self.base_url)
            uvicorn.Server(self._config()).run([self._socket])

    @property
    def base_url(self) -> str:
        """Where it is served, as `http://127.0.0.1:54321`, without a path."""
        host, port = self._socket.getsockname()
        return f"http://{host}:{port}"

    @property
    def ledger(self) -> Ledger:
        """Every request made and what was billed."""
        return self.api.ledger

    @property
    def jobs(self) -> Jobs:
        """The compliance jobs, and what became of posts and users (`jobs.redact`)."""
        return self.api.jobs

    @property
    def faults(self) -> FaultPlan:
        """What goes wrong from the next request on; may be set."""
        return self.api.faults

    @faults.setter
    def faults(self, plan: FaultPlan) -> None:
        self.api.faults = plan

    def reset(self) -> None:
        """Forget all requests, charges and spent windows: the account is as new, the corpus stays."""
        self.api.reset()

    def truth(self, query: str, start: datetime, end: datetime) -> tuple[int, ...]:
        """Return the ids of all posts made in [start, end) that match a query, ascending.

        Raises:
            QueryError: the query is malformed.

        """
        return self.api.index.truth(query, start, end)

    def _config(self) -> uvicorn.Config:
        connections = self._connections

        class Remembering(H11Protocol):
            def connection_made(self, transport: BaseTransport) -> None:
                connections[transport.get_extra_info("peername")] = transport  # type: ignore[assignment]
                super().connection_made(transport)  # type: ignore[arg-type]

            def connection_lost(self, exc: Exception | None) -> None:
                connections.pop(self.transport.get_extra_info("peername"), None)
                super().connection_lost(exc)

        return uvicorn.Config(
            application(self.api, self._cut_off), http=Remembering, lifespan="off", ws="none",
            log_level="critical", access_log=False, server_header=False, timeout_graceful_shutdown=1,
        )  # fmt: skip

    def _cut_off(self, client: tuple[str, int]) -> None:
        transport = self._connections.pop(client, None)
        if transport is None:  # the caller hung up first
            return
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()


def serve(
    corpus: Corpus,
    account: Account,
    *,
    host: str = LOOPBACK,
    port: int = 8080,
    faults: FaultPlan | None = None,
    late: Late | None = None,
    announce: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve the stand-in on the wall clock until SIGINT or SIGTERM; `announce` is told the base URL first.

    Raises:
        OSError: the port is taken.

    """
    Simulator(corpus, account=account, faults=faults, late=late, host=host, port=port).run(announce)


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(
        socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )  # named, or asyncio leaves Nagle on
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)  # from here on a client may knock; the server answers as soon as it runs
    except OSError:
        listener.close()
        raise
    return listener
