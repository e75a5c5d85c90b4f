"""Subjects: their defaults, their form and what they refuse."""

import pytest
from pydantic import ValidationError

from fedbytweets.errors import InputError
from fedbytweets.raw.keys import SUBJECT_PATTERN
from fedbytweets.subjects import Budget, Subject, default_subjects, unique_subjects


def test_the_two_that_come_with_the_project_have_sound_queries():
    """Retweets are excluded from every term, not only from the last one."""
    assert [(s.name, s.query, s.findings()) for s in default_subjects()] == [
        ("lula", '(lula OR "Luiz Inácio" OR "Luiz Inacio") -is:retweet', ()),
        ("bolsonaro", '(bolsonaro OR "Jair Bolsonaro") -is:retweet', ()),
    ]


def test_the_language_is_part_of_the_query_and_binds_to_all_of_it():
    """The query is set in parentheses before the language is put beside it."""
    subject = Subject(name="lula", query="lula OR pt", language="pt")
    assert subject.search_query == "(lula OR pt) lang:pt"


def test_a_query_that_cannot_be_sent_is_refused_with_its_place():
    """The message of the form shows the caret line."""
    with pytest.raises(ValidationError) as caught:
        Subject(name="lula", query="lula - is:retweet")
    assert "  lula - is:retweet\n       ^" in str(caught.value)


def test_a_doubtful_query_is_taken_with_a_warning():
    """Precedence is a warning: someone may mean it."""
    (warning,) = Subject(name="lula", query="lula OR pt -is:retweet").warnings()
    assert warning.startswith("warning: -is:retweet goes with pt only")


@pytest.mark.parametrize("name", ["Lula", "../etc", "", "-x", "a" * 65, "lula/2"])
def test_a_name_that_is_no_folder_is_refused(name):
    """Names are folders of the lake."""
    with pytest.raises(ValidationError):
        Subject(name=name, query="lula")


def test_the_form_of_a_subject_tells_all_a_dashboard_needs():
    """Every field has a title and a description; the name's pattern is the raw layer's."""
    schema = Subject.model_json_schema()
    assert schema["properties"]["name"]["pattern"] == SUBJECT_PATTERN
    assert schema["properties"]["query"]["maxLength"] == 512
    for model in (schema, Budget.model_json_schema()):
        for name, field in model["properties"].items():
            assert field.get("title"), name
            assert field.get("description"), name


def test_a_subject_survives_json():
    """Flow parameters travel as JSON."""
    subject = Subject(name="lula", query="lula", budget=Budget(money_per_day=2.5), extra_fields=("user:url",))
    assert Subject.model_validate_json(subject.model_dump_json()) == subject


def test_one_name_twice_and_no_subject_at_all_are_refused():
    """Two subjects of one name would share a folder."""
    with pytest.raises(InputError, match="'lula' is named twice"):
        unique_subjects([default_subjects()[0]] * 2)
    with pytest.raises(InputError, match="no subject"):
        unique_subjects([])
