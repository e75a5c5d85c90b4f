"""How a lake stands, and what of it is told."""

import pytest
from lakes import lay, lines, load_bronze, page_of

from fedbytweets.cli.look import status as status_command
from fedbytweets.lake import status as lake_status
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.status import TableStatus


@pytest.mark.parametrize(
    ("files", "size", "scattered"),
    [(49, 49_000, False), (50, 50_000, True), (88, 4_000_000_000, False)],
    ids=["few", "many and small", "many and large"],
)
def test_a_table_is_scattered_where_its_files_are_many_and_small(files: int, size: int, scattered: bool) -> None:
    """Files of a large table are many as well, and as they should be."""
    assert TableStatus("silver.tweets", 1_000, files, size, None).is_scattered is scattered


def test_a_scattered_table_is_told_with_what_mends_it(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By name; nothing is said of the others."""
    monkeypatch.setattr(lake_status, "MANY_FILES", 2)
    for number in range(2):
        lay(lake, f"lula/{number}.json", lines({"data": page_of(range(number + 1, number + 4))["data"]}))
        load_bronze(lake)

    status_command()

    said = " ".join(capsys.readouterr().out.split())
    assert "slow down every run: bronze.tweets, bronze.raw_objects. `fedbytweets maintain`." in said
