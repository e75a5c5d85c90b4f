"""Coverage: what was asked, what is missing, what it cost and what to ask next; all from facts of stored pages."""

from fedbytweets.coverage.coverage import REACH, Coverage, Hole, Lost, coverage
from fedbytweets.coverage.facts import BilledFacts, CountFacts, PageFacts, UnreadFacts, counted_posts, page_facts
from fedbytweets.coverage.plan import Ask, Bounds, next_ask
from fedbytweets.coverage.reservations import Reservation, charges
from fedbytweets.coverage.searches import Search, searches
from fedbytweets.coverage.spans import Span
from fedbytweets.coverage.spending import Left, PageShape, Spending, left, spent, unread_facts

__all__ = [
    "REACH",
    "Ask",
    "BilledFacts",
    "Bounds",
    "CountFacts",
    "Coverage",
    "Hole",
    "Left",
    "Lost",
    "PageFacts",
    "PageShape",
    "Reservation",
    "Search",
    "Span",
    "Spending",
    "UnreadFacts",
    "charges",
    "counted_posts",
    "coverage",
    "left",
    "next_ask",
    "page_facts",
    "searches",
    "spent",
    "unread_facts",
]
