"""Night files on the command line: scored and replayed like any recording, and exported."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from edfio import read_edf
from typer.testing import CliRunner, Result

from crampwatch.command_line import app
from recordings.night_file import NightFile, NightHeader
from recordings.samples import sample_path
from signals import Channel, CountBlock, CountedStream, Modality, Scale, Stream
from tests.recordings.night_file.made_nights import ACC, EMG, HEADER, block, counts_at

COMPOSITE = sample_path("composite_night.edf")
BEGAN = datetime(2026, 1, 15, 22, 0, tzinfo=UTC)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRAMPWATCH_DB", f"sqlite:///{tmp_path / 'log.db'}")
    return tmp_path


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def as_night_file(edf: Path, folder: Path, *, finished: bool = True) -> Path:
    """Make a night file of an EDF file's digital values, in blocks of 0.2 s, its scale that of the file."""
    signals = read_edf(edf).signals
    streams: list[CountedStream] = []
    counts: list[np.ndarray] = []
    modalities: tuple[tuple[str, Modality], ...] = (("emg", "EMG"), ("acc", "ACC"))
    for name, modality in modalities:
        chosen = [s for s in signals if s.label.startswith(modality)]
        channels = tuple(Channel(s.label, modality, "L", s.label.rpartition("-")[2]) for s in chosen)
        scales = tuple(
            Scale(
                step := (s.physical_max - s.physical_min) / (s.digital_max - s.digital_min),
                s.physical_min - step * s.digital_min,
            )
            for s in chosen
        )
        streams.append(CountedStream(name, chosen[0].sampling_frequency, channels, scales))
        counts.append(np.stack([s.digital for s in chosen], axis=1).astype(np.int32))
    header = NightHeader(
        participant="P 07",
        leg="L",
        zone="Europe/Zurich",
        night=date(2026, 1, 15),
        began=BEGAN,
        streams=tuple(streams),
        software="test",
    )
    file = NightFile.create(folder / header.file_name, header)
    for stream, values in zip(streams, counts, strict=True):
        step = round(0.2 * stream.fs_hz)
        for first in range(0, len(values), step):
            part = values[first : first + step]
            file.append([CountBlock(stream.name, first, part, 0, first, first / stream.fs_hz, BEGAN)])
            if first % (20 * step) == 0:
                file.commit()
    if finished:
        file.finish()
    else:
        file.commit()
    return file.path


def test_a_night_file_has_the_count_and_the_episodes_of_the_edf(here: Path) -> None:
    path = as_night_file(COMPOSITE, here)
    assert path.name == "P%2007_L_2026-01-15.night"
    (ours,) = json.loads(run("score", path, "--json", "--no-report", "--out", "a").stdout)
    (theirs,) = json.loads(run("score", COMPOSITE, "--json", "--no-report", "--out", "b").stdout)
    assert ours["cramp_count"] == theirs["cramp_count"] == 1
    assert ours["usable_s"] == theirs["usable_s"]
    recording = ours["recording"]
    assert recording["participant"] == "P 07"
    assert (recording["leg"], recording["muscle"]) == ("L", "GM")
    assert recording["start"] == "2026-01-15T23:00:00+01:00"
    assert (recording["night"], recording["zone"]) == ("2026-01-15", "Europe/Zurich")
    assert recording["remarks"] == []
    number = re.compile(r"\t(\d+\.\d+)\t(\d+\.\d+)\t")
    tables = [next((here / folder).glob("*_events.tsv")).read_text() for folder in "ab"]
    assert [number.findall(f"\t{line}")[:1] for line in tables[0].splitlines()] == [
        number.findall(f"\t{line}")[:1] for line in tables[1].splitlines()
    ]


def test_the_sum_of_a_night_is_that_of_its_content(here: Path) -> None:
    file = NightFile.create(here / HEADER.file_name, HEADER)
    file.append([block(EMG, 0, 20_000), block(ACC, 0, 1040)])
    file.commit()
    sums: list[str] = []
    for folder in ("unfinished", "finished"):
        (night,) = json.loads(run("score", file.path, "--json", "--no-report", "--out", folder).stdout)
        sums.append(night["recording"]["sha256"])
        sums.append(file.finish())
    assert len(set(sums)) == 1


