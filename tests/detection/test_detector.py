"""The detector on planted truth: onset and end, floor, gaps, quality, wear, live looks."""

import numpy as np
import pytest

from detection import Began, Detector, Ended, Episode
from signals import Channel, Gap, GapReason, SampleBlock, Stream, hop_samples
from tests.made_up import REST_UV, Floats, acc_stream, detect, emg_stream, lying, muscle

HOP_S = 0.05


def only(episodes: list[Episode]) -> Episode:
    assert len(episodes) == 1
    return episodes[0]


def test_rest_is_rest() -> None:
    detector, episodes = detect([emg_stream()], muscle(300))
    assert episodes == []
    assert detector.coverage().usable_s == 300.0


def test_a_contraction_begins_and_ends_where_it_was_planted() -> None:
    _, episodes = detect([emg_stream()], muscle(120, (60.0, 83.0, 60.0)))
    episode = only(episodes)
    assert episode.start_s == pytest.approx(60.0, abs=HOP_S)
    assert episode.end_s == pytest.approx(83.0, abs=HOP_S)
    assert (episode.began, episode.ended) == (Began.ROSE, Ended.FELL)
    assert episode.floor_uv[0] == pytest.approx(REST_UV * np.sqrt(430 / 500), rel=0.05)  # white noise, 20-450 Hz


@pytest.mark.parametrize("fs_hz", [500.0, 512.0, 1000.0, 1111.0, 1926.0, 2000.0])
def test_times_at_hour_eight_are_exact_to_one_hop(fs_hz: float) -> None:
    stream = emg_stream(fs_hz)
    minute = muscle(60, fs_hz=fs_hz)
    contraction = muscle(60, (20.0, 40.0, 90.0), fs_hz=fs_hz)
    detector = Detector([stream])
    found: list[Episode] = []
    for k in range(480):
        block = contraction if k in (2, 479) else minute
        found += detector.update(SampleBlock("emg", k * len(minute), block))
    found += detector.finish()
    early, late = [e for e in found if e.ended is not Ended.OPEN]
    hop = hop_samples(HOP_S, fs_hz)
    for episode, minute_index in ((early, 2), (late, 479)):
        planted = minute_index * len(minute) + round(20 * fs_hz)
        assert abs(episode.start - planted) <= hop
        assert abs(episode.end - (planted + round(20 * fs_hz))) <= hop


@pytest.mark.parametrize(("ratio", "found"), [(2.0, 0), (2.5, 0), (3.2, 1), (4.0, 1)])
def test_three_times_the_floor_decides(ratio: float, found: int) -> None:
    # the 0.5-s RMS of this noise scatters by 5 % about its mean; the exact threshold is tested in test_bouts
    _, episodes = detect([emg_stream()], muscle(200, (100, 160, ratio * REST_UV)))
    long = [e for e in episodes if e.duration_s > 30]
    assert len(long) == found


@pytest.mark.parametrize("factor", [0.5, 2.0, 5.0])
def test_louder_electrodes_find_the_same_episodes(factor: float) -> None:
    # the first second is compared with the floor of a stranger; from then on only ratios count
    values = muscle(200, (60, 63, 40), (100, 130, 40), rest_uv=2.0)
    as_it_is = [(e.start, e.end) for e in detect([emg_stream()], values)[1]]
    scaled = [(e.start, e.end) for e in detect([emg_stream()], np.asfortranarray(values * factor))[1]]
    assert scaled == as_it_is


@pytest.mark.parametrize("offset_uv", [-2000.0, 5000.0])
def test_polarity_and_offset_change_nothing(offset_uv: float) -> None:
    values = muscle(200, (60, 63, 40), (100, 130, 40))
    as_it_is = [(e.start, e.end) for e in detect([emg_stream()], values)[1]]
    turned = [(e.start, e.end) for e in detect([emg_stream()], np.asfortranarray(offset_uv - values))[1]]
    assert turned == as_it_is


def test_the_floor_follows_settling_electrodes_down() -> None:
    settling = np.linspace(3.0, 1.0, 900_000)[:, None]  # 9 uV to 3 uV within 15 min
    values = np.asfortranarray(muscle(900) * settling)
    values[880_000:895_000] *= 4.0  # four times the floor at the end: unseen if the floor had stayed
    _, episodes = detect([emg_stream()], values)
    assert only([e for e in episodes if e.duration_s > 10]).start_s == pytest.approx(880.0, abs=0.5)


