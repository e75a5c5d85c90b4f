"""Reservations in the lake: counted until an answer with their id is stored, by every reader of what was spent."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakes import lines, load_bronze

from fedbytweets.coverage import CountFacts, PageFacts, Reservation, UnreadFacts
from fedbytweets.errors import LakeError
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.location import Location
from fedbytweets.lake.pages import clear_reservations, stored_facts
from fedbytweets.raw.keys import SUBJECT_PATTERN, count_key
from fedbytweets.raw.lineage import Lineage, Most, Question
from fedbytweets.tables import bronze

NOON = datetime(2026, 9, 7, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 9, 8, tzinfo=UTC)
WINDOW = (NOON - timedelta(hours=8), NOON)
PAGE = lines({"data": [{"id": "1964600000000000001", "text": "oi", "author_id": "7"}], "meta": {"result_count": 1}})
PAGE_RESERVED = Reservation("a1", "lula", NOON, Most(50, 100, 150))
COUNT_RESERVED = Reservation("b2", "lula", NOON, None)


def reserve(lake: Lake, *reservations: Reservation) -> None:
    for each in reservations:
        lake.spending.put(each)


def answer(lake: Lake, reservation: Reservation, body: bytes = PAGE, at: datetime = NOON) -> str:
    """Store an answer of a search that a reservation was made for."""
    question = Question("lula", "tweet", *WINDOW, 1, reservation.most)
    lineage = Lineage("lula", "x-api", at, question, request_id=reservation.request_id)
    return lake.raw.put_new(lambda attempt: f"lula/{reservation.request_id}-{attempt}.json", body, lineage)


def answer_count(lake: Lake, reservation: Reservation, at: datetime = NOON) -> None:
    """Store an answer of counts/recent that a reservation was made for."""
    key = count_key("lula", "lula", WINDOW, at, request_id=reservation.request_id)
    lake.counts.put(key, b'{"meta": {"total_tweet_count": 7}}', Lineage("lula", "x-api", at))


def test_a_reservation_without_an_answer_counts_with_the_most_it_may_cost(lake: Lake) -> None:
    """Of a page and of a count: whatever became of the run that made them."""
    reserve(lake, PAGE_RESERVED, COUNT_RESERVED)
    unread = UnreadFacts("lula", NOON, 50, 100, 150, "a1")
    assert sorted(stored_facts(lake), key=str) == [CountFacts("lula", NOON, "b2"), unread]


@pytest.mark.parametrize("loaded", [False, True])
def test_a_stored_answer_takes_the_place_of_its_reservation(lake: Lake, *, loaded: bool) -> None:
    """Exactly once, before bronze has loaded it and after; another's reservation stays."""
    other = Reservation("c3", "pt", NOON, Most(10, 10))
    reserve(lake, PAGE_RESERVED, COUNT_RESERVED, other)
    answer(lake, PAGE_RESERVED)
    answer_count(lake, COUNT_RESERVED)
    if loaded:
        assert load_bronze(lake)["raw_objects"] == 1
        assert lake.scan(bronze.RAW_OBJECTS).collect()["request_id"].to_list() == ["a1"]
    found = stored_facts(lake)
    assert [(type(each), each.request_id) for each in found] == [
        (PageFacts, "a1"),
        (CountFacts, "b2"),
        (UnreadFacts, "c3"),
    ]


@pytest.mark.parametrize("loaded", [False, True])
def test_an_answer_that_cannot_be_read_counts_once(lake: Lake, *, loaded: bool) -> None:
    """At the most it can hold, by its reservation before it is stored, by itself after."""
    reserve(lake, PAGE_RESERVED)
    answer(lake, PAGE_RESERVED, b"<html>")
    if loaded:
        load_bronze(lake)
    assert stored_facts(lake) == [UnreadFacts("lula", NOON, 50, 100, 150, "a1")]


def test_a_request_under_way_at_midnight_counts_on_both_days_where_it_may_have_been_billed(lake: Lake) -> None:
    """X may take it as of its start or of its end; once it is answered on the day it was asked, that day alone."""
    before, late = MIDNIGHT - timedelta(minutes=2), Reservation("a1", "lula", MIDNIGHT - timedelta(minutes=2), None)
    assert [each.retrieved_at.date() for each in late.charges()] == [MIDNIGHT.date(), before.date()]
    reserve(lake, late)
    answer_count(lake, late, at=MIDNIGHT)
    assert {each.retrieved_at for each in stored_facts(lake)} == {before, MIDNIGHT}
    assert late.charges(answered_at=before + timedelta(seconds=1)) == []
    assert [each.retrieved_at for each in PAGE_RESERVED.charges()] == [NOON]


def test_a_reservation_that_is_removed_costs_nothing_and_removing_it_again_is_no_error(lake: Lake) -> None:
    """X refused the request."""
    reserve(lake, PAGE_RESERVED)
    lake.spending.remove(PAGE_RESERVED)
    lake.spending.remove(PAGE_RESERVED)
    assert stored_facts(lake) == []


def test_old_reservations_are_removed_when_they_no_longer_count(lake: Lake) -> None:
    """Those with an answer after eight days, all after two months; what counts in this month or the last stays."""
    ages = {"answered": 9, "counted": 9, "unanswered": 9, "new": 1, "ancient": 63}
    made = {
        name: Reservation(name, "lula", NOON - timedelta(days=days), None if name == "counted" else Most(10, 10))
        for name, days in ages.items()
    }
    reserve(lake, *made.values())
    answer(lake, made["answered"])
    answer(lake, made["new"])
    answer_count(lake, made["counted"])
    load_bronze(lake)
    clear_reservations(lake, NOON)
    assert {each.request_id for each in lake.spending.all()} == {"unanswered", "new"}


def test_a_foreign_object_among_the_reservations_is_named(lake: Lake) -> None:
    """What it means is not known, so nothing is spent on a guess; a hidden file is the trace of a kill."""
    location: Location = lake.location
    location.create(location.path("ops/spending/2026-09-07/.half-written"), b"")
    assert stored_facts(lake) == []
    location.create(location.path("ops/spending/2026-09-07/notes.txt"), b"")
    with pytest.raises(LakeError, match=r"2026-09-07/notes\.txt is no reservation"):
        stored_facts(lake)


def test_reservations_are_listed_by_the_days_they_were_made_on(lake: Lake) -> None:
    """Both ends included."""
    made = [Reservation(f"d{day}", "lula", NOON + timedelta(days=day), None) for day in range(5)]
    reserve(lake, *made)
    days = [(NOON + timedelta(days=day)).date() for day in (1, 3)]
    assert sorted(lake.spending.made_on(*days), key=lambda each: each.at) == made[1:4]


@given(
    st.builds(
        Reservation,
        st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
        st.from_regex(re.compile(SUBJECT_PATTERN, re.ASCII), fullmatch=True),
        st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        st.none() | st.builds(Most, *[st.integers(0, 10_000)] * 3),
    )
)
def test_a_reservation_is_read_back_from_its_name(reservation: Reservation) -> None:
    """Nothing else of it is stored; names fit every file system."""
    assert Reservation.from_name(reservation.name) == reservation
    assert len(reservation.name) < 200
    assert json.dumps(reservation.name) == f'"{reservation.name}"'
