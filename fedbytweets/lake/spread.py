"""One piece of work, many items -> its results, in the order of the items: who does them is for the caller to say."""

import logging
import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol, TypeVar

from fedbytweets.errors import LakeError
from fedbytweets.lake.lake import Lake, open_lake
from fedbytweets.settings import LakeSettings

Item = TypeVar("Item")
Result = TypeVar("Result")

_LIVES = 4
"""How often an item whose worker died is given to others."""
_log = logging.getLogger(__name__)


class Spread(Protocol):
    """Does work on each item, wherever, and gives the results in the order of the items, as they come.

    Work may be done more than once for an item: what it writes has to be without effect until its result is used.
    """

    def __call__(self, work: Callable[[Lake, Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """Do the work on each item."""


class Threads:
    """Does work here, on so many items at a time: memory holds as many."""

    def __init__(self, lake: Lake, number: int = 1) -> None:
        self._lake = lake
        self._number = number

    def __call__(self, work: Callable[[Lake, Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """Do the work on each item."""
        if self._number == 1 or len(items) == 1:
            yield from (work(self._lake, item) for item in items)
            return
        with ThreadPoolExecutor(self._number, thread_name_prefix="part") as pool:
            yield from pool.map(lambda item: work(self._lake, item), items)


class Processes:
    """Does work in processes of this machine, which live as long as there is some; those that die are replaced."""

    def __init__(self, settings: LakeSettings, number: int) -> None:
        self._settings = settings
        self._number = number

    def __call__(self, work: Callable[[Lake, Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """Do the work on each item.

        Raises:
            LakeError: workers died again and again.

        """
        if len(items) == 1:
            yield work(open_lake(self._settings), items[0])
            return
        done: dict[int, Result] = {}
        given = 0
        for _ in range(_LIVES):
            left = {number: item for number, item in enumerate(items) if number >= given and number not in done}
            for number, result in self._done(work, left):
                done[number] = result
                while given in done:
                    yield done.pop(given)
                    given += 1
            if given == len(items):
                return
            _log.warning("a worker died: %d of %d parts are done again", len(items) - given - len(done), len(items))
        raise LakeError(
            f"Workers died {_LIVES} times over, {len(items) - given - len(done)} of {len(items)} parts are not done: "
            "have fewer of them (FEDBYTWEETS_WORKERS) or give them more memory. Nothing of these is in the lake."
        )

    def _done(self, work: Callable[[Lake, Item], Result], items: Mapping[int, Item]) -> Iterator[tuple[int, Result]]:
        """Give each item to the workers of a new pool; yield the results of those that lived, as they come."""
        pool = ProcessPoolExecutor(
            min(self._number, len(items)),
            mp_context=multiprocessing.get_context("spawn"),  # a fork would inherit locks that threads hold
        )
        try:
            futures = {_submitted(pool, work, self._settings, item): number for number, item in items.items()}
            for future in as_completed(futures):
                if not _is_lost(future):
                    yield futures[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)  # nobody asks for the rest once one part or its commit has failed


def _submitted(
    pool: ProcessPoolExecutor, work: Callable[[Lake, Item], Result], settings: LakeSettings, item: Item
) -> Future[Result]:
    try:
        return pool.submit(work_on, work, settings, item)
    except BrokenProcessPool as error:  # a worker died while items were still handed out
        lost = Future[Result]()
        lost.set_exception(error)
        return lost


def _is_lost(future: Future[Result]) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)


def work_on(work: Callable[[Lake, Item], Result], settings: LakeSettings, item: Item) -> Result:
    """Do work on one item, on whatever machine this is."""
    return work(open_lake(settings), item)
