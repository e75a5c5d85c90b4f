"""Reservations: the most that a request to the X API may cost, on record from before it is sent.

A reservation counts as spent until an answer with its id is stored: whatever happens to the run in between. Its name
holds everything, so that a listing of names is all that is read of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, timedelta

from fedbytweets.coverage.facts import BilledFacts, CountFacts, UnreadFacts
from fedbytweets.raw.lineage import Most

LONGEST_REQUEST = timedelta(minutes=5)
"""X may have billed an unanswered request until then; one shortly before midnight counts on both days."""

_INSTANT = "%Y%m%dT%H%M%S.%fZ"
_COUNT = "count"


@dataclass(frozen=True, slots=True)
class Reservation:
    """One request: the most its page can hold, or None for a request of counts/recent; `at` is aware UTC."""

    request_id: str
    subject: str
    at: datetime
    most: Most | None

    @property
    def day(self) -> date:
        """The UTC day it was made on."""
        return self.at.date()

    @property
    def name(self) -> str:
        """Its name, from which `from_name` reads it back."""
        most = self.most
        cost = f"{most.posts}-{most.users}-{most.included_posts}" if most else _COUNT
        return f"{self.at:{_INSTANT}}_{self.request_id}_{cost}_{self.subject}"

    @classmethod
    def from_name(cls, name: str) -> "Reservation":
        """Read a reservation from its name.

        Raises:
            ValueError: the name is no reservation's.

        """
        instant, request_id, cost, subject = name.split("_", 3)
        at = datetime.strptime(instant, _INSTANT).replace(tzinfo=UTC)
        if at.year == MAXYEAR:
            raise ValueError(f"{instant} is no time of a request")
        if cost == _COUNT:
            return cls(request_id, subject, at, None)
        posts, users, included_posts = map(int, cost.split("-"))
        return cls(request_id, subject, at, Most(posts, users, included_posts))

    def charges(self, answered_at: datetime | None = None) -> list[UnreadFacts | CountFacts]:
        """Return what counts as spent for it beside its stored answer, if there is one, which came at that time (UTC).

        A request that was under way at midnight may have been billed on either day, and counts on both.
        """
        ends_at = self.at + LONGEST_REQUEST if answered_at is None else answered_at
        days = {each.date(): each for each in (ends_at, self.at)}
        if answered_at is not None:
            del days[answered_at.date()]
        return [self._fact(at) for at in days.values()]

    def _fact(self, at: datetime) -> UnreadFacts | CountFacts:
        most = self.most
        if most is None:
            return CountFacts(self.subject, at, self.request_id)
        return UnreadFacts(self.subject, at, most.posts, most.users, most.included_posts, self.request_id)


def charges(reservations: Iterable[Reservation], answers: Iterable[BilledFacts]) -> list[UnreadFacts | CountFacts]:
    """Return what reservations count as spent beside the stored answers."""
    came_at = {each.request_id: each.retrieved_at for each in answers if each.request_id}
    return [charge for each in reservations for charge in each.charges(came_at.get(each.request_id))]
