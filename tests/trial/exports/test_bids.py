"""The BIDS data set, held against the official validator and its bundled schema, without a network."""

import csv
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.trial.exports.made import made_data
from trial.exports.bids import BidsError, write_bids

MADE_BY = {
    "version": "1", "profile": "calf-1", "profile_hash": "0" * 16, "software": "crampwatch 0.1.0",
    "model": "rules-1", "config_hash": "0" * 16,
}  # fmt: skip


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def errors_of(folder: Path) -> list[dict[str, Any]]:
    """Return all issues of severity error that the validator finds; it must have seen the events."""
    done = subprocess.run(  # noqa: S603 - the validator of our environment
        [str(Path(sys.executable).with_name("bids-validator-deno")), str(folder), "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder.parent), "DENO_NO_UPDATE_CHECK": "1"},
    )
    report = json.loads(done.stdout)
    assert report["summary"]["modalities"] == ["beh"]
    assert report["summary"]["schemaVersion"] >= "1.2"
    return [issue for issue in report["issues"]["issues"] if issue["severity"] == "error"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    out = tmp_path / "bids"
    out.mkdir()
    files = write_bids(made_data(), out)
    assert sorted(files) == sorted(path for path in out.rglob("*") if path.is_file())
    return out


def test_the_official_validator_finds_nothing_wrong_and_would_have(folder: Path) -> None:
    assert errors_of(folder) == []
    next(folder.rglob("*acq-right_events.tsv")).unlink()
    assert {issue["code"] for issue in errors_of(folder)} == {"SCANS_FILENAME_NOT_MATCH_DATASET"}


def test_every_expected_night_is_a_session_with_a_count_or_a_reason(folder: Path) -> None:
    nights = table(folder / "sub-A001" / "sub-A001_sessions.tsv")
    assert [(n["session_id"], n["acq_time"], n["cramps"], n["reason"], n["legs_missing"]) for n in nights] == [
        ("ses-20260327", "2026-03-27T22:00:00", "3", "n/a", "n/a"),
        ("ses-20260328", "2026-03-28T22:00:00", "1", "n/a", "R=not_received"),
        ("ses-20260329", "2026-03-29T22:00:00", "0", "n/a", "n/a"),
        ("ses-20260330", "2026-03-30T22:00:00", "n/a", "lead_off", "L=lead_off;R=not_received"),
    ]
    assert [(night["felt"], night["severity"]) for night in nights] == [
        ("2", "7"),
        ("n/a", "n/a"),
        ("0", "n/a"),
        ("n/a", "n/a"),
    ]
    assert all(night[name] == value for night in nights for name, value in MADE_BY.items())
    others = table(folder / "sub-B002" / "sub-B002_sessions.tsv")
    assert [(n["state"], n["cramps"], n["reason"]) for n in others] == [
        ("short", "0", "short_recording"),
        *[("missing", "n/a", "not_received")] * 3,
    ]


def test_scans_point_to_the_events_of_every_leg_with_its_count(folder: Path) -> None:
    night = folder / "sub-A001" / "ses-20260327"
    scans = table(night / "sub-A001_ses-20260327_scans.tsv")
    assert [(scan["leg"], scan["leg_cramps"], scan["usable_h"]) for scan in scans] == [
        ("L", "2", "8"),
        ("R", "1", "8"),
    ]
    assert all(scan[name] == value for scan in scans for name, value in MADE_BY.items())
    events = table(night / scans[0]["filename"])
    assert [(event["onset"], event["duration"], event["trial_type"]) for event in events] == [
        ("3600", "60", "cramp"),
        ("10800", "60", "cramp"),
    ]
    assert all(event[name] == value for event in events for name, value in MADE_BY.items())


def test_a_quiet_night_has_no_row_and_one_that_shows_nothing_says_so(folder: Path) -> None:
    subject = folder / "sub-A001"
    assert table(next(subject.glob("ses-20260329/beh/*acq-left_events.tsv"))) == []
    events = table(next(subject.glob("ses-20260330/beh/*acq-left_events.tsv")))
    assert [(event["onset"], event["duration"], event["trial_type"]) for event in events] == [
        ("0", "28800", "no_usable_time")
    ]
    scan = table(next(subject.glob("ses-20260330/*_scans.tsv")))[0]
    assert (scan["leg_cramps"], scan["reason"]) == ("n/a", "lead_off")
    assert not (folder / "sub-B002" / "ses-20260328").exists()


def test_a_participant_keeps_the_pseudonym_and_has_an_arm_only_where_unblinded(
    folder: Path, tmp_path: Path
) -> None:
    people = table(folder / "participants.tsv")
    assert [(one["participant_id"], one["participant"], one["site"]) for one in people] == [
        ("sub-A001", "A-001", "A"),
        ("sub-B002", "B-002", "B"),
    ]
    assert "arm" not in people[0]
    (tmp_path / "open").mkdir()
    write_bids(made_data(unblinded=True), tmp_path / "open")
    assert [one["arm"] for one in table(tmp_path / "open" / "participants.tsv")] == ["verum", "placebo"]
    assert errors_of(tmp_path / "open") == []


def test_pseudonyms_that_bids_cannot_tell_apart_are_refused(tmp_path: Path) -> None:
    data = made_data()
    first = data.study.participants[0]
    twin = first.model_copy(update={"id": "A.001"})
    data = replace(data, study=data.study.model_copy(update={"participants": (first, twin)}))
    with pytest.raises(BidsError, match=r"'A-001' and 'A.001' would both be the BIDS subject 'A001'"):
        write_bids(data, tmp_path)
