"""A subject: a name, a query, and how much of it a run may read."""

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from fedbytweets.errors import InputError
from fedbytweets.number_fields import NumberFields
from fedbytweets.subjects.budget import Budget
from fedbytweets.subjects.query_lint import MAX_LENGTH, Finding, lint, shown

ExtraField = Annotated[str, StringConstraints(pattern=r"^(post:|user:|place:|expand:)?[a-z_]+(\.[a-z_]+)*$")]


class Subject(NumberFields):
    """What is collected under one name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$",
        title="Name",
        description="Its folder in the lake and its value in the column `subject`: a-z, 0-9, '-' and '_'.",
    )
    query: str = Field(
        title="Query",
        description='X search query, e.g. (lula OR "Luiz Inácio") -is:retweet. AND binds tighter than OR.',
        json_schema_extra={"minLength": 1, "maxLength": MAX_LENGTH},
    )
    dialect: Literal["tweet", "post"] | None = Field(
        None, title="Dialect", description="Words the API is spoken to in; empty takes the setting."
    )
    language: str | None = Field(
        None, pattern=r"^[a-z]{2,3}$", title="Language", description="Only posts in this language, e.g. pt."
    )
    max_pages: int | None = Field(
        None, ge=1, le=10_000, title="Pages per run", description="Most pages a run reads; empty sets no limit."
    )
    max_posts: int | None = Field(
        None, ge=10, le=1_000_000, title="Posts per run", description="Most posts a run reads; empty sets no limit."
    )
    budget: Budget | None = Field(
        None, title="Budget", description="Limits of this subject alone, within those of the settings."
    )
    extra_fields: tuple[ExtraField, ...] = Field(
        (),
        max_length=50,
        title="Extra fields",
        description="Asked for beside the usual ones: entities, user:description, place:geo, "
        "expand:in_reply_to_user_id (expansions may cost).",
    )

    @model_validator(mode="after")
    def _query_can_be_sent(self) -> Self:
        faults = [finding for finding in self.findings() if finding.severity == "error"]
        if faults:
            shown_faults = "\n".join(shown(self.search_query, fault) for fault in faults)
            raise ValueError(f"The query of subject {self.name!r} cannot be sent.\n{shown_faults}")
        return self

    @property
    def search_query(self) -> str:
        """The query as it is sent: the language is part of it."""
        if self.language is None:
            return self.query
        return f"({self.query}) lang:{self.language}"

    def findings(self) -> tuple[Finding, ...]:
        """Return what is wrong or doubtful about the query as it is sent."""
        return lint(self.search_query)

    def warnings(self) -> tuple[str, ...]:
        """Return what is doubtful about the query, each with its place, ready to be printed."""
        return tuple(shown(self.search_query, finding) for finding in self.findings() if finding.severity == "warning")


def default_subjects() -> tuple[Subject, ...]:
    """Return the two subjects that come with the project, the precedence of their old queries mended."""
    return (
        Subject(name="lula", query='(lula OR "Luiz Inácio" OR "Luiz Inacio") -is:retweet'),
        Subject(name="bolsonaro", query='(bolsonaro OR "Jair Bolsonaro") -is:retweet'),
    )


def unique_subjects(subjects: Iterable[Subject]) -> tuple[Subject, ...]:
    """Return the subjects as they are.

    Raises:
        InputError: there is none, or two have one name.

    """
    checked = tuple(subjects)
    if not checked:
        raise InputError("There is no subject to collect: name at least one, as lula.")
    names = [subject.name for subject in checked]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"Subject {twice[0]!r} is named twice: give each subject a name of its own.")
    return checked
