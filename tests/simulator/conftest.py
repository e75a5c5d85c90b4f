"""A stand-in served on loopback, and a caller that speaks HTTP to it."""

from collections.abc import Iterator

import pytest
import requests
from api_caller import NOW, SEARCH, Ask

from fedbytweets.simulator import Corpus, ManualClock, Simulator


@pytest.fixture
def manual_clock() -> ManualClock:
    """Return the stand-in's clock, at NOW."""
    return ManualClock(NOW)


@pytest.fixture
def simulator(manual_clock: ManualClock) -> Iterator[Simulator]:
    """Serve a stand-in of forty posts an hour whose clock stands at NOW."""
    with Simulator(Corpus(seed=1, posts_per_hour=40), clock=manual_clock) as serving:
        yield serving


@pytest.fixture
def ask(simulator: Simulator) -> Iterator[Ask]:
    """Give a caller with a token: `ask(query="lula")` searches, `ask("/2/usage/tweets")` goes elsewhere."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = "Bearer any"

        def asked(path: str = SEARCH, **params: str | int) -> requests.Response:
            named = {name.replace("__", "."): value for name, value in params.items()}
            return session.get(simulator.base_url + path, params=named, timeout=10)

        yield asked
