"""How the X API is asked: every bound a setting, with what X documented in August 2026 as the default."""

import re
from datetime import timedelta
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, model_validator

from fedbytweets.coverage import Bounds
from fedbytweets.number_fields import NumberFields

_ADDRESS = re.compile(r"(?ai)https?://(?:\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?(?:/[a-z0-9._~/-]*)?")
"""An address that every parser reads alike: no user name, backslash or space can hide another host in it."""
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
"""Hosts that are this machine."""


class CollectSettings(NumberFields):
    """Bounds and habits of collecting; names carry their units."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str = Field("https://api.x.com", description="Where the X API answers; http only on loopback.")
    simulated: bool = Field(
        False,
        description="The base URL is the simulator's, on this machine: posts are invented and marked so, and cost "
        "nothing. `run --simulate` sets it.",
    )
    dialect: Literal["tweet", "post"] = Field(
        "tweet", description="Words the API is spoken to in: tweet (spec 2.166, July 2026) or post (2.167, August)."
    )
    page_size: int = Field(100, ge=10, le=100, description="Posts a page; less only to fit a budget.")
    lag_seconds: int = Field(
        30, ge=10, le=86_400, description="A window ends so long before the run; X wants 10 at least."
    )
    overlap_seconds: int = Field(
        120,
        ge=0,
        le=604_800,
        description="A post may turn up so late: the end of a window younger than this is asked again.",
    )
    first_lookback_hours: float = Field(24, gt=0, le=168, description="How far back a new subject begins.")
    reach_hours: float = Field(168, gt=0, le=200_000, description="How far back recent search goes: 7 days.")
    reach_margin_seconds: int = Field(
        60, ge=0, le=86_400, description="Kept clear of that border, as a run takes time."
    )
    max_wait_seconds: float = Field(
        60, ge=0, le=86_400, description="A longer wait for the rate limit ends a search instead."
    )
    connect_timeout_seconds: float = Field(10, gt=0, le=86_400, description="Longest wait for a connection.")
    read_timeout_seconds: float = Field(30, gt=0, le=86_400, description="Longest silence within an answer.")
    total_timeout_seconds: float = Field(
        90, gt=0, le=86_400, description="Longest time of one request, whatever happens."
    )
    attempts: int = Field(4, ge=1, le=20, description="How often one page is asked for when a failure passes.")
    retry_wait_seconds: float = Field(
        1, ge=0, le=86_400, description="First wait before another attempt; doubles, with jitter."
    )
    retry_wait_most_seconds: float = Field(20, ge=0, le=86_400, description="Longest wait before another attempt.")
    answer_megabytes: float = Field(
        64,
        gt=0,
        le=10_000,
        description="Largest answer that is read, in MiB once decompressed; a larger one fails its subject.",
    )
    idle_pages: int = Field(
        20, ge=1, le=1_000_000, description="Pages without progress in time before a search rests until later."
    )
    parallel_subjects: int = Field(4, ge=1, le=32, description="Subjects collected at once.")
    plan_with_counts: bool = Field(False, description="Ask counts/recent before each new window; it costs money too.")

    @property
    def bounds(self) -> Bounds:
        """How time is cut into windows."""
        return Bounds(
            lag=timedelta(seconds=self.lag_seconds),
            overlap=timedelta(seconds=self.overlap_seconds),
            first_lookback=timedelta(hours=self.first_lookback_hours),
            reach=timedelta(hours=self.reach_hours) - timedelta(seconds=self.reach_margin_seconds),
        )

    @property
    def answer_bytes(self) -> int:
        """Most bytes of an answer that are read, once decompressed."""
        return int(self.answer_megabytes * 2**20)

    @model_validator(mode="after")
    def _no_token_in_clear(self) -> Self:
        url = urlsplit(self.base_url)
        if not _ADDRESS.fullmatch(self.base_url):
            raise ValueError(
                f"base_url {self.base_url!r} is no address: use https://HOST, with :PORT or /PATH if need be"
            )
        if not url.hostname or url.scheme not in ({"http", "https"} if url.hostname in _LOOPBACK else {"https"}):
            raise ValueError(f"base_url {self.base_url!r} would send the token in clear: use https://")
        return self

    @model_validator(mode="after")
    def _margin_is_within_reach(self) -> Self:
        if self.reach_margin_seconds >= self.reach_hours * 3600:
            raise ValueError("reach_margin_seconds leaves nothing of reach_hours: make it smaller")
        return self

    @model_validator(mode="after")
    def _simulator_is_on_this_machine(self) -> Self:
        if self.simulated and urlsplit(self.base_url).hostname not in _LOOPBACK:
            raise ValueError(
                f"simulated is set, and base_url {self.base_url!r} is not on this machine: set base_url to the "
                "address of `fedbytweets simulate`, or leave simulated out for the real X API"
            )
        return self
