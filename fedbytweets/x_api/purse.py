"""What one subject may spend in one round of a run, and what it has spent: asked before each page, told after it."""

from dataclasses import dataclass, field
from datetime import date

from fedbytweets.coverage import BilledFacts, Left, PageShape, Spending, spent
from fedbytweets.coverage.spending import fitting_page
from fedbytweets.subjects import Prices
from fedbytweets.x_api.collected import Stop, StopError


@dataclass(slots=True)
class Purse:
    """`limit` is the subject's own pages and posts a run, `share` its part of the budgets on one UTC day."""

    limit: Left
    share: Left
    prices: Prices
    day: date
    smallest: Spending = field(default_factory=Spending)
    """The most that the smallest page can cost, and a request of counts/recent: less buys no count."""
    spent: Spending = field(default_factory=Spending)

    def page_size(self, shape: PageShape, wanted: int, today: date) -> int:
        """Return how many posts the next page may have.

        Raises:
            StopError: not even the smallest page fits; whether into the subject's own pages and posts or into its
                share is told. Or it is another day, by the turn of midnight or of a clock that was set, whose budget
                nobody has looked at yet.

        """
        if self._is_of_another(today):
            raise StopError(Stop.BUDGET, f"The day ended (UTC): limits of {today} are for the next run.")
        if fitting_page(self.limit.after(self.spent), shape, self.prices, wanted) is None:
            raise StopError(
                Stop.LIMIT, "Stopped at this subject's max_pages or max_posts a run; the next run continues."
            )
        size = fitting_page(self._left(), shape, self.prices, wanted)
        if size is None:
            raise StopError(
                Stop.BUDGET, "Stopped at a limit: less is left than the smallest page may cost; a later run continues."
            )
        return size

    def pay(self, facts: BilledFacts) -> None:
        """Count an answer: a page that was read at its cost, one that could not be at the most it can have cost."""
        self.spent += spent([facts], self.prices)

    def pay_count(self, today: date) -> bool:
        """Count a request of counts/recent, if it and a page after it fit; say whether they do."""
        if self._is_of_another(today) or not self._left().buys(self.smallest):
            return False
        self.spent += Spending(money=self.prices.counts_request)
        return True

    def _is_of_another(self, today: date) -> bool:
        return self.share != Left() and today != self.day

    def _left(self) -> Left:
        return self.limit.within(self.share).after(self.spent)
