"""(how many, which fields, which layout) -> a folder of raw files, made once and kept."""

from pathlib import Path

from fedbytweets.simulator.raw_files import Fields, Layout, write_raw_files

BUILD = Path(__file__).parents[1] / "build" / "bench"
SHAPES: tuple[tuple[Fields, Layout], ...] = (
    ("lean", "jsonl"),
    ("lean", "envelope"),
    ("rich", "jsonl"),
    ("rich", "envelope"),
)


def raw_files(tweets: int, fields: Fields, layout: Layout, build: Path = BUILD) -> Path:
    """Return a folder of raw files of invented tweets, 600 a file."""
    folder = build / f"raw-{tweets}-{fields}-{layout}"
    if not folder.exists():
        half = folder.with_name(folder.name + ".half")
        write_raw_files(half, tweets=tweets, fields=fields, layout=layout)
        half.rename(folder)
    return folder


def megabytes(folder: Path) -> float:
    """Return the size of a folder's files, in MB."""
    return sum(file.stat().st_size for file in folder.iterdir()) / 1e6
