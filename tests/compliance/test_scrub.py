"""What has to go is cut out of raw bytes in every format; the bytes around it stay."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lakes import lines, page_of

from fedbytweets.compliance import Erasure, scrub
from fedbytweets.raw.pages import Page
from fedbytweets.raw.reader import read_pages
from fedbytweets.raw.text import text_of

POST = {"id": "11", "text": "gone", "author_id": "7"}
OTHER = {"id": "12", "text": "stays", "author_id": "8"}
GONE = Erasure(tweets=frozenset(["11"]))


def _ids(body: bytes) -> list[str]:
    return [tweet.id for page in read_pages(body) if isinstance(page, Page) for tweet in page.tweets]


def test_pages_on_other_lines_keep_their_very_bytes() -> None:
    """Spaces, order of fields and escapes of the other lines are as they came."""
    odd = b'  { "meta" : {"result_count":1}, "data":[ {"text":"\\u00e9 11", "id":"99"} ] }\r\n'
    body = odd + lines({"data": [POST, OTHER]}) + odd

    found = scrub(body, GONE)

    assert found.body == odd + b'{"data":[' + json.dumps(OTHER).encode() + b"]}\n" + odd
    assert found.removed == (json.dumps(POST).encode(),)


def test_an_object_without_the_ids_comes_back_as_the_same_bytes() -> None:
    """Nothing is even parsed."""
    body = lines({"data": [OTHER]})

    assert scrub(body, GONE).body is body


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"data": [{"data": [POST, OTHER]}, {"data": [OTHER]}]}, indent=2).encode(),
        lines({"data": POST, "matching_rules": []}, {"data": OTHER}),
        lines({**POST, "author": {"id": "7", "username": "a"}}, {**OTHER, "author": {"id": "8", "username": "b"}}),
        lines({"data": [OTHER], "includes": {"tweets": [POST], "posts": [POST]}}),
        lines({"data": [{**OTHER, "referenced_tweets": [{"type": "quoted", **POST}]}]}),
        lines([{"data": [POST]}, {"data": [OTHER]}]),
        lines({"data": [OTHER]}) + b'{"data": [{"id": "11", "text": "gone", "author_id\n' + lines({"data": [OTHER]}),
        lines({"data": [{"id": 11, "text": "gone"}, {"id": 12, "text": "stays"}]}),
        json.dumps({"data": [POST, OTHER]}).encode("utf-16"),
        b"\xef\xbb\xbf" + lines({"data": [POST, OTHER]}),
    ],
    ids=["envelope", "stream", "flat", "included", "inlined", "array", "broken", "numbers", "utf-16", "bom"],
)
def test_a_post_goes_from_every_format_and_its_neighbours_stay(body: bytes) -> None:
    """The reader finds what it found before, but for this post."""
    found = scrub(body, GONE)

    assert b"gone" not in text_of(found.body).content
    assert _ids(found.body) == [each for each in _ids(body) if each != "11"]
    assert "12" in _ids(found.body)


@pytest.mark.parametrize("pack", [gzip.compress, lambda text: pa.Codec("zstd").compress(text, asbytes=True)])
def test_compressed_bytes_come_back_compressed(pack: object) -> None:
    """The text is scrubbed, the object stays small."""
    body = lines({"data": [POST]}, *({"data": [OTHER]} for _ in range(500)))

    found = scrub(pack(body), GONE)  # type: ignore[operator]

    assert len(found.body) < len(body) / 10
    assert _ids(found.body) == ["12"] * 500


def test_an_object_of_nothing_else_is_still_a_page() -> None:
    """A replay finds an empty page there, not a fault."""
    found = scrub(lines({**POST, "author": {"id": "7", "username": "a"}}), GONE)

    pages = list(read_pages(found.body))
    assert [type(page) for page in pages] == [Page]
    assert _ids(found.body) == []


def test_a_repost_goes_with_the_post_of_a_user_that_goes() -> None:
    """Whose post it repeats is told by what the page includes; a quotation of it stays, without it."""
    repost = {"id": "13", "text": "RT gone", "author_id": "9", "referenced_tweets": [{"type": "retweeted", "id": "11"}]}
    quote = {"id": "14", "text": "look", "author_id": "9", "referenced_tweets": [{"type": "quoted", "id": "11"}]}

    found = scrub(lines({"data": [repost, quote], "includes": {"tweets": [POST]}}), Erasure(users=frozenset(["7"])))

    assert _ids(found.body) == ["14"]
    assert found.tweets == {"11", "13"}


def test_a_problem_that_names_a_user_goes_with_them() -> None:
    """X's sentence about a suspended user names them."""
    problem = {"resource_type": "user", "resource_id": "7", "value": "7", "detail": "User has been suspended: [7]."}

    found = scrub(lines({"data": [OTHER], "errors": [problem]}), Erasure(users=frozenset(["7"])))

    assert json.loads(found.body) == {"data": [OTHER], "errors": []}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sets(st.integers(1, 60), min_size=1), min_size=1, max_size=5),
    st.sets(st.integers(1, 60), max_size=8),
    st.sets(st.integers(1, 60), max_size=4),
)
def test_the_reader_finds_what_it_found_without_what_goes(
    pages: list[set[int]], tweets: set[int], users: set[int]
) -> None:
    """For any pages and any ids; scrubbing again changes nothing."""
    body = lines(*(page_of(ids) for ids in pages))
    erasure = Erasure(frozenset(map(str, tweets)), frozenset(map(str, users)))

    found = scrub(body, erasure)

    stays = [str(one) for ids in pages for one in sorted(ids) if one not in tweets and one % 100 not in users]
    assert sorted(_ids(found.body)) == sorted(stays)
    assert scrub(found.body, erasure).body == found.body


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes_are_scrubbed_without_an_exception(before: bytes, after: bytes) -> None:
    """Whatever stands around an id."""
    assert isinstance(scrub(before + b' {"id":"11","text":"gone"}\n' + after, GONE).body, bytes)


