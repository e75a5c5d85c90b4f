"""Bytes of a raw object + what has to go -> the bytes without it; whatever is not concerned keeps its own bytes.

Wherever in a raw object they are, in pages, envelopes, flattened posts, lines of a stream or objects of API v1.1:
posts and users that go are cut out, with reposts of these posts, mentions of these users, and what the posts had
attached; posts that lose their whereabouts lose `geo`. Ids and handles are compared as they are decoded, however they
are written. A stretch that cannot be read and holds one of them is cut out whole.
"""

import re
from dataclasses import dataclass, replace

import msgspec
import pyarrow as pa
from msgspec import Raw

from fedbytweets.compliance.erasure import NAMED_IN_A_SENTENCE, Erasure, canonical
from fedbytweets.compliance.json_text import Json, Members, joined, members_of
from fedbytweets.raw.documents import Break, documents
from fedbytweets.raw.text import MOST_BYTES, Text, text_of

_PACKED = (b"\x28\xb5\x2f\xfd", b"\x1f\x8b")
_NOTHING_LEFT = b'{"meta":{"result_count":0}}\n'
_DIGITS = re.compile(rb"[0-9]+")
_WORD = re.compile(rb"[0-9a-z_]+")
_NAME = re.compile(rb'[@"]([0-9a-z_]+)')
_ASCII_ESCAPE = re.compile(rb"\\u00([0-7][0-9a-fA-F])")
_REPOST_BY_NAME = re.compile(r"\s*RT\s+@([0-9a-z_]+)", re.IGNORECASE | re.ASCII)
_LINK = re.compile(r"(?:https?://)?(?:[a-z]+\.)?(?:twitter|x)\.com/(?:i/user/)?([0-9a-z_]+)", re.IGNORECASE | re.ASCII)
_NAMES_A_USER = re.compile(r"(?:^|_)(?:user|author|account|owner|creator|host|speaker|sender|recipient)_ids?(?:_str)?$")

_ID = ("id", "id_str")
_TEXT = ("text", "full_text")
_HANDLE = ("username", "screen_name")
_REFERENCES = ("referenced_tweets", "referenced_posts")
_REPOSTS = {"retweeted", "reposted"}
_MENTIONS = ("mentions", "user_mentions")
_AUTHOR_ID = ("author_id", "user_id", "user_id_str", "from_user_id", "from_user_id_str", "sender_id")
_AUTHOR = ("author", "user")
_LINKS = ("expanded_url", "display_url", "unwound_url")
_ATTACHMENTS = ("media", "polls")
_WHEREABOUTS = ("geo", "coordinates", "place")
_NOBODY = {"context_annotations", "annotations", "geo", "place", "places", "topics", "matching_rules"}
"""Names of what holds ids, but none of a post or a user."""

