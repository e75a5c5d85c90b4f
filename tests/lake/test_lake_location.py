"""Where a lake may lie."""

from pathlib import Path

import pytest
from lakes import contents, lake_in, lay, lines, load_bronze, merge_silver, page_of

from fedbytweets.errors import SettingsError
from fedbytweets.lake.location import locate
from fedbytweets.settings import lake_settings


def test_a_folder_with_spaces_and_accents_holds_a_whole_lake(tmp_path: Path) -> None:
    """What a person calls a folder is where the tables are: nothing is encoded on the way."""
    lake = lake_in(tmp_path / "meu lago é aqui")
    lay(lake, "lula/one.json", lines(page_of([1, 2])))
    load_bronze(lake)
    merge_silver(lake)
    assert contents(lake)["silver.tweets"]["id"].to_list() == [1, 2]
    assert [folder.name for folder in tmp_path.iterdir()] == ["meu lago é aqui"]


@pytest.mark.parametrize(
    ("lake", "why"),
    [
        ("lake #1", "# cannot stand in the path of a lake"),
        ("s3://", "'s3://' without a bucket"),
        ("gs://bucket", "a lake is a folder or s3://<bucket>"),
    ],
)
def test_a_place_that_cannot_hold_a_lake_is_refused_with_its_setting(lake: str, why: str) -> None:
    """The message names the setting and what is wrong with it."""
    with pytest.raises(SettingsError, match="FEDBYTWEETS_LAKE") as refused:
        locate(lake_settings(lake=lake))
    assert why in str(refused.value)


def test_a_file_is_no_lake(tmp_path: Path) -> None:
    """A lake is a folder."""
    (tmp_path / "lake").write_text("not a lake")
    with pytest.raises(SettingsError, match="which is a file"):
        locate(lake_settings(lake=str(tmp_path / "lake")))
