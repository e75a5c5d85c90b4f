"""Names of runs, as a list in the dashboard shows them: `batch-ingestion 2026-11-22 10:00`, UTC, as scheduled."""

from collections.abc import Callable

from prefect.runtime import flow_run

from fedbytweets.safe_text import visible


def named(flow: str, *parameters: str) -> Callable[[], str]:
    """Return what names a run of a flow when it begins: the flow, the values of these parameters, and the time."""

    def name() -> str:
        values = [visible(str(value)) for each in parameters if (value := (flow_run.get_parameters() or {}).get(each))]
        return " ".join([flow, *values, f"{flow_run.get_scheduled_start_time():%Y-%m-%d %H:%M}"])

    return name
