"""Redaction: the bearer token replaced by a fixed word in everything that a server sends back.

A proxy or a debug endpoint can reflect the Authorization header in headers, bodies, redirects or malformed answers. The
token is found plain, URL-encoded or decoded, with JSON or HTML escapes, and inside base64.
"""

import base64
import logging
import re
from functools import cached_property
from urllib.parse import unquote

from fedbytweets.raw.text import text_of

REMOVED = "BEARER-TOKEN-REMOVED"
"""What is written in place of the token."""

_SHORTEST = 8
"""Shorter tokens (real ones have over 100 characters) are left alone: words like `any` occur in ordinary answers."""
_LOGGERS = ("urllib3.connectionpool", "urllib3.connection", "urllib3.response", "urllib3.util.retry", "requests")


class Redactor:
    """Replaces one token; safe to share between threads."""

    def __init__(self, token: str) -> None:
        self._forms = [form for form in dict.fromkeys([unquote(token), token]) if len(form) >= _SHORTEST]
        self._cores = [core for form in self._forms for core in _base64_cores(form)]
        written = [*self._forms, *(form.replace("/", r"\/") for form in self._forms), *self._cores]
        self._literals = [each.encode() for each in written]
        codes = "|".join(sorted({f"{ord(char):02x}" for form in self._forms for char in form})) or "(?!)"
        self._escapes = re.compile(rf"%(?i:{codes})|\\u00(?i:{codes})|&#".encode())

    def __repr__(self) -> str:
        return "Redactor()"

    def text(self, text: str) -> str:
        """Return text without the token."""
        return self._redacted(text.encode(errors="surrogatepass")).decode(errors="surrogatepass")

    def body(self, body: bytes) -> bytes:
        """Return a body without the token, were it compressed or in UTF-16; unchanged where it is not in it."""
        plain = self._redacted(body)
        text = text_of(plain).content
        redacted = self._redacted(text)
        return plain if redacted == text else redacted

    def _redacted(self, body: bytes) -> bytes:
        """Return bytes without the token; unchanged, byte for byte, where it is not in them.

        Nearly all bodies have neither the token as it is nor an escaped character of it, which is seen quickly.
        """
        if any(each in body for each in self._literals) or (self._forms and self._escapes.search(body)):
            return self._pattern.sub(REMOVED.encode(), body)
        return body

    @cached_property
    def _pattern(self) -> "re.Pattern[bytes]":
        return re.compile("|".join([*map(_any_escapes, self._forms), *map(re.escape, self._cores)]).encode())

    def guard_logs(self) -> None:
        """Redact what the HTTP libraries log from now on: they print headers that they cannot parse."""
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(_Filter(self))


class _Filter(logging.Filter):
    """Filters of equal tokens are equal, so that a logger holds one of each."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Filter) and other._redactor._forms == self._redactor._forms

    def __hash__(self) -> int:
        return hash(tuple(self._redactor._forms))  # noqa: SLF001

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, its message without the token and without a traceback that could show it."""
        record.msg, record.args = self._redactor.text(record.getMessage()), None
        record.exc_info = record.exc_text = None
        return True


def _any_escapes(text: str) -> str:
    """Return a pattern of an ASCII text in which each character may be escaped for a URL, JSON or HTML."""
    return "".join(
        rf"(?:{re.escape(char)}|%(?i:{ord(char):02x})|\\u(?i:{ord(char):04x})|\\{re.escape(char)}"
        rf"|&#0*{ord(char)};|&#[xX]0*(?i:{ord(char):x});)"
        for char in text
    )


def _base64_cores(text: str) -> list[str]:
    """Return what base64 of any text around this one must contain, at each of the three offsets, in both alphabets."""
    cores = []
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + text.encode()).decode().rstrip("=")
        whole = (before + len(text)) // 3 * 4
        core = encoded[-(-before * 4 // 3) : whole]
        cores += [core, core.replace("+", "-").replace("/", "_")]
    return list(dict.fromkeys(cores))
