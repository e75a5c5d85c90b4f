"""Asked -> Delivery: the stand-in of the X API without its wire: what is answered, billed and gone wrong.

Each answer depends on the corpus, the clock and the account alone, but for what an account spends: its window of
requests, its credits, its monthly cap.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fedbytweets.simulator import answers, compliance, counting
from fedbytweets.simulator.account import COUNTS, JOBS, SEARCH, USAGE, Account
from fedbytweets.simulator.answers import Answer, RefusalError
from fedbytweets.simulator.asked import Asked, SearchAsked, read_counts, read_search
from fedbytweets.simulator.clock import Clock
from fedbytweets.simulator.corpus import Corpus
from fedbytweets.simulator.dialects import DIALECTS
from fedbytweets.simulator.faults import Fault, FaultKind, FaultPlan
from fedbytweets.simulator.jobs import Jobs
from fedbytweets.simulator.ledger import Ledger, Request
from fedbytweets.simulator.pages import Json, Renderer
from fedbytweets.simulator.posts import Post
from fedbytweets.simulator.rate_limits import LIMIT, REMAINING, RESET, RateLimits
from fedbytweets.simulator.search import Index, Late
from fedbytweets.simulator.tokens import page_token
from fedbytweets.simulator.wishes import dialect_of

_WIRE_FAULTS = {FaultKind.RESET, FaultKind.TRUNCATED, FaultKind.SLOW}
_STATUS_FAULTS = {
    FaultKind.INTERNAL_ERROR: 500,
    FaultKind.BAD_GATEWAY: 502,
    FaultKind.UNAVAILABLE: 503,
    FaultKind.GATEWAY_TIMEOUT: 504,
}
_WINDOW_FAULTS = {
    FaultKind.WINDOW_SPENT: timedelta(minutes=10),
    FaultKind.WINDOW_SPENT_RESET_PAST: timedelta(minutes=-1),
    FaultKind.WINDOW_SPENT_NO_RESET: None,
}


@dataclass(frozen=True)
class Delivery:
    """An answer, and what happens to it on its way."""

    answer: Answer
    wire_fault: Fault | None = None


class Api:
    """The API of one account over one corpus; `faults` may be exchanged at any time."""

    def __init__(self, corpus: Corpus, account: Account, clock: Clock, faults: FaultPlan, late: Late) -> None:
        self.corpus = corpus
        self.account = account
        self.clock = clock
        self.faults = faults
        self.ledger = Ledger(account.prices)
        self.jobs = Jobs()
        self.index = Index(corpus, late)
        self._rates = RateLimits(account.requests_a_window)

    def reset(self) -> None:
        """Forget what was asked, charged and spent."""
        self.ledger.clear()
        self._rates.clear()

    def deliver(self, asked: Asked) -> Delivery:
        """Answer a request, write it into the ledger, and say what befalls the answer on the wire."""
        now = self.clock.now()
        fault = self.faults.next(now, asked.path)
        allowed, headers = self._rates.take(_endpoint(asked.path), now)
        try:
            answer = self._answer(asked, now, allowed, fault)
        except RefusalError as refusal:
            answer = refusal.answer
        if fault and fault.kind in _WINDOW_FAULTS:
            headers = _spent(headers, now, _WINDOW_FAULTS[fault.kind])
        wire_fault = fault if fault and fault.kind in _WIRE_FAULTS else None
        status = 0 if wire_fault and wire_fault.kind is FaultKind.RESET else answer.status
        self.ledger.requests.append(
            Request(now, asked.method, asked.path, dict(asked.params), status, fault.kind.value if fault else None)
        )
        return Delivery(replace(answer, headers={**answer.headers, **headers}), wire_fault)

    def _answer(self, asked: Asked, now: datetime, allowed: bool, fault: Fault | None) -> Answer:
        planned = self._planned(fault) if fault else None
        if planned:
            return planned
        if not asked.token or self.account.token not in (None, asked.token):
            return answers.unauthorized()
        if not allowed:
            return answers.too_many_requests()
        return self._route(asked, now, fault.kind if fault else None)

    def _planned(self, fault: Fault) -> Answer | None:
        dialect = DIALECTS[self.account.dialect]
        if fault.kind in _STATUS_FAULTS:
            return answers.server_error(_STATUS_FAULTS[fault.kind])
        if fault.kind in _WINDOW_FAULTS:
            return answers.too_many_requests()
        return {
            FaultKind.UNAUTHORIZED: answers.unauthorized(),
            FaultKind.CREDITS_DEPLETED: answers.credits_depleted(dialect),
            FaultKind.NOT_ENROLLED: answers.not_enrolled(dialect),
            FaultKind.USAGE_CAPPED: answers.usage_capped(dialect),
            FaultKind.HTML: answers.html_page(),
            FaultKind.EMPTY_BODY: Answer(200, b""),
        }.get(fault.kind)

    def _route(self, asked: Asked, now: datetime, fault: FaultKind | None) -> Answer:
        if asked.path == SEARCH and asked.method == "GET":
            return self._search(asked, now, fault)
        if asked.path == COUNTS and asked.method == "GET":
            return self._counts(asked, now)
        if asked.path == USAGE and asked.method == "GET":
            return counting.usage(asked.params, self.account, self.ledger, now)
        if _endpoint(asked.path) == JOBS:
            return compliance.answer(asked, self.jobs, DIALECTS[self.account.dialect], now)
        return answers.not_found(asked.path)

    def _search(self, asked: Asked, now: datetime, fault: FaultKind | None) -> Answer:
        wish = read_search(asked.params, self.account, now, self.index.question)
        self._refuse_the_poor(asked, now)
        if fault is FaultKind.EMPTY_PAGE:
            return answers.ok(Renderer(wish.wanted, self.corpus.post).page([], _here(wish)))
        posts, more = self.index.page(wish.query, wish.window, wish.size, now)
        token = page_token(wish.identity, wish.window[0], posts[-1].id) if more else None
        if fault is FaultKind.REPEATED_TOKEN:
            token = wish.token or _here(wish)
        return answers.ok(self._billed_page(wish, posts, token, now, fault))

    def _billed_page(
        self, wish: SearchAsked, posts: list[Post], token: str | None, now: datetime, fault: FaultKind | None
    ) -> Json:
        renderer = Renderer(wish.wanted, self.corpus.post)
        self.ledger.charge_page(now, (post.id for post in posts), renderer.included(posts).authors)
        page = renderer.page(posts, token)
        users = page.get("includes", {}).get("users")
        if fault is not FaultKind.PARTIAL_ERRORS or not users:
            return page
        gone = users.pop(0)
        includes = {name: rows for name, rows in page["includes"].items() if rows}
        return {**page, "includes": includes, "errors": [answers.suspended_author(wish.wanted.dialect, gone["id"])]}

    def _counts(self, asked: Asked, now: datetime) -> Answer:
        wish = read_counts(asked.params, self.account, now, self.index.question)
        self._refuse_the_poor(asked, now)
        self.ledger.charge_counts(now)
        return answers.ok(counting.counts(wish, self.index.in_sight(wish.query, wish.window, now)))

    def _refuse_the_poor(self, asked: Asked, now: datetime) -> None:
        dialect = dialect_of(asked.params, self.account)
        cap, credits_usd = self.account.monthly_cap, self.account.credits_usd
        if credits_usd is not None and self.ledger.cost() >= credits_usd:
            raise RefusalError(answers.credits_depleted(dialect))
        if asked.path == SEARCH and cap is not None and self.ledger.posts_of_month(now) >= cap:
            raise RefusalError(answers.usage_capped(dialect))


def _endpoint(path: str) -> str:
    return JOBS if path.startswith(JOBS) else path


def _here(wish: SearchAsked) -> str:
    return page_token(wish.identity, *wish.window)


def _spent(headers: dict[str, str], now: datetime, opens_in: timedelta | None) -> dict[str, str]:
    if opens_in is None:
        return {LIMIT: headers[LIMIT], REMAINING: "0"}
    return {LIMIT: headers[LIMIT], REMAINING: "0", RESET: str(int((now + opens_in).timestamp()))}
