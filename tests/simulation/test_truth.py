"""Truth against the definition, measured independently on the samples that a reader gets."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from signals import SampleBlock
from simulation import Cohort, Kind, SimulatedNight
from simulation.happenings import Happening, Rendered
from simulation.truth import course_of, true_events
from tests.simulation.short_nights import short

FS_HZ = 1000.0


def levels_of(night: SimulatedNight) -> np.ndarray:
    """Return the 0.5-s RMS of the recorded scored channel, every 50 ms, band-passed; 0 in gaps."""
    emg = np.zeros(night.duration_s * 1000)
    for item in night:
        if isinstance(item, SampleBlock) and item.stream == "emg":
            emg[item.first_sample : item.end] = item.values[:, 0]
    band = np.asarray(sosfilt(butter(4, (20, 450), "bandpass", fs=FS_HZ, output="sos"), emg))
    power = (band.reshape(-1, 50) ** 2).mean(axis=1)
    return np.sqrt(np.convolve(power, np.ones(10) / 10)[: len(power)])


def test_onset_and_end_of_cramps_agree_with_the_recorded_signal() -> None:
    profile = short("clean", 0.5, cramps=6.0, relapse_chance=0.0, plm_chance=0.0, leg_movements_per_h=0.0)
    quiet = replace(profile, body=replace(profile.body, felt_chance=0.0))
    checked = 0
    for night in Cohort(31, 6, 1, quiet):
        level = levels_of(night)
        for event in night.truth:
            if event.trial_type != "cramp":
                continue
            floor = night.limb.floor_uv[0]
            near = level[int((event.onset_s - 1) * 20) : int((event.end_s + 1) * 20)] >= 3 * floor
            onset_s = event.onset_s - 1 + near.argmax() / 20
            end_s = event.end_s + 1 - near[::-1].argmax() / 20 - 0.5
            assert onset_s == pytest.approx(event.onset_s, abs=1.0)
            assert end_s == pytest.approx(event.end_s, abs=1.0)
            inside = level[int((event.onset_s + 1) * 20) : int((event.end_s - 1) * 20)]
            assert (inside >= 2.5 * floor).mean() > 0.6
            checked += 1
    assert checked >= 4


def rendered(kind: Kind, clean_uv: np.ndarray) -> Rendered:
    """Return a happening at 100 s whose muscle gives these samples."""
    happening = Happening(kind, 100.0, len(clean_uv) / FS_HZ, 0, head="GM", felt=True)
    return Rendered(happening, clean_uv[None, :].astype(np.float32), None, None)


def tone(*stretches: tuple[float, float]) -> np.ndarray:
    """Return a 100-Hz tone of these RMS (uV) for so many seconds each."""
    wave = np.concatenate([np.full(round(s * FS_HZ), np.sqrt(2) * uv) for s, uv in stretches])
    return wave * np.sin(2 * np.pi * 100 * np.arange(len(wave)) / FS_HZ)


def test_a_tone_of_three_floors_is_measured_as_such() -> None:
    course = course_of(tone((5, 8.0)), 2.0, FS_HZ)
    middle = course.ratio[len(course.ratio) // 2]
    assert middle == pytest.approx(np.sqrt(8.0**2 + 2.0**2) / 2.0, rel=0.01)


def test_a_contraction_is_placed_to_a_few_hundredths_of_a_second() -> None:
    (event,) = true_events(rendered(Kind.CRAMP, tone((3, 0), (20, 60), (3, 0))), 1.0, 2.0, FS_HZ)
    assert event.trial_type == "cramp"
    assert event.onset_s == pytest.approx(103, abs=0.05)
    assert event.end_s == pytest.approx(123, abs=0.05)
    assert event.drive_onset_s == 100
    assert event.drive_duration_s == 26
    assert (event.head, event.felt) == ("GM", True)


def test_a_pause_below_10_s_joins_and_a_longer_one_divides() -> None:
    def labels(pause_s: float) -> list[tuple[str, int]]:
        clean = tone((20, 60), (pause_s, 0), (16, 60))
        return [(e.trial_type, round(e.duration_s)) for e in true_events(rendered(Kind.CRAMP, clean), 1, 2, FS_HZ)]

    assert labels(9.2) == [("cramp", 45)]
    assert labels(11) == [("cramp", 20), ("cramp", 16)]


def test_what_lasts_less_than_15_s_or_is_never_loud_is_minor() -> None:
    (brief,) = true_events(rendered(Kind.CRAMP, tone((14, 60))), 1, 2, FS_HZ)
    (weak,) = true_events(rendered(Kind.CRAMP, tone((30, 4))), 1, 2, FS_HZ)
    assert (brief.trial_type, weak.trial_type) == ("minor", "minor")
    assert weak.duration_s == 30  # that of the drive, as it never meets the definition


def test_less_gain_makes_a_cramp_shorter() -> None:
    ramp = tone((20, 1.0)) * np.linspace(0, 30, 20000)
    (loud,), (soft,) = (true_events(rendered(Kind.CRAMP, ramp), gain, 2, FS_HZ) for gain in (1.0, 0.5))
    assert soft.onset_s > loud.onset_s + 2
