"""The same job by pyarrow's own JSON reader, with bronze's columns: no lineage, and one bad line fails a file."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import pyarrow as pa
from pyarrow import compute, json, parquet

from benchmarks.cost import Cost, counted

_TEXT, _TEXTS, _COUNT, _FLAG, _DEGREES = pa.string(), pa.list_(pa.string()), pa.int64(), pa.bool_(), pa.float64()
_AT_ONCE = 64 << 20
"""Bytes of raw that are read together, as bronze's parts are."""


def _struct(names: str, kind: pa.DataType = _TEXT, **others: pa.DataType) -> pa.DataType:
    return pa.struct([*((name, kind) for name in names.split()), *others.items()])


_TWEET = _struct(
    "id text created_at author_id conversation_id in_reply_to_user_id lang reply_settings source",
    possibly_sensitive=_FLAG,
    edit_history_tweet_ids=_TEXTS,
    withheld=_struct("country_codes", _TEXTS),
    referenced_tweets=pa.list_(_struct("type id")),
    note_tweet=_struct("text"),
    geo=_struct("place_id", coordinates=_struct("coordinates", pa.list_(_DEGREES))),
    public_metrics=_struct("retweet_count reply_count like_count quote_count bookmark_count impression_count", _COUNT),
)
_USER = _struct(
    "id username name location created_at description verified_type url profile_image_url",
    verified=_FLAG,
    protected=_FLAG,
    public_metrics=_struct("followers_count following_count listed_count tweet_count", _COUNT),
)
_PLACE = _struct("id full_name name country country_code place_type", geo=_struct("bbox", pa.list_(_DEGREES)))
_INCLUDES = pa.struct(
    [
        ("users", pa.list_(_USER)),
        ("places", pa.list_(_PLACE)),
        ("tweets", pa.list_(_struct("id text", note_tweet=_struct("text")))),
    ]
)
_PAGES = pa.schema([("data", pa.list_(_TWEET)), ("includes", _INCLUDES)])


def with_pyarrow(raw: str, lake: str) -> Cost:
    """Have pyarrow read the JSON into columns, all rows as they came, and write them as Parquet."""
    cost, target = Cost(), Path(lake)
    rows = {"tweets": _TWEET, "users": _USER, "places": _PLACE}
    with counted(cost):
        writers = {
            name: parquet.ParquetWriter(target / f"pyarrow-{name}.parquet", pa.schema(kind), compression="zstd")
            for name, kind in rows.items()
        }
        for pages in _read(sorted(Path(raw).iterdir())):
            for name, writer in writers.items():
                lists = pages["data"] if name == "tweets" else compute.struct_field(pages["includes"], [name])
                writer.write_table(pa.Table.from_struct_array(compute.list_flatten(lists).combine_chunks()))
        for writer in writers.values():
            writer.close()
    return cost


def _read(files: Sequence[Path]) -> Iterator[pa.Table]:
    options = json.ReadOptions(block_size=_AT_ONCE), json.ParseOptions(_PAGES, unexpected_field_behavior="ignore")
    text: list[bytes] = []
    for number, file in enumerate(files, start=1):
        text.append(file.read_bytes())
        if sum(map(len, text)) >= _AT_ONCE or number == len(files):
            yield json.read_json(BytesIO(b"".join(text)), *options)
            text.clear()
