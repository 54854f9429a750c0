"""A diary as REDCap exports it: one row a record, event and repeated form, with the fields of all forms beside it.

REDCap writes `redcap_event_name` in longitudinal projects, and `redcap_repeat_instrument` and
`redcap_repeat_instance` where forms repeat; a row of another form leaves the diary's fields empty. `FORM_complete`
is 0, 1 or 2 in a raw export, and a word in one with labels. Dates are year first in raw exports.
"""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from trial.diary.errors import DiaryError
from trial.diary.lines import LeftOut, Line, Sheet
from trial.study.parts import Part

REPEAT_INSTRUMENT = "redcap_repeat_instrument"
MARKS = ("redcap_event_name", REPEAT_INSTRUMENT, "redcap_repeat_instance")
"""Columns by which an export of REDCap is known."""

STATUS = {
    "0": "incomplete",
    "1": "unverified",
    "2": "complete",
    "Incomplete": "incomplete",
    "Unverified": "unverified",
    "Complete": "complete",
}
Status = Literal["incomplete", "unverified", "complete"]
Column = Annotated[str, Field(min_length=1)]


class RedcapFields(Part):
    """Which fields of a REDCap project hold the diary; the defaults are those of the form in docs/diary.md."""

    instrument: Column = "diary"
    """Name of the repeated form, as in `redcap_repeat_instrument`."""
    participant: Column = "record_id"
    night: Column = "diary_date"
    dated: Literal["evening", "morning"] = "evening"
    """Whether the date of an entry is that of the evening before the night, or of the morning after."""
    cramps: Column = "cramp_count"
    times: tuple[Column, ...] = ("cramp_times",)
    """One field with times joined by semicolons, or several with one time each; absent ones are not asked for."""
    severity: Column | None = "cramp_severity"
    complete: Column = "diary_complete"
    accept: Annotated[tuple[Status, ...], Field(min_length=1)] = ("complete",)
    """Form statuses whose entries count; the others are left out, by line."""
    participants: dict[str, str] = Field(default_factory=dict)
    """Pseudonyms by record, where records are not named by them."""


def read_fields(path: Path) -> RedcapFields:
    """Read a field mapping from TOML. Raises `DiaryError`, which names every key that is wrong."""
    try:
        return RedcapFields.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise DiaryError(str(path), [f"cannot be read: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DiaryError(str(path), [f"is not TOML: {error}"]) from error
    except ValidationError as error:
        found = [f"{'.'.join(str(step) for step in one['loc'])}: {one['msg']}" for one in error.errors()]
        raise DiaryError(str(path), found) from error


def problems_of_redcap(sheet: Sheet, fields: RedcapFields) -> list[str]:
    """Say which fields that are needed are not among the columns.

    Those with a default that a form need not have (times, severity) are needed only where a mapping names them.
    """
    needed = {"participant": fields.participant, "night": fields.night, "cramps": fields.cramps}
    needed["complete"] = fields.complete
    if "times" in fields.model_fields_set:
        needed |= {f"times {k}": name for k, name in enumerate(fields.times, start=1)}
    if "severity" in fields.model_fields_set and fields.severity is not None:
        needed["severity"] = fields.severity
    return [
        f"line 1: there is no column {name!r} ({what}); export that field, or name another with --fields"
        for what, name in needed.items()
        if name not in sheet.columns
    ]


def lines_of_redcap(sheet: Sheet, fields: RedcapFields) -> tuple[list[Line], list[LeftOut], list[str]]:
    """Return the diary's lines, those left out, and what is wrong.

    Left out are other forms, empty ones, and those whose status does not count. A form without a count is no entry,
    whatever its status: it is missing and never 0. A status that is not known is wrong.
    """
    lines: list[Line] = []
    left_out: list[LeftOut] = []
    problems: list[str] = []
    for number, row in sheet.rows:
        if _is_filled(row, fields) and row[fields.complete] not in STATUS:
            problems.append(
                f"line {number}: {fields.complete} {row[fields.complete]!r} is none of {', '.join(STATUS)}"
            )
        elif why := _objection(row, fields):
            left_out.append(LeftOut(number, why))
            continue
        record = row[fields.participant]
        lines.append(
            Line(
                number=number,
                participant=fields.participants.get(record, record),
                night=_evening(row[fields.night], fields),
                cramps=row[fields.cramps],
                times=";".join(time for name in fields.times if (time := row.get(name, ""))),
                severity=row.get(fields.severity, "") if fields.severity else "",
            )
        )
    return lines, left_out, problems


def _is_filled(row: dict[str, str], fields: RedcapFields) -> bool:
    """Whether a row holds anything of the diary's form."""
    names = (fields.night, fields.cramps, *fields.times, fields.severity or "")
    return row.get(REPEAT_INSTRUMENT, "") in ("", fields.instrument) and any(row.get(name) for name in names)


def _objection(row: dict[str, str], fields: RedcapFields) -> str | None:
    """Say why a row is no entry of the diary, None where it is one."""
    if not _is_filled(row, fields):
        return "no diary form, or an empty one"
    status = STATUS[row[fields.complete]]
    if status not in fields.accept:
        return f"a form that is {status}"
    return None if row[fields.cramps] else "a form without a count"


def _evening(text: str, fields: RedcapFields) -> str:
    """Return the date of the evening; what is no date is left for the check to find."""
    if fields.dated == "evening":
        return text
    try:
        return (date.fromisoformat(text) - timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return text
