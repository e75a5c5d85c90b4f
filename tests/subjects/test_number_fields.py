"""Numbers of settings: what is no number, or beyond all use, is refused in one plain sentence."""

from decimal import Decimal
from typing import get_args

import pytest

from fedbytweets.errors import SettingsError
from fedbytweets.lake.maintenance.settings import UpkeepSettings
from fedbytweets.number_fields import allowed_numbers
from fedbytweets.settings import LakeSettings, read_settings
from fedbytweets.subjects import Prices, Subject
from fedbytweets.x_api.environment import BudgetEnvironment, CollectEnvironment, PricesEnvironment

KINDS = (LakeSettings, UpkeepSettings, CollectEnvironment, BudgetEnvironment, PricesEnvironment)
NUMBERS = [
    pytest.param(kind, name, id=f"{kind.__name__}.{name}")
    for kind in KINDS
    for name, field in kind.model_fields.items()
    if {int, float, Decimal} & {field.annotation, *get_args(field.annotation)}
]


@pytest.mark.parametrize("value", ["inf", "-inf", "nan", "1e25", "1e999999", "-1", "-0", "9" * 5000, "many", ""])
@pytest.mark.parametrize(("kind", "name"), NUMBERS)
def test_what_is_no_number_of_use_is_refused_in_one_sentence(kind, name, value, monkeypatch):
    """It names the variable, what it was given, and what is allowed."""
    variable = f"{kind.model_config['env_prefix']}{name}".upper()
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as refused:
        read_settings(kind)
    said = str(refused.value)
    assert said.startswith(f"{variable} is '")
    assert f": give {allowed_numbers(kind.model_fields[name])}. Set it right" in said
    assert len(said) < 200
    assert not {"Input", "validation", "type="} & set(said.split())


@pytest.mark.parametrize(("kind", "name"), NUMBERS)
def test_every_number_has_a_least_and_a_most(kind, name):
    """So that nothing overflows that is computed from it."""
    rules = kind.model_fields[name].metadata
    assert any(hasattr(rule, "le") for rule in rules)
    assert any(hasattr(rule, "ge") or hasattr(rule, "gt") for rule in rules)


def test_the_widest_bounds_are_still_instants():
    """All that is subtracted from now, at its largest."""
    bounds = CollectEnvironment(lag_seconds=86_400, overlap_seconds=604_800, reach_hours=200_000).bounds
    assert bounds.reach.days > 8000
    assert bounds.window_end.__self__.lag.days == 1


def test_allowed_numbers_are_said_as_one_would_say_them():
    """With both bounds, and `none` where that is a value."""
    assert allowed_numbers(CollectEnvironment.model_fields["attempts"]) == "a whole number from 1 to 20"
    assert allowed_numbers(CollectEnvironment.model_fields["reach_hours"]) == "a number above 0 up to 200,000"
    assert allowed_numbers(Subject.model_fields["max_posts"]) == "a whole number from 10 to 1,000,000, or none"
    assert allowed_numbers(Prices.model_fields["post"]) == "a number from 0 to 1,000 with at most 6 decimal places"