def test_the_floor_does_not_learn_from_a_cramp_of_twelve_minutes() -> None:
    detector, episodes = detect([emg_stream()], muscle(1000, (100, 820, 15.0)))
    assert only(episodes).duration_s == pytest.approx(720, abs=1.0)
    floors = detector.trace().floor_uv
    assert floors[810] == floors[105]


def test_a_cramp_that_builds_up_over_three_minutes_is_seen_before_it_is_tall() -> None:
    values = muscle(600)
    values[200_000:380_000] *= np.linspace(1, 20, 180_000)[:, None]
    values[380_000:420_000] *= 20.0
    _, episodes = detect([emg_stream()], values)
    episode = only([e for e in episodes if e.duration_s > 15])
    # linear from 1 to 20 in 180 s: three times the floor after 19 s; 15 s are allowed for the floor's rise
    assert 219 - 2 <= episode.start_s <= 219 + 15
    assert episode.end_s == pytest.approx(420.0, abs=0.5)


def test_activity_for_half_an_hour_means_another_floor() -> None:
    detector, episodes = detect([emg_stream()], muscle(2400, (100, 2400, 15.0)))
    assert [e.ended for e in episodes] == [Ended.FLOOR_LOST]
    assert detector.trace().floor_uv[-1] == pytest.approx(15.0 * np.sqrt(430 / 500), rel=0.1)


def test_without_rest_there_is_no_floor_and_no_usable_time() -> None:
    detector, episodes = detect([emg_stream()], muscle(60, (0, 60, 80.0)))
    assert only(episodes).began is Began.AT_START
    assert only(episodes).rest_seen_s == 0
    coverage = detector.coverage()
    assert coverage.usable_s == 0
    assert coverage.lost_s[GapReason.FLOOR_UNKNOWN] == 60.0


def test_four_minutes_without_radio_inside_a_contraction_leave_one_episode() -> None:
    a, b = 110_000, 350_000
    values = muscle(600, (100, 370, 60))
    detector = Detector([emg_stream()])
    found = detector.update(SampleBlock("emg", 0, values[:a]))
    found += detector.update(Gap("emg", a, b, GapReason.LINK_LOST))
    found += detector.update(SampleBlock("emg", b, values[b:])) + detector.finish()
    episode = only([e for e in found if e.ended is not Ended.OPEN])
    assert (episode.start_s, episode.end_s) == pytest.approx((100.0, 370.0), abs=HOP_S)
    assert episode.gap_s == pytest.approx(240.0, abs=0.5)  # and the filters' settling
    coverage = detector.coverage()
    (gap,) = coverage.gaps
    assert (gap.reason, gap.first_sample) == (GapReason.LINK_LOST, a)
    assert gap.end == pytest.approx(b, abs=300)
    assert coverage.usable_s == pytest.approx(360.0, abs=0.5)


def test_a_contraction_that_is_over_after_the_gap_ended_in_it() -> None:
    a, b = 120_000, 200_000
    values = muscle(300, (100, 150, 60))
    detector = Detector([emg_stream()])
    found = detector.update(SampleBlock("emg", 0, values[:a]))
    found += detector.update(Gap("emg", a, b, GapReason.LINK_LOST))
    found += detector.update(SampleBlock("emg", b, values[b:])) + detector.finish()
    episode = only([e for e in found if e.ended is not Ended.OPEN])
    assert episode.ended is Ended.IN_GAP
    assert (episode.start_s, episode.end_s) == pytest.approx((100.0, 120.0), abs=0.5)  # what was seen of it
    assert detector.coverage().usable_s == pytest.approx(220.0, abs=0.5)


def flat(values: Floats) -> None:
    values[:] = 12.5


def railed(values: Floats) -> None:
    values[:] = 1500.0


def humming(values: Floats) -> None:
    values[:, 0] += 400 * np.sin(2 * np.pi * 50 * np.arange(len(values)) / 1000)


