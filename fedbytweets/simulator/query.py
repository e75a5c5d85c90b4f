"""Query text -> Question: which posts match, as X's recent search reads its queries.

    either   = all ("OR" all)*                     AND (terms side by side) binds tighter than OR
    all      = term+
    term     = ["-"] ("(" either ")" | phrase | operator | word)

Words and phrases match whole words, case and accents folded; `#tag`, `@name` and operators are matched likewise.
A query needs at least one term that stands alone (a word, phrase, tag, mention, `from:` or `to:`), not negated.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from fedbytweets.errors import InputError
from fedbytweets.simulator.sightings import Sighting, fold, words

Matches: TypeAlias = Callable[[Sighting], bool]

_TOKEN = re.compile(r"""\s*(?:(?P<open>\()|(?P<close>\))|(?P<not>-)|(?P<phrase>"[^"]*")|(?P<word>[^\s()"]+))""")
_OPERATOR = re.compile(r"([a-z_]+):(.+)", re.DOTALL)
_FLAGS: dict[str, Matches] = {
    "is:retweet": lambda seen: seen.post.kind == "retweeted",
    "is:reply": lambda seen: seen.post.kind == "replied_to",
    "is:quote": lambda seen: seen.post.kind == "quoted",
    "has:links": lambda seen: "https://" in seen.post.whole_text,
    "has:geo": lambda seen: seen.post.has_geo,
    "has:hashtags": lambda seen: bool(seen.tags),
    "has:mentions": lambda seen: bool(seen.mentions),
}


class QueryError(InputError):
    """The query does not follow X's grammar; the message says where (characters from 1)."""


@dataclass(frozen=True)
class Token:
    """A piece of a query and where it begins (characters from 0)."""

    kind: str
    text: str
    at: int


@dataclass(frozen=True)
class Question:
    """A query that was understood; `matches` says whether a post, as it was seen, answers it."""

    text: str
    matches: Matches


def parse_query(text: str) -> Question:
    """Read a query.

    Raises:
        QueryError: it is malformed, has an unknown operator, or no term that can stand alone.

    """
    reader = _Reader(_tokens(text))
    matches = reader.either()
    if reader.here is not None:
        raise QueryError(f"no viable alternative at input '{reader.here.text}' (at position {reader.here.at + 1})")
    if not reader.stands_alone:
        raise QueryError("a query needs a term that can stand alone, not negated: a word, a phrase, from:, to:, # or @")
    return Question(text, matches)


def _tokens(text: str) -> list[Token]:
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            rest = text[at:].strip()
            raise QueryError(f"no viable alternative at input '{rest}' (at position {text.index(rest, at) + 1})")
        kind = match.lastgroup
        found.append(Token(kind, match.group(kind), match.start(kind)))
        at = match.end()
        if kind == "not" and (at >= end or text[at].isspace()):
            raise QueryError(f"no viable alternative at input '-' (at position {at})")
    return found


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._negated = 0
        self.stands_alone = False

    @property
    def here(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def either(self) -> Matches:
        parts = [self._all()]
        while self.here and self.here.text == "OR":
            self._next += 1
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else lambda seen: any(part(seen) for part in parts)

    def _all(self) -> Matches:
        parts = []
        while self.here and self.here.kind != "close" and self.here.text != "OR":
            parts.append(self._term())
        if not parts:
            where = f"'{self.here.text}' (at position {self.here.at + 1})" if self.here else "'<EOF>'"
            raise QueryError(f"no viable alternative at input {where}")
        return parts[0] if len(parts) == 1 else lambda seen: all(part(seen) for part in parts)

    def _term(self) -> Matches:
        token = self._take()
        if token.kind == "not":
            self._negated += 1
            inner = self._term()
            self._negated -= 1
            return lambda seen: not inner(seen)
        if token.kind == "open":
            inside = self.either()
            if self.here is None:
                raise QueryError(f"missing ')' for the parenthesis at position {token.at + 1}")
            self._next += 1
            return inside
        return self._leaf(token)

    def _take(self) -> Token:
        token = self.here
        if token is None or token.kind == "close" or token.text == "OR":
            raise QueryError(f"no viable alternative at input '{token.text if token else '<EOF>'}'")
        self._next += 1
        return token

    def _leaf(self, token: Token) -> Matches:
        if token.kind == "word" and token.text in _FLAGS:
            return _FLAGS[token.text]
        operator = _OPERATOR.fullmatch(token.text) if token.kind == "word" else None
        if operator and operator.group(1) == "lang":
            lang = operator.group(2)
            return lambda seen: seen.post.lang == lang
        self.stands_alone |= not self._negated
        return _account(operator.group(1), operator.group(2)) if operator else _spoken(token)


def _account(operator: str, value: str) -> Matches:
    name = fold(value.removeprefix("@"))
    if operator == "from":
        return lambda seen: name in (fold(seen.post.author.username), seen.post.author.id)
    if operator == "to":
        return lambda seen: seen.post.answered is not None and fold(seen.post.answered.username) == name
    raise QueryError(
        f"Reference to invalid operator '{operator}:{value}'. Operator is not available in current product or "
        "product packaging. Please refer to complete available operator list at "
        "https://docs.x.com/x-api/posts/search/integrate/operators."
    )


def _spoken(token: Token) -> Matches:
    folded = fold(token.text)
    if token.kind == "word" and folded.startswith("#"):
        return lambda seen: folded[1:] in seen.tags
    if token.kind == "word" and folded.startswith("@"):
        return lambda seen: folded[1:] in seen.mentions
    spoken = words(folded)
    if not spoken.strip():
        raise QueryError(f"nothing to search for in '{token.text}' (at position {token.at + 1})")
    return lambda seen: spoken in seen.words
