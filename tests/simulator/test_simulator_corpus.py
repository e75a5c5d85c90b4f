"""The corpus is a pure function of seed and time, and looks like the recorded sample."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from fedbytweets.instants import from_snowflake
from fedbytweets.simulator import Corpus

START = datetime(2026, 9, 1, 12, tzinfo=UTC)
FIRST_POSTS = [
    (2094757158821979137, "vera_3aa98"),
    (2094757247767648363, "bruno_331888"),
    (2094757276081236324, "marta_30ae77"),
]
minutes = st.integers(0, 600)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 5), first=minutes, length=st.integers(1, 90), cut=st.integers(0, 90))
def test_any_window_gives_the_same_posts_however_it_is_cut(seed: int, first: int, length: int, cut: int) -> None:
    """Two neighbouring windows, read by two corpora, give what one window over both gives."""
    start, end = START + timedelta(minutes=first), START + timedelta(minutes=first + length)
    middle = min(end, start + timedelta(minutes=cut))
    whole = list(Corpus(seed).posts(start, end))
    later = list(Corpus(seed).posts(middle, end))
    assert [*Corpus(seed).posts(start, middle), *later] == whole


def test_the_corpus_of_a_seed_never_changes() -> None:
    """The first posts of seed 0 are these, on every machine and version."""
    posts = list(Corpus(0).posts(START, START + timedelta(minutes=2)))
    assert [(post.id, post.author.username) for post in posts[:3]] == FIRST_POSTS


def test_ids_are_unique_ascending_and_carry_their_time() -> None:
    """Every id of a window is a snowflake of an instant within it."""
    end = START + timedelta(hours=3)
    ids = list(Corpus(2, posts_per_hour=5_000).ids(START, end))
    assert ids == sorted(set(ids))
    assert all(START <= from_snowflake(post_id) < end for post_id in ids)


def test_a_post_is_found_again_by_its_id() -> None:
    """What a post says depends on its id alone."""
    for post in Corpus(3).posts(START, START + timedelta(minutes=30)):
        assert Corpus(3).post(post.id) == post


def test_what_a_post_refers_to_is_an_older_post_of_the_corpus() -> None:
    """A reply's or quote's reference lies in the timeline, before it."""
    posts = list(Corpus(4).posts(START, START + timedelta(hours=4)))
    references = {post.id: post.reference_id for post in posts if post.reference_id}
    before = set(Corpus(4).ids(START - timedelta(hours=5), START + timedelta(hours=4)))
    assert references
    assert all(made > reference and reference in before for made, reference in references.items())


def test_the_mix_is_that_of_the_recorded_sample() -> None:
    """Authors per 600 posts, places, locations, replies and long texts lie near the recorded shares."""
    posts = list(Corpus(5, posts_per_hour=18_000).posts(START, START + timedelta(hours=1)))
    authors = [len({post.author.id for post in posts[at : at + 600]}) for at in range(0, 12_000, 600)]
    assert 480 <= sum(authors) / len(authors) <= 530
    count = len(posts)
    assert abs(sum(post.has_geo for post in posts) / count - 0.035) < 0.01
    assert any(post.coordinates and not post.place for post in posts)
    assert any(post.place and post.place.country is None for post in posts)
    assert abs(sum(post.author.location is None for post in posts) / count - 0.46) < 0.04
    assert abs(sum(post.kind == "replied_to" for post in posts) / count - 0.18) < 0.02
    assert abs(sum(post.long_text is not None for post in posts) / count - 0.04) < 0.01
    assert abs(sum(post.lang == "pt" for post in posts) / count - 0.86) < 0.02


def test_brazil_sleeps_at_four_and_talks_at_nine_in_the_evening() -> None:
    """The volume follows the hours of São Paulo, and its mean is the rate that was set."""
    corpus = Corpus(6, posts_per_hour=1_000)
    midnight = datetime(2026, 9, 2, 3, tzinfo=UTC)
    hours = [midnight + timedelta(hours=hour) for hour in range(24)]
    volume = [len(list(corpus.ids(hour, hour + timedelta(hours=1)))) for hour in hours]
    assert volume[21] > 8 * volume[4]
    assert abs(sum(volume) / 24 - 1_000) < 50


def test_retweets_exist_only_if_asked_for() -> None:
    """By default there are none; with a share they carry the beginning of their original."""
    window = (START, START + timedelta(hours=6))
    assert not any(post.kind == "retweeted" for post in Corpus(7).posts(*window))
    corpus = Corpus(7, retweet_share=0.7)
    retweets = [post for post in corpus.posts(*window) if post.kind == "retweeted"]
    assert retweets
    for post in retweets:
        original = corpus.post(post.reference_id or 0)
        assert post.text.startswith(f"RT @{original.author.username}: ")
        assert len(post.text) <= 140
