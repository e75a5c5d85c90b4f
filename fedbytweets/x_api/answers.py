"""An answer of the X API -> what it means to the caller: the table of errors.

    200                                            go on (its body may still be unreadable: a passing failure)
    429 usage-capped, 402, any `credits` problem   money or cap spent    -> MoneySpentError
    429 otherwise                                  window spent          -> WindowSpentError(reset_at)
    401, 403                                       token or tier         -> CredentialsError
    400 and other 4xx                              the question          -> QuestionError
    3xx, 404                                       the address           -> SettingsError
    408, 5xx                                       passing               -> PassingError
    201 to 299                                     maybe billed, no page -> UnansweredError

Problem types are compared by the last part of their path: X's hosts differ, and many bodies have no `status`.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from fedbytweets.errors import (
    CredentialsError,
    FedByTweetsError,
    MoneySpentError,
    PassingError,
    QuestionError,
    SettingsError,
    UnansweredError,
    WindowSpentError,
)

WINDOW = timedelta(minutes=15)
"""Length of a rate-limit window (X API)."""
SKEW = timedelta(seconds=5)
"""Waited when a window should be open already: clocks differ."""
_MONEY = {"usage-capped", "credits", "credits-depleted"}
_LONGEST = 300


def verdict(
    status: int, headers: Mapping[str, str], body: bytes, subject: str, now: datetime
) -> FedByTweetsError | None:
    """Return the error that an answer stands for; None for a 200. Header names are lower case."""
    if status == 200:
        return None
    problem = _problem(body)
    said = _said(problem, body)
    if status == 402 or (status in {403, 429} and _kind(problem) in _MONEY):
        return MoneySpentError(
            f"X API has no credits or cap left (asked for {subject!r}): {said}. What was read is kept; "
            "add credits or wait for the next billing period."
        )
    if status == 429:
        reset_at = _reset_at(headers, now)
        return WindowSpentError(
            f"X API window spent for {subject!r}; it opens again at {reset_at:%Y-%m-%d %H:%M:%S} UTC: "
            "run again then, nothing is lost.",
            reset_at,
        )
    return _by_status(status, headers, subject, said)


def _by_status(status: int, headers: Mapping[str, str], subject: str, said: str) -> FedByTweetsError:
    if status in {401, 403}:
        mend = "set a valid bearer token" if status == 401 else "give the app of this token access to recent search"
        return CredentialsError(f"X API refused the token ({status}, asked for {subject!r}): {said}. Please {mend}.")
    if 200 < status < 300:
        return UnansweredError(
            f"X API answered {status} for {subject!r}, which is no page: it may be billed; ask again."
        )
    if status == 404 or 300 <= status < 400:
        where = headers.get("location", "nothing there")
        return SettingsError(f"No X API at the base URL ({status}, {where}): set the address of the API itself.")
    if status == 408 or status >= 500 or status < 200:
        return PassingError(f"X API failed with {status} for {subject!r} ({said}): ask again later.")
    return QuestionError(f"X API refused the question of {subject!r} ({status}): {said}. Mend its query or its fields.")


def _reset_at(headers: Mapping[str, str], now: datetime) -> datetime:
    """Return when the window opens: as the header says, a moment from now when that is past, else a window later."""
    try:
        reset_at = datetime.fromtimestamp(int(headers["x-rate-limit-reset"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return now + WINDOW
    return max(reset_at, now + SKEW)


def _problem(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _kind(problem: dict[str, Any]) -> str:
    kinds = [problem.get("type"), *(error.get("type") for error in _errors(problem))]
    return next((kind.rstrip("/").rpartition("/")[2] for kind in kinds if isinstance(kind, str) and kind), "")


def _said(problem: dict[str, Any], body: bytes) -> str:
    """Return X's own sentence, in one line."""
    sentences = [error.get("message") or error.get("detail") for error in _errors(problem)]
    sentences += [problem.get("detail") or problem.get("title")]
    said = (sentence.strip().rstrip(".") for sentence in sentences if isinstance(sentence, str))
    found = "; ".join(dict.fromkeys(sentence for sentence in said if sentence))
    text = found or body.decode("utf-8", "replace")
    return " ".join(text.split())[:_LONGEST].rstrip(".") or "no reason given"


def _errors(problem: dict[str, Any]) -> list[dict[str, Any]]:
    errors = problem.get("errors")
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
