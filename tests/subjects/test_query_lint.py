"""What is wrong with a query, and where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedbytweets.subjects import Finding, lint, shown


@pytest.mark.parametrize(
    ("query", "severity", "place", "word"),
    [
        ("  ", "error", (0, 1), "empty"),
        ("lula - is:retweet", "error", (5, 1), "stands alone"),
        ('lula "Luiz', "error", (5, 1), "no partner"),
        ('lula ""', "error", (5, 2), "phrase is empty"),
        ("(lula OR pt", "error", (0, 1), "never closed"),
        ("lula)", "error", (4, 1), "closes nothing"),
        ("lula ()", "error", (6, 1), "nothing stands"),
        ("lula OR", "error", (5, 2), "both sides"),
        ("OR lula", "error", (0, 2), "both sides"),
        ("lula AND pt", "error", (5, 3), "not an operator"),
        ("-is:retweet lang:pt", "error", (0, 19), "by itself"),
        ("-(lula pt)", "error", (0, 10), "by itself"),
        ("lula or pt", "warning", (5, 2), "upper case"),
        ('lula OR "Luiz Inacio" -is:retweet', "warning", (22, 11), "binds tighter"),
        ("(lula OR pt -is:reply) lang:pt", "warning", (12, 9), "binds tighter"),
    ],
)
def test_a_fault_is_found_at_its_place(query, severity, place, word):
    """Each fault has one finding that says what and where."""
    (finding,) = (found for found in lint(query) if word in found.message)
    assert (finding.severity, finding.at, finding.length) == (severity, *place)


@pytest.mark.parametrize(
    "query",
    [
        '(lula OR "Luiz Inácio") -is:retweet',
        "lula",
        "lula pt -is:retweet has:links",
        "from:lulaoficial",
        "#lula OR @jairbolsonaro",
        '(place:"São Paulo" lula) OR (lang:pt bolsonaro)',
        "-(is:retweet OR is:reply) lula",
    ],
)
def test_a_sound_query_has_no_finding(query):
    """Queries that mean what they look like pass."""
    assert lint(query) == ()


def test_the_length_is_counted_and_the_first_character_too_many_shown():
    """512 characters pass, 513 do not."""
    assert lint("a" * 512) == ()
    (finding,) = lint("a" * 513)
    assert (finding.severity, finding.at) == ("error", 512)
    assert "513" in finding.message


def test_a_finding_is_shown_with_carets_beneath_its_place():
    """The caret line stands under the fault, also after a line break in the query."""
    finding = Finding("error", "too bad", 5, 2)
    assert shown("lula\nOR", finding) == "error: too bad\n  lula OR\n       ^^"


@given(st.text(alphabet='ab"()-: OR\n', max_size=60))
def test_any_text_is_linted_without_a_crash_and_findings_lie_within_it(query):
    """Whatever is typed, each finding points into the text or right behind it."""
    for finding in lint(query):
        assert 0 <= finding.at <= len(query)
        assert shown(query, finding).count("\n") == 2


@given(
    st.recursive(
        st.sampled_from(["lula", '"a b"', "-is:retweet", "#pt"]),
        lambda inner: st.lists(inner, min_size=2, max_size=3).flatmap(
            lambda parts: st.sampled_from([f"({' '.join(parts)})", f"({' OR '.join(parts)})"])
        ),
        max_leaves=8,
    )
)
def test_a_query_built_by_the_grammar_has_no_fault_of_form(query):
    """Groups that hold either only AND or only OR raise nothing but, at most, that nothing can stand alone."""
    assert [found for found in lint(query) if "by itself" not in found.message] == []
