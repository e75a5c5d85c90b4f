"""Ids and charges -> the answers of `counts/recent` and `usage/tweets`, in either vocabulary."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from fedbytweets.instants import from_snowflake, rfc3339, to_snowflake
from fedbytweets.simulator.account import Account
from fedbytweets.simulator.answers import Answer, ok
from fedbytweets.simulator.asked import CountsAsked, check_names, whole_number
from fedbytweets.simulator.dialects import DIALECTS
from fedbytweets.simulator.ledger import Ledger
from fedbytweets.simulator.pages import Json
from fedbytweets.simulator.wishes import split

_STEPS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_PROJECT = "1001"
_PRODUCT_CAP = 3_000_000
_DEFAULT_USAGE = {"cap_reset_day", "project_cap", "project_id", "project_usage"}


def counts(wish: CountsAsked, ids: Sequence[int]) -> Json:
    """Return the posts per bucket of the window, oldest first, and their total; `ids` ascending.

    Buckets begin at whole minutes, hours or days UTC; the first and the last end where the window does.
    """
    word = wish.dialect.word
    rows = [
        {"start": rfc3339(start), "end": rfc3339(end), word("tweet_count"): _between(ids, start, end)}
        for start, end in _buckets(wish.window, _STEPS[wish.granularity])
    ]
    meta = {word("total_tweet_count"): len(ids)}
    return {"data": rows, "meta": meta} if rows else {"meta": meta}


def _buckets(window: tuple[int, int], step: timedelta) -> Iterator[tuple[datetime, datetime]]:
    start, end = map(from_snowflake, window)
    since_1970 = datetime.fromtimestamp(0, UTC)
    while start < end:
        following = min(end, since_1970 + ((start - since_1970) // step + 1) * step)
        yield start, following
        start = following


def _between(ids: Sequence[int], start: datetime, end: datetime) -> int:
    return bisect_left(ids, to_snowflake(end)) - bisect_left(ids, to_snowflake(start))


def usage(params: Mapping[str, str], account: Account, ledger: Ledger, now: datetime) -> Answer:
    """Return the posts read in the month and, if asked for, per day.

    Raises:
        RefusalError: X's 400: an unknown parameter, or `days` out of 1..90.

    """
    dialect = DIALECTS[account.dialect]
    check_names(params, ("days", "usage.fields"), dialect)
    first = now.date() - timedelta(days=whole_number(params, "days", (1, 90), 7, dialect) - 1)
    number = str if dialect.name == "post" else int
    daily = [
        {"date": f"{day}T00:00:00.000Z", "usage": number(read)}
        for day, read in ledger.posts_by_day().items()
        if day >= first and read
    ]
    all_fields = {
        "cap_reset_day": 1,
        "project_cap": number(account.monthly_cap or _PRODUCT_CAP),
        "project_id": _PROJECT,
        "project_usage": number(ledger.posts_of_month(now)),
        "daily_project_usage": {"project_id": number(_PROJECT), "usage": daily} if daily else None,
        "daily_client_app_usage": [{"client_app_id": "101", "usage": daily, "usage_result_count": len(daily)}]
        if daily
        else None,
    }
    asked = set(split(params, "usage.fields")) | _DEFAULT_USAGE
    return ok({"data": {name: value for name, value in all_fields.items() if name in asked and value is not None}})
