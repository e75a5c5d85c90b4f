"""Queries are read as X reads them: AND binds tighter than OR, case and accents are folded."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedbytweets.simulator import Corpus, Post, QueryError, parse_query
from fedbytweets.simulator.sightings import Sighting

_START = datetime(2026, 9, 1, 12, tzinfo=UTC)
_PLAIN = next(
    post for post in Corpus(0).posts(_START, _START + timedelta(hours=1)) if post.kind == "plain" and not post.has_geo
)


def said(text: str, **changes: object) -> Post:
    """Return a plain post that says this."""
    return msgspec.structs.replace(_PLAIN, text=text, long_text=None, **changes)


def matches(query: str, post: Post) -> bool:
    """Say whether a query finds a post."""
    return parse_query(query).matches(Sighting(post))


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("lula", "Vi o LULA ontem", True),
        ("lula", "#Lula", True),
        ("lula", "lulapetismo", False),
        ("eleicoes", "as Eleições", True),
        ("ELEIÇÕES", "as eleicoes", True),
        ('"luiz inacio"', "o Luiz Inácio disse", True),
        ('"luiz inacio"', "Inácio Luiz", False),
        ("lula bolsonaro", "só lula", False),
        ("lula OR bolsonaro", "só bolsonaro", True),
        ("lula -debate", "lula no debate", False),
        ("lula -(debate OR ato)", "lula no ato", False),
        ("lula -(debate OR ato)", "lula na rua", True),
        ("#brasil", "viva #Brasil", True),
        ("#brasil", "viva Brasil", False),
        ("@ana_1", "oi @Ana_1, tudo?", True),
        ("lula has:links", "lula https://t.co/x", True),
        ("lula has:links", "lula", False),
        ("lula has:hashtags", "lula #x", True),
        ("привет", "Привет, Lula", True),
    ],
)
def test_words_phrases_and_marks_match_whole_and_folded(query: str, text: str, found: bool) -> None:
    """A word matches a whole word, whatever its case and accents."""
    assert matches(query, said(text)) is found


def test_and_binds_tighter_than_or() -> None:
    """Without parentheses a negation at the end concerns the last term only: the fault of the old queries."""
    retweet = said("RT @x: lula", kind="retweeted")
    assert matches('lula OR "luiz inacio" -is:retweet', retweet)
    assert not matches('(lula OR "luiz inacio") -is:retweet', retweet)


def test_operators_look_at_the_post_itself() -> None:
    """Kind, language, place and accounts are asked for by operators."""
    author = _PLAIN.author
    post = said("lula", kind="replied_to", lang="es", answered=author, coordinates=(-46.6, -23.5))
    query = f"lula is:reply -is:quote lang:es has:geo from:{author.username} to:@{author.username}"
    assert matches(query, post)
    assert not matches(query.replace("lang:es", "lang:pt"), post)


def test_a_long_text_is_searched_whole() -> None:
    """A word beyond the cut of a long text is found."""
    assert matches("fim", msgspec.structs.replace(said("começo…"), long_text="começo e fim"))


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("(lula", "missing ')' for the parenthesis at position 1"),
        ("lula)", "no viable alternative at input ')' (at position 5)"),
        ('lula "aberta', "(at position 6)"),
        ("lula - is:retweet", "no viable alternative at input '-' (at position 6)"),
        ("lula OR", "no viable alternative at input '<EOF>'"),
        ("OR lula", "no viable alternative at input 'OR' (at position 1)"),
        ("()", "no viable alternative at input ')' (at position 2)"),
        ("lula nome:x", "Reference to invalid operator 'nome:x'"),
        ("is:retweet", "stand alone"),
        ("-lula", "stand alone"),
        ("lula !!!", "nothing to search for in '!!!'"),
    ],
)
def test_a_malformed_query_says_where_it_is_wrong(query: str, place: str) -> None:
    """The message names what is wrong and its position."""
    with pytest.raises(QueryError) as raised:
        parse_query(query)
    assert place in str(raised.value)


_atoms = st.sampled_from(["lula", '"a b"', "-x", "is:reply", "#t", "(", ")", "OR", "-", '"', "from:a", "é"])


@given(st.lists(_atoms, max_size=12).map(" ".join) | st.text(max_size=40))
def test_any_text_is_either_a_query_or_refused(text: str) -> None:
    """No text makes the reader fail in another way."""
    try:
        found = parse_query(text).matches(Sighting(_PLAIN))
    except QueryError:
        found = None
    assert found in (True, False, None)
