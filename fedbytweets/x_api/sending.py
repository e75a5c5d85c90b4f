"""A question built by tweepy -> the answer, whatever its status: over the base URL, with the token, within bounds.

What tweepy does with failures is not reached, as its own reading of error bodies breaks on some of them. The token is
never handed to tweepy, whose debug log prints it: the adapter that sends a request puts it in at the last moment.
"""

from collections.abc import Callable
from typing import Any

import requests
import tweepy
from pydantic import SecretStr
from requests.adapters import HTTPAdapter

from fedbytweets.errors import CredentialsError, PassingError
from fedbytweets.x_api.deadline import within
from fedbytweets.x_api.settings import CollectSettings

_HOST = "https://api.twitter.com"
"""What tweepy asks, whatever is wanted; the adapter mounted on it sends to the base URL instead."""


def tweepy_client(token: SecretStr, settings: CollectSettings) -> tweepy.Client:
    """Return a tweepy client whose calls give `requests.Response`; nothing is sent yet.

    Raises:
        CredentialsError: the token is empty or cannot stand in a header.

    """
    client = tweepy.Client("put-in-by-the-adapter", return_type=requests.Response, wait_on_rate_limit=False)
    session = client.session
    session.trust_env = False
    session.hooks["response"] = [_past_tweepy]
    session.mount(_HOST, _Sender(checked_token(token), settings))
    return client


def answered(call: Callable[[], requests.Response], settings: CollectSettings, subject: str) -> requests.Response:
    """Return the answer to a call, whatever its status, its body read, within the total time.

    A failure to connect or to read comes out of its thread as words: the exception itself holds on to the request,
    and so to the token or a signed address, which some way of printing tracebacks would show.

    Raises:
        PassingError: there was none.

    """

    def attempt() -> requests.Response | str:
        try:
            return call()
        except _AnsweredError as error:
            return error.response
        except (requests.RequestException, OSError) as error:
            return f"{type(error).__name__}: {_short(error)}"

    answer = within(settings.total_timeout_seconds, attempt, f"X API's answer for {subject!r}")
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


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
