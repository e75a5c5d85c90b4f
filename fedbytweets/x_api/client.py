"""Questions -> answers of the X API over HTTP, through tweepy, byte for byte.

tweepy builds the requests; what it does with failures is not reached: an answer that is no 200 is turned into this
project's errors as soon as it is in, since tweepy's own reading of error bodies breaks on some of them. The token
is never handed to tweepy, whose debug log prints it: the adapter that sends a request puts it in at the last moment.
"""

from collections.abc import Callable
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
import requests
import tweepy
from pydantic import SecretStr
from requests.adapters import HTTPAdapter

from fedbytweets.coverage import Span
from fedbytweets.errors import CredentialsError, PassingError
from fedbytweets.instants import rfc3339, utc_now
from fedbytweets.x_api.answers import verdict
from fedbytweets.x_api.deadline import within
from fedbytweets.x_api.dialects import DIALECTS, field_parameters
from fedbytweets.x_api.rate_limit import RateLimit
from fedbytweets.x_api.settings import CollectSettings
from fedbytweets.x_api.source import Answer, PageQuestion

SEARCH = "/2/tweets/search/recent"
COUNTS = "/2/tweets/counts/recent"
_HOST = "https://api.twitter.com"
"""What tweepy asks, whatever is wanted; the adapter mounted on it sends to the base URL instead."""
_KEPT_HEADERS = (
    "content-encoding", "content-type", "date", "x-access-level", "x-connection-hash", "x-rate-limit-limit",
    "x-rate-limit-remaining", "x-rate-limit-reset", "x-response-time", "x-transaction-id",
)  # fmt: skip


class XApi:
    """The X API, or anything that answers like it at `settings.base_url`; safe to share between threads."""

    def __init__(self, token: SecretStr, settings: CollectSettings, clock: Callable[[], datetime] = utc_now) -> None:
        """Prepare a session; nothing is sent.

        Raises:
            CredentialsError: the token is empty or cannot stand in a header.

        """
        self._settings = settings
        self._clock = clock
        self._limits = {SEARCH: RateLimit(), COUNTS: RateLimit()}
        self._tweepy = tweepy.Client("put-in-by-the-adapter", return_type=requests.Response, wait_on_rate_limit=False)
        session = self._tweepy.session
        session.trust_env = False
        session.hooks["response"] = [_past_tweepy]
        session.mount(_HOST, _Sender(checked_token(token), settings))

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

    def counts(self, subject: str, query: str, window: Span) -> int:
        """Return how many posts a window holds, by counts/recent (billed); errors as for `search`."""
        parameters = {"query": query, **_times(window), "granularity": "day"}
        answer = self._ask(COUNTS, subject, parameters)
        try:
            meta = msgspec.json.decode(answer.body, type=_Counts).meta
            return next(total for total in (meta.total_tweet_count, meta.total_post_count) if total is not None)
        except (msgspec.DecodeError, StopIteration) as error:
            raise PassingError(f"counts/recent for {subject!r} answered without a total: ask again later.") from error

    def _ask(self, route: str, subject: str, parameters: dict[str, str]) -> Answer:
        limit = self._limits[route]
        limit.take(subject, self._clock())
        response = self._sent(route, subject, parameters)
        headers = {name.lower(): value for name, value in response.headers.items()}
        limit.learn(headers)
        now = self._clock()
        error = verdict(response.status_code, headers, response.content, subject, now)
        if error is not None:
            raise error
        kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
        request = {"url": self._settings.base_url.rstrip("/") + route, **parameters}
        return Answer(response.content, response.status_code, now, kept, request)

    def _sent(self, route: str, subject: str, parameters: dict[str, str]) -> requests.Response:
        """Return the answer, whatever its status, its body read.

        A failure to connect or to read comes out of its thread as words: the exception itself holds on to the
        request, and so to the token, which some way of printing tracebacks would show.
        """

        def call() -> requests.Response | str:
            try:
                answer: requests.Response = self._tweepy.request("GET", route, params=parameters)
            except _AnsweredError as error:
                return error.response
            except (requests.RequestException, OSError) as error:
                return f"{type(error).__name__}: {_short(error)}"
            return answer

        answer = within(self._settings.total_timeout_seconds, call, f"X API's answer for {subject!r}")
        if isinstance(answer, str):
            raise PassingError(f"X API did not answer for {subject!r} ({answer}): ask again later.")
        return answer


class _AnsweredError(Exception):
    """An answer that is no 200, on its way past tweepy."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def _past_tweepy(response: requests.Response, **_: Any) -> None:
    if response.status_code != 200:
        response.content  # noqa: B018 - reads the body while its connection is open
        raise _AnsweredError(response)


class _Sender(HTTPAdapter):
    """Sends what tweepy built to the base URL, with the token and with timeouts (tweepy sets none)."""

    def __init__(self, token: SecretStr, settings: CollectSettings) -> None:
        super().__init__(pool_maxsize=settings.parallel_subjects)
        self._token = token
        self._base_url = settings.base_url.rstrip("/")
        self._timeout = (settings.connect_timeout_seconds, settings.read_timeout_seconds)

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        """Send a request; the token leaves the process here and nowhere else."""
        sent = request.copy()
        sent.url = self._base_url + str(request.url).removeprefix(_HOST)
        sent.headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        options["timeout"] = self._timeout
        response = super().send(sent, **options)
        response.request = request
        return response


class _Meta(msgspec.Struct):
    total_tweet_count: int | None = None
    total_post_count: int | None = None


class _Counts(msgspec.Struct):
    meta: _Meta


def checked_token(token: SecretStr) -> SecretStr:
    """Return the token without the white space around it.

    Raises:
        CredentialsError: it is empty, or holds what cannot stand in a header.

    """
    secret = token.get_secret_value().strip()
    if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
        fact = "is empty" if not secret else "holds characters no token has"
        raise CredentialsError(f"The bearer token of the X API {fact}: copy it again from the developer portal.")
    return SecretStr(secret)


def _times(window: Span) -> dict[str, str]:
    return {"start_time": rfc3339(window.start), "end_time": rfc3339(window.end)}


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
