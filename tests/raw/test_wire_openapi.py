"""X's own OpenAPI documents -> every field they name has its place in `wire`, read or skipped."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import msgspec.inspect
import pytest
from raw_samples import SHARED, needs_shared_data

from fedbytweets.raw import wire

pytestmark = needs_shared_data

VERSIONS = {"2.166": ("Tweet", "Get2TweetsSearchRecentResponse"), "2.167": ("Post", "SearchPostsRecentResponse")}


def schemas(version: str) -> dict[str, Any]:
    path = SHARED / "openapi" / f"x-openapi-{version}.json"
    return json.loads(path.read_text(encoding="utf-8"))["components"]["schemas"]


def resolved(schema: Any, of: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = of[schema["$ref"].rpartition("/")[2]]
    return resolved(schema["items"], of) if schema.get("type") == "array" else schema


def structs(kind: msgspec.inspect.Type) -> Iterator[type]:
    for option in getattr(kind, "types", (kind,)):
        inner = getattr(option, "item_type", option)
        if isinstance(inner, msgspec.inspect.StructType):
            yield inner.cls


def missing(schema: Any, struct: type, of: dict[str, Any], path: str) -> Iterator[str]:
    fields = {field.encode_name: field.type for field in msgspec.inspect.type_info(struct).fields}
    for name, inner in resolved(schema, of).get("properties", {}).items():
        if name not in fields:
            yield f"{path}.{name}"
        for cls in list(structs(fields[name]))[:1] if name in fields else ():
            yield from missing(inner, cls, of, f"{path}.{name}")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_field_of_a_search_answer_has_its_place(version: str) -> None:
    """Down to the last nested field; so a field that is refused is in neither document."""
    known = schemas(version)
    answer = VERSIONS[version][1]
    assert list(missing(known[answer], wire.Answer, known, "")) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_every_field_of_a_problem_has_its_place(version: str) -> None:
    """Whatever kind of problem stands among the errors of an answer."""
    known = schemas(version)
    names = {field.encode_name for field in msgspec.structs.fields(wire.Problem)}
    problems = [schema for name, schema in known.items() if name.endswith("Problem")]
    parts = [part for schema in problems for part in (schema, *schema.get("allOf", ()))]
    assert {name for part in parts for name in part.get("properties", {})} - names == {"errors"} & {
        name for part in parts for name in part.get("properties", {})
    }
