# ruff: noqa: INP001 (a program beside its pages, not a package)
"""Code -> docs/reference/*.md: settings, tables, flows and commands, as they are declared.

`make docs` writes the pages, or the program writes them to the folder named behind it; a test compares these with
what is committed.
"""

import importlib
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from prefect import Flow
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

import flows
from fedbytweets.cli.app import app
from fedbytweets.lake.maintenance.settings import UpkeepSettings
from fedbytweets.settings import LakeSettings, WorkersSettings
from fedbytweets.subjects import Budget, Subject
from fedbytweets.tables import ALL, Table
from fedbytweets.x_api import environment

REFERENCE = Path(__file__).parent / "reference"
_GENERATED = "<!-- Written by docs/generate.py from the code: `make docs`. Do not edit. -->\n"

SETTINGS: Mapping[str, type[BaseSettings]] = {
    "The lake": LakeSettings,
    "The token": environment.TokenEnvironment,
    "Collecting": environment.CollectEnvironment,
    "Budget": environment.BudgetEnvironment,
    "Prices": environment.PricesEnvironment,
    "Upkeep": UpkeepSettings,
    "Workers": WorkersSettings,
}
"""Heading -> settings of one kind, in the order of the page."""

_KINDS: Mapping[str, str] = {
    "date": "date",
    "string": "text",
    "boolean": "true or false",
    "integer": "whole number",
    "number": "number",
}


def pages() -> dict[str, str]:
    """Return every page of the reference: file name -> Markdown."""
    return {
        "settings.md": settings_page(),
        "tables.md": tables_page(ALL),
        "flows.md": flows_page(declared_flows()),
        "commands.md": commands_page(),
    }


def settings_page() -> str:
    """Return the settings: each an environment variable, its default and what it means."""
    parts = [
        "# Settings",
        _intro("Every setting is an environment variable. `fedbytweets settings` shows their values."),
    ]
    for heading, kind in SETTINGS.items():
        prefix = kind.model_config.get("env_prefix", "")
        rows = [
            (f"`{(prefix + name).upper()}`", _default(prefix + name, field), field.description or "")
            for name, field in kind.model_fields.items()
        ]
        parts += [f"## {heading}", _grid(("variable", "default", "what it means"), rows)]
    cautious = environment.CAUTIOUS.model_dump(exclude_none=True)
    held = ", ".join(f"{limit:,.0f} for `FEDBYTWEETS_BUDGET_{name.upper()}`" for name, limit in cautious.items())
    parts.append(f"Where the environment names no limit, these hold: {held}; `none` lifts one.")
    return _page(parts)


def tables_page(tables: Sequence[Table]) -> str:
    """Return the tables, with a line of prose a column."""
    parts = ["# Tables", _intro("Apache Iceberg tables; types as Athena shows them. Every timestamp is UTC.")]
    for table in tables:
        key = f" One row for each {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
        month = f" Partitioned by the month of `{table.month_of}`." if table.month_of else ""
        rows = [(f"`{column.name}`", column.type, column.doc) for column in table.columns]
        parts += [
            f"## {table.identifier}",
            f"{table.doc}{key}{month}",
            _grid(("column", "type", "what it says"), rows),
        ]
    return _page(parts)


def flows_page(each: Iterable[Flow[..., Any]]) -> str:
    """Return the flows as the dashboard names them, with their parameters."""
    parts = [
        "# Flows",
        _intro("Each is a deployment of its own, and can be run from Prefect's dashboard or command line."),
    ]
    for one in each:
        required = set(one.parameters.required or ())
        rows = [
            (f"`{name}`", _kind(schema), "required" if name in required else _shown(schema.get("default")))
            for name, schema in one.parameters.properties.items()
        ]
        parts += [f"## {one.name}", _unwrapped(one.description or "")]
        if rows:
            parts.append(_grid(("parameter", "type", "default"), rows))
    for model in (Subject, Budget):
        fields = [
            (f"`{name}`", "required" if field.is_required() else _shown(field.get_default()), field.description or "")
            for name, field in model.model_fields.items()
        ]
        parts += [f"## {model.__name__}", _unwrapped(model.__doc__ or "")]
        parts.append(_grid(("field", "default", "what it means"), fields))
    return _page(parts)


def commands_page() -> str:
    """Return the commands and their flags, as `--help` has them."""
    generated = app.generate_docs(output_format="markdown", recursive=True, heading_level=1)
    return _page(["# Commands", _intro("The same as `fedbytweets COMMAND --help`."), _demoted(generated)])


def declared_flows() -> Iterator[Flow[..., Any]]:
    """Return every flow of the package `flows`, by module and name; each once."""
    seen = set()
    for module in sorted(info.name for info in pkgutil.iter_modules(flows.__path__)):
        for value in vars(importlib.import_module(f"flows.{module}")).values():
            if isinstance(value, Flow) and value.name not in seen:
                seen.add(value.name)
                yield value


def main(folder: Path) -> None:
    """Write the pages into a folder."""
    folder.mkdir(exist_ok=True)
    written = pages()
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(written)} pages are in {folder}.\n")


def _intro(text: str) -> str:
    return f"{_GENERATED}\n{text}"


def _page(parts: Iterable[str]) -> str:
    lines = "\n\n".join(part.strip() for part in parts).splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _grid(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _default(variable: str, field: FieldInfo) -> str:
    return "" if variable.endswith("token") else _shown(field.get_default(call_default_factory=True))


def _shown(value: object) -> str:
    if value in (None, "", (), []):
        return "empty"
    if isinstance(value, list):
        names = [one["name"] for one in value if isinstance(one, dict) and "name" in one]
        return ", ".join(names) if names else f"`{value}`"
    return f"`{value}`" if not isinstance(value, bool) else f"`{str(value).lower()}`"


def _kind(schema: Mapping[str, Any]) -> str:
    """Return what a parameter takes, in the words of this page: text, date, list of Subject."""
    if "$ref" in schema:
        name: str = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for choice in ("allOf", "anyOf"):
        if choice in schema:
            return " or ".join(_kind(each) for each in schema[choice] if each.get("type") != "null")
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return _KINDS.get(schema.get("format", ""), _KINDS.get(schema.get("type", ""), "anything"))


def _unwrapped(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _demoted(text: str) -> str:
    """Return the generated document without its title and its table of contents: a list of the commands follows."""
    return text[text.index("**Commands**") :]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else REFERENCE)
