"""What each answer of the API means to the caller."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from fedbytweets.x_api.answers import SKEW, WINDOW, verdict

NOW = datetime(2026, 9, 7, 7, tzinfo=UTC)
CAPPED = {"title": "UsageCapExceeded", "type": "https://api.twitter.com/2/problems/usage-capped"}
NO_CREDITS = {"type": "https://api.x.com/2/problems/credits-depleted", "detail": "No credits."}
MALFORMED = {"errors": [{"parameters": {"query": ["("]}, "message": "Unbalanced parentheses."}], "title": "Invalid"}


def reset(seconds: int) -> dict[str, str]:
    return {
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": str(int((NOW + timedelta(seconds=seconds)).timestamp())),
    }


@pytest.mark.parametrize(
    ("status", "headers", "body", "error", "says"),
    [
        (429, reset(900), {"title": "Too Many Requests"}, WindowSpentError, "opens again at 2026-09-07 07:15:00 UTC"),
        (429, {"x-rate-limit-remaining": "449"}, CAPPED, MoneySpentError, "UsageCapExceeded"),
        (402, {}, NO_CREDITS, MoneySpentError, "No credits"),
        (402, {}, "", MoneySpentError, "no reason given"),
        (403, {}, NO_CREDITS, MoneySpentError, "No credits"),
        (401, {}, {"title": "Unauthorized", "detail": "Unauthorized"}, CredentialsError, "set a valid bearer token"),
        (
            403,
            {},
            {"reason": "client-not-enrolled", "detail": "Attach a project."},
            CredentialsError,
            "Attach a project",
        ),
        (400, {}, MALFORMED, QuestionError, r"'lula' \(400\): Unbalanced parentheses; Invalid"),
        (422, {}, {}, QuestionError, "422"),
        (404, {}, "not here", SettingsError, "No X API at the base URL"),
        (301, {"location": "https://elsewhere/"}, "", SettingsError, "https://elsewhere/"),
        (500, {}, "<html>", PassingError, "500"),
        (503, {}, {"errors": None}, PassingError, "503"),
        (504, {}, [1, 2], PassingError, "504"),
        (408, {}, "", PassingError, "408"),
        (201, {}, "{}", UnansweredError, "201 for 'lula', which is no page: it may be billed"),
        (204, {}, "", UnansweredError, "204"),
    ],
)
def test_an_answer_is_the_error_that_says_what_to_do(status, headers, body, error, says):
    """The error's type is what the caller does next; its message has X's own words."""
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    found = verdict(status, headers, raw, "lula", NOW)
    assert type(found) is error
    with pytest.raises(error, match=says):
        raise found


def test_an_answer_of_200_is_no_error():
    """Whether its body can be read is another question."""
    assert verdict(200, {}, b"", "lula", NOW) is None


@pytest.mark.parametrize(
    ("headers", "reset_at"),
    [
        (reset(300), NOW + timedelta(seconds=300)),
        (reset(-300), NOW + SKEW),
        ({}, NOW + WINDOW),
        ({"x-rate-limit-reset": "soon"}, NOW + WINDOW),
        ({"x-rate-limit-reset": "9" * 30}, NOW + WINDOW),
    ],
)
def test_a_spent_window_always_has_an_instant_to_wait_for(headers, reset_at):
    """A reset in the past waits a moment, an absent or absurd one a whole window."""
    assert verdict(429, headers, b"{}", "lula", NOW).reset_at == reset_at


@given(st.integers(100, 599), st.binary(max_size=100), st.dictionaries(st.text(), st.text(), max_size=3))
def test_any_answer_is_nothing_or_one_of_our_errors_in_one_line(status, body, headers):
    """No body, however broken, leads to another exception."""
    found = verdict(status, headers, body, "lula", NOW)
    assert (found is None) == (status == 200)
    assert found is None or (isinstance(found, FedByTweetsError) and "\n" not in str(found))


def test_a_long_body_is_cut_in_the_message():
    """A web page is not an error message."""
    assert len(str(verdict(500, {}, b"x" * 100_000, "lula", NOW))) < 500
