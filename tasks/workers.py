"""The setting FEDBYTWEETS_WORKERS -> who does the parts of large steps: threads, processes, or a Dask cluster."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, TypeVar

from prefect.task_runners import TaskRunner

from fedbytweets.errors import SettingsError
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.spread import Processes, Spread, Threads, work_on
from fedbytweets.settings import LakeSettings, WorkersSettings, read_settings
from tasks.policy import unit

Item = TypeVar("Item")
Result = TypeVar("Result")


def workers(lake: Lake) -> Spread:
    """Return what the setting names: by default one thread of this process.

    Raises:
        SettingsError: it names nothing there is.

    """
    named = read_settings(WorkersSettings).workers
    kind, _, number = named.partition(":")
    at_once = int(number) if number.isdecimal() else os.cpu_count() or 1
    if kind == "threads":
        return Threads(lake, at_once)
    if kind == "processes":
        return Processes(lake.settings, at_once)
    if kind == "dask":
        # Without this address the scheduler's pages, which ask for no login, are served to the whole network.
        own = {"n_workers": at_once, "threads_per_worker": 1, "dashboard_address": None}
        return Cluster(lake.settings, {"cluster_kwargs": own})
    return Cluster(lake.settings, {"address": named})


class Cluster:
    """Does work as Prefect tasks on a Dask cluster, whose scheduler gives what a dead worker had to another."""

    def __init__(self, settings: LakeSettings, where: Mapping[str, Any]) -> None:
        self._settings = settings
        self._new_runner = _runner_of_dask()
        self._where = where

    def __call__(self, work: Callable[[Lake, Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """Do the work on each item."""
        with self._new_runner(**self._where) as runner:
            each = ({"work": work, "settings": self._settings, "item": item} for item in items)
            futures = [runner.submit(do_part, parameters) for parameters in each]
            yield from (future.result() for future in futures)


@unit("part")
def do_part(work: Callable[[Lake, Item], Result], settings: LakeSettings, item: Item) -> Result:
    """Do one part of a large step, on whatever machine this is."""
    return work_on(work, settings, item)


def _runner_of_dask() -> Callable[..., TaskRunner[Any]]:
    try:
        runner: Callable[..., TaskRunner[Any]] = import_module("prefect_dask").DaskTaskRunner  # it is not everyone's
    except ImportError as error:
        raise SettingsError(
            "FEDBYTWEETS_WORKERS names Dask, and prefect-dask is not installed: add it, or name threads or processes."
        ) from error
    return runner
