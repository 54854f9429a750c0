"""The sample recordings in the tree: complete, unchanged, small, and honest about what they are."""

import csv
import hashlib

import numpy as np
import pytest

from recordings import EdfNight
from recordings.errors import UnknownSampleError
from recordings.samples import sample_names, sample_path
from signals import SampleBlock

FOLDER = sample_path("composite_night.edf").parent


def index() -> list[dict[str, str]]:
    """Return the rows of the index."""
    with (FOLDER / "index.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_sample_has_its_checksum_source_licence_and_making() -> None:
    for row in index():
        assert hashlib.sha256(sample_path(row["file"]).read_bytes()).hexdigest() == row["sha256"], row["file"]
        assert row["source"]
        assert row["licence"]
        assert row["made_how"]


def test_every_recording_in_the_folder_is_in_the_index() -> None:
    found = {path.name for path in FOLDER.iterdir() if path.suffix in {".edf", ".tsv"}}
    assert found == set(sample_names())


def test_the_samples_have_at_most_five_megabytes() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) <= 5_000_000
    assert sample_path("composite_night.edf").stat().st_size <= 2_000_000


def test_the_licence_of_every_source_goes_along() -> None:
    names = {path.name for path in (FOLDER / "licences").iterdir()}
    assert names == {
        "CapacitiveSensingDataset_MIT.txt",
        "biosignalsnotebooks_MIT.txt",
        "elderly_CC0-1.0.txt",
        "musclesyneRgies_MIT.txt",
    }


def test_an_unknown_sample_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownSampleError, match=r"there is no sample 'night.edf'; there are treadmill_walk.edf, "):
        sample_path("night.edf")


def test_the_composite_says_that_it_is_one() -> None:
    row = next(row for row in index() if row["file"] == "composite_night.edf")
    assert row["made_how"].startswith("COMPOSITE")
    night = EdfNight(sample_path("composite_night.edf"))
    assert night.participant == "composite"
    assert night.annotations[0].text == "composite of real recordings"


def test_the_composite_is_loud_where_its_truth_says_and_quiet_elsewhere() -> None:
    night = EdfNight(sample_path("composite_night.edf"))
    blocks = [item for item in night if isinstance(item, SampleBlock)]
    calf, shin = np.concatenate([block.values for block in blocks if block.stream == "emg"]).T
    with sample_path("composite_night_events.tsv").open(newline="") as file:
        events = list(csv.DictReader(file, delimiter="\t"))
    rms_uv = {float(e["onset"]): (e["trial_type"], _rms(calf, e), _rms(shin, e)) for e in events}
    assert [kind for kind, _, _ in rms_uv.values()].count("leg_movement") == 8
    quiet_uv = float(np.std(calf[10_000:50_000]))
    assert quiet_uv < 6  # the p95 of the rest that it is made of
    assert all(uv > 8 * quiet_uv for kind, uv, _ in rms_uv.values() if kind in {"leg_movement", "gait"})
    kind, calf_uv, shin_uv = rms_uv[205.0]
    assert kind == "cramp_stand_in"
    assert 100 < calf_uv < 190  # p5 to p95 of the contraction that is repeated, by the README of its source
    assert shin_uv < 4


def test_gravity_of_the_composite_lies_across_the_shank_until_it_stands() -> None:
    night = EdfNight(sample_path("composite_night.edf"))
    acc_g = np.concatenate([i.values for i in night if isinstance(i, SampleBlock) and i.stream == "acc"])
    np.testing.assert_allclose(
        acc_g[:5000].mean(axis=0), [0.100, -0.201, 0.974], atol=0.002
    )  # (0.1, -0.2, 0.97)/0.995
    np.testing.assert_allclose(np.linalg.norm(acc_g[31_500:31_900], axis=1), 1.0, atol=0.01)  # getting up
    assert acc_g[31_920:31_980, 0].mean() > 0.95  # upright: X lies along the shank


def _rms(signal: np.ndarray, event: dict[str, str]) -> float:
    start, length = float(event["onset"]), float(event["duration"])
    piece = signal[round(start * 1000) : round((start + length) * 1000)]
    return float(np.sqrt(np.mean(piece**2)))
