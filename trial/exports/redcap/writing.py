"""The files of the REDCap export: how the project is set up, and one file of records per form."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import cast

from trial.exports.data import StudyData
from trial.exports.redcap.forms import CRAMP, DIARY, NIGHT, PARTICIPANT, RECORD_ID, forms_of
from trial.exports.redcap.project import (
    DICTIONARY_COLUMNS,
    dictionary,
    event_rows,
    events_of,
    form_rows,
    repeat_rows,
)
from trial.exports.rows import Row, cramp_table, diary_table, leg_night_table, night_table, participant_table
from trial.study import Study

KEYS = (RECORD_ID, "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")
INCOMPLETE, COMPLETE = 0, 2
PLACES = 6


def write_redcap(data: StudyData, out: Path) -> list[Path]:
    """Write the set-up of the project and the records of its forms into a folder, which must exist.

    The night of a period is the instance of the forms `night` and `diary` with its number, so that both lie side
    by side. A form is complete where there is a count and incomplete where the night is missing. Raises
    `RedcapError` where the study cannot be a REDCap project.
    """
    forms = forms_of(blinded=data.arm_of is None)
    columns = {form: tuple(field.name for field in fields) for form, fields in forms.items()}
    columns = {form: tuple(name for name in names if name != RECORD_ID) for form, names in columns.items()}
    slots = _slots(data.study)
    study = data.study
    return [
        _write(out / "data_dictionary.csv", DICTIONARY_COLUMNS, dictionary(forms)),
        _write(out / "events.csv", ("event_name", "arm_num", "unique_event_name"), event_rows(study)),
        _write(out / "forms_of_events.csv", ("arm_num", "unique_event_name", "form"), form_rows(study)),
        _write(out / "repeated_forms.csv", ("event_name", "form_name", "custom_form_label"), repeat_rows(study)),
        _write_form(out, PARTICIPANT, columns[PARTICIPANT], _participants(data)),
        _write_form(out, NIGHT, columns[NIGHT], _nights(data, slots)),
        _write_form(out, CRAMP, columns[CRAMP], _cramps(data)),
        _write_form(out, DIARY, columns[DIARY], _diary(data, slots)),
    ]


def _participants(data: StudyData) -> Iterator[Row]:
    first = next(iter(events_of(data.study).values()))[1]
    for row in participant_table(data):
        keys = dict(zip(KEYS, (row["participant"], first, "", ""), strict=True))
        yield keys | {f"pt_{name}": value for name, value in row.items()} | {"participant_complete": COMPLETE}


def _nights(data: StudyData, slots: dict[tuple[str, date], tuple[str, int]]) -> Iterator[Row]:
    legs: dict[tuple[object, object], Row] = {}
    for row in leg_night_table(data):
        named = {name: row[name] for name in ("state", "reason", "usable_h", "monitored_h")}
        named["cramps"] = row["leg_cramps"]
        prefix = f"night_{str(row['leg']).lower()}"
        of_night = legs.setdefault((row["participant"], row["night"]), {})
        of_night |= {f"{prefix}_{name}": value for name, value in named.items()}
    for row in night_table(data):
        participant, night = str(row["participant"]), cast("date", row["night"])
        event, number = slots[participant, night]
        yield {
            **_keys(participant, event, NIGHT, number),
            **{f"night_{name}": value for name, value in row.items()},
            "night_date": night,
            **legs[participant, night],
            "night_complete": INCOMPLETE if row["state"] == "missing" else COMPLETE,
        }


def _cramps(data: StudyData) -> Iterator[Row]:
    events = events_of(data.study)
    numbers: dict[tuple[str, str], int] = {}
    for row in cramp_table(data):
        key = (str(row["participant"]), events[str(row["period"])][1])
        numbers[key] = numbers.get(key, 0) + 1
        yield {
            **_keys(*key, CRAMP, numbers[key]),
            **{f"seen_{name}": value for name, value in row.items()},
            "seen_onset_local": row["onset_at"],
            "seen_cramp_complete": COMPLETE,
        }


def _diary(data: StudyData, slots: dict[tuple[str, date], tuple[str, int]]) -> Iterator[Row]:
    for row in diary_table(data):
        participant, night = str(row["participant"]), cast("date", row["night"])
        yield {
            **_keys(participant, slots[participant, night][0], DIARY, slots[participant, night][1]),
            "diary_date": night,
            "cramp_count": row["felt"],
            "cramp_times": ";".join(cast("list[str]", row["times_local"])),
            "cramp_severity": row["severity"],
            "diary_source": row["source"],
            "diary_line": row["line"],
            "diary_complete": COMPLETE,
        }


def _slots(study: Study) -> dict[tuple[str, date], tuple[str, int]]:
    """Return the event of every night of a participant, and its number in it, from 1."""
    events = events_of(study)
    slots: dict[tuple[str, date], tuple[str, int]] = {}
    for participant in study.participants:
        numbers: dict[str, int] = {}
        for period, night in study.nights_of(participant):
            numbers[period.name] = numbers.get(period.name, 0) + 1
            slots[participant.id, night] = (events[period.name][1], numbers[period.name])
    return slots


def _keys(participant: str, event: str, form: str, instance: int) -> Row:
    return dict(zip(KEYS, (participant, event, form, instance), strict=True))


def _write_form(out: Path, form: str, columns: tuple[str, ...], rows: Iterable[Row]) -> Path:
    cells = ({name: _cell(value) for name, value in row.items()} for row in rows)
    return _write(out / f"{form}.csv", (*KEYS, *columns, f"{form}_complete"), cells)


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _cell(value: object) -> str:
    """Return a value as REDCap reads it: empty where it is missing, times on the local clock without a zone."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, float):
        return str(round(value, PLACES)).removesuffix(".0")
    return "" if value is None else str(value)
