"""BIDS 1.11: participants, sessions and scans of a study, with the cramps of every seen night as events.

It is a derivative: the recordings are not in it. A participant is a subject, a night a session, a leg an
acquisition, named as `crampwatch nights export --bids` names them, so that both data sets go together. The scans of
this data set are its tables of events, since BIDS lets a scans file list only what is there; a missing night has no
scan, and its reason stands among the sessions.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from nights.log.audit import SOFTWARE
from nights.night_json import NOTICE
from nights.record import Missing
from signals import LEGS
from trial.errors import TrialError
from trial.exports.columns import COLUMNS, MADE_BY
from trial.exports.data import StudyData
from trial.exports.rows import (
    Row,
    diary_table,
    leg_night_table,
    local_time,
    night_table,
    participant_table,
    recorded,
    recorded_spans,
    zones_of,
)
from trial.nightly import LegNight, ParticipantNight
from trial.nightly.spans import Span

BIDS_VERSION = "1.11.1"
TASK = "sleep"
PLACES = 6
UNIT = {"h": "hour", "s": "s", "min": "minute", "wk": "week", "1": ""}

SESSION = (
    "period", "kind", "week", "night", "state", "reason", "legs_missing",
    "cramps", "exposure_h", "muscles", "leg_h", "awakenings", "seen_h", "felt", "severity", *MADE_BY,
)  # fmt: skip
SCAN = ("leg", "state", "reason", "leg_cramps", "usable_h", "monitored_h", "utc_offset_min", *MADE_BY)
PARTICIPANT = (
    "participant", "site", "zone", "legs", "arm", "nights_expected", "nights_seen", "nights_valid", *MADE_BY,
)  # fmt: skip
EVENT = ("intensity", *MADE_BY)

README = """# {title}

{notice}

Counted by {software}, profile {profile}. A subject is a participant, a session a night, named by the date of its
evening (local noon to noon), `acq` the leg. `sub-*_sessions.tsv` has every night that the study expects: one that
is missing has no count (`n/a`) and a reason, one in which nothing happened has a count of 0. Recorded nights have a
folder with one table of events per leg, a row per cramp and none for a quiet night, onsets in s from `acq_time` in
the scans file; where the recording shows nothing at all, its one row says so.

