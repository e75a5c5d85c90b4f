"""Parameters -> window of ids: the four ways to bound a search, checked as X checks them.

Times are RFC 3339, UTC or with an offset, to the second; ids are bounds by when they were made. A window is
[lowest id, before id).
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from fedbytweets.instants import from_snowflake, parse_instant, rfc3339, to_snowflake
from fedbytweets.simulator.answers import RefusalError, invalid, too_old
from fedbytweets.simulator.dialects import Dialect

SEARCH_REACH = timedelta(days=7)
DEFAULT_LAG = timedelta(seconds=30)
SMALLEST_LAG = timedelta(seconds=10)
BOUNDS = ("start_time", "end_time", "since_id", "until_id")

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
_ID = re.compile(r"[0-9]{1,19}")


def read_window(params: Mapping[str, str], now: datetime, dialect: Dialect) -> tuple[int, int]:
    """Return the window that a first page is asked for.

    Raises:
        RefusalError: X's 400: a bound is malformed, out of reach, or times and ids are mixed.

    """
    given = {name: params[name] for name in BOUNDS if name in params}
    if {"start_time", "end_time"} & given.keys() and {"since_id", "until_id"} & given.keys():
        message = "'since_id' and 'until_id' may not be mixed with 'start_time' and 'end_time'"
        raise RefusalError(invalid(dialect, ({name: [value] for name, value in given.items()}, message)))
    low = _lowest(given, now, dialect)
    high = _before(given, now, dialect)
    if high <= low and {"end_time", "until_id"} & given.keys():
        message = "Invalid window: its end must be after its start."
        raise RefusalError(invalid(dialect, ({name: [value] for name, value in given.items()}, message)))
    return low, max(low, high)


def _lowest(given: Mapping[str, str], now: datetime, dialect: Dialect) -> int:
    limit = now - SEARCH_REACH
    if "start_time" in given:
        start = _instant("start_time", given["start_time"], dialect)
        if start < limit.replace(microsecond=0):
            raise _refused(
                dialect, "start_time", given["start_time"], too_old("start_time", given["start_time"], limit)
            )
        return to_snowflake(start)
    if "since_id" in given:
        return _post_id("since_id", given["since_id"], limit, dialect) + 1
    return to_snowflake(limit)


def _before(given: Mapping[str, str], now: datetime, dialect: Dialect) -> int:
    if "end_time" in given:
        value = given["end_time"]
        end = _instant("end_time", value, dialect)
        if end > now - SMALLEST_LAG:
            message = (
                f"Invalid 'end_time':'{value}'. 'end_time' must be a minimum of 10 seconds prior to the request time."
            )
            raise _refused(dialect, "end_time", value, message)
        return to_snowflake(end)
    if "until_id" in given:
        return _post_id("until_id", given["until_id"], now - SEARCH_REACH, dialect)
    return to_snowflake(now - DEFAULT_LAG)


def _instant(name: str, value: str, dialect: Dialect) -> datetime:
    if not _INSTANT.fullmatch(value):
        message = f"Invalid '{name}':'{value}'. '{name}' must be an RFC 3339 instant such as 2026-01-02T03:04:05Z."
        raise _refused(dialect, name, value, message)
    try:
        return parse_instant(value).replace(microsecond=0)
    except ValueError as error:
        raise _refused(dialect, name, value, f"Invalid '{name}':'{value}'. There is no such instant.") from error


def _post_id(name: str, value: str, limit: datetime, dialect: Dialect) -> int:
    if not _ID.fullmatch(value):
        raise _refused(
            dialect, name, value, f"The `{name}` query parameter value [{value}] does not match ^[0-9]{{1,19}}$"
        )
    post_id = int(value)
    if from_snowflake(post_id) < limit:
        message = (
            f"'{name}' must be a tweet id created after [{rfc3339(limit)}]. "
            f"Please use a '{name}' that is larger than {to_snowflake(limit)}"
        )
        raise _refused(dialect, name, value, message)
    return post_id


def _refused(dialect: Dialect, name: str, value: str, message: str) -> RefusalError:
    return RefusalError(invalid(dialect, ({name: [value]}, message)))
