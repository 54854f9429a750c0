"""Every kind of real recording through `score`: what comes out is what the data's description says is in it."""

from pathlib import Path

import pytest

from crampwatch.scoring import Request, score_recording, silent
from models import Label, Profile
from nights import Missing, NightRecord
from recordings.samples import sample_path
from signals import GapReason

PROFILE = Profile.load("calf-1")


def scored(name: str, channel: str, folder: Path) -> NightRecord:
    request = Request(profile=PROFILE, emg=(channel,), report=False)
    return score_recording(sample_path(name), folder / "scored", request, silent).record


CHANNELS = [
    *[(f"elderly_{who}.edf", f"EMG {muscle}") for who in ("id01", "id07", "id13") for muscle in ("TA", "VL", "BF")],
    *[("treadmill_walk.edf", f"EMG {muscle}") for muscle in ("TA", "PL", "GM", "GL", "SO")],
    ("biceps_bursts.edf", "EMG BB"),
    ("biceps_fatigue.edf", "EMG BB"),
    ("thumb_rest_and_twitches.edf", "EMG AP"),
]


@pytest.mark.parametrize(("name", "channel"), CHANNELS)
def test_none_of_them_holds_a_cramp(name: str, channel: str, tmp_path: Path) -> None:
    assert not scored(name, channel, tmp_path).cramp_count  # 0, or missing where there is no rest


@pytest.mark.parametrize(
    ("name", "channel", "start_s", "end_s"),
    [
        ("elderly_id13.edf", "EMG TA", 10, 20),
        ("elderly_id01.edf", "EMG VL", 10.5, 20),
        ("elderly_id07.edf", "EMG BF", 0, 10),
    ],
)
def test_relaxed_segments_hold_no_episode(
    name: str, channel: str, start_s: float, end_s: float, tmp_path: Path
) -> None:
    episodes = [s.episode for s in scored(name, channel, tmp_path).episodes]
    assert not [e for e in episodes if e.start_s < end_s - 0.5 and e.end_s > start_s + 0.5]


def test_the_contraction_of_shin_muscle_begins_where_it_was_told_to(tmp_path: Path) -> None:
    # id07: rest in TA until 20 s, the task "dorsiflexion" from 20 s to 30 s
    starts = [s.episode.start_s for s in scored("elderly_id07.edf", "EMG TA", tmp_path).episodes]
    assert [start for start in starts if start > 15] == pytest.approx([20.0], abs=0.5)


def test_nine_contractions_of_the_biceps_are_nine_leg_movements(tmp_path: Path) -> None:
    record = scored("biceps_bursts.edf", "EMG BB", tmp_path)
    assert [s.label for s in record.episodes] == [Label.LEG_MOVEMENT] * 9
    # peaks of the 250-ms RMS, read off the recording
    peaks_s = (2.0, 5.2, 8.5, 12.1, 15.0, 17.9, 21.0, 24.1, 27.2)
    for peak_s, s in zip(peaks_s, record.episodes, strict=True):
        assert s.episode.start_s <= peak_s <= s.episode.end_s


def test_full_scale_samples_are_saturation(tmp_path: Path) -> None:
    # 195 samples at full scale, the data's README says; each spoils its 50-ms hop
    record = scored("biceps_fatigue.edf", "EMG BB", tmp_path)
    lost_s = record.lost_s[GapReason.SATURATED]
    assert 0.05 * 20 <= lost_s <= 0.05 * 195


def test_twitches_of_a_fifth_of_a_second_are_no_movement_but_are_counted(tmp_path: Path) -> None:
    # 21 short contractions of 0.15-0.2 s; the tone after the eighth, at three times the floor, is a movement
    record = scored("thumb_rest_and_twitches.edf", "EMG AP", tmp_path)
    assert record.too_short == 21
    (tone,) = record.episodes
    assert (tone.episode.start_s, tone.episode.end_s) == pytest.approx((31.0, 35.2), abs=0.3)


@pytest.mark.parametrize("muscle", ["TA", "PL", "GM", "GL", "SO"])
def test_six_strides_are_bursts_not_a_contraction(muscle: str, tmp_path: Path) -> None:
    record = scored("treadmill_walk.edf", f"EMG {muscle}", tmp_path)
    assert {s.label for s in record.episodes} <= {Label.RHYTHMIC, Label.LEG_MOVEMENT}
    # seen as several episodes, as several bouts of one, or as waves within one
    waves = any(s.features.modulation_depth > 0.5 or s.features.n_bouts > 3 for s in record.episodes)
    assert waves or len(record.episodes) > 1


def test_where_there_is_no_rest_there_is_no_count(tmp_path: Path) -> None:
    record = scored("treadmill_walk.edf", "EMG GM", tmp_path)
    assert record.cramp_count is None
    assert record.missing is Missing.NO_USABLE_TIME
