"""The stand-in as a command serves it: on the wall clock, until it is told to stop."""

import signal
import subprocess
import sys

import requests

_SERVE = """
from fedbytweets.simulator import Account, Corpus, serve
serve(Corpus(), Account(), port=0, announce=lambda url: print(url, flush=True))
print("stopped", flush=True)
"""


def test_it_announces_where_it_serves_and_ends_cleanly_on_an_interrupt() -> None:
    """The address comes first, requests are answered, and SIGINT is a clean end without a traceback."""
    with subprocess.Popen(
        [sys.executable, "-c", _SERVE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout
        base_url = serving.stdout.readline().strip()
        url = f"{base_url}/2/tweets/search/recent"
        page = requests.get(url, {"query": "lula"}, headers={"Authorization": "Bearer t"}, timeout=20).json()
        serving.send_signal(signal.SIGINT)
        out, err = serving.communicate(timeout=20)
    assert page["meta"]["result_count"] == 10
    assert (serving.returncode, out, err) == (0, "stopped\n", "")
