"""What the stand-in says back: status, headers, body; and X's problem bodies, word for word where known."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from fedbytweets.instants import rfc3339
from fedbytweets.simulator.dialects import Dialect


@dataclass(frozen=True)
class Answer:
    """An answer before it goes over the wire."""

    status: int
    body: bytes
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


class RefusalError(Exception):
    """A question that is answered with a problem: carries the answer, and never leaves this package."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status} {answer.body!r}")
        self.answer = answer

    def __reduce__(self) -> tuple[type["RefusalError"], tuple[Answer]]:
        return type(self), (self.answer,)


def ok(value: Any) -> Answer:
    """Return a value as a 200 answer."""
    return Answer(200, msgspec.json.encode(value))


def problem(status: int, title: str, detail: str, kind: str = "about:blank", **more: Any) -> Answer:
    """Return a problem body with its status in it."""
    body = {"title": title, "detail": detail, "type": kind, "status": status, **more}
    return Answer(status, msgspec.json.encode(body), "application/problem+json")


def invalid(dialect: Dialect, *complaints: tuple[dict[str, list[str]], str]) -> Answer:
    """Return X's 400: each complaint is the parameters with their values, and a sentence. It has no `status`."""
    body = {
        "errors": [{"parameters": parameters, "message": message} for parameters, message in complaints],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": dialect.problem("invalid-request"),
    }
    return Answer(400, msgspec.json.encode(body))


def unauthorized() -> Answer:
    """Return the 401 of an absent or wrong token."""
    return problem(401, "Unauthorized", "Unauthorized")


def not_enrolled(dialect: Dialect) -> Answer:
    """Return the 403 of an app that is outside any project."""
    return problem(
        403,
        "Client Forbidden",
        "When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from a Twitter "
        "developer App that is attached to a Project. You can create a project via the developer portal.",
        dialect.problem("client-forbidden"),
        reason="client-not-enrolled",
        required_enrollment="Appropriate Level of API Access",
        registration_url="https://developer.twitter.com/en/docs/projects/overview",
        client_id="101",
    )


def too_many_requests() -> Answer:
    """Return the 429 of a rate-limit window that is spent."""
    return problem(429, "Too Many Requests", "Too Many Requests")


def usage_capped(dialect: Dialect, product: str = "pay-per-use") -> Answer:
    """Return the 429 of a monthly cap that is reached."""
    return problem(
        429,
        "UsageCapExceeded",
        f"Usage cap exceeded: Monthly product cap ({product})",
        dialect.problem("usage-capped"),
        account_id=101,
        product_name=product,
        period="Monthly",
        scope="Product",
    )


def credits_depleted(dialect: Dialect) -> Answer:
    """Return the 402 of an empty balance."""
    return problem(
        402,
        "CreditsDepleted",
        "Your enrolled account [101] does not have any credits to fulfill this request.",
        dialect.problem("credits"),
        account_id=101,
    )


def server_error(status: int) -> Answer:
    """Return a 5xx with the little X says then."""
    titles = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}
    return problem(status, titles[status], titles[status])


def not_found(path: str) -> Answer:
    """Return the 404 of a path or a thing that is not there."""
    return problem(404, "Not Found", f"Nothing is served at {path}.")


def html_page() -> Answer:
    """Return a 200 that is a web page, as a proxy in between may give."""
    body = b"<!DOCTYPE html><html><body><h1>X / Error</h1><p>Something went wrong, but don't fret.</p></body></html>"
    return Answer(200, body, "text/html; charset=utf-8")


def suspended_author(dialect: Dialect, user_id: str) -> dict[str, Any]:
    """Return the partial error of an author who is suspended and missing from the includes."""
    return {
        "value": user_id,
        "detail": f"User has been suspended: [{user_id}].",
        "title": "Forbidden",
        "resource_type": "user",
        "parameter": "author_id",
        "resource_id": user_id,
        "type": dialect.problem("resource-not-found"),
    }


def too_old(name: str, value: str, limit: datetime) -> str:
    """Return X's sentence about a start that lies before the window it keeps."""
    return f"Invalid '{name}':'{value}'. '{name}' must be on or after {rfc3339(limit)}"
