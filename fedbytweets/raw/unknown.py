"""One plain row -> the part of it that `wire` knows, and a count of the rest by path.

On the way values are brought to where lax conversion can read them: numbers that came for text become text, which is
counted too, nulls become absent.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import msgspec.inspect as types

from fedbytweets.raw.wire import Wire


@dataclass(frozen=True, slots=True)
class _Field:
    skipped: bool
    text: bool
    row: type[Wire] | None


def known_part(
    row: Mapping[str, object], struct: type[Wire], path: str, unknown: Counter[str], numbers: Counter[str]
) -> dict[str, object]:
    """Return the fields of a row that its struct reads; count the others into `unknown` as `<path>.<name>`.

    Numbers where the struct has text are counted into `numbers` by the same paths.
    """
    fields, known = _fields(struct), dict[str, object]()
    for name, value in row.items():
        field = fields.get(name)
        if field is None:
            unknown[f"{path}.{name}"] += 1
        elif isinstance(value, str) and not field.skipped:
            known[name] = value
        elif value is not None and not field.skipped:
            known[name] = _fitted(value, field, f"{path}.{name}", unknown, numbers)
    return known


@cache
def known_names(struct: type[Wire]) -> frozenset[str]:
    """Return the names of the fields that a struct has, read or skipped."""
    return frozenset(_fields(struct))


@cache
def read_names(struct: type[Wire]) -> frozenset[str]:
    """Return the names of the fields that a struct reads and does not skip."""
    return frozenset(name for name, field in _fields(struct).items() if not field.skipped)


@cache
def text_names(struct: type[Wire]) -> frozenset[str]:
    """Return the names of the fields that a struct reads as text."""
    return frozenset(name for name, field in _fields(struct).items() if field.text)


def _fitted(value: object, field: _Field, path: str, unknown: Counter[str], numbers: Counter[str]) -> object:
    if isinstance(value, list):
        return [_fitted(item, field, path, unknown, numbers) for item in value if item is not None]
    if field.row and isinstance(value, dict):
        return known_part(value, field.row, path, unknown, numbers)
    if field.text and type(value) in (int, float):
        numbers[path] += 1
        return str(value)
    return value


@cache
def _fields(struct: type[Wire]) -> Mapping[str, _Field]:
    described = types.type_info(struct)
    assert isinstance(described, types.StructType)
    return {field.encode_name: _described(field.type) for field in described.fields}


def _described(kind: types.Type) -> _Field:
    inner = [item for option in _options(kind) for item in _options(_item(option))]
    structs = (option.cls for option in inner if isinstance(option, types.StructType))
    row = next((struct for struct in structs if issubclass(struct, Wire)), None)
    return _Field(
        skipped=isinstance(kind, types.RawType),
        text=any(isinstance(option, types.StrType) for option in inner)
        and not any(isinstance(option, types.IntType) for option in inner),
        row=row,
    )


def _options(kind: types.Type) -> tuple[types.Type, ...]:
    return kind.types if isinstance(kind, types.UnionType) else (kind,)


def _item(kind: types.Type) -> types.Type:
    return kind.item_type if isinstance(kind, types.ListType) else kind
