"""Random pages that hold a person in every way that raw can: for tests of what an erasure leaves."""

import gzip
import json
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

PERSON, HANDLE, NAME, WORDS = 7712345678901234567, "Bob_Erased", "Roberto Apagado", "words only bob wrote"
OTHERS = {8812345678901234501: "carol", 8812345678901234502: "bob_erase", 8812345678901234503: "dave"}
PERSONS_POST = 1500000000000000001
OUTSIDE = 1400000000000000009
"""A post of the person that no page holds."""

Json = dict[str, Any]
Pack = Callable[[bytes], bytes]


def _user(number: int, handle: str) -> Json:
    return {"id": str(number), "name": f"name of {handle}", "username": handle}


PERSON_USER = {"id": str(PERSON), "name": NAME, "username": HANDLE, "description": WORDS}
MENTION = {"start": 3, "end": 14, "username": HANDLE, "id": str(PERSON)}
KINDS: dict[str, tuple[bool, Json]] = {
    "own": (False, {"author_id": str(PERSON), "text": WORDS}),
    "repost": (
        False,
        {"text": f"RT @{HANDLE}: {WORDS}", "referenced_tweets": [{"type": "retweeted", "id": str(PERSONS_POST)}]},
    ),
    "repost of what is outside": (
        False,
        {
            "text": f"RT @{HANDLE.upper()}: {WORDS}",
            "referenced_tweets": [{"type": "retweeted", "id": str(OUTSIDE)}],
            "entities": {"mentions": [MENTION]},
        },
    ),
    "repost without the id": (False, {"text": f"rt @{HANDLE}: {WORDS}"}),
    "reply": (True, {"text": "I agree", "in_reply_to_user_id": str(PERSON), "entities": {"mentions": [MENTION]}}),
    "quote": (
        True,
        {
            "text": "look",
            "referenced_tweets": [{"type": "quoted", "id": str(PERSONS_POST)}],
            "entities": {"urls": [{"expanded_url": f"https://twitter.com/{HANDLE}/status/{PERSONS_POST}"}]},
        },
    ),
    "repost of another": (True, {"text": "RT @bob_erase: mine"}),
    "other": (True, {"text": "nothing to see"}),
}
"""Kind of post -> whether it stays, and its fields."""


def post(number: int, kind: str) -> Json:
    """Return a post of a kind, by one of the others unless it is the person's own."""
    author = list(OTHERS)[number % len(OTHERS)]
    return {"id": str(number), "author_id": str(author), "created_at": "2026-01-02T03:04:05.000Z", **KINDS[kind][1]}


def page(posts: Sequence[Json]) -> Json:
    """Return the page of the API that holds some posts, with the person's profile, post and picture beside them."""
    users = [PERSON_USER, *(_user(*other) for other in OTHERS.items())]
    media = [{"media_key": "3_77", "type": "photo", "alt_text": WORDS}, {"media_key": "3_88", "type": "photo"}]
    pictured = {"attachments": {"media_keys": ["3_77"]}}
    original = {"id": str(PERSONS_POST), "author_id": str(PERSON), "text": WORDS, **pictured}
    return {
        "data": list(posts),
        "includes": {"users": users, "tweets": [original], "media": media},
        "errors": [{"title": "Gone", "detail": f"User has been suspended: [{HANDLE}].", "resource_id": HANDLE}],
        "meta": {"result_count": len(posts)},
    }


def flat(posts: Sequence[Json]) -> list[Json]:
    """Return the same posts as `twarc2 flatten` writes them, less what none of them refers to."""
    users = {str(PERSON): PERSON_USER} | {str(number): _user(number, name) for number, name in OTHERS.items()}
    quoted = {"id": str(PERSONS_POST), "author_id": str(PERSON), "text": WORDS, "author": PERSON_USER}
    found = []
    for each in posts:
        one = {**each, "author": users[each["author_id"]]}
        if "in_reply_to_user_id" in each:
            one["in_reply_to_user"] = PERSON_USER
        references = each.get("referenced_tweets", ())
        inlined = [{**quoted, **ref} if ref["id"] == str(PERSONS_POST) else ref for ref in references]
        found.append(one | ({"referenced_tweets": inlined} if inlined else {}))
    return found


def _lines(documents: Sequence[Json]) -> bytes:
    return b"".join(json.dumps(document).encode() + b"\n" for document in documents)


SHAPES: dict[str, Callable[[Sequence[Json]], bytes]] = {
    "page": lambda posts: _lines([page(posts)]),
    "flat": lambda posts: _lines(flat(posts)),
    "envelope": lambda posts: json.dumps({"data": [page(posts), page([])]}, indent=1).encode(),
    "twice": lambda posts: _lines([page(posts)]).replace(b'"data":', b'"data": [], "data":', 1),
}
_ID = f'"{PERSON}"'.encode()
SPELLINGS: dict[str, Pack] = {
    "plain": lambda text: text,
    "escaped": lambda text: text.replace(_ID, b'"' + b"".join(rb"\u%04x" % ord(c) for c in str(PERSON)) + b'"'),
    "number": lambda text: text.replace(_ID, str(PERSON).encode()),
    "zeros": lambda text: text.replace(_ID, b'"00%d"' % PERSON),
    "escaped names": lambda text: text.replace(b'"id"', rb'"\u0069d"').replace(b'"author_id"', rb'"\u0061uthor_id"'),
}
PACKINGS: dict[str, Pack] = {
    "bare": lambda text: text,
    "gzip": gzip.compress,
    "zstd": lambda text: bytes(pa.Codec("zstd").compress(text, asbytes=True)),
    "utf-16": lambda text: text.decode().encode("utf-16"),
    "utf-32": lambda text: text.decode().encode("utf-32-be"),
}

forms = st.tuples(
    st.sampled_from(sorted(SHAPES)), st.sampled_from(sorted(SPELLINGS)), st.sampled_from(sorted(PACKINGS))
)
worlds = st.lists(
    st.tuples(forms, st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=5)), min_size=1, max_size=3
)
"""Raw objects: how each is written, and the kinds of its posts."""
