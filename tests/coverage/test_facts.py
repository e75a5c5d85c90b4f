"""A stored answer and its lineage -> facts, in both vocabularies; what is no page covers nothing."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_worlds import NOON, QUERY, at

from fedbytweets.coverage import PageFacts, counted_posts, page_facts
from fedbytweets.errors import PassingError
from fedbytweets.raw.lineage import Lineage, Question

LINEAGE = Lineage("lula", "x-api", at(61), Question(QUERY, "tweet", at(0), at(60), 2))


@pytest.mark.parametrize("included", [b"tweets", b"posts"])
def test_a_page_is_counted_in_both_vocabularies(included):
    """Posts, users and included posts are counted, and the oldest post found by its id, which is no float."""
    body = (
        b'{"data":[{"id":"1541210103122329600"},{"id":"1460323737035677698","text":"x"}],'
        b'"includes":{"users":[{"id":"7"}],"' + included + b'":[{"id":"1"},{"id":"2"}]},'
        b'"errors":[{"title":"Not Found Error"}],"meta":{"result_count":2,"next_token":"b26v89"}}'
    )
    assert page_facts(LINEAGE, body) == PageFacts(
        subject="lula",
        query=QUERY,
        dialect="tweet",
        start=at(0),
        end=at(60),
        page=2,
        retrieved_at=at(61),
        next_token="b26v89",
        posts=2,
        users=1,
        included_posts=2,
        oldest_at=datetime(2021, 11, 15, 19, 8, 5, 69000, UTC),
    )


def test_an_empty_page_has_no_oldest_post():
    """Only `meta.result_count` is there."""
    facts = page_facts(LINEAGE, b'{"meta":{"result_count":0}}')
    assert (facts.posts, facts.oldest_at, facts.next_token) == (0, None, None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>502</html>",
        b'{"data":[{"id":"15',
        b"[]",
        b'{"title":"Unauthorized","status":401}',
        b'{"errors":[{"message":"x"}]}',
    ],
)
def test_what_is_no_page_is_a_passing_failure(body):
    """It never counts as covering its window; the message says which page and why."""
    with pytest.raises(PassingError, match=r"Page 2 for 'lula' is no page of a search"):
        page_facts(LINEAGE, body)


@pytest.mark.parametrize(
    "odd", [b'"no number"', b"12", b'"99999999999999999999999999999999"', b'"' + b"9" * 5_000 + b'"']
)
def test_an_id_that_holds_no_instant_does_not_cost_the_page(odd):
    """It was paid for: its posts are counted, and the oldest is that of the other ids."""
    body = b'{"data":[{"id":%s},{"id":"1850000000000000001"}],"meta":{}}' % odd
    facts = page_facts(LINEAGE, body)
    assert (facts.posts, facts.oldest_at) == (2, datetime(2024, 10, 26, 2, 22, 25, 994_000, UTC))


@pytest.mark.parametrize("odd", [b"NaN", b"-Infinity", b"[" + b"1," * 10 + b"NaN]"])
def test_a_number_that_json_does_not_know_does_not_cost_the_page(odd):
    """It was paid for: it counts as bronze reads it."""
    body = (
        b'{"data":[{"id":"1850000000000000001","text":"a","odd":%s}],"meta":{"result_count":1,"next_token":"n"}}' % odd
    )
    facts = page_facts(LINEAGE, body)
    assert (facts.posts, facts.users, facts.next_token) == (1, 0, "n")
    assert facts.oldest_at == datetime(2024, 10, 26, 2, 22, 25, 994_000, UTC)


@pytest.mark.parametrize("word", ["tweet", "post"])
def test_a_count_is_read_in_both_vocabularies(word):
    """The total of the window, whatever it is called."""
    assert counted_posts("lula", b'{"data": [], "meta": {"total_%s_count": 321}}' % word.encode()) == 321


@pytest.mark.parametrize("body", [b"", b'{"meta": {}}', b'{"meta": {"total_tweet_count": "many"}}', b"[]"])
def test_a_count_without_a_total_is_a_passing_failure(body):
    """No number is made up."""
    with pytest.raises(PassingError, match="'lula' answered without a total"):
        counted_posts("lula", body)


def test_an_answer_without_a_question_covers_nothing():
    """Imported files have no window."""
    with pytest.raises(PassingError, match="no question"):
        page_facts(Lineage("lula", "archive", NOON), b'{"meta":{}}')


@given(st.binary(max_size=200) | st.text(alphabet='{}[]":,metadi1 ', max_size=80).map(str.encode))
def test_any_bytes_are_facts_or_a_passing_failure(body):
    """Nothing else is ever raised."""
    try:
        number = page_facts(LINEAGE, body).page
    except PassingError:
        number = LINEAGE.question.page
    assert number == LINEAGE.question.page
