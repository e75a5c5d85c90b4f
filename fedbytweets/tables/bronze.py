"""Bronze: what came, laid out as rows. Nothing is judged, nothing merged; strings stay strings."""

from fedbytweets.tables.table import Column, Table

LINEAGE = (
    Column("import_date", "timestamp", "When the page was retrieved (an old file: when it was imported), UTC."),
    Column("file_name", "string", "Raw key, `<subject>/<object>`: the raw object the row was read from."),
)
PLACE_IN_RAW = (
    Column("subject", "string", "Subject the page was collected for."),
    Column("page", "int", "Number of the page within the raw object, from 1."),
    Column("page_row", "int", "Number of the row within its list of the page, from 1."),
)

TWEETS = Table(
    "bronze",
    "tweets",
    "Tweets as the API gave them: one row for each time a page held one.",
    (
        Column("id", "string", "Tweet id, decimal."),
        Column("created_at", "string", "When it was posted, as the API wrote it."),
        Column("author_id", "string", "Id of its author."),
        Column("text", "string", "Text as the API gave it; long texts and retweets come cut."),
        Column("place_id", "string", "Id of the place it is tagged with."),
        *LINEAGE,
        *PLACE_IN_RAW,
        Column("full_text", "string", "Whole text: a long text's note, a retweet's included original, else `text`."),
        Column("lang", "string", "Language as X guesses it (BCP 47)."),
        Column("conversation_id", "string", "Id of the tweet that opened the conversation."),
        Column("in_reply_to_user_id", "string", "Id of the user it answers."),
        Column("referenced_type", "string", "Kind of the first tweet it refers to: retweeted, quoted or replied_to."),
        Column("referenced_tweet_id", "string", "Id of the first tweet it refers to."),
        Column("retweet_count", "bigint", "Retweets (reposts) when retrieved."),
        Column("reply_count", "bigint", "Replies when retrieved."),
        Column("like_count", "bigint", "Likes when retrieved."),
        Column("quote_count", "bigint", "Quotes when retrieved."),
        Column("bookmark_count", "bigint", "Bookmarks when retrieved."),
        Column("impression_count", "bigint", "Impressions when retrieved."),
        Column("longitude", "double", "Longitude of the exact point, degrees east."),
        Column("latitude", "double", "Latitude of the exact point, degrees north."),
        Column("edit_history_tweet_ids", "array<string>", "Ids of all its versions, oldest first."),
        Column("withheld_country_codes", "array<string>", "Countries it is withheld in (ISO 3166-1 alpha-2)."),
        Column("possibly_sensitive", "boolean", "Whether its author or X marked its links as sensitive."),
        Column("reply_settings", "string", "Who may reply."),
        Column("source", "string", "Name of the app it was posted with."),
    ),
    month_of="import_date",
)

USERS = Table(
    "bronze",
    "users",
    "Users as the pages included them: one row for each time a page held one.",
    (
        Column("id", "string", "User id, decimal."),
        Column("username", "string", "Handle, without @."),
        Column("name", "string", "Name shown."),
        Column("location", "string", "Location as its owner wrote it."),
        Column("followers_count", "bigint", "Followers when retrieved."),
        Column("following_count", "bigint", "Users followed when retrieved."),
        Column("listed_count", "bigint", "Lists it is on when retrieved."),
        Column("tweet_count", "bigint", "Tweets posted in all when retrieved."),
        Column("verified", "boolean", "Whether verified, as the API gave it."),
        *LINEAGE,
        *PLACE_IN_RAW,
        Column("created_at", "string", "When the account was made, as the API wrote it."),
        Column("description", "string", "Description of the profile."),
        Column("verified_type", "string", "Kind of verification: blue, business, government or none."),
        Column("protected", "boolean", "Whether its posts are protected."),
        Column("url", "string", "Link of the profile."),
        Column("profile_image_url", "string", "Link of the profile's picture."),
    ),
    month_of="import_date",
)

PLACES = Table(
    "bronze",
    "places",
    "Places as the pages included them: one row for each time a page held one.",
    (
        Column("id", "string", "Place id, hexadecimal."),
        Column("full_name", "string", "Whole name: `Campo Grande, Brazil`."),
        Column("country", "string", "Name of its country."),
        Column("place_type", "string", "Kind: city, admin, country, neighborhood or poi."),
        *LINEAGE,
        *PLACE_IN_RAW,
        Column("name", "string", "Short name."),
        Column("country_code", "string", "Code of its country (ISO 3166-1 alpha-2)."),
        Column("west_longitude", "double", "West edge of its bounding box, degrees east."),
        Column("south_latitude", "double", "South edge of its bounding box, degrees north."),
        Column("east_longitude", "double", "East edge of its bounding box, degrees east."),
        Column("north_latitude", "double", "North edge of its bounding box, degrees north."),
    ),
    month_of="import_date",
)

