"""Silver: tables one can trust. Typed, one row a key, the last retrieved wins."""

from fedbytweets.tables import bronze
from fedbytweets.tables.table import Column, Table

_TYPED = {
    "id": "bigint",
    "author_id": "bigint",
    "conversation_id": "bigint",
    "in_reply_to_user_id": "bigint",
    "referenced_tweet_id": "bigint",
    "created_at": "timestamp",
}
_COUNTS = ("followers_count", "following_count", "listed_count", "tweet_count")
_INSTANT = Column("created_at", "timestamp", "When it was made, UTC.")


def _typed(column: Column) -> Column:
    """Return a bronze column as silver types it."""
    if column.name == "created_at":
        return _INSTANT
    if column.name in _COUNTS:
        return Column(column.name, "int", column.doc + " Null where it exceeds 2,147,483,647 (see bronze.quality).")
    return Column(column.name, _TYPED.get(column.name, column.type), column.doc)


def _first(names: tuple[str, ...], columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Return the columns with the named ones in front, in that order."""
    by_name = {column.name: column for column in columns}
    return tuple(by_name.pop(name) for name in names) + tuple(by_name.values())


TWEETS = Table(
    "silver",
    "tweets",
    "Tweets, one row for each tweet and subject, as last retrieved.",
    _first(
        ("id", "created_at", "author_id", "text", "place_id", "subject", "import_date", "file_name"),
        tuple(_typed(column) for column in bronze.TWEETS.columns),
    ),
    key=("id", "subject"),
    grows_by_time=True,
)

USERS = Table(
    "silver",
    "users",
    "Users, one row each, as last seen.",
    tuple(_typed(column) for column in bronze.USERS.columns),
    key=("id",),
)

PLACES = Table(
    "silver",
    "places",
    "Places, one row each, as last seen.",
    bronze.PLACES.columns,
    key=("id",),
)
