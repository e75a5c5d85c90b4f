"""Split the text of a JSON object or array into members, each with its own text, for edits that keep the rest.

Python's decoder is used for it, as it alone of those at hand keeps every one of several members of one name.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


class Members(tuple[tuple[str, "Json"], ...]):
    """The members of a JSON object, in order; a name may occur more than once."""

    __slots__ = ()

    def all(self, *names: str) -> Iterator["Json"]:
        """Yield the values of the members with one of these names."""
        return (value for name, value in self if name in names)

    def texts(self, *names: str) -> Iterator[str]:
        """Yield the same, of strings and numbers alone; a number as it was written."""
        return (value for value in self.all(*names) if isinstance(value, str))

    def objects(self, *names: str) -> Iterator["Members"]:
        """Yield the same, of objects alone, and of those in lists."""
        for value in self.all(*names):
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, Members):
                    yield each


Json: TypeAlias = "Members | list[Json] | str | bool | None"
"""Any JSON, decoded; numbers are the text they were written as."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object (`label` is the text of its name and the colon), or one item of an array."""

    name: str
    label: str
    value: Json
    text: str


_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(object_pairs_hook=Members, parse_int=str, parse_float=str, parse_constant=str, strict=False)


def members_of(text: str) -> list[Member]:
    """Return the members of the object or the items of the array that a text is.

    Raises:
        ValueError, IndexError, RecursionError: the text is none that can be read.

    """
    members, at = list[Member](), _after_space(text, 1)
    while text[at] not in "}]":
        name, label = "", ""
        if text[0] == "{":
            start = at
            name, at = _DECODER.raw_decode(text, at)
            label = text[start:at] + ":"
            at = _after_space(text, _after_space(text, at) + 1)
        value, end = _DECODER.raw_decode(text, at)
        members.append(Member(name, label, value, text[at:end]))
        at = _after_space(text, end)
        at = _after_space(text, at + 1) if text[at] == "," else at
    return members


def joined(opener: str, members: list[str]) -> str:
    """Return members as the object or array that begins with `opener`."""
    return opener + ",".join(members) + ("}" if opener == "{" else "]")


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    assert match is not None  # it matches the empty string
    return match.end()