The recordings are not here; subjects, sessions and acquisitions are named as in the data set of the recordings.
Times are true local times; shift them before the data set leaves the study.
"""

_FILENAME = {"Description": "the table of the cramps of one leg in this night"}
_ACQ_TIME = {"Description": "local wall time of the first sample of the leg; onsets count from it"}
_ACQ_TIME_OF_NIGHT = {"Description": "local wall time of the first sample of the night; n/a where there is none"}
_EVENTS = {
    "TaskName": TASK,
    "onset": {"Description": "onset from the first sample of the leg in this night", "Units": "s"},
    "duration": {"Description": "length", "Units": "s"},
    "trial_type": {
        "Description": "what it is",
        "Levels": {
            "cramp": "an instrumented-calf cramp",
            Missing.NO_USABLE_TIME.value: "nothing could be seen in the whole recording: no count, not a 0",
        },
    },
}


class BidsError(TrialError):
    """A study cannot be a BIDS data set as it is; the message says why and what to do."""


def write_bids(data: StudyData, out: Path) -> list[Path]:
    """Write the data set into a folder, which must exist; return its files.

    Raises `BidsError` where two pseudonyms come to one label, since BIDS has only letters and digits in it.
    """
    labels = _labels(data)
    return [*_write_top(data, out, labels), *_write_sessions(data, out, labels), *_write_nights(data, out, labels)]


def _labels(data: StudyData) -> dict[str, str]:
    """Return the BIDS label of every participant."""
    labels: dict[str, str] = {}
    for participant in data.study.participants:
        label = re.sub("[^0-9A-Za-z]", "", participant.id)
        other = next((name for name, taken in labels.items() if taken == label), None)
        if other is not None:
            raise BidsError(
                f"participants {other!r} and {participant.id!r} would both be the BIDS subject {label!r}, which "
                "has only letters and digits; export this study in another form"
            )
        labels[participant.id] = label
    return labels


def _write_top(data: StudyData, out: Path, labels: Mapping[str, str]) -> list[Path]:
    version = data.version
    readme = README.format(
        title=data.study.title, notice=NOTICE, software=version.software, profile=version.profile
    )
    (out / "README.md").write_text(readme, encoding="utf-8")
    columns = [name for name in PARTICIPANT if name != "arm" or data.arm_of is not None]
    people = ({"participant_id": f"sub-{labels[str(row['participant'])]}"} | row for row in participant_table(data))
    return [
        out / "README.md",
        _write_json(out / "dataset_description.json", _description(data)),
        _write_table(out / "participants.tsv", ("participant_id", *columns), people),
        _write_json(out / "participants.json", _meanings(columns)),
        _write_json(out / "sessions.json", {"acq_time": _ACQ_TIME_OF_NIGHT} | _meanings(SESSION)),
        _write_json(out / "scans.json", {"filename": _FILENAME, "acq_time": _ACQ_TIME} | _meanings(SCAN)),
        _write_json(out / f"task-{TASK}_events.json", _EVENTS | _meanings(EVENT)),
    ]


def _write_sessions(data: StudyData, out: Path, labels: Mapping[str, str]) -> list[Path]:
    """Write every expected night of every participant, what was felt in it beside what was seen."""
    felt = {(row["participant"], row["night"]): row for row in diary_table(data)}
    spans, zones = recorded_spans(data), zones_of(data.study)
    rows: dict[str, list[Row]] = {}
    for row, night in zip(night_table(data), data.nights, strict=True):
        begun = [span[0] for leg in night.legs if (span := recorded(leg, spans))]
        begin = local_time(min(begun), zones[night.participant]) if begun else None
        entry = felt.get((night.participant, night.night), {})
        ends = {
            "session_id": _session(night),
            "acq_time": _wall_time(begin),
            "legs_missing": ";".join(f"{leg.leg}={leg.reason}" for leg in night.legs if leg.cramps is None) or None,
            "felt": entry.get("felt"),
            "severity": entry.get("severity"),
        }
        rows.setdefault(night.participant, []).append(row | ends)
    files: list[Path] = []
    for participant, nights in rows.items():
        folder = out / f"sub-{labels[participant]}"
        folder.mkdir()
        path = folder / f"{folder.name}_sessions.tsv"
        files.append(_write_table(path, ("session_id", "acq_time", *SESSION), nights))
    return files


def _write_nights(data: StudyData, out: Path, labels: Mapping[str, str]) -> list[Path]:
    """Write the scans file and the events of every night of which there is a recording."""
    spans, made = recorded_spans(data), leg_night_table(data)
    files: list[Path] = []
    for night in data.nights:
        scans: list[Row] = []
        folder = out / f"sub-{labels[night.participant]}" / _session(night)
        stem = f"{folder.parent.name}_{folder.name}"
        for leg in night.legs:
            row, span = next(made), recorded(leg, spans)
            if span is None:
                continue
            path = folder / "beh" / f"{stem}_task-{TASK}_acq-{LEGS[leg.leg]}_events.tsv"
            path.parent.mkdir(parents=True, exist_ok=True)
            files.append(_write_table(path, ("onset", "duration", "trial_type", *EVENT), _events(leg, span, row)))
            scans.append({"filename": f"beh/{path.name}", "acq_time": _wall_time(row["started_at"])} | row)
        if scans:
            files.append(_write_table(folder / f"{stem}_scans.tsv", ("filename", "acq_time", *SCAN), scans))
    return files


def _events(leg: LegNight, span: Span, made: Row) -> list[Row]:
    """Return a row per cramp; where nothing could be seen, one row as long as the recording that says so."""
    if leg.cramps is None:
        length_s = span[1] - span[0]
        return [made | {"onset": 0.0, "duration": length_s, "trial_type": Missing.NO_USABLE_TIME.value}]
    return [
        made
        | {
            "onset": cramp.onset_s - span[0],
            "duration": cramp.duration_s,
            "trial_type": "cramp",
            "intensity": cramp.intensity,
        }
        for cramp in leg.cramps
    ]


def _session(night: ParticipantNight) -> str:
    return f"ses-{night.night:%Y%m%d}"


def _wall_time(at: object) -> str | None:
    """Return a moment on the local clock as BIDS has it, without the distance from UTC."""
    return at.replace(tzinfo=None).isoformat() if isinstance(at, datetime) else None


def _description(data: StudyData) -> Row:
    version = data.version
    made_by = (
        f"{version.software}, profile {version.profile} ({version.profile_hash}), study version {version.number}"
    )
    return {
        "Name": f"{data.study.name}: cramps counted in nights of calf EMG",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "derivative",
        "GeneratedBy": [
            {"Name": "CrampWatch", "Description": f"counted by {made_by}"},
            {"Name": "crampwatch trial export", "Description": f"exported by {SOFTWARE.name}"},
        ],
    }


def _meanings(columns: Sequence[str]) -> Row:
    found: Row = {}
    for name in columns:
        column = COLUMNS[name]
        unit = {"Units": UNIT[column.unit]} if column.unit and UNIT[column.unit] else {}
        found[name] = {"Description": column.meaning.replace("`", "")} | unit
    return found


def _write_json(path: Path, document: Mapping[str, object]) -> Path:
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    return path


def _write_table(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> Path:
    """Write the columns of some rows; `n/a` where something is missing, as BIDS has it."""
    lines = ["\t".join(columns), *("\t".join(_cell(row.get(name)) for name in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _cell(value: object) -> str:
    if isinstance(value, float):
        return str(round(value, PLACES)).removesuffix(".0")
    return "n/a" if value is None else str(value)
