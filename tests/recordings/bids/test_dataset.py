"""A data set of nights, held against the official validator of BIDS and its bundled schema, without a network."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from edfio import read_edf

from recordings import EdfNight
from recordings.bids import write_dataset
from recordings.errors import WritingError
from recordings.night_file import NightFile, NightHeader, StoredNight
from signals import CountBlock, Gap, GapReason, Scale
from tests.recordings.night_file.made_nights import ACC, EMG, HEADER, block, blocks_between, counts_at


def stored(tmp_path: Path, blocks: list[CountBlock], gaps: list[Gap], header: NightHeader = HEADER) -> StoredNight:
    file = NightFile.create(tmp_path / header.file_name, header)
    file.append(blocks, gaps)
    file.finish()
    return StoredNight(file.path)


def validated(folder: Path) -> list[dict[str, Any]]:
    """Return all issues of severity error that the validator finds; it must have seen recordings."""
    done = subprocess.run(  # noqa: S603 - the validator of our environment
        [str(Path(sys.executable).with_name("bids-validator-deno")), str(folder), "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder.parent), "DENO_NO_UPDATE_CHECK": "1"},
    )
    report = json.loads(done.stdout)
    assert "emg" in [modality.lower() for modality in report["summary"]["modalities"]], report["summary"]
    assert report["summary"]["schemaVersion"] >= "1.2"
    return [issue for issue in report["issues"]["issues"] if issue["severity"] == "error"]


def test_nights_of_both_legs_pass_the_official_validator(tmp_path: Path) -> None:
    left = [
        *blocks_between(EMG, 0, 5000, 100),
        block(EMG, 9000, 2000, lead_off=True),
        block(EMG, 11_000, 3000),
        *blocks_between(ACC, 0, 260, 13),
        *blocks_between(ACC, 468, 728, 13),
    ]
    gaps = [Gap("emg", 5000, 9000, GapReason.LINK_LOST), Gap("acc", 260, 468, GapReason.LINK_LOST)]
    wide = replace(EMG, scales=(Scale(0.02, 0, 24),))
    nights = [
        stored(tmp_path, left, gaps, replace(HEADER, device_make="CrampWatch", device_serial="17")),
        stored(tmp_path, list(blocks_between(wide, 0, 4000, 100)), [], replace(HEADER, leg="R", streams=(wide,))),
        stored(
            tmp_path,
            [block(EMG, 0, 2000), block(ACC, 0, 104)],
            [],
            replace(
                HEADER, participant="P-02", night=date(2026, 3, 3), began=datetime(2026, 3, 3, 23, 5, tzinfo=UTC)
            ),
        ),
    ]
    out = tmp_path / "data"
    assert write_dataset(nights, out) == 4
    assert validated(out) == []
    night = out / "sub-P01" / "ses-20260302"
    assert sorted(path.name for path in (night / "emg").glob("*_emg.?df")) == [
        "sub-P01_ses-20260302_task-sleep_acq-left_run-01_emg.edf",
        "sub-P01_ses-20260302_task-sleep_acq-left_run-02_emg.edf",
        "sub-P01_ses-20260302_task-sleep_acq-right_run-01_emg.bdf",
    ]
    assert (night / "sub-P01_ses-20260302_scans.tsv").read_text().splitlines()[1:3] == [
        "emg/sub-P01_ses-20260302_task-sleep_acq-left_run-01_emg.edf\t2026-03-02T22:30:00",
        "emg/sub-P01_ses-20260302_task-sleep_acq-left_run-02_emg.edf\t2026-03-02T22:30:09",
    ]
    assert (out / "participants.tsv").read_text() == "participant_id\tpseudonym\nsub-P01\tP01\nsub-P02\tP-02\n"
    second = night / "emg" / "sub-P01_ses-20260302_task-sleep_acq-left_run-02_emg.edf"
    np.testing.assert_array_equal(read_edf(second).signals[0].digital, counts_at(EMG, 9000, 5000)[:, 0])
    assert second.with_name(second.name.replace("emg.edf", "events.tsv")).read_text().splitlines() == [
        "onset\tduration\ttrial_type",
        "0.0\t2.0\tlead_off",
    ]
    assert {gap.reason for gap in EdfNight(second) if isinstance(gap, Gap)} == {GapReason.LEAD_OFF}


def test_the_validator_would_have_found_something(tmp_path: Path) -> None:
    out = tmp_path / "data"
    write_dataset([stored(tmp_path, [block(EMG, 0, 2000), block(ACC, 0, 104)], [])], out)
    sidecar = next(out.rglob("*_emg.json"))
    document = json.loads(sidecar.read_text())
    del document["EMGReference"]
    sidecar.write_text(json.dumps(document))
    assert [issue["subCode"] for issue in validated(out)] == ["EMGReference"]


def test_a_data_set_is_made_whole_or_not_at_all(tmp_path: Path) -> None:
    small = replace(EMG, scales=(Scale(0.1, 0, 12),))
    good = stored(tmp_path, [block(EMG, 0, 2000)], [])
    bad = stored(tmp_path, [block(EMG, 0, 2000)], [], replace(HEADER, participant="P02", streams=(small,)))
    before = sorted(tmp_path.iterdir())
    with pytest.raises(WritingError, match="no converter of 12 bits"):
        write_dataset([good, bad], tmp_path / "data")
    assert sorted(tmp_path.iterdir()) == before
    write_dataset([good], tmp_path / "data")
    with pytest.raises(WritingError, match="is not empty"):
        write_dataset([good], tmp_path / "data")


def test_participants_that_bids_cannot_tell_apart_are_refused(tmp_path: Path) -> None:
    nights = [
        stored(tmp_path, [block(EMG, 0, 2000)], [], replace(HEADER, participant=participant))
        for participant in ("P-1", "P.1")
    ]
    with pytest.raises(WritingError, match=r"'P.1' becomes the BIDS label 'P1'"):
        write_dataset(nights, tmp_path / "data")


def test_two_files_of_one_night_are_runs_of_one_session(tmp_path: Path) -> None:
    first = stored(tmp_path, [block(EMG, 0, 2000)], [])
    (tmp_path / "later").mkdir()
    later = replace(HEADER, began=datetime(2026, 3, 3, 1, 0, tzinfo=UTC))
    second = stored(tmp_path / "later", [block(EMG, 0, 3000)], [], later)
    assert write_dataset([second, first], tmp_path / "data") == 2
    scans = next((tmp_path / "data").rglob("*_scans.tsv")).read_text().splitlines()
    assert [line.split("\t")[1] for line in scans[1:]] == ["2026-03-02T22:30:00", "2026-03-03T02:00:00"]


def test_a_night_without_a_sample_is_no_data_set(tmp_path: Path) -> None:
    with pytest.raises(WritingError, match="none of the nights holds a sample"):
        write_dataset([stored(tmp_path, [], [])], tmp_path / "data")
