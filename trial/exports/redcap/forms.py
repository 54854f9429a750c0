"""The forms of the REDCap project and their fields.

The names of the diary are those that `crampwatch trial diary import` reads. A field name is at most 26 characters
long, as REDCap recommends, and unique in the whole project, which is why every form has a prefix of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from trial.exports.columns import COLUMNS, MADE_BY, Kind

PARTICIPANT, NIGHT, CRAMP, DIARY = "participant", "night", "seen_cramp", "diary"
RECORD_ID = "record_id"
LEGS = ("L", "R")

DAY, MOMENT, WHOLE, NUMBER = "date_ymd", "datetime_seconds_ymd", "integer", "number"
VALIDATION = {Kind.DAY: DAY, Kind.INSTANT: MOMENT, Kind.COUNT: WHOLE, Kind.NUMBER: NUMBER}
STATES = "valid, Valid | short, Short | missing, Missing"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `validation` is REDCap's, empty for free text; `choices` make it a dropdown."""

    name: str
    label: str
    validation: str = ""
    unit: str | None = None
    choices: str = ""


def forms_of(*, blinded: bool) -> dict[str, tuple[Field, ...]]:
    """Return the fields of every form in order; the arm is there only where the study has been unblinded."""
    return {
        PARTICIPANT: (
            Field(RECORD_ID, "Participant (pseudonym)"),
            *_like("pt", ("site", "zone", "legs", *(() if blinded else ("arm",)), "first_night")),
            *_like("pt", ("nights_expected", "nights_seen", "nights_valid", *MADE_BY)),
        ),
        NIGHT: (
            *_like("night", ("night", "week", "state", "reason"), {"night": "night_date"}),
            *_like("night", ("cramps", "exposure_h", "muscles", "leg_h", "awakenings", "seen_h")),
            *(field for leg in LEGS for field in _of_leg(leg)),
            *_like("night", MADE_BY),
        ),
        CRAMP: (
            *_like("seen", ("leg", "night")),
            *_like("seen", ("onset_at",), {"onset_at": "seen_onset_local"}),
            *_like("seen", ("utc_offset_min", "duration_s", "intensity", *MADE_BY)),
        ),
        DIARY: (
            Field("diary_date", COLUMNS["night"].meaning, DAY),
            Field("cramp_count", COLUMNS["felt"].meaning, WHOLE),
            Field("cramp_times", "local times of the cramps felt, HH:MM, joined by semicolons"),
            Field("cramp_severity", COLUMNS["severity"].meaning, NUMBER),
            Field("diary_source", COLUMNS["source"].meaning),
            Field("diary_line", COLUMNS["line"].meaning, WHOLE),
        ),
    }


def _of_leg(leg: str) -> tuple[Field, ...]:
    named = {name: f"night_{leg.lower()}_{name}" for name in ("state", "reason", "usable_h", "monitored_h")}
    named["leg_cramps"] = f"night_{leg.lower()}_cramps"
    fields = _like("night", ("state", "reason", "leg_cramps", "usable_h", "monitored_h"), named)
    return tuple(Field(f.name, f"Leg {leg}: {f.label}", f.validation, f.unit, f.choices) for f in fields)


def _like(prefix: str, columns: tuple[str, ...], named: Mapping[str, str] | None = None) -> tuple[Field, ...]:
    """Return fields that hold what the columns of the other tables hold."""
    return tuple(
        Field(
            (named or {}).get(name, f"{prefix}_{name}"),
            COLUMNS[name].meaning,
            VALIDATION.get(COLUMNS[name].kind, ""),
            COLUMNS[name].unit,
            STATES if name == "state" else "",
        )
        for name in columns
    )
