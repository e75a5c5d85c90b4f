"""Ops: what was done to the lake, not what is in it."""

from fedbytweets.tables.table import Column, Table

COMPLIANCE = Table(
    "ops",
    "compliance",
    "What was erased from the lake, and why, without its content: nothing erased comes back by an import or a replay.",
    (
        Column("id", "string", "Tweet id or user id, decimal."),
        Column("kind", "string", "What the id names: tweets or users."),
        Column("action", "string", "What was done: delete (the rows are gone) or scrub_geo (the whereabouts are)."),
        Column("reason", "string", "Why: deleted, deactivated, suspended, protected, scrub_geo, on-request, author."),
        Column("happened_at", "timestamp", "When it happened on X, or was asked for, UTC."),
        Column("recorded_at", "timestamp", "When it was entered here, before anything was erased, UTC."),
        Column("applied_at", "timestamp", "When nothing was left any more, UTC; null until then."),
        Column("silver_rows", "bigint", "Rows of silver erased or scrubbed for it."),
        Column("bronze_rows", "bigint", "Rows of bronze erased or scrubbed for it."),
        Column("raw_objects", "bigint", "Raw objects that held it."),
    ),
)
