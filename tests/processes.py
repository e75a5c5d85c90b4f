"""Real processes for the tests of kills and overlap: forked off a server that has imported everything already.

Starting Python and importing the lake costs seconds; a fork of a warm process costs milliseconds, so that a kill can
fall anywhere in a run's own span. The server computes nothing, so that no lock is held when it forks.
"""

import multiprocessing
from collections.abc import Callable
from multiprocessing.context import ForkServerContext, ForkServerProcess
from random import Random
from time import monotonic

PRELOAD = ["fedbytweets.lake.replay", "flows.import_archive"]
PATIENCE_SECONDS = 120


def forks() -> ForkServerContext:
    """Return the context that forks off the warm server."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    return context


class Step:
    """A function of a module, run in a process of its own; its clock starts when it has started."""

    def __init__(self, target: Callable[..., object], *args: object) -> None:
        context = forks()
        self._started = context.Event()
        self.process: ForkServerProcess = context.Process(target=_announced, args=(self._started, target, args))
        self.process.start()
        assert self._started.wait(PATIENCE_SECONDS), "the process did not start"
        self._start = monotonic()

    def killed_after(self, seconds: float) -> bool:
        """Kill it (SIGKILL) so many seconds after its start; say whether it was still at work."""
        self.process.join(max(0.0, self._start + seconds - monotonic()))
        self.process.kill()
        self.process.join(PATIENCE_SECONDS)
        assert self.process.exitcode in (0, -9), f"it failed of itself: {self.process.exitcode}"
        return self.process.exitcode != 0

    def finished(self) -> float:
        """Wait until it ends well; return how many seconds it took."""
        self.process.join(PATIENCE_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            raise AssertionError(f"it was not done after {PATIENCE_SECONDS} s: a deadlock")
        assert self.process.exitcode == 0, f"it ended with {self.process.exitcode}"
        return monotonic() - self._start


def _announced(
    started: "multiprocessing.synchronize.Event", target: Callable[..., object], args: tuple[object, ...]
) -> None:
    started.set()
    target(*args)


def kill_until_done(target: Callable[..., object], args: tuple[object, ...], span: float, random: Random) -> int:
    """Run a step again and again, each time killed at a random point of `span` seconds, until one run gets through.

    Returns how many runs were killed at work.
    """
    kills = 0
    while Step(target, *args).killed_after(random.uniform(0, span)):
        kills += 1
    return kills
