"""A study from its file, with everything that is wrong with it said at once."""

import tomllib
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from trial.study.errors import StudyError
from trial.study.study import Study


def read_study(path: Path) -> Study:
    """Read and check a study. Raises `StudyError`, which names every problem found and where it is."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StudyError(str(path), [f"cannot be read: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(str(path), [f"is not TOML: {error}"]) from error
    try:
        return Study.model_validate(document)
    except ValidationError as error:
        raise StudyError(str(path), _problems(error, document)) from error


def schema_of_study() -> dict[str, Any]:
    """Return the JSON Schema of a study file."""
    return Study.model_json_schema()


def _problems(error: ValidationError, document: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for problem in error.errors(include_url=False, include_input=False):
        place = _place(problem["loc"], document)
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = "is not a key that is known here"
        found += [f"{place}: {line}" if place else line for line in message.split("\n")]
    return found


def _place(steps: tuple[int | str, ...], document: dict[str, Any]) -> str:
    """Name a place as a reader of the file would: by the id of a table rather than by its number."""
    words: list[str] = []
    at: Any = document
    for step in steps:
        try:
            at = at[step]
        except (KeyError, IndexError, TypeError):  # a key that is absent is a problem too, and has a place
            at = None
        if isinstance(step, int):
            words[-1] += f" {_name(at) or f'number {step + 1}'}"
        else:
            words.append(step)
    return ", ".join(words)


def _name(table: Any) -> str | None:
    if not isinstance(table, dict):
        return None
    named = cast("dict[str, object]", table)
    return next((str(named[key]) for key in ("id", "name", "kind", "serial") if key in named), None)
