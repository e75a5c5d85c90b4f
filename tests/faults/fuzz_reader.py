"""Any bytes -> bronze rows, searched by coverage: a program for atheris, which docs/faults.md says how to run.

Not a test of pytest's: atheris is in no lock, as its builds come late for new Pythons.
"""

import sys
from datetime import UTC, datetime

import atheris

with atheris.instrument_imports(include=["fedbytweets"]):
    from fedbytweets.bronze import Source, bronze_rows
    from fedbytweets.raw.lineage import Lineage
    from fedbytweets.raw.reader import read_pages

LINEAGE = Lineage(subject="lula", origin="archive", retrieved_at=datetime(2026, 1, 1, tzinfo=UTC), source="any")


def any_bytes_become_rows(body: bytes) -> None:
    """Never raise, and enter the object once, whatever its bytes are."""
    rows = bronze_rows([(Source("lula/any.json", "lula", LINEAGE, len(body)), read_pages(body))])
    assert rows["raw_objects"].num_rows == 1


if __name__ == "__main__":
    atheris.Setup(sys.argv, any_bytes_become_rows)
    atheris.Fuzz()
