"""Both of X's vocabularies: the right words, valid by X's own OpenAPI documents, and the trap of mixing them."""

import json
from functools import cache
from pathlib import Path

import pytest
from api_caller import NOW, SEARCH, Ask
from openapi_schema_validator import OAS30Validator

from fedbytweets.simulator import Account, Corpus, ManualClock, Simulator
from fedbytweets.simulator.api import Api
from fedbytweets.simulator.asked import Asked
from fedbytweets.simulator.dialects import DIALECTS, PLACE_FIELDS, DialectName
from fedbytweets.simulator.faults import Fault, FaultKind, Script
from fedbytweets.simulator.search import Late

_OPENAPI = Path(__file__).parents[2] / "../shared/data/openapi"
_VERSION: dict[DialectName, str] = {"tweet": "2.166", "post": "2.167"}
_SCHEMAS: dict[DialectName, dict[str, str]] = {
    "tweet": {
        "search": "Get2TweetsSearchRecentResponse",
        "counts": "Get2TweetsCountsRecentResponse",
        "usage": "Get2UsageTweetsResponse",
        "post": "Tweet",
    },
    "post": {
        "search": "SearchPostsRecentResponse",
        "counts": "GetPostsCountsRecentResponse",
        "usage": "GetUsageResponse",
        "post": "Post",
    },
}
both = pytest.mark.parametrize("name", ["tweet", "post"])


@cache
def document(name: DialectName) -> dict:
    """Return X's OpenAPI document of a dialect."""
    path = _OPENAPI / f"x-openapi-{_VERSION[name]}.json"
    if not path.exists():
        pytest.skip(f"the shared data folder has no {path.name} here")
    return json.loads(path.read_bytes())


@cache
def validator(name: DialectName, schema: str) -> OAS30Validator:
    """Return the validator of a schema of X's document."""
    return OAS30Validator({**document(name), "$ref": f"#/components/schemas/{schema}"})


def complaints(name: DialectName, schema: str, value: object) -> list[str]:
    """Return what a schema of X's document has against a value."""
    return [error.message for error in validator(name, schema).iter_errors(value)]


def everything(name: DialectName) -> dict[str, str]:
    """Return the parameters that ask for all a dialect has."""
    dialect = DIALECTS[name]
    words = {field: ",".join(sorted(map(dialect.word, names))) for field, names in (
        (dialect.fields_parameter, dialect.post_fields),
        ("expansions", dialect.expansions),
        ("user.fields", dialect.user_fields),
        ("place.fields", PLACE_FIELDS),
    )}  # fmt: skip
    return {"query": "lula", "max_results": "100", **words}


def api(name: DialectName = "tweet", **account: object) -> Api:
    """Return an API over a small corpus that has every oddity, retweets too."""
    corpus = Corpus(3, posts_per_hour=30, retweet_share=0.2)
    return Api(corpus, Account(dialect=name, **account), ManualClock(NOW), Script(), Late())


def answered(served: Api, path: str, **params: str) -> dict:
    """Return the JSON body of an answer."""
    return json.loads(served.deliver(Asked("GET", path, params, "t")).answer.body)


@both
def test_pages_with_every_field_validate_and_have_no_word_of_another_dialect(name: DialectName) -> None:
    """Six pages with everything asked for are valid, and their keys are those of the schema."""
    served, params, known = api(name), everything(name), document(name)["components"]["schemas"]
    for _ in range(6):
        page = answered(served, SEARCH, **params)
        params["next_token"] = page["meta"]["next_token"]
        assert complaints(name, _SCHEMAS[name]["search"], page) == []
        posts = [*page["data"], *page["includes"][DIALECTS[name].word("tweets")]]
        assert {key for post in posts for key in post} <= known[_SCHEMAS[name]["post"]]["properties"].keys()
        assert {key for user in page["includes"]["users"] for key in user} <= known["User"]["properties"].keys()


@both
def test_empty_pages_counts_usage_and_partial_errors_validate(name: DialectName) -> None:
    """The other answers are valid too."""
    served = api(name)
    served.faults = Script([None, Fault(FaultKind.PARTIAL_ERRORS)])
    assert complaints(name, _SCHEMAS[name]["search"], answered(served, SEARCH, query="naoha")) == []
    partial = answered(served, SEARCH, query="lula", expansions="author_id")
    assert complaints(name, _SCHEMAS[name]["search"], partial) == []
    missing = partial["errors"][0]["resource_id"]
    assert missing in {post["author_id"] for post in partial["data"]}
    assert missing not in {user["id"] for user in partial["includes"]["users"]}
    counts = answered(served, "/2/tweets/counts/recent", query="lula")
    assert complaints(name, _SCHEMAS[name]["counts"], counts) == []
    usage = answered(served, "/2/usage/tweets", **{"usage.fields": "daily_project_usage,daily_client_app_usage"})
    assert complaints(name, _SCHEMAS[name]["usage"], usage) == []


def test_the_newer_dialect_has_its_own_words(ask: Ask) -> None:
    """`post.fields` brings `note_post`, `referenced_posts`, `repost_count`, `post_count` and `includes.posts`."""
    page = ask(
        query="lula is:quote",
        max_results=100,
        post__fields="public_metrics,note_post",
        user__fields="public_metrics",
        expansions="author_id,referenced_posts",
    ).json()
    assert set(page["includes"]) == {"users", "posts"}
    assert set(page["data"][0]) - {"note_post"} == {
        "id", "text", "edit_history_post_ids", "public_metrics", "author_id", "referenced_posts",
    }  # fmt: skip
    assert "repost_count" in page["data"][0]["public_metrics"]
    assert "post_count" in page["includes"]["users"][0]["public_metrics"]
    assert any("note_post" in post for post in page["data"])


def test_mixing_the_dialects_loses_fields_in_silence(simulator: Simulator, ask: Ask) -> None:
    """A mixed request is 200 and billed, and the older fields are simply not there."""
    answer = ask(query="lula", tweet__fields="created_at,lang", post__fields="conversation_id")
    assert answer.status_code == 200
    assert set(answer.json()["data"][0]) == {"id", "text", "edit_history_post_ids", "conversation_id"}
    assert simulator.ledger.posts_read() == 10
    lost = ask(query="lula", post__fields="lang,note_tweet,author_id").json()
    assert not {"author_id", "note_tweet", "note_post"} & {key for post in lost["data"] for key in post}


@both
def test_an_account_may_refuse_a_dialect(name: DialectName) -> None:
    """An account that refuses a vocabulary answers 400 to it and 200 to the other."""
    served = api(refused_dialects=frozenset({name}))
    statuses = {
        which: served.deliver(Asked("GET", SEARCH, {"query": "lula", f"{which}.fields": "lang"}, "t")).answer.status
        for which in DIALECTS
    }
    assert statuses == {"tweet": 400 if name == "tweet" else 200, "post": 400 if name == "post" else 200}


def test_without_dialect_words_the_account_decides(simulator: Simulator) -> None:
    """Counts name their total in the account's vocabulary unless the request shows one."""
    counts = "/2/tweets/counts/recent"
    assert set(answered(api("post"), counts, query="lula")["meta"]) == {"total_post_count"}
    assert set(answered(api("tweet"), counts, query="lula")["meta"]) == {"total_tweet_count"}
    shown = answered(api("tweet"), counts, **{"query": "lula", "search_count.fields": "post_count,start,end"})
    assert set(shown["meta"]) == {"total_post_count"}
