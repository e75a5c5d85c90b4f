"""A query -> what is wrong with it and where, before it is sent and paid for.

X's grammar (recent search): words and operators side by side mean AND, which binds tighter than OR; `-` negates what
follows it at once; parentheses group; accents and case are folded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MAX_LENGTH = 512
"""Characters of a query in recent search (X API documentation, 2026)."""

_TOKEN = re.compile(r'(?P<open>-?\()|(?P<close>\))|(?P<or>OR(?=[\s()]|$))|(?P<item>(?:[^\s()"]|"[^"]*")+)')
_NEEDS_COMPANY = re.compile(r"^(is|has|lang|sample|followers_count|tweets_count|following_count|listed_count):")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a query: how bad, what, and where (`at` characters in, `length` wide)."""

    severity: Literal["error", "warning"]
    message: str
    at: int
    length: int = 1


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int

    @property
    def finding_place(self) -> tuple[int, int]:
        return self.at, len(self.text)


def lint(query: str, limit: int = MAX_LENGTH) -> tuple[Finding, ...]:
    """Return every fault of a query, by place; X refuses errors, and reads warnings otherwise than one thinks."""
    if not query.strip():
        return (Finding("error", "the query is empty: give at least one word", 0),)
    if query.count('"') % 2:
        at = query.rindex('"')
        return (Finding("error", "this quotation mark has no partner: close the phrase", at),)
    tokens = [_Token(str(m.lastgroup), m.group(), m.start()) for m in _TOKEN.finditer(query)]
    found = [*_length(query, limit), *_parentheses(tokens), *_words(tokens), *_orders(tokens), *_alone(tokens)]
    return tuple(sorted(found, key=lambda finding: (finding.at, finding.severity, finding.message)))


def shown(query: str, finding: Finding) -> str:
    """Return a finding as three lines: what, the query, and carets beneath the place."""
    line = re.sub(r"\s", " ", query)
    carets = " " * finding.at + "^" * max(1, min(finding.length, len(line) - finding.at))
    return f"{finding.severity}: {finding.message}\n  {line}\n  {carets}"


def _length(query: str, limit: int) -> Iterator[Finding]:
    if len(query) > limit:
        yield Finding("error", f"the query has {len(query)} characters, X takes {limit}: cut from here", limit)


def _parentheses(tokens: list[_Token]) -> Iterator[Finding]:
    opened: list[_Token] = []
    previous = ""
    for token in tokens:
        if token.kind == "open":
            opened.append(token)
        elif token.kind == "close" and not opened:
            yield Finding("error", "this parenthesis closes nothing: take it out", *token.finding_place)
        elif token.kind == "close":
            opened.pop()
            if previous == "open":
                yield Finding("error", "nothing stands in these parentheses: take them out", *token.finding_place)
        previous = token.kind
    for token in opened:
        yield Finding("error", "this parenthesis is never closed: close it", *token.finding_place)


def _words(tokens: list[_Token]) -> Iterator[Finding]:
    for token in tokens:
        if token.kind != "item":
            continue
        if set(token.text) == {"-"}:
            message = "'-' stands alone: write it right before what it excludes, as in -is:retweet"
            yield Finding("error", message, *token.finding_place)
        elif '""' in token.text:
            yield Finding("error", "this phrase is empty: fill it or take it out", *token.finding_place)
        elif token.text == "AND":
            message = "AND is not an operator: words side by side already mean it; take it out"
            yield Finding("error", message, *token.finding_place)
        elif token.text in {"or", "Or", "and", "And"}:
            message = f"{token.text!r} is searched for as a word: OR must be upper case, AND is not written"
            yield Finding("warning", message, *token.finding_place)


def _orders(tokens: list[_Token]) -> Iterator[Finding]:
    """Find ORs with nothing beside them, and groups where AND takes a term that looks like OR's."""
    groups: list[list[_Token]] = [[]]
    for token in tokens:
        if token.kind == "open":
            groups[-1].append(token)
            groups.append([])
        elif token.kind == "close":
            yield from _group(groups.pop() if len(groups) > 1 else [])
        else:
            groups[-1].append(token)
    for group in groups:
        yield from _group(group)


def _group(group: list[_Token]) -> Iterator[Finding]:
    mixed = any(token.kind == "or" for token in group)
    for index, token in enumerate(group):
        before = group[index - 1] if index else None
        if token.kind == "or":
            after = group[index + 1] if index + 1 < len(group) else None
            if before is None or after is None or after.kind == "or":
                yield Finding("error", "OR needs a term on both sides: add one or take it out", *token.finding_place)
        elif mixed and before is not None and before.kind != "or":
            yield Finding("warning", _precedence(before, token), *token.finding_place)


def _precedence(before: _Token, token: _Token) -> str:
    taker = "the group before it" if before.kind == "open" else before.text
    this = "this group" if token.kind == "open" else token.text
    return f"{this} goes with {taker} only, as AND binds tighter than OR: write (... OR ...) {token.text}"


def _alone(tokens: list[_Token]) -> Iterator[Finding]:
    negated_at: int | None = None
    depth = 0
    for token in tokens:
        if token.kind == "open":
            depth += 1
            negated_at = depth if token.text == "-(" and negated_at is None else negated_at
        elif token.kind == "close":
            negated_at = None if negated_at == depth else negated_at
            depth -= 1
        elif token.kind == "item" and negated_at is None and _stands_alone(token.text):
            return
    message = "nothing here can be searched for by itself: add a word, a phrase, a #tag or a from:name"
    yield Finding("error", message, 0, tokens[-1].at + len(tokens[-1].text) if tokens else 1)


def _stands_alone(item: str) -> bool:
    return not item.startswith("-") and not _NEEDS_COMPANY.match(item)
