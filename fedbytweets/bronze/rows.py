"""Pages -> bronze rows, as `fedbytweets.tables.bronze` declares them, by table name.

Both vocabularies of the API end in the same columns. Column by column, not row by row: it is the faster way.
"""

from collections.abc import Iterable

import pyarrow as pa

from fedbytweets.bronze.found import Found
from fedbytweets.bronze.quality import quality_rows
from fedbytweets.bronze.things import Source
from fedbytweets.raw.reader import Page, Refusal
from fedbytweets.tables import bronze


def bronze_rows(objects: Iterable[tuple[Source, Iterable[Page | Refusal]]]) -> dict[str, pa.Table]:
    """Return the rows of every bronze table, by its name, that some raw objects give; in the order they stand."""
    found = Found()
    for source, results in objects:
        found.add(source, results)
    rows = found.rows()
    return rows | {bronze.QUALITY.name: pa.concat_tables([quality_rows(rows), rows[bronze.QUALITY.name]])}
