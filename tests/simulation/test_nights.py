"""Whole nights: the same from one seed, however cut, whoever else is in the cohort; all mimics; constant memory."""

import hashlib
import tracemalloc
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from signals import Gap, GapReason, SampleBlock, StreamItem
from simulation import MIMICS, PROFILES, Cohort, Kind, Profile, SimulatedNight
from simulation.wearers import wearer
from tests.simulation.short_nights import short

HARD = short("hard", 0.4, cramps=3.0, dropouts_per_h=10.0)


def digest(items: Iterable[StreamItem]) -> str:
    """Hash all samples and gaps, wherever a stream is cut."""
    hashes = {"emg": hashlib.sha256(), "acc": hashlib.sha256()}
    for item in items:
        if isinstance(item, SampleBlock):
            hashes[item.stream].update(np.ascontiguousarray(item.values).tobytes())
        else:
            hashes[item.stream].update(f"{item.end - item.first_sample} {item.reason}".encode())
    return "".join(h.hexdigest() for h in hashes.values())


def test_the_same_seed_gives_the_same_night_and_another_one_another() -> None:
    one, again, other = (next(iter(Cohort(seed, 1, 1, HARD))) for seed in (7, 7, 8))
    assert digest(one) == digest(one) == digest(again)
    assert one.truth == again.truth
    assert digest(one) != digest(other)


def test_a_night_does_not_depend_on_the_size_of_the_cohort() -> None:
    few, many = Cohort(7, 2, 2, HARD), Cohort(7, 5, 9, HARD)
    assert digest(few.night(1, 1)) == digest(many.night(1, 1))
    nights = list(few)
    assert len(nights) == len(few) == 4
    assert digest(nights[3]) == digest(few.night(1, 1))


def test_the_length_of_blocks_changes_no_sample() -> None:
    person = wearer(7, 0, HARD)
    whole = SimulatedNight(7, person, 0, HARD)
    for block_s in (0.37, 5.0):
        cut = SimulatedNight(7, person, 0, HARD, block_s)
        items = [item for item in cut if isinstance(item, SampleBlock) and item.stream == "emg"]
        assert max(len(item.values) for item in items) <= block_s * 1000
        joined = [np.concatenate(_values(source)) for source in (whole, cut)]
        np.testing.assert_array_equal(joined[0], joined[1])


def _values(source: SimulatedNight) -> list[np.ndarray]:
    return [item.values for item in source if isinstance(item, SampleBlock) and item.stream == "emg"]


def test_streams_have_no_hole_and_end_with_the_night() -> None:
    night = Cohort(9, 1, 1, HARD).night(0, 0)
    ends = {"emg": 0, "acc": 0}
    for item in night:
        assert item.first_sample == ends[item.stream]
        ends[item.stream] = item.end
    assert ends == {"emg": night.duration_s * 1000, "acc": night.duration_s * 52}


def test_gaps_of_the_plan_are_gaps_of_both_streams() -> None:
    night = Cohort(10, 1, 1, HARD).night(0, 0)
    gaps = [item for item in night if isinstance(item, Gap)]
    for stream, fs_hz in (("emg", 1000), ("acc", 52)):
        lost_s = sum(g.end - g.first_sample for g in gaps if g.stream == stream) / fs_hz
        planned_s = sum(min(b, night.duration_s) - a for a, b, _ in night.gaps)
        assert planned_s > 0
        assert lost_s == pytest.approx(planned_s, abs=0.03 * len(night.gaps))
    assert {gap.reason for gap in gaps} <= {GapReason.LINK_LOST, GapReason.SENSOR_RESTART}


def test_truth_is_the_same_before_and_after_iterating() -> None:
    before, after = (Cohort(11, 1, 1, HARD).night(0, 0) for _ in range(2))
    for _ in after:
        pass
    assert before.truth == after.truth
    assert before.truth


def test_every_mimic_and_artefact_occurs_in_a_hard_cohort() -> None:
    kinds = {h.kind for night in Cohort(12, 20, 1, PROFILES["hard"]) for h in night.plan.happenings}
    assert kinds >= set(MIMICS) | {Kind.CRAMP, Kind.FASCICULATION}


def test_no_cramps_has_none_and_everything_else() -> None:
    kinds = {h.kind for night in Cohort(12, 60, 1, PROFILES["no-cramps"]) for h in night.plan.happenings}
    assert Kind.CRAMP not in kinds
    assert kinds >= set(MIMICS)


