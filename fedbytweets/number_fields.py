"""Models whose numeric fields are refused in one plain sentence: which number was given, and which range is allowed."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, ValidatorFunctionWrapHandler, field_validator
from pydantic.fields import FieldInfo
from pydantic_core.core_schema import ValidationInfo

_NUMBERS = (int, float, Decimal)


class NumberFields(BaseModel):
    """A model that takes no infinity, no nan and no negative zero; the text `none` empties an optional number."""

    model_config = ConfigDict(allow_inf_nan=False)

    @field_validator("*", mode="wrap")
    @classmethod
    def _in_range(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        field = cls.model_fields[info.field_name or ""]
        if not set(_NUMBERS) & set(_types(field.annotation)):
            return handler(value)
        text = value.strip() if isinstance(value, str) else str(value)
        if text.lower() == "none" and type(None) in _types(field.annotation):
            return None
        if isinstance(value, bool) or text.startswith("-"):
            raise ValueError(f"give {allowed_numbers(field)}")
        try:
            return handler(value)
        except ValidationError:
            raise ValueError(f"give {allowed_numbers(field)}") from None


def allowed_numbers(field: FieldInfo) -> str:
    """Return which numbers a field takes, in words: a whole number from 1 to 20."""
    bounds = {
        name: getattr(rule, name) for rule in field.metadata for name in ("ge", "gt", "le") if hasattr(rule, name)
    }
    words = ["a whole number" if int in _types(field.annotation) else "a number"]
    words += [f"{word} {bounds[name]:,}" for name, word in (("ge", "from"), ("gt", "above")) if name in bounds]
    words += [f"{'up to' if 'gt' in bounds else 'to'} {bounds['le']:,}"] if "le" in bounds else []
    places = next((rule.decimal_places for rule in field.metadata if hasattr(rule, "decimal_places")), None)
    words += [f"with at most {places} decimal places"] if places is not None else []
    return " ".join(words) + (", or none" if type(None) in _types(field.annotation) else "")


def _types(annotation: Any) -> Iterator[Any]:
    yield annotation
    yield from get_args(annotation)