@pytest.mark.parametrize("fault", [flat, railed, humming])
def test_an_electrode_that_is_off_is_no_exposure_and_no_episode(fault: object) -> None:
    stream = Stream("emg", 1000.0, (Channel("EMG L-GM", "EMG", "L", "GM", rails=(-1500.0, 1500.0)),))
    values = muscle(300)
    assert callable(fault)
    fault(values[100_000:200_000])
    detector, episodes = detect([stream], values)
    coverage = detector.coverage()
    assert episodes == []
    assert coverage.lost_s[GapReason.LEAD_OFF] == pytest.approx(100.0, abs=3.0)
    assert coverage.usable_s == pytest.approx(200.0, abs=3.0)


def test_single_samples_at_full_scale_are_saturation() -> None:
    stream = Stream("emg", 1000.0, (Channel("EMG L-GM", "EMG", "L", "GM", rails=(-100.0, 100.0)),))
    values = np.clip(muscle(200, (100, 120, 60)), -100, 100)
    detector, episodes = detect([stream], np.asfortranarray(values))
    assert only(episodes).duration_s == pytest.approx(20.0, abs=2 * HOP_S)
    assert only(episodes).envelope.saturated.mean() > 0.9  # P(|x| > 100) is 9.6 % a sample, 99 % in 50 samples
    assert detector.coverage().lost_s[GapReason.SATURATED] == pytest.approx(20.0, abs=1.0)


def test_hum_that_sets_in_is_removed_and_is_no_episode() -> None:
    values = muscle(300, (200, 230, 60))
    t = np.arange(len(values)) / 1000
    values[100_000:, 0] += (20 * np.sin(2 * np.pi * 50.1 * t) + 8 * np.sin(2 * np.pi * 150.3 * t))[100_000:]
    detector, episodes = detect([emg_stream()], values)
    assert detector.mains_hz == (50.0, 150.0)
    assert only([e for e in episodes if e.duration_s > 5]).start_s == pytest.approx(200.0, abs=HOP_S)
    assert detector.trace().floor_uv[290] == pytest.approx(detector.trace().floor_uv[90], rel=0.1)


def test_no_hum_no_notch() -> None:
    assert detect([emg_stream()], muscle(600, (100, 160, 60)))[0].mains_hz == ()


def test_an_electrode_pop_is_no_movement() -> None:
    values = muscle(100)
    values[50_000:, 0] += 2000 * np.exp(-np.arange(50_000) / 30)
    detector, episodes = detect([emg_stream()], values)
    assert episodes == []
    assert detector.too_short == 1


@pytest.mark.parametrize(("hz", "peak_uv"), [(12, 800), (8, 150), (4, 300)])
def test_motion_artefact_is_marked_and_not_learned(hz: float, peak_uv: float) -> None:
    values = muscle(100)
    t = np.arange(len(values)) / 1000
    values[50_000:70_000, 0] += peak_uv * np.sin(2 * np.pi * hz * t[50_000:70_000])
    detector, episodes = detect([emg_stream()], values)
    assert all(e.envelope.artefact.mean() > 0.9 for e in episodes)
    assert detector.trace().floor_uv[-1] == pytest.approx(detector.trace().floor_uv[45], rel=0.05)


def test_two_seconds_of_motion_mark_these_seconds_and_no_others() -> None:
    values = muscle(120, (60, 90, 60))
    t = np.arange(2000) / 1000
    values[70_000:72_000, 0] += 600 * np.sin(2 * np.pi * 6 * t)
    marked = only(detect([emg_stream()], values)[1]).envelope.artefact
    assert marked[round(10 / HOP_S) : round(12 / HOP_S)].all()
    assert marked.mean() < 3 / 30


@pytest.mark.parametrize("peaks_uv", [(60, 60, 60), (130, 70, 30)])
def test_electrodes_that_wander_all_night_hide_neither_rest_nor_contraction(
    peaks_uv: tuple[float, float, float],
) -> None:
    values = muscle(200, (100, 130, 60))
    t = np.arange(len(values)) / 1000
    for hz, peak_uv in zip((0.9, 1.7, 2.8), peaks_uv, strict=True):
        values[:, 0] += peak_uv * np.sin(2 * np.pi * hz * t)
    detector, episodes = detect([emg_stream()], values)
    assert only(episodes).start_s == pytest.approx(100, abs=HOP_S)
    assert only(episodes).end_s == pytest.approx(130, abs=HOP_S)
    assert detector.coverage().usable_s == 200.0