def test_counts_vary_between_people_more_than_by_chance() -> None:
    profile = replace(PROFILES["older"], rates=replace(PROFILES["older"].rates, cramps=1.0, relapse_chance=0.0))
    counts = np.array(
        [
            sum(h.kind is Kind.CRAMP for night in range(5) for h in cohort.night(k, night).plan.happenings)
            for cohort in (Cohort(13, 120, 5, profile),)
            for k in range(120)
        ]
    )
    mean = counts.mean()
    assert mean == pytest.approx(5.0, rel=0.25)
    assert 0.3 < (counts.var() - mean) / mean**2 < 1.7  # phi of trials: 0.3-1.6


def test_older_people_turn_and_kick_as_often_as_published() -> None:
    nights = list(Cohort(14, 40, 1, PROFILES["older"]))
    hours = sum(night.duration_s for night in nights) / 3600
    turns = sum(h.kind is Kind.TURNING for night in nights for h in night.plan.happenings)
    assert 4.5 < turns / hours < 10.8  # Ibrahim 2023: 6.8, IQR 4.5-10.8
    index = [sum(h.kind is Kind.PLM for h in n.plan.happenings) / (n.duration_s / 3600) for n in nights]
    assert 0.45 < np.mean(np.array(index) >= 5) < 0.85  # MrOS 71 %, older women 66 %


@pytest.mark.parametrize("name", PROFILES)
def test_gravity_is_1_g_and_noise_is_that_of_the_sensor(name: str) -> None:
    night = Cohort(15, 1, 1, short(name, 0.2)).night(0, 0)
    acc = np.concatenate([i.values for i in night if isinstance(i, SampleBlock) and i.stream == "acc"])
    assert np.median(np.linalg.norm(acc, axis=1)) == pytest.approx(1.0, abs=0.02)
    still = acc[: len(acc) // 52 * 52].reshape(-1, 52, 3).std(axis=1)
    assert 0.0009 < np.quantile(still, 0.2) < 0.0025  # 1.5-2 mg in the sample recordings


@pytest.mark.parametrize("name", PROFILES)
def test_the_floor_is_that_of_the_plan(name: str) -> None:
    from scipy.signal import butter, sosfilt  # noqa: PLC0415 - independent of the simulator's own imports

    profile: Profile = short(name, 0.2)
    quiet = replace(profile, electronics=replace(profile.electronics, hum_chance=0.0, heart_chance=0.0))
    night = Cohort(16, 1, 1, quiet).night(0, 0)
    emg = np.concatenate([i.values for i in night if isinstance(i, SampleBlock) and i.stream == "emg"])
    band = np.asarray(sosfilt(butter(4, (20, 450), "bandpass", fs=1000, output="sos"), emg[:, 0]))
    seconds = np.sqrt((band[len(band) // 2 // 1000 * 1000 :][:60000].reshape(-1, 1000) ** 2).mean(axis=1))
    settled = night.limb.floor_uv[0] * (1 + night.limb.settling * np.exp(-night.duration_s / 2 / 600))
    assert np.quantile(seconds, 0.25) == pytest.approx(settled, rel=0.12)


def test_memory_does_not_grow_with_the_night() -> None:
    peaks: list[int] = []
    for hours in (0.5, 2.0):
        night = Cohort(17, 1, 1, short("clean", hours, cramps=0.0)).night(0, 0)
        tracemalloc.start()
        for _ in night:
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.6 * peaks[0]
    assert peaks[1] < 60e6


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(ValueError, match="wearers is -1"):
        Cohort(1, -1, 1)
    with pytest.raises(ValueError, match="block_s is 0"):
        SimulatedNight(1, wearer(1, 0, HARD), 0, HARD, 0)


def test_other_sensors_can_be_simulated() -> None:
    profile = short("hard", 0.1)
    electronics = replace(profile.electronics, fs_hz=500.0, accelerometer=False, muscles=("GM", "GL", "TA"))
    other = replace(profile, electronics=electronics, conductor=replace(profile.conductor, spacing_m=0.03))
    night = Cohort(18, 1, 1, other).night(0, 0)
    assert [(s.name, s.fs_hz, len(s.channels)) for s in night.streams] == [("emg", 500.0, 3)]
    assert {item.stream for item in night} == {"emg"}
    assert sum(item.end - item.first_sample for item in night) == night.duration_s * 500
    assert night.truth
