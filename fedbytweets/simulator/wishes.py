"""Parameters -> dialect and Wanted: which vocabulary a request speaks and what it wants of each post.

A request that mixes the vocabularies is answered in the newer one, and what it asked for in the other is lost in
silence: 200, and billed, as reported of X.
"""

from collections.abc import Mapping

from fedbytweets.simulator.account import Account
from fedbytweets.simulator.answers import RefusalError, invalid
from fedbytweets.simulator.dialects import DIALECTS, PLACE_FIELDS, POST, TWEET, Dialect
from fedbytweets.simulator.pages import Wanted

_OWN = {
    "post": {"referenced_posts", "edit_history_post_ids", "username", "post_count"},
    "tweet": {"referenced_tweets.id", "referenced_tweets.id.author_id", "edit_history_tweet_ids", "tweet_count"},
}
_WORDED = ("expansions", "search_count.fields")


def spoken(params: Mapping[str, str]) -> list[Dialect]:
    """Return the dialects a request shows, the newer one first; none if its words are common to both."""
    words = {word for name in _WORDED for word in split(params, name)}
    return [which for which in (POST, TWEET) if which.fields_parameter in params or words & _OWN[which.name]]


def dialect_of(params: Mapping[str, str], account: Account) -> Dialect:
    """Return the vocabulary of the answer.

    Raises:
        RefusalError: X's 400: the account refuses a vocabulary that the request speaks.

    """
    shown = spoken(params)
    answered = (shown or [DIALECTS[account.dialect]])[0]
    for dialect in shown:
        if dialect.name in account.refused_dialects:
            name = dialect.fields_parameter
            message = f"The query parameter [{name}] is not one of the parameters of this endpoint"
            raise RefusalError(invalid(answered, ({name: split(params, name)}, message)))
    return answered


def read_wishes(params: Mapping[str, str], dialect: Dialect) -> Wanted:
    """Return what the request wants of each post, user and place, by the older words.

    Raises:
        RefusalError: X's 400: a name that neither vocabulary has.

    """
    either = TWEET.post_fields | POST.post_fields
    users = TWEET.user_fields | POST.user_fields
    expansions = TWEET.expansions | POST.expansions
    return Wanted(
        post_fields=_known(params, dialect.fields_parameter, either, dialect) & dialect.post_fields,
        user_fields=_known(params, "user.fields", users, dialect) & dialect.user_fields,
        place_fields=_known(params, "place.fields", PLACE_FIELDS, dialect),
        expansions=_known(params, "expansions", expansions, dialect) & dialect.expansions,
        dialect=dialect,
    )


def split(params: Mapping[str, str], name: str) -> list[str]:
    """Return the parts of a comma-separated parameter; none if it is absent."""
    return params[name].split(",") if params.get(name) else []


def _known(params: Mapping[str, str], name: str, known: frozenset[str], dialect: Dialect) -> frozenset[str]:
    asked = split(params, name)
    for value in asked:
        if value not in known and POST.older(value) not in known:
            allowed = ",".join(sorted(dialect.word(word) for word in known))
            message = f"The `{name}` query parameter value [{value}] is not one of [{allowed}]"
            raise RefusalError(invalid(dialect, ({name: [value]}, message)))
    older = {dialect.older(value): value for value in asked}
    return frozenset(name for name, value in older.items() if dialect.word(name) == value)
