"""Post -> Sighting: a post as a search sees it, case and accents folded, words apart."""

import re
from functools import cached_property
from unicodedata import normalize

from fedbytweets.simulator.posts import Post

_ACCENTS = re.compile("[\u0300-\u036f]+")
_WORD = re.compile(r"\w+")
_TAG = re.compile(r"#(\w+)")
_MENTION = re.compile(r"@(\w+)")


class Sighting:
    """A post and its folded text, each part worked out when first asked for."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self._text = fold(post.whole_text)

    @cached_property
    def words(self) -> str:
        """The words of the text, one space around each."""
        return words(self._text)

    @cached_property
    def tags(self) -> frozenset[str]:
        """The hashtags of the text, without their mark."""
        return frozenset(_TAG.findall(self._text))

    @cached_property
    def mentions(self) -> frozenset[str]:
        """The account names the text mentions, without their mark."""
        return frozenset(_MENTION.findall(self._text))


def fold(text: str) -> str:
    """Return the text without case and accents; other scripts stay as they are."""
    if text.isascii():
        return text.lower()
    return _ACCENTS.sub("", normalize("NFKD", text)).casefold()


def words(folded: str) -> str:
    """Return the words of a folded text with one space around each, so that a phrase is a substring."""
    return f" {' '.join(_WORD.findall(folded))} "
