"""The command `simulate`: a simulator of the X API, served until it is interrupted."""

from decimal import Decimal
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from fedbytweets.cli.environment import examples
from fedbytweets.cli.output import say

PortFlag = Annotated[int, Parameter(name="--port", help="Port on 127.0.0.1.", validator=Number(gte=0, lte=65535))]
SeedFlag = Annotated[int, Parameter(name="--seed", help="The same seed gives the same posts for ever.")]
RateFlag = Annotated[
    float, Parameter(name="--posts-per-hour", help="Mean over a day, all topics together.", validator=Number(gt=0))
]
FaultsFlag = Annotated[
    float, Parameter(name="--faults", help="Share of requests that fail in passing.", validator=Number(gte=0, lte=1))
]
CreditsFlag = Annotated[float | None, Parameter(name="--credits", help="US dollars of credit; then it answers 402.")]
CapFlag = Annotated[int | None, Parameter(name="--monthly-cap", help="Posts a UTC month; then it answers 429.")]


def register(app: App) -> None:
    """Give the app this command."""
    app.command(
        simulate,
        help_epilogue=examples(
            "fedbytweets simulate --port 8080 --faults 0.1",
            "FEDBYTWEETS_X_SIMULATED=true FEDBYTWEETS_X_BASE_URL=http://127.0.0.1:8080 FEDBYTWEETS_X_BEARER_TOKEN=any "
            "fedbytweets run --lake simulated-lake",
        ),
    )


def simulate(
    *,
    port: PortFlag = 8080,
    seed: SeedFlag = 0,
    posts_per_hour: RateFlag = 300.0,
    faults: FaultsFlag = 0.0,
    credits_usd: CreditsFlag = None,
    monthly_cap: CapFlag = None,
) -> None:
    """Serve a simulator of the X API on this machine, with invented posts, until interrupted.

    It takes any bearer token. A run that collects from it sets FEDBYTWEETS_X_SIMULATED, so that its posts are marked
    as invented and no budget holds; without it the address counts as the real X API. Recent search, counts, usage
    and compliance jobs answer as X does: its checks, limits, prices and error bodies, in both of its vocabularies.
    """
    from fedbytweets.errors import InputError
    from fedbytweets.simulator import PASSING, Account, Corpus, Sprinkled, serve

    account = Account(credits_usd=None if credits_usd is None else Decimal(str(credits_usd)), monthly_cap=monthly_cap)
    plan = Sprinkled(seed, faults, PASSING) if faults else None
    corpus = Corpus(seed=seed, posts_per_hour=posts_per_hour)
    try:
        serve(corpus, account, port=port, faults=plan, announce=_announce)
    except OSError as error:
        raise InputError(f"Port {port} cannot be served on ({error.strerror}): name another with --port.") from error


def _announce(base_url: str) -> None:
    say(f"The simulator of the X API answers at {base_url} (Ctrl-C ends it).")
