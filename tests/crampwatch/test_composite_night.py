"""A night composed of real recordings of several people, described as what it is.

No recording of a cramp is public: the "cramp" is a voluntary contraction of 9 s, repeated to 60 s.
"""

from datetime import datetime
from pathlib import Path

import edfio
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import resample_poly

from crampwatch.scoring import Request, score_recording, silent
from models import DEFAULT_PROFILE, Label, Profile
from nights import NightRecord
from recordings import Annotation, write_edf
from recordings.samples import sample_path
from signals import Channel, Stream
from tests.made_up import LYING_G

Floats = NDArray[np.float64]
EMG_HZ, ACC_HZ = 1000, 100
UPRIGHT_G = (0.96, -0.11, 0.11)

WALK_S, TWITCHES_S, CRAMP_S = (60.0, 100.0), (140.0, 152.0, 170.0, 195.0, 230.0), (300.0, 360.0)
END_S = 420.0


def piece(name: str, label: str, start_s: float, end_s: float) -> Floats:
    """Return a stretch of a real recording at 1000 Hz."""
    signal = edfio.read_edf(sample_path(name)).get_signal(label)
    values = signal.get_data_slice(start_s, end_s)
    return resample_poly(values, EMG_HZ, round(signal.sampling_frequency))


def tiled(values: Floats, seconds: float, fs_hz: int) -> Floats:
    """Repeat a stretch, every other time backwards so that its joins are smooth, to the length asked for."""
    there_and_back = np.concatenate([values, values[::-1]])
    return np.resize(there_and_back, round(seconds * fs_hz))


@pytest.fixture(scope="module")
def emg() -> Floats:
    """Rest of one person, walking of a second, bursts of a third, a contraction of the first."""
    night = tiled(piece("elderly_id07.edf", "EMG BF", 0.5, 9.5), END_S, EMG_HZ)
    walk = piece("treadmill_walk.edf", "EMG GM", 0.0, 7.6)
    contraction = piece("elderly_id07.edf", "EMG TA", 21.0, 30.0)
    burst = piece("biceps_bursts.edf", "EMG BB", 17.2, 18.4)

    def put(values: Floats, at_s: float) -> None:
        first = round(at_s * EMG_HZ)
        night[first : first + len(values)] = values

    put(tiled(walk, WALK_S[1] - WALK_S[0], EMG_HZ), WALK_S[0])
    put(tiled(contraction, CRAMP_S[1] - CRAMP_S[0], EMG_HZ), CRAMP_S[0])
    for onset_s in TWITCHES_S:
        put(burst, onset_s)
    return night


@pytest.fixture(scope="module")
def acc() -> Floats:
    """Lie still, and walk with a fourth person's shank."""
    walk = edfio.read_edf(sample_path("shank_sub11_walk1.edf"))
    strides = np.stack([walk.get_signal(f"ACC shank L {axis}").get_data_slice(14, 34) for axis in "XYZ"], axis=1)
    rng = np.random.default_rng(0)
    night = np.array(LYING_G) + rng.standard_normal((round(END_S * ACC_HZ), 3)) * 0.0017
    first, end = (round(at_s * ACC_HZ) for at_s in WALK_S)
    night[first:end] = np.concatenate([strides, strides])
    return night


def scored(folder: Path, emg: Floats, acc: Floats | None, profile: str, *annotations: Annotation) -> NightRecord:
    """Write the night and score it, as a user would."""
    path = folder / "composite.edf"
    streams = [Stream("emg", EMG_HZ, (Channel("EMG L-GM", "EMG", "L", "GM", (-2000.0, 2000.0)),))]
    values = [emg[:, None]]
    if acc is not None:
        axes = tuple(Channel(f"ACC L-{axis}", "ACC", "L", axis, (-4.0, 4.0)) for axis in "XYZ")
        streams.append(Stream("acc", ACC_HZ, axes))
        values.append(acc)
    start = datetime(2026, 1, 15, 23, 0)  # noqa: DTZ001 - EDF has local wall time
    write_edf(path, tuple(streams), tuple(values), start, "composite", annotations)
    request = Request(profile=Profile.load(profile), report=False)
    return score_recording(path, folder / "composite", request, silent).record


both_profiles = pytest.mark.parametrize("profile", ["calf-1", DEFAULT_PROFILE])


@both_profiles
def test_the_repeated_contraction_is_the_only_cramp_walking_is_gait_and_the_short_ones_are_leg_movements(
    tmp_path: Path, emg: Floats, acc: Floats, profile: str
) -> None:
    record = scored(tmp_path, emg, acc, profile)
    found = [(s.label, s.episode.start_s, s.episode.end_s) for s in record.episodes]
    assert [label for label, _, _ in found] == [Label.GAIT, *[Label.LEG_MOVEMENT] * 5, Label.CRAMP]
    assert found[0][1:] == pytest.approx(WALK_S, abs=1.0)
    assert [start for _, start, _ in found[1:6]] == pytest.approx(TWITCHES_S, abs=0.3)
    assert found[6][1:] == pytest.approx(CRAMP_S, abs=0.2)
    assert record.cramp_count == 1
    assert record.usable_s == END_S


def test_without_acceleration_the_same_cramp_is_counted_and_walking_is_rhythmic(
    tmp_path: Path, emg: Floats
) -> None:
    record = scored(tmp_path, emg, None, "calf-1")
    assert [s.label for s in record.episodes] == [Label.RHYTHMIC, *[Label.LEG_MOVEMENT] * 5, Label.CRAMP]
    assert not record.recording.has_acceleration


@both_profiles
def test_a_radio_gap_of_four_minutes_inside_the_contraction_leaves_one_cramp(
    tmp_path: Path, emg: Floats, profile: str
) -> None:
    at, length = 330 * EMG_HZ, 240 * EMG_HZ
    longer = np.concatenate([emg[:at], np.zeros(length), emg[at:]])
    record = scored(tmp_path, longer, None, profile, Annotation(330.0, 240.0, "gap: link_lost"))
    (cramp,) = [s for s in record.episodes if s.label is Label.CRAMP]
    assert cramp.episode.start_s == pytest.approx(CRAMP_S[0], abs=0.2)
    assert cramp.episode.end_s == pytest.approx(CRAMP_S[1] + 240, abs=0.2)
    (gap,) = record.gaps
    assert (gap.first_sample, gap.reason) == (at, "link_lost")
    assert record.usable_s == pytest.approx(END_S, abs=1.0)
