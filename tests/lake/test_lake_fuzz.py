"""Any bytes through a whole lake: raw, bronze, silver. Nothing raises, every object is entered, good ones arrive."""

import gzip
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lakes import NOON, lake_in, lines, load_bronze, merge_silver, page_of

from fedbytweets.lake.location import RAW
from fedbytweets.raw.lineage import Lineage, Question
from fedbytweets.tables import SILVER, bronze

GOOD = 1_850_000_000_000_000_001

ids = st.one_of(
    st.sampled_from(
        ["", "0", "-1", "1e5", " 7", "٣", "9223372036854775807", "9223372036854775808", "0x1f", "1" * 5_000]
    ),
    st.integers(-(10**30), 10**30).map(str),
    st.text(max_size=5),
)
instants = st.one_of(
    st.sampled_from(
        [
            "0000-01-01T00:00:00.000Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999-12:00",
            "+10000-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "1969-12-31T23:59:60Z", "",
        ]
    ),
    st.datetimes().map(datetime.isoformat),
    st.text(max_size=30),
)  # fmt: skip
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), ids, instants),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
numbers = st.one_of(st.integers(), st.integers(-(10**400), 10**400), st.floats(), json_values)
tweets = st.fixed_dictionaries(
    {"id": st.one_of(ids, json_values)},
    optional={
        "text": st.one_of(st.text(max_size=20), json_values),
        "created_at": st.one_of(instants, json_values),
        "author_id": st.one_of(ids, json_values),
        "public_metrics": st.one_of(
            st.dictionaries(st.sampled_from(["like_count", "reply_count"]), numbers), json_values
        ),
        "geo": st.one_of(st.fixed_dictionaries({"coordinates": json_values}), json_values),
        "edit_history_tweet_ids": json_values,
        "referenced_tweets": st.one_of(
            st.lists(st.fixed_dictionaries({"type": st.text(max_size=9), "id": ids})), json_values
        ),
    },
)
users = st.fixed_dictionaries(
    {"id": st.one_of(ids, json_values)},
    optional={
        "created_at": st.one_of(instants, json_values),
        "name": json_values,
        "public_metrics": st.one_of(
            st.dictionaries(st.sampled_from(["followers_count", "tweet_count"]), numbers), json_values
        ),
    },
)
places = st.fixed_dictionaries(
    {"id": st.one_of(ids, json_values)}, optional={"geo": json_values, "country": json_values}
)
includes = st.fixed_dictionaries(
    {}, optional={"users": st.lists(users), "places": st.lists(places), "tweets": st.lists(tweets)}
)
pages = st.fixed_dictionaries(
    {},
    optional={
        "data": st.one_of(st.lists(tweets, max_size=3), tweets, json_values),
        "includes": st.one_of(includes, json_values),
        "meta": st.one_of(st.dictionaries(st.sampled_from(["result_count", "next_token"]), numbers), json_values),
        "errors": json_values,
        "__twarc": st.one_of(st.fixed_dictionaries({"retrieved_at": instants}), json_values),
    },
)


def _dumped(page: Any) -> bytes:
    return json.dumps(page, ensure_ascii=False).encode("utf-8", "surrogatepass")


bodies = st.one_of(
    st.binary(max_size=200),
    pages.map(_dumped),
    st.lists(pages, max_size=3).map(lambda some: b"\n".join(map(_dumped, some))),
    tweets.map(_dumped),
    pages.map(_dumped).map(gzip.compress),
    pages.map(_dumped).map(lambda body: bytes(pa.Codec("zstd").compress(body, asbytes=True))),
    st.tuples(pages.map(_dumped), st.integers(0, 100)).map(lambda cut: cut[0][: cut[1]]),
)
lineages = st.one_of(
    st.none(),  # laid by hand
    st.binary(max_size=40),
    st.builds(
        lambda at, query, page: Lineage(
            "lula", "x-api", at, Question(query, "tweet", at, at, page)
        ),
        st.datetimes(timezones=st.timezones()), st.text(max_size=9), st.integers(-(2**31), 2**31 - 1),
    ),
    st.datetimes(timezones=st.timezones()).map(lambda at: Lineage("lula", "archive", at)),
)  # fmt: skip
names = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=40).filter(
    lambda name: not name.startswith(".") and ".." not in name
)


@pytest.mark.long
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(names, bodies, lineages), min_size=1, max_size=4, unique_by=lambda one: one[0].casefold()))
def test_hostile_objects_stop_neither_a_good_one_nor_the_run(
    tmp_path_factory: pytest.TempPathFactory, hostile: list[tuple[str, bytes, Lineage | bytes | None]]
) -> None:
    """The good object's rows are in silver, and every object is entered once, so that none is tried at each run."""
    lake = lake_in(tmp_path_factory.mktemp("fuzz"))
    lake.raw.put("z/good.json", lines(page_of([GOOD])), Lineage("z", "archive", NOON))
    for name, body, lineage in hostile:
        path = Path(lake.location.path(RAW, "lula", name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        if isinstance(lineage, Lineage):
            lake.raw.put_lineage(f"lula/{name}", lineage)
        elif lineage is not None:
            lake.raw.put_lineage(f"lula/{name}", Lineage("lula", "archive", NOON))
            Path(lake.location.path("bronze/batch/lineage/lula", f"{name}.json")).write_bytes(lineage)

    load_bronze(lake)
    merge_silver(lake)
    keys = lake.scan(bronze.RAW_OBJECTS).collect()["file_name"].to_list()
    assert sorted(keys) == sorted(["z/good.json", *(f"lula/{name}" for name, _, _ in hostile)])
    for table, wanted in zip(SILVER, (GOOD, GOOD % 100, f"place{GOOD % 10}"), strict=True):
        assert wanted in lake.scan(table).collect()["id"].to_list()
    assert load_bronze(lake) == {}
