"""The ledger of a run: what it and the runs beside it may still spend, by reservations that all of them make.

Before a request that may be billed is sent, a reservation of the most it may cost is stored; then all reservations are
listed. Of two runs that reserve at once, at least one sees the other's, so that both together never pass a limit.
"""

import random
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain
from secrets import token_hex
from typing import Protocol

from fedbytweets.coverage import BilledFacts, Left, PageShape, Reservation, left, spent
from fedbytweets.coverage.spending import SMALLEST_PAGE, fitting_page
from fedbytweets.subjects import Budget, Prices, Subject
from fedbytweets.x_api.collected import Stop, StopError

_DAY = timedelta(days=1)
_TRIES = 4
"""How often a page is reserved while other runs' reservations leave no room: some of them may be withdrawn."""
_LONGEST_PAUSE_SECONDS = 0.5


class Reservations(Protocol):
    """Where reservations are stored, for all runs on one lake."""

    def put(self, reservation: Reservation) -> None:
        """Add a reservation, visible to every listing that begins after this call."""

    def remove(self, reservation: Reservation) -> None:
        """Remove a reservation."""

    def made_on(self, first: date, last: date) -> list[Reservation]:
        """Return the reservations made on the UTC days from `first` to `last`, both included."""


@dataclass(slots=True)
class Ledger:
    """What one run has reserved and spent; safe to share between threads.

    `facts` are those of the lake from before the run: reservations that are not among them belong to runs beside this
    one, and count at their most until the next run reads their answers.
    """

    store: Reservations
    facts: Sequence[BilledFacts]
    budget: Budget
    budgets: Mapping[str, Budget]
    """Subject -> its own limits."""
    prices: Prices
    begun_on: date
    """The UTC day the run began on."""
    _own: dict[str, Sequence[BilledFacts]] = field(default_factory=dict)
    _known: frozenset[str] = frozenset()
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(
        cls,
        store: Reservations,
        facts: Iterable[BilledFacts],
        budget: Budget,
        prices: Prices,
        subjects: Iterable[Subject],
        now: datetime,
        *,
        simulated: bool = False,
    ) -> "Ledger | None":
        """Return the ledger of a run that begins now (UTC); None where posts are simulated and no limit is set.

        Real requests are reserved without a limit, too: runs beside this one and later ones may have one.
        """
        budgets = {each.name: each.budget for each in subjects if each.budget is not None and each.budget != Budget()}
        if simulated and budget == Budget() and not budgets:
            return None
        facts = tuple(facts)
        month = now.date().replace(day=1)
        recent = [each for each in facts if each.retrieved_at.date() >= month]
        return cls(
            store, recent, budget, budgets, prices, now.date(), _known=frozenset(each.request_id for each in facts)
        )

    def reserve_page(
        self,
        subject: str,
        shape: PageShape,
        size: int,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> tuple[int, Reservation]:
        """Reserve a page of `size` posts, or of fewer where only these fit; return how many, and the reservation.

        Raises:
            StopError: no page fits beside what other runs have reserved.
            LakeError: reservations cannot be stored or listed.

        """
        for _ in range(_TRIES):
            now = clock()
            reservation = self._put(Reservation(token_hex(8), subject, now, shape.most(size)))
            room = self._room(subject, now, reservation)
            fits = fitting_page(room, shape, self.prices, size)
            if fits == size:
                return size, reservation
            self.release(reservation)
            size = fits or SMALLEST_PAGE
            sleep(random.uniform(0, _LONGEST_PAUSE_SECONDS))  # noqa: S311 - spreads runs that reserve at once
        raise StopError(
            Stop.BUDGET,
            "Stopped at a limit that other runs share: less is left beside what they reserved than a page may cost.",
        )

    def reserve_count(self, subject: str, now: datetime) -> Reservation | None:
        """Reserve a request of counts/recent; None where it does not fit.

        Raises:
            LakeError: reservations cannot be stored or listed.

        """
        reservation = self._put(Reservation(token_hex(8), subject, now, None))
        money = self._room(subject, now, reservation).money
        if money is None or money >= self.prices.counts_request:
            return reservation
        self.release(reservation)
        return None

    def release(self, reservation: Reservation) -> None:
        """Take a reservation back: X surely did not bill its request.

        Raises:
            LakeError: it could not be removed; it counts as spent.

        """
        self.store.remove(reservation)
        with self._lock:
            del self._own[reservation.request_id]

    def answered(self, reservation: Reservation, facts: BilledFacts) -> None:
        """Count a stored answer at its cost from now on, in place of its reservation."""
        with self._lock:
            self._own[reservation.request_id] = [facts, *reservation.charges(facts.retrieved_at)]

    def _put(self, reservation: Reservation) -> Reservation:
        with self._lock:
            self._own[reservation.request_id] = reservation.charges()
        self.store.put(reservation)
        return reservation

    def _room(self, subject: str, now: datetime, reservation: Reservation) -> Left:
        """Return what is left for a request that has a reservation, beside everything else that is spent or reserved.

        Days are listed with one more on either side, as clocks of machines differ.
        """
        listed = self.store.made_on(self.begun_on - _DAY, now.date() + _DAY)
        with self._lock:
            own = [*chain(*(facts for one, facts in self._own.items() if one != reservation.request_id))]
            others = [
                charge
                for each in listed
                if each.request_id not in self._known and each.request_id not in self._own
                for charge in each.charges()
            ]
        room = left(self.budget, [*self.facts, *others], spent(own, self.prices), self.prices, now)
        if subject in self.budgets:
            theirs = [each for each in [*self.facts, *others] if each.subject == subject]
            mine = spent((each for each in own if each.subject == subject), self.prices)
            room = room.within(left(self.budgets[subject], theirs, mine, self.prices, now))
        return room
