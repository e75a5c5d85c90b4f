"""Questions -> answers of the X API over HTTP, through tweepy, byte for byte.

`fedbytweets.x_api.sending` sends the requests; an answer that is no 200 is turned into this project's errors.
"""

from collections.abc import Callable
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from pydantic import SecretStr

from fedbytweets.coverage import Span
from fedbytweets.instants import rfc3339, utc_now
from fedbytweets.x_api.answers import verdict
from fedbytweets.x_api.dialects import DIALECTS, field_parameters
from fedbytweets.x_api.rate_limit import RateLimit
from fedbytweets.x_api.sending import XClient
from fedbytweets.x_api.settings import CollectSettings
from fedbytweets.x_api.source import Answer, PageQuestion

SEARCH = "/2/tweets/search/recent"
COUNTS = "/2/tweets/counts/recent"
_KEPT_HEADERS = (
    "content-encoding", "content-type", "date", "x-access-level", "x-connection-hash", "x-rate-limit-limit",
    "x-rate-limit-remaining", "x-rate-limit-reset", "x-response-time", "x-transaction-id",
)  # fmt: skip


class XApi:
    """The X API, or anything that answers like it at `settings.base_url`; safe to share between threads."""

    def __init__(self, token: SecretStr, settings: CollectSettings, clock: Callable[[], datetime] = utc_now) -> None:
        """Prepare a session; nothing is sent.

        Raises:
            CredentialsError: the token is empty or cannot be a header.

        """
        self._settings = settings
        self._clock = clock
        self._limits = {SEARCH: RateLimit(), COUNTS: RateLimit()}
        self._x = XClient(token, settings)

    def __repr__(self) -> str:
        return f"XApi({self._settings.base_url!r})"

    @property
    def client(self) -> str:
        """What asks: this project and tweepy, with their versions."""
        return f"fedbytweets/{_version('fedbytweets')} tweepy/{_version('tweepy')}"

    def search(self, question: PageQuestion) -> Answer:
        """Return one page of recent search, newest first; errors as `fedbytweets.x_api.answers` says."""
        parameters = {
            "query": question.query,
            **_times(question.window),
            "max_results": str(question.size),
            **field_parameters(DIALECTS[question.dialect], question.extra_fields),
        }
        if question.token is not None:
            parameters["next_token"] = question.token
        return self._ask(SEARCH, question.subject, parameters)

    def counts(self, subject: str, query: str, window: Span) -> Answer:
        """Return what counts/recent says of a window (billed); errors as for `search`."""
        return self._ask(COUNTS, subject, {"query": query, **_times(window), "granularity": "day"})

    def _ask(self, route: str, subject: str, parameters: dict[str, str]) -> Answer:
        limit = self._limits[route]
        limit.take(subject, self._clock())
        received = self._x.request("GET", route, parameters, subject=subject)
        limit.learn(received.headers)
        error = verdict(received.status, received.headers, received.body, subject, self._clock())
        if error is not None:
            raise error
        kept = {name: received.headers[name] for name in _KEPT_HEADERS if name in received.headers}
        request = {"url": self._settings.base_url.rstrip("/") + route, **parameters}
        return Answer(received.body, received.status, kept, request)


def _times(window: Span) -> dict[str, str]:
    return {"start_time": rfc3339(window.start), "end_time": rfc3339(window.end)}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
