"""Predicted pages: what one subject's part of a round would read, from the posts it still has and what a post costs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from fedbytweets.coverage.allocation import Claim, Turn, allocate
from fedbytweets.coverage.facts import BilledFacts, PageFacts
from fedbytweets.coverage.limits import Asking
from fedbytweets.coverage.spending import Left, Spending, fitting_page, left
from fedbytweets.subjects import Budget, Prices, Subject


@dataclass(frozen=True, slots=True)
class PostCost:
    """What is billed with each post of a subject, itself included: posts, users."""

    posts: Fraction
    users: Fraction

    @classmethod
    def of(cls, pages: Iterable[PageFacts], prices: Prices) -> "PostCost":
        """Return what came with the posts of these pages, on average; without any, one author with each."""
        read = [(page.posts, page.included_posts, page.users) for page in pages]
        posts = sum(each[0] for each in read)
        included = Fraction(sum(each[1] for each in read), posts) if posts else Fraction(0)
        users = Fraction(sum(each[2] for each in read), posts) if posts else Fraction(1)
        return cls(
            1 + included if prices.bill_included_posts else Fraction(1),
            users if prices.bill_expanded_users else Fraction(0),
        )

    def spending(self, posts: int, prices: Prices) -> Spending:
        """Return what so many posts cost."""
        billed, users = round(posts * self.posts), round(posts * self.users)
        return Spending(billed, users, billed * prices.post + users * prices.user)


@dataclass(slots=True)
class Reader:
    """Reads predicted pages as a `Collector` reads real ones: as large as fits, until nothing more is wanted."""

    subject: Subject
    asking: Asking
    prices: Prices
    cost: PostCost
    wanted: list[int] | None = field(default_factory=list)
    """Posts still to be read by each search, in the order of the searches; None when nobody knows."""
    count_first: bool = False
    posts: int = 0
    pages: int = 0
    counts: int = 0

    @property
    def spent(self) -> Spending:
        """What was read so far costs."""
        return self.cost.spending(self.posts, self.prices) + Spending(
            pages=self.pages, money=self.counts * self.prices.counts_request
        )

    def turn(self, share: Left) -> Turn:
        """Read with one part of the budgets."""
        before, shape = self.spent, self.asking.shapes[self.subject.name]
        limit = Left(self.subject.max_posts, None, self.subject.max_pages)
        if self.wanted is None:
            return Turn(self._most(share.within(limit)), wants_more=False)
        if self.count_first and limit.after(before).within(share).buys(
            self.asking.smallest(self.subject.name, self.prices)
        ):
            self.counts, self.count_first = 1, False
        while self.wanted:
            room = share.after(self.spent - before)
            own = limit.after(self.spent)
            size = fitting_page(own.within(room), shape, self.prices, self.asking.page_size)
            if size is None:
                stopped_by_share = fitting_page(own, shape, self.prices, self.asking.page_size) is not None
                return Turn(self.spent - before, stopped_by_share)
            self._read(min(size, self.wanted[0]))
        return Turn(self.spent - before, wants_more=False)

    def _read(self, posts: int) -> None:
        assert self.wanted
        self.posts += posts
        self.pages += 1
        self.wanted[0] -= posts
        if self.wanted[0] <= 0:
            self.wanted.pop(0)

    def _most(self, share: Left) -> Spending:
        """Return what a part buys, for a subject of unknown volume: it may take all of it."""
        a_post = self.cost.posts * Fraction(self.prices.post) + self.cost.users * Fraction(self.prices.user)
        bounds = [] if share.posts is None else [int(share.posts / self.cost.posts)]
        bounds += [] if share.money is None or not a_post else [int(Fraction(share.money) / a_post)]
        return self.cost.spending(min(bounds, default=0), self.prices)


def predict_run(
    readers: Sequence[Reader],
    facts: Sequence[BilledFacts],
    at: datetime,
    asking: Asking,
    budget: Budget,
    prices: Prices,
) -> None:
    """Let each subject's reader read what a run at an instant would; `facts` are those from before it."""
    by_name = {each.subject.name: each for each in readers}
    allocate(
        [Claim.of(each.subject, facts, prices, asking, at) for each in readers],
        lambda this_run, now: left(budget, facts, this_run, prices, now),
        lambda: at,
        lambda parts, _: {name: by_name[name].turn(part) for name, part in parts.items()},
    )
