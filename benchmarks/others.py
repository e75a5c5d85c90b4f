"""The same job by other hands: raw files -> tweets, users and places as Parquet (or CSV), one row an id."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.cost import Cost, counted

_NEW_TO_TWARC = "display_text_range,note_tweet.text"
_TABLES = {"tweets": "data", "users": "includes.users", "places": "includes.places"}


def with_pandas(raw: str, lake: str) -> Cost:
    """Do it the plain way: read all, drop duplicates, overwrite."""
    import pandas as pd

    cost = Cost()
    with counted(cost):
        pages = [page for file in sorted(Path(raw).iterdir()) for page in _pages(file)]
        for name, path in _TABLES.items():
            frame = pd.json_normalize([row for page in pages for row in _at(page, path)])
            frame.drop_duplicates("id", keep="last").to_parquet(Path(lake) / f"pandas-{name}.parquet")
    return cost


def with_duckdb(raw: str, lake: str) -> Cost:
    """Have DuckDB read the JSON, keep the last row of each id, and write Parquet."""
    import duckdb

    cost = Cost()
    page = "unnest(data)" if next(Path(raw).iterdir()).suffix == ".json" else "data"
    with counted(cost), duckdb.connect() as connection:
        source = f"read_json('{raw}/*', maximum_object_size=100000000, union_by_name=true)"
        if page != "data":
            source = f"(SELECT unnest(data, max_depth := 2) FROM {source})"
        for name, path in _TABLES.items():
            rows = f"SELECT unnest(rows, max_depth := 1) FROM (SELECT unnest({path}) AS rows FROM {source})"
            last = f"SELECT * FROM ({rows.replace('unnest(rows, max_depth := 1)', 'rows.*')}) "
            last += "QUALIFY row_number() OVER (PARTITION BY id) = 1"
            target = Path(lake) / f"duckdb-{name}.parquet"
            connection.execute(f"COPY ({last}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    return cost


def with_twarc_csv(raw: str, lake: str) -> Cost:
    """Have twarc-csv flatten the pages into one CSV file: tweets alone, each with its author."""
    import pandas as pd

    pd.DataFrame.applymap = pd.DataFrame.map  # type: ignore[attr-defined] # twarc-csv uses a name pandas 3 dropped
    # The modules that twarc-csv installs. It drops a batch that has a column it does not know.
    writer = import_module("csv_writer").CSVConverter
    columns = import_module("dataframe_converter").DataFrameConverter(extra_input_columns=_NEW_TO_TWARC)

    whole = Path(lake) / "twarc.jsonl"
    whole.write_bytes(b"".join(file.read_bytes() for file in sorted(Path(raw).iterdir())))
    cost = Cost()
    with counted(cost), whole.open() as source, (Path(lake) / "twarc.csv").open("w") as target:
        writer(source, target, converter=columns, hide_progress=True).process()
    return cost


def _pages(file: Path) -> list[dict[str, Any]]:
    if file.suffix == ".json":
        return list(json.loads(file.read_bytes())["data"])
    return [json.loads(line) for line in file.read_bytes().splitlines()]


def _at(page: dict[str, Any], path: str) -> list[dict[str, Any]]:
    first, _, second = path.partition(".")
    part: Any = page.get(first, {} if second else [])
    found: list[dict[str, Any]] = part.get(second, []) if second else part
    return found