def test_every_author_of_the_recorded_files_can_be_erased(recorded: Path) -> None:
    """The reader finds none of their posts then, and as many others as before."""
    for path in sorted(recorded.glob("*.json*")):
        body = path.read_bytes()
        tweets = [tweet for page in read_pages(body) if isinstance(page, Page) for tweet in page.tweets]
        authors = sorted({tweet.author_id for tweet in tweets if tweet.author_id})[:3]

        found = scrub(body, Erasure(users=frozenset(authors)))

        left = [tweet for page in read_pages(found.body) if isinstance(page, Page) for tweet in page.tweets]
        assert [tweet.id for tweet in left if tweet.author_id in authors] == []
        wanted = [tweet.id for tweet in tweets if tweet.author_id not in authors and tweet.id not in found.tweets]
        assert [tweet.id for tweet in left] == wanted, path.name


USER = Erasure(users=frozenset(["7"]))
V11_USER = {"id": 7, "id_str": "7", "screen_name": "Gone", "name": "gone"}
V11_OTHER = {"id": 8, "id_str": "8", "screen_name": "stays", "name": "stays"}
V11 = {"id": 21, "id_str": "21", "full_text": "words of the gone", "user": V11_USER}


@pytest.mark.parametrize(
    ("document", "left"),
    [
        (V11, {"meta": {"result_count": 0}}),
        ({"id": 22, "full_text": "x", "user": V11_OTHER, "retweeted_status": V11}, {"meta": {"result_count": 0}}),
        (
            {"id": 22, "full_text": "x", "user": V11_OTHER, "quoted_status": V11, "quoted_status_id": 21},
            {"id": 22, "full_text": "x", "user": V11_OTHER, "quoted_status_id": 21},
        ),
        (
            {
                "id": 22,
                "text": "x",
                "in_reply_to_user_id": 7,
                "in_reply_to_user_id_str": "7",
                "in_reply_to_screen_name": "Gone",
            },
            {"id": 22, "text": "x"},
        ),
        (
            {"id": 22, "text": "hi", "entities": {"user_mentions": [V11_USER, V11_OTHER]}},
            {"id": 22, "text": "hi", "entities": {"user_mentions": [V11_OTHER]}},
        ),
        ({"tweet": {"id_str": "22", "full_text": "RT @GONE: w", "entities": {"user_mentions": [V11_USER]}}}, None),
        ({"text": "no id of its own", "author_id": "7"}, {"meta": {"result_count": 0}}),
        ({"data": [{"id": "7"}]}, {"data": []}),
        (
            {"data": [], "includes": {"users": [{"id": " 7 ", "name": "N"}, {"id": 7.0}, {"id": "8"}]}},
            {"data": [], "includes": {"users": [{"id": "8"}]}},
        ),
        (
            {"id": "22", "text": "x", "affiliation": {"user_ids": ["7", "8"]}},
            {"id": "22", "text": "x", "affiliation": {"user_ids": ["8"]}},
        ),
        (
            {
                "id": "22",
                "text": "x",
                "public_metrics": {"like_count": 7},
                "context_annotations": [{"domain": {"id": "7", "name": "Sport"}}],
            },
            {
                "id": "22",
                "text": "x",
                "public_metrics": {"like_count": 7},
                "context_annotations": [{"domain": {"id": "7", "name": "Sport"}}],
            },
        ),
        (
            {
                "data": [],
                "errors": [{"detail": "User has been suspended: [7].", "title": "Forbidden"}, {"detail": "7 of 9"}],
            },
            {"data": [], "errors": [{"detail": "7 of 9"}]},
        ),
    ],
    ids=[
        "own",
        "retweet",
        "quote",
        "reply",
        "mention",
        "x's download",
        "no id",
        "users page",
        "odd ids",
        "list of ids",
        "other numbers",
        "problems",
    ],
)
def test_a_user_goes_from_every_form_of_object(document: object, left: object) -> None:
    """What is about others, and numbers that are nobody's id, stay."""
    found = scrub(lines(document), USER)

    assert json.loads(found.body) == (left or {"meta": {"result_count": 0}})
    assert scrub(found.body, USER).body is found.body


