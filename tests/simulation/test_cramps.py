"""Cramps against Minetto 2009 and Roeleveld 2000, and against voluntary contraction."""

from typing import NamedTuple

import numpy as np
import pytest

from simulation import PROFILES, Cohort, Kind
from simulation.cramps import CrampSettings, cramp_course, cramp_discharges
from simulation.discharges import DRIVE_HZ, Discharges, emg_of, voluntary
from simulation.motor_units import MotorUnitPool
from simulation.randomness import Floats, generator
from tests.simulation.short_nights import short
from tests.simulation.test_motor_units import FS_HZ, MVC_UV, pool_of

DOUBLET_S = 0.0101
PAUSE_S = 0.5  # an interval longer than this is a unit that stopped and started again


class Firing(NamedTuple):
    """Per unit: mean rate (pps), interval CoV without doublets and pauses, share of doublets."""

    rate_hz: Floats
    cov: Floats
    doublets: Floats


def firing_of(discharges: Discharges) -> Firing:
    """Measure all units with 40 intervals or more, as a decomposition of EMG would."""
    rows: list[tuple[float, float, float]] = []
    for unit in np.unique(discharges.unit):
        intervals = np.diff(np.sort(discharges.at_s[discharges.unit == unit]))
        regular = intervals[(intervals > DOUBLET_S) & (intervals < PAUSE_S)]
        if len(regular) >= 40:
            rate = 1 / intervals[intervals < PAUSE_S].mean()
            rows.append((rate, regular.std() / regular.mean(), (intervals <= DOUBLET_S).mean()))
    return Firing(*np.array(rows).T)


def cramp(number: int, duration_s: float = 60.0, mvc_share: float = 0.5) -> tuple[MotorUnitPool, Discharges]:
    """Return a cramp in one of some muscles."""
    pool, rng, settings = pool_of(number), generator(21, number), CrampSettings()
    return pool, cramp_discharges(rng, pool, settings, cramp_course(rng, settings, duration_s), mvc_share)


def test_units_fire_in_cramp_as_published() -> None:
    found = [firing_of(cramp(number)[1]) for number in range(20)]
    rate_hz, cov, doublets = (np.concatenate(column) for column in zip(*found, strict=True))
    assert rate_hz.mean() == pytest.approx(14.5, abs=2.0)  # Minetto 2009: 14.5 +- 5.1
    assert rate_hz.std() == pytest.approx(5.1, abs=2.0)
    assert rate_hz.min() > 6
    assert rate_hz.max() < 38
    assert 0.35 <= cov.mean() <= 0.55  # 44.6 +- 9.7 %
    assert 0.01 < doublets.mean() < 0.09  # 4.1 +- 4.7 %


def test_voluntary_contraction_is_less_variable() -> None:
    pool = pool_of(3)
    steady = firing_of(voluntary(generator(22), pool, np.full(int(60 * DRIVE_HZ), 0.4), 0.15))
    assert 0.10 <= steady.cov.mean() <= 0.20
    assert steady.cov.max() < firing_of(cramp(3)[1]).cov.mean()
    assert steady.doublets.max() < 0.002  # where segments of 30 s join, two discharges can come close


@pytest.mark.parametrize("mvc_share", [0.1, 0.3, 0.5])
def test_a_cramp_is_as_loud_as_asked_for(mvc_share: float) -> None:
    pool, discharges = cramp(4, 60.0, mvc_share)
    emg = emg_of(pool, discharges, int(60 * FS_HZ))
    loud = np.quantile(np.sqrt((emg.reshape(-1, 500) ** 2).mean(axis=1)), 0.9)
    assert loud / MVC_UV == pytest.approx(mvc_share, rel=0.35)


def test_a_cramp_spreads_and_dies_unit_by_unit() -> None:
    _, discharges = cramp(5, 120.0)
    bins = np.arange(0, 121, 10)
    active = [
        len(np.unique(discharges.unit[(discharges.at_s >= a) & (discharges.at_s < a + 10)])) for a in bins[:-1]
    ]
    assert active[0] < max(active)
    assert active[-1] < max(active)
    starts = [discharges.at_s[discharges.unit == unit].min() for unit in np.unique(discharges.unit)]
    assert np.ptp(starts) > 5.0  # seconds to minutes, not at once


def test_a_cramp_holds_only_part_of_the_muscle_at_a_time() -> None:
    pool, discharges = cramp(6, 60.0, 0.3)
    now = (discharges.at_s > 30) & (discharges.at_s < 32)
    assert 0 < len(np.unique(discharges.unit[now])) < 0.7 * len(pool.place)


def test_rates_of_cramping_units_swing_together_at_1_to_2_hz() -> None:
    _, discharges = cramp(7, 120.0)
    counts = np.histogram(discharges.at_s, np.arange(20, 100, 0.1))[0].astype(float)
    spectrum = np.abs(np.fft.rfft((counts - counts.mean()) * np.hanning(len(counts)))) ** 2
    f_hz = np.fft.rfftfreq(len(counts), 0.1)
    swing = spectrum[(f_hz >= 0.8) & (f_hz <= 2.2)]
    assert swing.max() > 4 * np.median(spectrum[(f_hz > 2.5)])


def test_one_head_cramps_and_the_shin_is_quiet() -> None:
    for night in Cohort(2, 6, 1, short("clean", cramps=4.0)):
        for event in night.plan.happenings:
            if event.kind is Kind.CRAMP:
                muscle_uv = night.rendered(event).muscle_uv
                assert muscle_uv is not None
                calf, shin = muscle_uv
                assert np.std(shin) < 0.05 * np.std(calf)
                return
    pytest.fail("no cramp in six nights with four each")


def test_durations_span_seconds_to_minutes() -> None:
    durations_s = np.array(
        [
            event.duration_s
            for night in Cohort(3, 60, 1, short("clean", 2.0, cramps=3.0))
            for event in night.plan.happenings
            if event.kind is Kind.CRAMP
        ]
    )
    assert len(durations_s) > 80
    assert 15 <= durations_s.min() < 40
    assert 40 < np.median(durations_s) < 110
    assert 150 < durations_s.max() <= 720
    assert PROFILES["older"].cramp.duration_s[1] == 720