def test_a_still_sleeper_with_contact_is_worn() -> None:
    detector, _ = detect([emg_stream(), acc_stream()], muscle(900), lying(900))
    assert detector.coverage().usable_s == 900.0


@pytest.mark.parametrize(("moving", "reason"), [(False, GapReason.NOT_WORN), (True, GapReason.LEAD_OFF)])
def test_no_contact_is_not_worn_only_where_the_sensor_also_lies_still(*, moving: bool, reason: GapReason) -> None:
    values, acc = muscle(900), lying(900)
    values[200_000:] = 0.0
    if moving:
        acc += 0.05 * np.sin(np.arange(len(acc)) / 10)[:, None]
    coverage = detect([emg_stream(), acc_stream()], values, acc)[0].coverage()
    assert coverage.usable_s == pytest.approx(200.0, abs=0.5)
    expected = 700.0 - 299 if reason is GapReason.NOT_WORN else 700.0  # the first five minutes may be a loose lead
    assert coverage.lost_s[reason] == pytest.approx(expected, abs=2.0)


def test_a_look_comes_ten_seconds_after_the_onset_and_then_every_five() -> None:
    detector = Detector([emg_stream()])
    looks = [
        (first / 1000, look.start_s)
        for first in range(0, 100_000, 500)
        for look in detector.update(SampleBlock("emg", first, muscle(100, (60, 90, 60))[first : first + 500]))
        if look.ended is Ended.OPEN
    ]
    came = [at + 0.5 for at, _ in looks]
    assert came[:3] == pytest.approx([71.0, 76.0, 81.0], abs=1.0)
    assert all(start == pytest.approx(60.0, abs=HOP_S) for _, start in looks)


def test_the_movement_of_an_episode_reaches_ten_seconds_before_and_after_it() -> None:
    _, episodes = detect([emg_stream(), acc_stream()], muscle(120, (60, 80, 60)), lying(120))
    movement = only(episodes).movement
    assert movement is not None
    assert (movement.first_row, len(movement.dynamic_g)) == (50, 40)
    assert movement.gravity_g.mean(axis=0) == pytest.approx((0.1, -0.2, 0.97), abs=0.001)


def test_a_second_muscle_has_its_own_floor() -> None:
    values = np.hstack([muscle(200, (100, 130, 60)), muscle(200, rest_uv=6.0, seed=5)])
    _, episodes = detect([emg_stream(1000.0, "GM", "TA")], np.asfortranarray(values))
    assert only(episodes).floor_uv == pytest.approx((2.78, 5.56), rel=0.06)
    assert only(episodes).envelope.level_uv.shape == (2, 600)


def test_a_gap_that_the_source_calls_saturated_is_not_observed() -> None:
    values = muscle(100)
    detector = Detector([emg_stream()])
    detector.update(SampleBlock("emg", 0, values[:50_000]))
    detector.update(Gap("emg", 50_000, 60_000, GapReason.SATURATED))
    detector.update(SampleBlock("emg", 60_000, values[60_000:]))
    assert detector.finish() == []
    assert np.isnan(detector.trace().median_uv[50:60]).all()
    assert detector.coverage().lost_s[GapReason.SATURATED] == pytest.approx(10.0, abs=0.3)


def test_a_train_of_short_bursts_is_one_episode() -> None:
    values = muscle(100)
    t = np.arange(len(values)) / 1000
    bursts = (t >= 40) & (t < 70) & (t % 1 < 0.3)  # as in alternating leg muscle activation
    values[bursts] *= 20
    detector, episodes = detect([emg_stream()], values)
    assert only(episodes).start_s == pytest.approx(40.0, abs=0.3)
    assert only(episodes).end_s == pytest.approx(69.3, abs=0.3)
    assert detector.too_short == 0


def test_a_night_in_which_artefact_hides_all_rest_is_lost_not_quiet() -> None:
    values = muscle(300, (200, 230, 60))
    values[:, 0] += 300 * np.sin(
        2 * np.pi * 3 * np.arange(len(values)) / 1000
    )  # electrodes that never come to rest
    detector, _ = detect([emg_stream()], values)
    assert detector.coverage().lost_s[GapReason.FLOOR_UNKNOWN] == pytest.approx(300.0, abs=1.0)
    assert detector.coverage().usable_s == pytest.approx(0.0, abs=1.0)