API_ERRORS = Table(
    "bronze",
    "api_errors",
    "Partial errors of answers that were otherwise good, and answers that were nothing but errors.",
    (
        Column("title", "string", "Title of the problem."),
        Column("type", "string", "Kind of the problem: an address of X's documentation."),
        Column("detail", "string", "X's own sentence."),
        Column("value", "string", "Value that was asked for."),
        Column("parameter", "string", "Parameter or field it was asked by."),
        Column("resource_type", "string", "Kind of the thing that is missing: user, tweet, place."),
        Column("resource_id", "string", "Id of the thing that is missing."),
        *LINEAGE,
        *PLACE_IN_RAW,
    ),
    month_of="import_date",
)

QUARANTINE = Table(
    "bronze",
    "quarantine",
    "What could not be read; its bytes stay in raw.",
    (
        Column(
            "kind",
            "string",
            "Why: empty, not-json, truncated, too-deep, not-a-page, bad-row, bad-encoding, bad-compression, too-large "
            "(a setting bounds an object's text), unsupported-format (one row for each format of an object), "
            "failed (the object made a step raise).",
        ),
        Column("line", "bigint", "Line of the raw object it starts on, from 1."),
        Column("byte_offset", "bigint", "Byte it starts at, from 0, in the raw object once decompressed."),
        Column("message", "string", "What was wrong."),
        *LINEAGE,
        Column("subject", "string", "Subject the object was collected for."),
    ),
    month_of="import_date",
)

QUALITY = Table(
    "bronze",
    "quality",
    "Values that silver cannot hold as they came, fields the parser does not know, and what else is odd about a page.",
    (
        Column(
            "kind",
            "string",
            "What is wrong with a value: count-over-int32, bad-id, bad-instant; instant-from-id names the instant that "
            "silver has instead. What is odd about a page: unknown-field; bad-value (its field cannot hold it; null); "
            "bad-text (bytes that JSON does not allow, read as U+FFFD or as they are); number-for-text; duplicate-key; "
            "not-a-number (NaN or Infinity; null); byte-order-mark.",
        ),
        Column("table_name", "string", "Table the value belongs to; empty where a page is odd."),
        Column("column_name", "string", "Column, path of the field, or key; empty for a byte-order mark."),
        Column("row_id", "string", "Id of the row; null where a page is odd."),
        Column("value", "string", "The value as it came; where a page is odd, how often."),
        *LINEAGE,
        *PLACE_IN_RAW,
    ),
    month_of="import_date",
)

RAW_OBJECTS = Table(
    "bronze",
    "raw_objects",
    "Raw objects that bronze holds, one row each, with what was asked and what came: coverage and spend rest on it.",
    (
        *LINEAGE,
        Column("subject", "string", "Subject it was collected for."),
        Column("origin", "string", "How it came: x-api, stand-in, archive; `laid` by hand where no lineage told."),
        Column("bytes", "bigint", "Size as stored, bytes."),
        Column("pages", "bigint", "Pages read."),
        Column("tweets", "bigint", "Tweets in its pages' data."),
        Column("users", "bigint", "Users included."),
        Column("places", "bigint", "Places included."),
        Column("included_tweets", "bigint", "Tweets included beside the data."),
        Column("api_errors", "bigint", "Partial errors."),
        Column("quarantined", "bigint", "Pages and rows that could not be read."),
        Column("unknown_fields", "bigint", "Fields the parser does not know, counted each time."),
        Column("query", "string", "Query that was asked; null where nothing was."),
        Column("dialect", "string", "Vocabulary it was asked in: tweet or post."),
        Column("window_start", "timestamp", "Start of the search's window, inclusive, UTC."),
        Column("window_end", "timestamp", "End of the search's window, exclusive, UTC."),
        Column("search_page", "int", "Number of the page within its search, from 1."),
        Column(
            "most_tweets", "bigint", "Most tweets its data could hold, as it was asked for: it may have cost so much."
        ),
        Column("most_users", "bigint", "Most users that could be included."),
        Column("most_included_tweets", "bigint", "Most tweets that could be included beside the data."),
        Column("result_count", "bigint", "Tweets the page says it has; null where it says nothing of itself."),
        Column("next_token", "string", "Token of the page that follows; null on the last."),
        Column("oldest_at", "timestamp", "Instant of its oldest tweet, from the id, UTC."),
        Column("request_id", "string", "Id of the reservation of what it may cost; null where none was made."),
    ),
)
