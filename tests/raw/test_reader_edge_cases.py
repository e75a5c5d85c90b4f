"""Every file of the shared edge cases -> what its table says, as far as the reader decides it."""

from datetime import UTC, datetime

import pytest
from raw_samples import SHARED, needs_shared_data, pages, refusals

from fedbytweets.raw import wire
from fedbytweets.raw.reader import Refusal

pytestmark = needs_shared_data

COUNTS = {
    "01_empty_page": [(0, 0, 0, 0, 0)],
    "03_no_includes": [(1, 0, 0, 0, 0)],
    "04_no_geo": [(1, 1, 0, 0, 0)],
    "05_geo_coordinates_only": [(1, 1, 0, 0, 0)],
    "08_place_id_not_in_includes": [(1, 1, 0, 0, 0)],
    "10_user_without_location": [(1, 1, 0, 0, 0)],
    "13_user_repeated_over_pages": [(1, 1, 0, 0, 0), (1, 1, 0, 0, 0)],
    "14_author_missing_from_includes": [(2, 1, 0, 0, 1)],
    "15_errors_only_200": [(0, 0, 0, 0, 1)],
    "17_id_over_2_53": [(1, 1, 0, 0, 0)],
    "20_text_newlines_tabs_quotes": [(1, 1, 0, 0, 0)],
    "21_text_emoji_zwj_rtl": [(1, 1, 0, 0, 0)],
    "24_note_tweet": [(1, 1, 0, 0, 0)],
    "25_retweet_truncated": [(1, 1, 0, 1, 0)],
    "27_created_at_0": [(1, 1, 0, 0, 0)],
    "27_created_at_2": [(1, 1, 0, 0, 0)],
    "28_followers_over_int32": [(1, 1, 0, 0, 0)],
    "30_verified_type_blue": [(1, 1, 0, 0, 0)],
    "32_unknown_fields": [(1, 1, 0, 0, 0)],
    "36_truncated_json": [],
    "40_html_body": [],
    "41_problem_json_body": [(0, 0, 0, 0, 1)],
    "43_empty_file": [],
    "45_seed_envelope": [(1, 1, 0, 0, 0), (1, 1, 0, 0, 0)],
    "47_seed_envelope_appended_twice": [(1, 1, 0, 0, 0), (1, 1, 0, 0, 0)],
    "48_twarc_pages_jsonl": [(1, 1, 0, 0, 0), (1, 1, 0, 0, 0)],
    "50_jsonl_bad_middle_line": [(1, 1, 0, 0, 0), (1, 1, 0, 0, 0)],
    "51_new_dialect_posts": [(1, 1, 0, 1, 0)],
    "53_same_tweet_two_subjects": [(1, 1, 0, 0, 0), (1, 1, 0, 0, 0)],
    "54_duplicate_ids_in_page": [(2, 2, 0, 0, 0)],
}
"""A page's tweets, users, places, originals and problems, by case."""

ENDS_EARLY = "JSON that ends before it is complete"
REFUSED = {
    "36_truncated_json": [Refusal(1, 0, "truncated", ENDS_EARLY)],
    "40_html_body": [Refusal(1, 0, "not-json", "JSON is malformed: invalid character (byte 0)")],
    "43_empty_file": [Refusal(1, 0, "empty", "nothing is in it")],
    "50_jsonl_bad_middle_line": [Refusal(2, 462, "truncated", ENDS_EARLY)],
}


def case(name: str) -> bytes:
    return (SHARED / "edge_cases" / f"{name}.json").read_bytes()


def tweet(name: str) -> wire.Tweet:
    return pages(case(name))[0].tweets[0]


def user(name: str) -> wire.User:
    return pages(case(name))[0].users[0]


def test_every_case_of_the_folder_is_expected_here() -> None:
    """A case added to the folder is not passed over."""
    assert {path.stem for path in (SHARED / "edge_cases").iterdir()} == COUNTS.keys()


@pytest.mark.parametrize("name", COUNTS)
def test_a_case_gives_its_rows(name: str) -> None:
    """Pages and rows come out as the table says, and nothing else is refused."""
    found = [
        (len(page.tweets), len(page.users), len(page.places), len(page.originals), len(page.problems))
        for page in pages(case(name))
    ]
    assert found == COUNTS[name]
    assert refusals(case(name)) == REFUSED.get(name, [])


def test_an_id_beyond_2_53_is_exact() -> None:
    """Ids never pass through a float."""
    assert tweet("17_id_over_2_53").id.encode() in case("17_id_over_2_53")


def test_what_is_absent_is_none() -> None:
    """No geo, no location, no place: None, not an empty something."""
    assert tweet("04_no_geo").geo is None
    assert user("10_user_without_location").location is None
    assert tweet("05_geo_coordinates_only").geo.place_id is None


def test_a_place_that_is_not_included_keeps_its_id() -> None:
    """The tweet says its place even when the page does not."""
    assert tweet("08_place_id_not_in_includes").geo.place_id is not None


def test_text_is_unchanged() -> None:
    """Newlines, tabs, quotes, joined emoji and right-to-left marks come through as they were."""
    assert {"\n", "\t", '"'} <= set(tweet("20_text_newlines_tabs_quotes").text)
    assert "\u200d" in tweet("21_text_emoji_zwj_rtl").text


def test_a_long_text_is_there_whole() -> None:
    """The note holds all of it; the text stays as the API gave it."""
    long = tweet("24_note_tweet")
    assert long.text.endswith("\u2026")
    assert len(long.note_tweet.text) > len(long.text)


def test_a_count_beyond_int32_is_not_wrapped() -> None:
    """The number stands as the API wrote it."""
    assert user("28_followers_over_int32").public_metrics.followers_count > 2**31 - 1


def test_verified_and_its_type_are_both_as_given() -> None:
    """`verified` says nothing about `verified_type`."""
    assert user("30_verified_type_blue").verified_type == "blue"
    assert isinstance(user("30_verified_type_blue").verified, bool)


def test_unknown_fields_are_named_and_known_ones_are_not() -> None:
    """`foo` is unknown; `paid_partnership` and `topics` stand in X's own documents."""
    (page,) = pages(case("32_unknown_fields"))
    assert page.unknown == {"data.foo": 1}


def test_both_documents_of_one_file_have_their_places() -> None:
    """A file that two writers appended to gives both, each where it stands."""
    assert [page.offset for page in pages(case("47_seed_envelope_appended_twice"))] == [10, 483]


def test_the_stamp_of_twarc_is_the_time_of_retrieval() -> None:
    """In UTC, whatever its offset."""
    found = [page.retrieved_at for page in pages(case("48_twarc_pages_jsonl"))]
    assert found[0] == datetime(2026, 1, 2, 3, 5, tzinfo=UTC)
    assert all(instant.tzinfo is UTC for instant in found)


def test_the_other_vocabulary_fills_its_own_fields() -> None:
    """Each word of the new dialect is read where it belongs."""
    (page,) = pages(case("51_new_dialect_posts"))
    (post,) = page.tweets
    assert (post.note_post.text, post.edit_history_post_ids, post.public_metrics.repost_count) == ("AAA", ["1"], 1)
    assert [(reference.type, reference.id) for reference in post.referenced_posts] == [("quoted", "5")]
    assert page.users[0].public_metrics.post_count == 7
    assert page.unknown == {}
