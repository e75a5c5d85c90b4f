"""Bounded attempts, bounded waits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedbytweets.errors import CredentialsError, PassingError, QuestionError, WindowSpentError
from fedbytweets.x_api import CollectSettings
from fedbytweets.x_api.retries import with_retries

NOON = datetime(2026, 9, 7, 12, tzinfo=UTC)


class Attempts:
    """A call that fails as scripted and then succeeds; the clock moves by what is slept."""

    def __init__(self, *errors):
        self.errors, self.made, self.slept, self.now = list(errors), 0, [], NOON

    def call(self):
        """Fail with the next error, or return the number of attempts."""
        self.made += 1
        if self.errors:
            raise self.errors.pop(0)
        return self.made

    def sleep(self, seconds):
        """Move the clock."""
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def run(self, **options):
        """Call with retries."""
        return with_retries(self.call, CollectSettings(**options), lambda: self.now, self.sleep)


@given(failures=st.integers(0, 10), attempts=st.integers(1, 8), first=st.floats(0, 5), most=st.floats(0, 10))
def test_a_passing_failure_is_tried_so_often_and_no_more_with_waits_within_bounds(failures, attempts, first, most):
    """Each wait lies between nothing and the longest allowed."""
    tried = Attempts(*[PassingError("503")] * failures)
    options = {"attempts": attempts, "retry_wait_seconds": first, "retry_wait_most_seconds": most}
    if failures < attempts:
        assert tried.run(**options) == failures + 1
    else:
        with pytest.raises(PassingError, match="503"):
            tried.run(**options)
    assert tried.made == min(failures + 1, attempts)
    assert len(tried.slept) == tried.made - 1
    assert all(0 <= wait <= most for wait in tried.slept)


@pytest.mark.parametrize("error", [CredentialsError("401"), QuestionError("400"), KeyboardInterrupt()])
def test_what_waiting_does_not_mend_is_raised_at_once(error):
    """One attempt, no wait."""
    tried = Attempts(error)
    with pytest.raises(type(error)):
        tried.run()
    assert (tried.made, tried.slept) == (1, [])


@pytest.mark.parametrize(("seconds", "waits"), [(59, True), (60, True), (61, False), (-5, True)])
def test_a_spent_window_is_waited_for_up_to_the_bound(seconds, waits):
    """Just beyond its reset; a longer one is the caller's to report."""
    tried = Attempts(WindowSpentError("429", NOON + timedelta(seconds=seconds)))
    if waits:
        assert tried.run() == 2
        (slept,) = tried.slept
        assert max(0, seconds) < slept <= max(0, seconds) + 1
    else:
        with pytest.raises(WindowSpentError):
            tried.run()
        assert tried.slept == []
