"""Text of strangers made safe to show: control characters, escape sequences and bidi controls become visible signs.

Names, posts, file names and sentences of servers can hold sequences that clear a screen, set its title, write to the
clipboard or reverse the reading order. Every way out (terminal, Markdown, HTML, logs) passes text through `visible`.
"""

import re

_CONTROLS = (
    r"\x00-\x1f\x7f-\x9f"  # C0, DEL and C1: what a terminal takes for commands
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # what changes the direction of the text around it
    r"\u2028\u2029"  # line and paragraph separator
    r"\ud800-\udfff"  # halves of UTF-16 pairs, which no output can encode
)
_UNSAFE = re.compile(f"[{_CONTROLS}]")
_UNSAFE_IN_LINES = re.compile(f"(?![\n\t])[{_CONTROLS}]")
_PICTURES = 0x2400
_DELETE, _PICTURE_OF_DELETE = 0x7F, "\u2421"


def visible(text: str, *, lines: bool = False) -> str:
    r"""Return text with every control and bidi character as a visible sign; `lines` keeps line ends and tabs.

    C0 controls become their pictures (ESC is U+241B), all others an escape such as `\u202e`. Emoji, combining marks
    and right-to-left letters stay as they are. The result passes unchanged through another call.
    """
    return (_UNSAFE_IN_LINES if lines else _UNSAFE).sub(_sign, text)


def as_message(text: str) -> str:
    """Return a message as a terminal or a log may show it: controls visible, tabs as spaces, later lines indented.

    So no line within it can pass for a message of its own.
    """
    return re.sub(r"\n(?=[^\n])", "\n  ", visible(text.replace("\t", " "), lines=True))


def escaped_json(document: str) -> str:
    r"""Return a JSON document with control and bidi characters as escapes (`\u202e`): the same values."""
    return _UNSAFE_IN_LINES.sub(lambda found: f"\\u{ord(found[0]):04x}", document)


def _sign(found: "re.Match[str]") -> str:
    code = ord(found[0])
    if code < ord(" "):
        return chr(_PICTURES + code)
    return _PICTURE_OF_DELETE if code == _DELETE else f"\\u{code:04x}"
