"""Who may spend how much: the rounds in which what all subjects may spend is divided, for a run and for its plan.

A run reads real pages with the part of each subject, a plan predicts them; everything else is decided here, once. What
some subjects leave over is divided again among those that want more, until nobody does or no page fits.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from fedbytweets.coverage.facts import BilledFacts
from fedbytweets.coverage.limits import Asking
from fedbytweets.coverage.spending import Left, Spending, left, spent
from fedbytweets.subjects import Budget, Prices, Subject

LATELY = timedelta(days=7)
"""Spending this recent decides who is next when not every subject can have a page."""

LeftOf: TypeAlias = Callable[[Spending, datetime], Left]
"""(spent in this run, now in UTC) -> what limits leave then."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One subject's side of the allocation."""

    name: str
    smallest: Spending
    """The most that its smallest page can cost, with a request of counts/recent where one comes first."""
    lately: Spending
    """What it spent in the last 7 days, before this run."""
    served_at: datetime
    """When it last had a page, UTC."""
    own: LeftOf
    """What its own budget leaves."""

    @classmethod
    def of(
        cls, subject: Subject, facts: Sequence[BilledFacts], prices: Prices, asking: Asking, begun_at: datetime
    ) -> "Claim":
        """Return the claim of a subject in a run that begins at an instant; `facts` are those of before, of all."""
        own = [each for each in facts if each.subject == subject.name]
        return cls(
            subject.name,
            asking.smallest(subject.name, prices),
            spent((each for each in own if each.retrieved_at > begun_at - LATELY), prices),
            max((each.retrieved_at for each in own), default=datetime.min.replace(tzinfo=UTC)),
            lambda this_run, now: left(subject.budget or Budget(), own, this_run, prices, now),
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """What one subject did with its part in one round."""

    spent: Spending
    wants_more: bool
    """Whether only its part stopped it."""


def allocate(
    claims: Sequence[Claim],
    shared: LeftOf,
    clock: Callable[[], datetime],
    read: Callable[[Mapping[str, Left], datetime], Mapping[str, Turn]],
) -> None:
    """Divide what `shared` leaves among subjects, round by round; `read` spends the parts of a round, by subject.

    Every subject gets at least one part, were it one that buys nothing, so that it can say why it stopped. Each round
    is of the day (UTC) it begins on. It ends: a round either spends, or the subjects that it served leave.
    """
    spent = {claim.name: Spending() for claim in claims}
    waiting = tuple(claims)
    while waiting:
        now = clock()
        everything = shared(sum(spent.values(), Spending()), now)
        parts = shares(everything, waiting, spent)
        own = {claim.name: claim.own(spent[claim.name], now) for claim in waiting}
        turns = read({name: part.within(own[name]) for name, part in parts.items()}, now)
        for name, turn in turns.items():
            spent[name] += turn.spent
        wanting = _still_wanting(waiting, turns, spent, now)
        waiting = tuple(claim for claim in waiting if claim.name not in turns or claim.name in wanting)


def shares(allowed: Left, waiting: Sequence[Claim], spent: Mapping[str, Spending]) -> dict[str, Left]:
    """Divide what is left in equal parts among as many of the waiting subjects as a smallest page can be bought for.

    Those that have had least lately, this run's spending included, come first; of equals the one that waits longest.
    Where nobody can buy a page, all get a
    part that buys nothing.
    """

    def had(claim: Claim) -> tuple[object, ...]:
        so_far = claim.lately + spent[claim.name]
        return so_far.money, so_far.posts, claim.served_at, claim.name

    able = sorted((claim for claim in waiting if allowed.buys(claim.smallest)), key=had)
    for count in range(len(able), 0, -1):
        part = allowed.divided(count)
        if all(part.buys(claim.smallest) for claim in able[:count]):
            return {claim.name: part for claim in able[:count]}
    return {claim.name: allowed.divided(len(waiting)) for claim in waiting}


def _still_wanting(
    waiting: Sequence[Claim], turns: Mapping[str, Turn], spent: Mapping[str, Spending], now: datetime
) -> Collection[str]:
    """Return who wants more and can still buy a page by its own limits; nobody, if this round spent nothing."""
    if all(turn.spent == Spending() for turn in turns.values()):
        return ()
    wanting = [claim for claim in waiting if claim.name in turns and turns[claim.name].wants_more]
    return {claim.name for claim in wanting if claim.own(spent[claim.name], now).buys(claim.smallest)}
