"""Request -> what it asks, checked: the parameters of search and counts, as X validates them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fedbytweets.simulator.account import Account
from fedbytweets.simulator.answers import RefusalError, invalid
from fedbytweets.simulator.dialects import Dialect
from fedbytweets.simulator.pages import Wanted
from fedbytweets.simulator.query import QueryError, Question
from fedbytweets.simulator.tokens import TokenError, read_token
from fedbytweets.simulator.windows import BOUNDS, read_window
from fedbytweets.simulator.wishes import dialect_of, read_wishes

_PAGING = ("next_token", "pagination_token")
_SEARCH = ("query", "max_results", "sort_order", "expansions", "tweet.fields", "post.fields", "user.fields",
           "place.fields", "media.fields", "poll.fields", *BOUNDS, *_PAGING)  # fmt: skip
_COUNTS = ("query", "granularity", "search_count.fields", *BOUNDS, *_PAGING)
_GRANULARITIES = ("minute", "hour", "day")


@dataclass(frozen=True)
class Asked:
    """A request as it came over the wire; `token` is the bearer token, `origin` where it was sent to."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None
    body: bytes = b""
    origin: str = "http://127.0.0.1"


@dataclass(frozen=True)
class SearchAsked:
    """A page of a search: posts of `window` ([lowest id, before id)) that match the query, newest first."""

    query: str
    window: tuple[int, int]
    size: int
    token: str | None
    wanted: Wanted
    identity: str


@dataclass(frozen=True)
class CountsAsked:
    """How many posts of a window match, by `minute`, `hour` or `day`."""

    query: str
    window: tuple[int, int]
    granularity: str
    dialect: Dialect


Understand = Callable[[str], Question]


def read_search(params: Mapping[str, str], account: Account, now: datetime, understand: Understand) -> SearchAsked:
    """Check the parameters of a search.

    Raises:
        RefusalError: X's 400 with its sentence.

    """
    dialect = dialect_of(params, account)
    check_names(params, _SEARCH, dialect)
    query = _query(params, account, dialect, understand)
    identity = "\n".join((query, *(params.get(name, "") for name in BOUNDS)))
    token = _token(params, dialect)
    return SearchAsked(
        query=query,
        window=_resumed(identity, token, dialect) if token else read_window(params, now, dialect),
        size=whole_number(params, "max_results", (10, 100), 10, dialect),
        token=token,
        wanted=read_wishes(params, dialect),
        identity=identity,
    )


def read_counts(params: Mapping[str, str], account: Account, now: datetime, understand: Understand) -> CountsAsked:
    """Check the parameters of a count.

    Raises:
        RefusalError: X's 400 with its sentence.

    """
    dialect = dialect_of(params, account)
    check_names(params, _COUNTS, dialect)
    query = _query(params, account, dialect, understand)
    granularity = params.get("granularity", "hour")
    if granularity not in _GRANULARITIES:
        message = f"The `granularity` query parameter value [{granularity}] is not one of [minute,hour,day]"
        raise RefusalError(invalid(dialect, ({"granularity": [granularity]}, message)))
    return CountsAsked(query, read_window(params, now, dialect), granularity, dialect)


def check_names(params: Mapping[str, str], known: tuple[str, ...], dialect: Dialect) -> None:
    """Refuse parameters that an endpoint does not have.

    Raises:
        RefusalError: X's 400, a sentence for each.

    """
    unknown = [name for name in params if name not in known]
    if unknown:
        listed = ",".join(known)
        said = (({name: [params[name]]}, f"The query parameter [{name}] is not one of [{listed}]") for name in unknown)
        raise RefusalError(invalid(dialect, *said))


def whole_number(params: Mapping[str, str], name: str, bounds: tuple[int, int], default: int, dialect: Dialect) -> int:
    """Return a number within bounds.

    Raises:
        RefusalError: X's 400: it is none, or out of bounds.

    """
    value = params.get(name, str(default))
    low, high = bounds
    if not (value.isascii() and value.isdecimal() and len(value) < 10 and low <= int(value) <= high):
        message = f"The `{name}` query parameter value [{value}] is not between {low} and {high}"
        raise RefusalError(invalid(dialect, ({name: [value]}, message)))
    return int(value)


def _query(params: Mapping[str, str], account: Account, dialect: Dialect, understand: Understand) -> str:
    query = params.get("query", "")
    if not query.strip():
        raise RefusalError(invalid(dialect, ({"query": []}, "The `query` query parameter can not be empty")))
    if len(query) > account.longest_query:
        message = f"The query is {len(query)} characters long; it can be {account.longest_query} at most"
        raise RefusalError(invalid(dialect, ({"query": [query]}, message)))
    try:
        understand(query)
    except QueryError as error:
        message = f"There were errors processing your request: {error}"
        raise RefusalError(invalid(dialect, ({"query": [query]}, message))) from error
    return query


def _token(params: Mapping[str, str], dialect: Dialect) -> str | None:
    given = [params[name] for name in _PAGING if name in params]
    if len(given) > 1:
        message = "At most one of `pagination_token`, `next_token` may be provided"
        raise RefusalError(invalid(dialect, (dict.fromkeys(_PAGING, given), message)))
    return given[0] if given else None


def _resumed(identity: str, token: str, dialect: Dialect) -> tuple[int, int]:
    try:
        return read_token(identity, token)
    except TokenError as error:
        raise RefusalError(invalid(dialect, ({"next_token": [token]}, f"Invalid {error}"))) from error
