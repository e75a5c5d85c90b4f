"""What strangers wrote reaches no terminal, page or log as a command."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedbytweets.safe_text import escaped_json, visible

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("\x1b]0;OWNED\x1b\\\x1b[31mred", "␛]0;OWNED␛\\␛[31mred"),
        ("bell\x07 back\x08 cr\r del\x7f", "bell␇ back␈ cr␍ del␡"),
        ("one\nfedbytweets: two", "one␊fedbytweets: two"),
        ("c1 \x9b31m", "c1 \\u009b31m"),
        ("abc\u202ecba", "abc\\u202ecba"),
        ("Olá, 👩🏽‍💻 مرحبا é", "Olá, 👩🏽‍💻 مرحبا é"),
    ],
)
def test_controls_are_shown_and_letters_kept(given_text: str, shown: str) -> None:
    """A terminal, a page and a reader see what is there."""
    assert visible(given_text) == shown


def test_line_ends_and_tabs_are_kept_where_lines_are_wanted() -> None:
    """Our own messages have lines; an escape sequence within one has not."""
    assert visible("a\n\tb\x1b[2J", lines=True) == "a\n\tb␛[2J"


@given(st.text(st.characters()))
def test_nothing_that_commands_is_left_of_any_text(text: str) -> None:
    """No control, no bidi control, no lone surrogate; and a second pass changes nothing."""
    shown = visible(text)
    assert not [one for one in shown if unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"} or one in BIDI]
    assert visible(shown) == shown
    shown.encode()


@given(st.dictionaries(st.text(), st.text()))
def test_escaped_json_holds_the_same_values(values: dict[str, str]) -> None:
    """JSON has escapes of its own, so nothing is lost in a program that reads it."""
    document = escaped_json(json.dumps(values, ensure_ascii=False, indent=2))
    assert json.loads(document) == values
    assert visible(document, lines=True) == document
