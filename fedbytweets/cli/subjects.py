"""Flags and a file of subjects -> the subjects of a run."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fedbytweets.errors import InputError
from fedbytweets.subjects import Subject, default_subjects, unique_subjects


def chosen_subjects(names: Sequence[str], file: Path | None) -> tuple[Subject, ...]:
    """Return the subjects of a TOML file (or the two that come with the project), all of them or the named ones.

    Raises:
        InputError: the file cannot be used, or has no subject of a name.

    """
    known = default_subjects() if file is None else _read(file)
    if not names:
        return known
    by_name = {subject.name: subject for subject in known}
    if unknown := [name for name in names if name not in by_name]:
        raise InputError(f"There is no subject {unknown[0]!r}; there are: {', '.join(by_name)}.")
    return tuple(by_name[name] for name in names)


def refuse_useless_limits(subjects: Sequence[Subject]) -> None:
    """Refuse limits that could never buy a page, before a run starts or a plan is made.

    Raises:
        SettingsError: a limit of the settings is too small for a subject's smallest page.
        InputError: a limit of a subject is, or it asks for an expansion of unknown cost.

    """
    from fedbytweets.coverage import limits
    from fedbytweets.x_api import asking, environment

    settings = environment.collect_settings()
    budget, prices = environment.budget(settings), environment.prices()
    limits.refuse_useless_limits(subjects, asking(subjects, settings), budget, None, prices)


def _read(file: Path) -> tuple[Subject, ...]:
    try:
        document: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"The subjects in {file} cannot be read: {error}.") from error
    found = document.get("subject", [])
    if not isinstance(found, list) or not found:
        raise InputError(f'{file} names no subject: write [[subject]] with name = "..." and query = "...".')
    return unique_subjects(_subject(file, number, fields) for number, fields in enumerate(found, start=1))


def _subject(file: Path, number: int, fields: object) -> Subject:
    try:
        return Subject.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise InputError(f"Subject {number} of {file}{', ' + where if where else ''}: {message}") from error