def test_members_of_one_name_are_all_looked_at_and_kept() -> None:
    """The first of two lists is not lost, and what goes goes from both."""
    body = b'{"data":[{"id":"1","text":"a","author_id":"7"},{"id":"2","text":"b"}],"data":[{"id":"3","text":"c"}]}\n'

    assert scrub(body, USER).body == b'{"data":[{"id":"2","text":"b"}],"data":[{"id":"3","text":"c"}]}\n'


@pytest.mark.parametrize(
    "number", ["77", r"\u0037\u0037", r"7\u0037", r"\u00377", r"\t77\n", r"\u002077", "0077", "+77"]
)
@pytest.mark.parametrize("names", [("id", "author_id"), (r"\u0069d", r"\u0061uthor_id")])
def test_an_id_is_compared_as_it_is_decoded(number: str, names: tuple[str, str]) -> None:
    """However its digits and the names of its members are escaped."""
    own, author = names
    body = f'{{"data":[{{"{own}":"5","text":"gone","{author}":"{number}"}},{{"{own}":"6","text":"b"}}]}}\n'.encode()

    found = scrub(body, Erasure(users=frozenset(["77"])))

    assert b"gone" not in found.body
    assert _ids(found.body) == ["6"]


def test_an_escape_that_is_no_escape_is_no_id() -> None:
    r"""`\\u0037` is a backslash and `u0037`."""
    body = lines({"id": "5", "text": "stays", "author_id": "\\u0037\\u0037"})

    assert scrub(body, Erasure(users=frozenset(["77"]))).body is body


def test_a_break_is_cut_out_where_it_holds_an_id_or_a_user_name_and_kept_where_a_word_is_like_one() -> None:
    """A name counts where it is quoted or called by `@`."""
    gone = Erasure(users=frozenset(["77"]), handles=frozenset(["news"]))
    broken = (b'{"id":"5","author_id":"\\u0037\\u0037"', b'{"text":"hi @NEWS and', b'{"username":"News","id":7')
    kept = b'{"text":"no news today'

    found = scrub(b"\n".join((*broken, kept)) + b"\n", gone)

    assert found.body.split() == kept.split()
