"""compliance: what became of posts and users on X -> the same made true of the lake."""

from typing import Annotated

from prefect import flow, get_run_logger
from pydantic import Field

from fedbytweets.compliance import requested
from fedbytweets.instants import utc_now
from fedbytweets.lake.erasing import Applied
from tasks.compliance import apply_erasures, check_with_x, enter_erasures

WaitSeconds = Annotated[
    float, Field(ge=0, title="Wait", description="Longest wait for X's job; the next run takes up one not ready yet.")
]


@flow(name="compliance")
def compliance(wait_seconds: WaitSeconds = 600) -> Applied:
    """Ask X what became of every post and user in silver, and erase what was deleted, made private or moved away.

    Rows go from silver, bronze and raw alike, geo where only that is withdrawn, and old snapshots with them;
    `ops.compliance` keeps what was erased and why, without the content. What an earlier run could not finish is
    finished first.
    """
    applied = [apply_erasures()]
    for kind in ("users", "tweets"):
        events = check_with_x(kind, wait_seconds)
        if events is None:
            get_run_logger().warning("X still works on the job for %s: the next run takes it up", kind)
        elif events:
            enter_erasures(events)
            applied.append(apply_erasures())
    total = sum(applied, Applied())
    get_run_logger().info(
        "erased: %d ids; %d rows of silver, %d of bronze, %d raw objects; %d old files removed",
        total.ids, total.silver_rows, total.bronze_rows, total.raw_objects, total.removed_files,
    )  # fmt: skip
    return total


@flow(name="erase-person")
def erase_person(user_id: str) -> Applied:
    """Erase a person from raw, bronze and silver, with their posts and reposts of these, and keep them out for good."""
    request = requested(user_id, utc_now())
    is_new = enter_erasures([request]) > 0
    applied = apply_erasures("" if is_new else request.id)
    if applied.named_keys:
        get_run_logger().warning(
            "the names of these raw objects, which stay, hold the id or a user name of the person: %s",
            ", ".join(applied.named_keys),
        )
    return applied