def test_a_folder_of_both_kinds_is_scored(here: Path) -> None:
    (here / "study").mkdir()
    as_night_file(COMPOSITE, here / "study")
    (here / "study" / "other.edf").write_bytes(COMPOSITE.read_bytes())
    nights = json.loads(run("score", "study", "--json", "--no-report").stdout)
    assert sorted(Path(night["path"]).suffix for night in nights) == [".edf", ".night"]
    assert [night["cramp_count"] for night in nights] == [1, 1]


def test_a_night_file_is_replayed_unfinished(here: Path) -> None:
    path = as_night_file(COMPOSITE, here, finished=False)
    result = run("replay", path, "--json")
    said = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["said"] for line in said if line["said"] == "flag"] == ["flag"]
    assert said[-1]["cramp_count"] == 1
    assert said[-1]["recording"]["remarks"] == ["the recording was not finished; read is what is on the disk"]


def test_nights_are_exported_as_edf_and_scored_from_there(here: Path) -> None:
    path = as_night_file(COMPOSITE, here)
    result = run("nights", "export", path, "--out", "edf")
    assert result.exit_code == 0, result.output
    assert result.stdout == "edf/P%2007_L_2026-01-15_seg-01_230000.edf\n"
    assert result.stderr == ""
    exported, original = read_edf(here / result.stdout.strip()), read_edf(COMPOSITE)
    assert exported.patient.code == "P_07"
    assert [s.label for s in exported.signals] == [s.label for s in original.signals]
    for ours, theirs in zip(exported.signals, original.signals, strict=True):
        np.testing.assert_array_equal(ours.digital, theirs.digital)
    (night,) = json.loads(run("score", result.stdout.strip(), "--json", "--no-report").stdout)
    assert night["cramp_count"] == 1


def test_nights_are_exported_as_a_data_set(here: Path) -> None:
    (here / "nights").mkdir()
    as_night_file(COMPOSITE, here / "nights", finished=False)
    result = run("nights", "export", "nights", "--out", "set", "--bids")
    assert result.exit_code == 0, result.output
    assert result.stdout == "set: 1 recordings of 1 nights\n"
    assert "was not finished" in result.stderr
    assert (here / "set" / "dataset_description.json").is_file()
    assert len(list((here / "set").rglob("sub-P07_ses-20260115_task-sleep_acq-left_run-01_emg.edf"))) == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["none.night"], "there is no file or folder none.night"),
        (["empty"], "empty holds no night file"),
        ([COMPOSITE], "is no night file"),
        (["a.night", "sub/a.night"], "have one name"),
    ],
)
def test_what_cannot_be_exported_is_said(here: Path, words: list[object], message: str) -> None:
    for folder in ("empty", "sub"):
        (here / folder).mkdir()
    for name in ("a.night", "sub/a.night"):
        NightFile.create(here / name, HEADER).close()
    result = run("nights", "export", *words, "--out", "x")
    assert result.exit_code == 1
    assert message in result.stderr
    assert not (here / "x").exists()


def test_streams_are_what_the_header_says() -> None:
    assert isinstance(HEADER.stream("acc").stream, Stream)
    with pytest.raises(ValueError, match="no stream 'gyro'; it has emg, acc"):
        HEADER.stream("gyro")


def test_the_program_in_the_documentation_reads_a_night(here: Path) -> None:
    text = (Path(__file__).parents[3] / "docs" / "night_file.md").read_text("utf-8")
    program = text.partition("```python\n")[2].partition("```")[0]
    assert len(program.splitlines()) <= 25
    (here / "read.py").write_text(program, "utf-8")
    wide = replace(EMG, scales=(Scale(0.02, -3.5, 24),))
    file = NightFile.create(here / "n.night", replace(HEADER, streams=(wide, ACC)))
    file.append([block(wide, 500, 2000), block(ACC, 0, 104), block(wide, 0, 100)])
    file.commit()
    subprocess.run([sys.executable, "read.py", "n.night"], check=True)
    expected = np.full((2500, 1), np.nan)
    for first, n in ((0, 100), (500, 2000)):
        expected[first : first + n] = counts_at(wide, first, n) * 0.02 - 3.5
    np.testing.assert_array_equal(np.load("emg.npy"), expected)
    np.testing.assert_array_equal(np.load("acc.npy"), counts_at(ACC, 0, 104) / 8192 + 0.25)
