"""The stand-in of the X API: real HTTP on loopback, made-up posts that are the same for ever.

    with Simulator(Corpus(seed=7, posts_per_hour=600), clock=ManualClock()) as simulator:
        ...                                    # simulator.base_url + "/2/tweets/search/recent"
        simulator.clock.advance(timedelta(hours=8))
        simulator.faults = Script([Fault(FaultKind.UNAVAILABLE), None, Fault(FaultKind.TRUNCATED)])
        simulator.truth("lula", start, end)    # the ids that must be found
        simulator.ledger.cost()                # what they cost

It answers `search/recent`, `counts/recent`, `usage/tweets` and compliance jobs under `/2`, in both of X's
vocabularies, with X's checks, limits and error bodies. tweepy and X's own SDK work against it.
"""

from fedbytweets.simulator.account import Account, Prices
from fedbytweets.simulator.clock import Clock, ManualClock, SystemClock
from fedbytweets.simulator.corpus import Corpus
from fedbytweets.simulator.faults import PASSING, Fault, FaultKind, FaultPlan, Outage, Script, Sprinkled, Together
from fedbytweets.simulator.ledger import Ledger, Request
from fedbytweets.simulator.posts import Post
from fedbytweets.simulator.query import QueryError, Question, parse_query
from fedbytweets.simulator.raw_files import write_raw_files
from fedbytweets.simulator.search import Late
from fedbytweets.simulator.server import Simulator, serve
from fedbytweets.simulator.vocabulary import BOLSONARO, LULA, TOPICS, Topic

__all__ = [
    "BOLSONARO",
    "LULA",
    "PASSING",
    "TOPICS",
    "Account",
    "Clock",
    "Corpus",
    "Fault",
    "FaultKind",
    "FaultPlan",
    "Late",
    "Ledger",
    "ManualClock",
    "Outage",
    "Post",
    "Prices",
    "QueryError",
    "Question",
    "Request",
    "Script",
    "Simulator",
    "Sprinkled",
    "SystemClock",
    "Together",
    "Topic",
    "parse_query",
    "serve",
    "write_raw_files",
]  # fmt: skip