_ONE_LEVEL = msgspec.json.Decoder(dict[str, Raw] | list[Raw] | str | int | float | bool | None)


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A raw object's bytes without what had to go.

    `removed` holds the JSON objects that were cut out, `own` those of them that are the users' own (no reposts);
    `tweets` the ids of the posts among them, `handles` those that the users were seen with, in lower case, `ids` those
    of the erasure's ids that occurred anywhere. Where nothing had to go, `changed` is false and `body` is as given.
    `is_too_large` says that the text exceeds the bound, so that nothing was looked for.
    """

    body: bytes
    changed: bool = False
    removed: tuple[bytes, ...] = ()
    own: tuple[bytes, ...] = ()
    tweets: frozenset[str] = frozenset()
    handles: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    is_too_large: bool = False


def named_ids(body: bytes, ids: frozenset[str], *, most_bytes: int = MOST_BYTES) -> frozenset[str]:
    """Return those of the ids that occur anywhere in a raw object, as digits or as escapes of digits.

    None of them where its text exceeds `most_bytes`, as then no rows come of it either.
    """
    return ids & _numbers(_searchable(text_of(body, most_bytes=most_bytes).content))


def names_any(body: bytes, erasure: Erasure) -> bool:
    """Say whether an id or a handle of an erasure occurs anywhere in a raw object."""
    return bool(_named(text_of(body).content, erasure))


def scrub(body: bytes, erasure: Erasure, *, most_bytes: int = MOST_BYTES) -> Scrubbed:
    """Cut out of a raw object what has to go; compressed bytes come back compressed (zstd).

    An object whose text exceeds `most_bytes` is returned as it is.
    """
    text = text_of(body, most_bytes=most_bytes)
    if text.is_too_large:
        return Scrubbed(body, is_too_large=True)
    if not (named := _named(text.content, erasure)):
        return Scrubbed(body)
    cutter = _Cutter(erasure)
    left = cutter.text(text)
    while cutter.has_learned:  # of posts of users that go their reposts and attachments go too
        left = cutter.text(text)
    if left is None:
        return Scrubbed(body)
    packed = bytes(pa.Codec("zstd").compress(left, asbytes=True)) if body.startswith(_PACKED) else left
    return Scrubbed(
        packed,
        changed=True,
        removed=tuple(cutter.removed),
        own=tuple(cutter.own),
        tweets=frozenset(cutter.posts),
        handles=frozenset(cutter.handles) - erasure.handles,
        ids=named & erasure.ids,
    )


class _Cutter:
    """Goes through one raw object, again while it learns what else has to go."""

    def __init__(self, erasure: Erasure) -> None:
        self.erasure = erasure
        self.users = erasure.users
        self.tweets = set(erasure.tweets)
        self.handles = set(erasure.handles)
        self.attached = set[str]()
        self.posts = set[str]()
        self.removed: list[bytes] = []
        self.own: list[bytes] = []
        self.words: list[bytes] = []
        self.known_before = 0

    @property
    def has_learned(self) -> bool:
        """Whether more was known to go after the last pass than before it."""
        return self.known() > self.known_before

    def known(self) -> int:
        return len(self.tweets) + len(self.handles) + len(self.attached)

    def text(self, text: Text) -> bytes | None:
        """Return the text of a raw object without what goes; None where all of it stays."""
        content = text.content
        self.removed, self.own, self.known_before = [], [], self.known()
        wider = replace(self.erasure, tweets=frozenset(self.tweets), handles=frozenset(self.handles))
        self.words = [each.lower().encode() for each in (*_named(content, wider), *self.attached)]
        kept, cursor = bytearray(), 0
        for piece in documents(content, text.start, _ONE_LEVEL.decode):
            source = content[piece.start : piece.end] if isinstance(piece, Break) else bytes(piece.source)
            left = self.broken(source) if isinstance(piece, Break) else self.document(source)
            if left is not source:
                kept += content[cursor : piece.start] + (left or b"")
                cursor = piece.end
        if not cursor:
            return None
        kept += content[cursor:]
        return bytes(kept) if kept.strip() else _NOTHING_LEFT

    def broken(self, source: bytes) -> bytes | None:
        searchable = _searchable(source)
        numbers, names = _numbers(searchable), {each.decode() for each in _NAME.findall(searchable)}
        return None if numbers & self.tweets or numbers & self.users or names & self.handles else source

    def document(self, source: bytes) -> bytes | None:
        """Return a JSON document without what goes: the very same bytes if nothing does, None if all of it does."""
        text = source.decode("utf-8", "surrogateescape")
        if not self.holds_any(text):
            return source
        try:
            left = self.kept(text, "", None)
        except (ValueError, IndexError, RecursionError):
            return None
        if left is text:
            return source
        return None if left is None else _bytes(left)

    def holds_any(self, text: str) -> bool:
        searchable = _searchable(_bytes(text))
        return any(each in searchable for each in self.words)

    def kept(self, text: str, name: str, value: Json) -> str | None:
        """Return the text of a value of this name without what goes: the same object if nothing does, or None."""
        if name in _NOBODY or not self.holds_any(text):
            return text
        if text[0] == "{":
            return self.object(text, name)
        if text[0] == "[":
            items = [(item.text, self.kept(item.text, name, item.value)) for item in members_of(text)]
            if all(left is before for before, left in items):
                return text
            return joined("[", [left for _, left in items if left is not None])
        return None if isinstance(value, str) and self.is_theirs(name, value) else text

    def object(self, text: str, name: str) -> str | None:
        members = members_of(text)
        found = Members((each.name, each.value) for each in members)
        if self.goes(name, found):
            self.removed.append(_bytes(text))
            if self.is_own(found):
                self.own.append(_bytes(text))
            self.learn(found, outermost=True)
            bare = [each.label + each.text for each in members if each.name in ("type", "id")]
            return joined("{", bare) if bare and name in _REFERENCES else None
        dropped = self.dropped(found)
        after = [None if each.name in dropped else self.kept(each.text, each.name, each.value) for each in members]
        if all(left is each.text for left, each in zip(after, members, strict=True)):
            return text
        left = [each.label + left for left, each in zip(after, members, strict=True) if left is not None]
        return joined("{", left) if left else None

    def goes(self, name: str, found: Members) -> bool:
        own = _ids(found, *_ID)
        if name in _ATTACHMENTS:
            return not self.attached.isdisjoint(found.texts("media_key", "id"))
        if _is_post(found):
            return bool(own & self.tweets) or self.is_own(found) or self.reposts(found)
        if name == "errors" or any(found.texts("resource_type", "parameter", "detail")):
            return self.is_problem(found)
        return name not in _REFERENCES and bool(own & self.users)

    def is_own(self, found: Members) -> bool:
        """Say whether an object is a user that goes, or a post by one; by handle only where no id says whose it is."""
        if not _is_post(found):
            return bool(_ids(found, *_ID) & self.users)
        authors = list(found.objects(*_AUTHOR))
        ids = _ids(found, *_AUTHOR_ID).union(*(_ids(each, *_ID) for each in authors))
        handles = _handles(found).union(*map(_handles, authors))
        return bool(ids & self.users if ids else handles & self.handles)

    def reposts(self, found: Members) -> bool:
        """Say whether a post repeats a post that goes, as its references say, or its text and the mention in it."""
        originals = list(found.objects("retweeted_status"))
        originals += [each for each in found.objects(*_REFERENCES) if set(each.texts("type")) & _REPOSTS]
        ids = _ids(found, "retweeted_status_id", "retweeted_status_id_str").union(
            *(_ids(each, *_ID) for each in originals)
        )
        return (
            bool(ids & self.tweets)
            or any(_is_post(each) and self.is_own(each) for each in originals)
            or any(self.repeats(text, found) for text in found.texts(*_TEXT))
        )

    def repeats(self, text: str, found: Members) -> bool:
        """Say whether `RT @handle` opens a text and names a user that goes: by the mention's id where it has one."""
        match = _REPOST_BY_NAME.match(text)
        if match is None:
            return False
        handle = match[1].lower()
        mentions = [each for entities in found.objects("entities") for each in entities.objects(*_MENTIONS)]
        ids = set[str]().union(*(_ids(each, *_ID) for each in mentions if handle in _handles(each)))
        return bool(ids & self.users) if ids else handle in self.handles

    def is_problem(self, found: Members) -> bool:
        """Say whether a problem of the API names what goes."""
        named = [*found.texts("value", "resource_id")]
        sentences = found.texts("title", "detail", "message")
        named += [each.strip("@[]") for text in sentences for each in re.findall(NAMED_IN_A_SENTENCE, text.lower())]
        ids = {canonical(each) for each in named}
        return bool(ids & self.tweets or ids & self.users or self.handles.intersection(each.lower() for each in named))

    def dropped(self, found: Members) -> tuple[str, ...]:
        """Return the names of members that a post which stays loses."""
        placeless = _ids(found, *_ID) & self.erasure.placeless_tweets
        placeless |= _ids(found, *_AUTHOR_ID) & self.erasure.placeless_users
        replies = _ids(found, "in_reply_to_user_id", "in_reply_to_user_id_str") & self.users
        return (
            *(_WHEREABOUTS if placeless and _is_post(found) else ()),
            *(("in_reply_to_screen_name",) if replies else ()),
        )

    def is_theirs(self, name: str, value: str) -> bool:
        """Say whether a value of an object that stays is the id of a user that goes, or a link to them."""
        if _NAMES_A_USER.search(name):
            return canonical(value) in self.users
        link = _LINK.match(value) if name in _LINKS else None
        return link is not None and (link[1].lower() in self.handles or link[1] in self.users)

    def learn(self, found: Json, *, outermost: bool = False) -> None:
        """Remember the handles of users that go, and the ids of their posts and what those had attached."""
        if isinstance(found, Members):
            ids = _ids(found, *_ID)
            if ids & self.users:
                self.handles |= _handles(found)
            if _is_post(found) and (outermost or self.is_own(found)):
                self.tweets |= ids
                self.posts |= ids
                self.attached.update(
                    key
                    for attachments in found.objects("attachments")
                    for keys in attachments.all("media_keys", "poll_ids")
                    for key in (keys if isinstance(keys, list) else ())
                    if isinstance(key, str)
                )
            for _, value in found:
                self.learn(value)
        elif isinstance(found, list):
            for item in found:
                self.learn(item)


def _is_post(found: Members) -> bool:
    return any(True for _ in found.texts(*_TEXT, "author_id"))


def _ids(found: Members, *names: str) -> set[str]:
    return {canonical(each) for each in found.texts(*names)}


def _handles(found: Members) -> set[str]:
    return {each.lower() for each in found.texts(*_HANDLE)}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _searchable(content: bytes) -> bytes:
    """Return text in lower case without escapes of ASCII: it holds every id and handle that the text does, and more."""
    if b"\\u00" in content:
        content = _ASCII_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), content)
    return content.lower()


def _numbers(searchable: bytes) -> set[str]:
    return {each.lstrip(b"0").decode() for each in set(_DIGITS.findall(searchable))}


def _named(content: bytes, erasure: Erasure) -> frozenset[str]:
    """Return the ids and handles of an erasure that may occur in a text; those that do are among them."""
    searchable = _searchable(content)
    numbers = _numbers(searchable)
    kinds = (erasure.tweets, erasure.users, erasure.placeless_tweets, erasure.placeless_users)
    ids = frozenset[str]().union(*(kind & numbers for kind in kinds))
    if not erasure.handles:
        return ids
    return ids | erasure.handles.intersection(each.decode() for each in set(_WORD.findall(searchable)))
