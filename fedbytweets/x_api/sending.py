"""HTTP requests to the X API: the bearer token, timeouts, a bound on the size of an answer, and no redirects.

tweepy builds the requests; `XClient.request` sends them in its place. tweepy would send to a fixed host without
timeouts, print the token in its debug log, and fail on some error bodies.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import requests
import tweepy
import urllib3
from pydantic import SecretStr
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from fedbytweets.errors import AnswerTooLargeError, CredentialsError, PassingError, SourceError, UnansweredError
from fedbytweets.x_api.deadline import within
from fedbytweets.x_api.redaction import Redactor
from fedbytweets.x_api.settings import CollectSettings

_CHUNK_BYTES = 2**16
_LONGEST_REASON = 200
_ERROR_BYTES = 2**20
"""Most bytes that are read of an answer that is no 200: enough for its sentences."""


_NOT_SENT = (
    requests.ConnectTimeout,
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidHeader,
)
_HANDSHAKE = {
    "WRONG_VERSION_NUMBER",
    "UNSUPPORTED_PROTOCOL",
    "NO_PROTOCOLS_AVAILABLE",
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "SSLV3_ALERT_HANDSHAKE_FAILURE",
}
"""OpenSSL's reasons that only a handshake can have; any other TLS failure may come after the request."""


@dataclass(frozen=True, slots=True)
class Received:
    """A whole answer, whatever its status, without the token: header names lower case, the body decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class XClient(tweepy.Client):  # type: ignore[misc] # tweepy has no types
    """A tweepy client whose methods return `Received`; nothing is sent before one is called.

    Raises:
        CredentialsError: the token is empty or cannot be a header.

    """

    def __init__(self, token: SecretStr, settings: CollectSettings) -> None:
        super().__init__(return_type=requests.Response)  # so that what `request` returns is passed on as it is
        self._base_url = settings.base_url.rstrip("/")
        secret = checked_token(token)
        self.sender = Sender(settings, Redactor(secret.get_secret_value()))
        self.session = self.sender.session_of(_Bearer(secret))

    def request(
        self,
        method: str,
        route: str,
        params: Mapping[str, Any] | None = None,
        json: object = None,
        user_auth: bool = False,  # noqa: ARG002
        *,
        subject: str = "compliance",
    ) -> Received:
        """Send a request with the token, and return the answer, whatever its status; errors as for `Sender.send`."""
        url, headers = self._base_url + route, {"User-Agent": self.user_agent}
        return self.sender.send(self.session, subject, method, url, params=params, json=json, headers=headers)


class _Bearer(AuthBase):
    """Adds the token to a request as it is prepared, so that it is in no argument or local variable before."""

    def __init__(self, token: SecretStr) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        return request


class _Session(requests.Session):
    """A session that never follows a redirect; requests would read the whole body of one, whatever its size."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        """Return None."""
        return None


class Sender:
    """Sends requests and reads their answers within the bounds of the settings; safe to share between threads."""

    def __init__(self, settings: CollectSettings, redactor: Redactor) -> None:
        self._settings = settings
        self._redactor = redactor
        redactor.guard_logs()

    def session_of(self, auth: AuthBase | None = None) -> requests.Session:
        """Return a new session for `send`, without settings of the environment (proxies, .netrc)."""
        session = _Session()
        session.auth, session.trust_env = auth, False
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(pool_maxsize=self._settings.parallel_subjects))
        return session

    def send(self, session: requests.Session, subject: str, method: str, url: str, **options: Any) -> Received:
        """Return the answer to a request, whatever its status; `subject` is for messages.

        Raises:
            PassingError: the request was not sent, as no connection was made.
            UnansweredError: the request was sent, and no whole answer came within `total_timeout_seconds`.
            AnswerTooLargeError: an answer with status 200 is larger than `answer_megabytes`.

        """
        limit = self._settings.total_timeout_seconds
        end = monotonic() + limit
        late = UnansweredError(f"X API's answer for {subject!r} took longer than {limit:g} s in all: ask again later.")
        answer = within(limit, lambda: self._attempt(session, subject, end, method, url, options), late)
        if isinstance(answer, SourceError):
            raise answer
        return answer

    def _attempt(
        self, session: requests.Session, subject: str, end: float, method: str, url: str, options: Mapping[str, Any]
    ) -> Received | SourceError:
        """Return the answer, or the error to raise: only words leave here, as exceptions of requests hold the token."""
        timeouts = (self._settings.connect_timeout_seconds, self._settings.read_timeout_seconds)
        try:
            with session.request(method, url, **options, timeout=timeouts, stream=True) as response:
                headers = {name.lower(): self._redactor.text(value) for name, value in response.headers.items()}
                body = self._body(response, end)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            words = self._redactor.text(f"{type(error).__name__}: {error}")
            kind = PassingError if _was_not_sent(error) else UnansweredError
            return kind(
                f"X API did not answer for {subject!r} ({' '.join(words.split())[:_LONGEST_REASON]}): ask again later."
            )
        if response.status_code == 200 and len(body) > self._settings.answer_bytes:
            return AnswerTooLargeError(
                f"X API's answer for {subject!r} is larger than {self._settings.answer_megabytes:g} MiB once "
                "decompressed (FEDBYTWEETS_X_ANSWER_MEGABYTES). It was not stored, and X may have billed it: raise the "
                "setting if such an answer is right, or find out what answers at the base URL."
            )
        return Received(response.status_code, headers, self._redactor.body(body))

    def _body(self, response: requests.Response, end: float) -> bytes:
        """Return the body, or a little more of it than may be; of an error what comes, as its status says enough."""
        is_error = response.status_code != 200
        most = _ERROR_BYTES if is_error else self._settings.answer_bytes
        body = bytearray()
        try:
            for chunk in response.iter_content(_CHUNK_BYTES):
                body += chunk
                if len(body) > most:
                    break
                if monotonic() > end:
                    raise requests.ReadTimeout("the answer took too long in all")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
            if not is_error:
                raise
        return bytes(body)


def _was_not_sent(error: Exception) -> bool:
    """Return whether a request failed before it was sent, so that X cannot have billed it."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return (
        isinstance(error, _NOT_SENT)
        or isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError)
        or (isinstance(reason, urllib3.exceptions.SSLError) and any(map(_is_of_the_handshake, reason.args)))
    )


def _is_of_the_handshake(error: object) -> bool:
    return isinstance(error, ssl.SSLCertVerificationError) or getattr(error, "reason", None) in _HANDSHAKE


def checked_token(token: SecretStr) -> SecretStr:
    """Return the token without the white space around it.

    Raises:
        CredentialsError: it is empty, or has characters that cannot be in a header.

    """
    secret = token.get_secret_value().strip()
    if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
        fact = "is empty" if not secret else "holds characters no token has"
        raise CredentialsError(f"The bearer token of the X API {fact}: copy it again from the developer portal.")
    return SecretStr(secret)
