"""One data set of many nights: its folders, its tables, and the recordings in them."""

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recordings.annotations import GAP_PREFIX
from recordings.bids.documents import (
    CHANNEL_COLUMNS,
    EVENTS,
    PARTICIPANTS,
    README,
    SCANS,
    TASK,
    channels,
    description,
    sidecar,
)
from recordings.errors import WritingError
from recordings.night_file.exporting import ending, write_segment
from recordings.night_file.segments import Segment, marks_of, segments_of
from recordings.night_file.stored_night import StoredNight
from signals import LEGS, night_of


@dataclass(frozen=True, slots=True)
class _Run:
    """One segment of one night, and where it stands in the data set."""

    night: StoredNight
    segment: Segment
    subject: str
    session: str
    stem: str  # of all its files, with entities


def write_dataset(nights: Sequence[StoredNight], folder: Path) -> int:
    """Write nights as a BIDS data set into `folder`, which must be empty or new; return the number of recordings.

    A participant is a subject, a night a session (`ses-20260302`), a leg an acquisition, a contiguous segment a
    run. The folder appears whole or not at all. Raises `WritingError`.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WritingError(f"{folder} is not empty; a data set is made whole, choose a new folder")
    runs = _runs(nights)
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        part.mkdir(parents=True)
        for run in runs:
            _write_run(part, run)
        _write_scans(part, runs)
        _write_top(part, runs)
        part.replace(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return len(runs)


def _runs(nights: Sequence[StoredNight]) -> list[_Run]:
    subjects = _subjects(nights)
    runs: list[_Run] = []
    numbers: dict[str, int] = {}
    for night in sorted(nights, key=lambda night: (night.participant, night.start, night.header.leg)):
        subject, session = subjects[night.participant], f"{night_of(night.start):%Y%m%d}"
        stem = f"sub-{subject}_ses-{session}_task-{TASK}_acq-{LEGS[night.header.leg]}"
        for segment in segments_of(night):
            numbers[stem] = numbers.get(stem, 0) + 1
            runs.append(_Run(night, segment, subject, session, f"{stem}_run-{numbers[stem]:02d}"))
    if not runs:
        raise WritingError("none of the nights holds a sample, so that there is nothing to make a data set of")
    return runs


def _subjects(nights: Sequence[StoredNight]) -> dict[str, str]:
    """Return the label of every participant: letters and digits only, as BIDS demands."""
    labels: dict[str, str] = {}
    for participant in sorted({night.participant for night in nights}):
        label = re.sub("[^0-9A-Za-z]", "", participant)
        if not label or label in labels.values():
            raise WritingError(
                f"the participant {participant!r} becomes the BIDS label {label!r}, which is empty or another's; "
                "export these nights apart"
            )
        labels[participant] = label
    return labels


def _write_run(root: Path, run: _Run) -> None:
    folder = root / f"sub-{run.subject}" / f"ses-{run.session}" / "emg"
    folder.mkdir(parents=True, exist_ok=True)
    write_segment(folder / f"{run.stem}_emg{ending(run.night)}", run.night, run.segment)
    _write_json(folder / f"{run.stem}_emg.json", sidecar(run.night, run.segment))
    _write_table(folder / f"{run.stem}_channels.tsv", CHANNEL_COLUMNS, channels(run.night, run.segment))
    marks = marks_of(run.night, run.segment)
    rows = [(mark.onset_s, mark.duration_s, mark.text.removeprefix(GAP_PREFIX).strip()) for mark in marks]
    _write_table(folder / f"{run.stem}_events.tsv", ("onset", "duration", "trial_type"), rows)


def _write_scans(root: Path, runs: Sequence[_Run]) -> None:
    for subject, session in sorted({(run.subject, run.session) for run in runs}):
        rows = [
            (f"emg/{run.stem}_emg{ending(run.night)}", run.segment.start.replace(tzinfo=None).isoformat())
            for run in runs
            if (run.subject, run.session) == (subject, session)
        ]
        path = root / f"sub-{subject}" / f"ses-{session}" / f"sub-{subject}_ses-{session}_scans.tsv"
        _write_table(path, ("filename", "acq_time"), rows)


def _write_top(root: Path, runs: Sequence[_Run]) -> None:
    software = sorted({run.night.header.software for run in runs})
    _write_json(root / "dataset_description.json", description(software))
    (root / "README.md").write_text(README, "utf-8")
    rows = sorted({(f"sub-{run.subject}", run.night.participant) for run in runs})
    _write_table(root / "participants.tsv", ("participant_id", "pseudonym"), rows)
    _write_json(root / "participants.json", PARTICIPANTS)
    _write_json(root / f"task-{TASK}_events.json", EVENTS)
    _write_json(root / "scans.json", SCANS)


def _write_json(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")


def _write_table(path: Path, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    lines = ["\t".join(columns), *("\t".join("n/a" if x is None else str(x) for x in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
