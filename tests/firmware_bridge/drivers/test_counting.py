"""Counters that wrap, stand still, run back."""

import numpy as np
import pytest

from firmware_bridge.drivers.counting import LongCount, Place, ShortCount, measured_rate_hz
from signals import GapReason

RESTART, LOST = GapReason.SENSOR_RESTART, GapReason.LINK_LOST


def test_a_long_count_goes_on_over_its_wrap() -> None:
    count = LongCount(2**32, 1000.0)
    assert count.place(2**32 - 24, 0.0) == Place(0, 2**32 - 24, RESTART)
    assert count.place(0, 0.024) == Place(0, 2**32, RESTART)
    assert count.place(48, 0.072) == Place(0, 2**32 + 48, RESTART)


def test_a_long_count_that_stands_still_is_none_and_one_that_runs_back_is_a_restart() -> None:
    count = LongCount(2**32, 1000.0)
    count.place(5000, 0.0)
    assert count.place(5000, 0.1) is None
    assert count.place(4999, 0.2) == Place(1, 4999, RESTART)
    assert count.place(5023, 0.3) == Place(1, 5023, RESTART)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (30_000, Place(1, 30_000, RESTART)),  # restarted 30 s ago, while there was no link for 60 s
        (56_500, Place(0, 56_500, RESTART)),  # 5 % slow and 1.5 s late: 1000 + 57 000 - 1500 is the limit
        (56_499, Place(1, 56_499, RESTART)),
        (61_000, Place(0, 61_000, RESTART)),
        (90_000, Place(0, 90_000, RESTART)),  # ahead of the clock: no restart can do that
    ],
)
def test_a_restart_without_a_link_is_told_by_the_clock(value: int, place: Place) -> None:
    count = LongCount(2**32, 1000.0)
    count.place(1000, 100.0)
    count.reopen()
    assert count.place(value, 160.0) == place


def test_within_a_link_a_late_packet_is_no_restart() -> None:
    count = LongCount(2**32, 1000.0)
    count.place(1000, 100.0)
    assert count.place(1024, 130.0) == Place(0, 1024, RESTART)


def test_a_short_count_begins_at_0_and_goes_on_over_its_wrap() -> None:
    count = ShortCount(256, 100.0, checked=False)
    assert count.place(250, 0.0) == Place(0, 0, LOST)
    assert count.place(4, 0.1) == Place(0, 10, LOST)
    assert count.place(4, 0.1) is None


@pytest.mark.parametrize(("silent_s", "epoch"), [(2.25, 0), (2.27, 1)])  # 256 / 100 Hz less 0.3 s of margin
def test_a_short_count_ends_its_epoch_where_it_may_have_wrapped(silent_s: float, epoch: int) -> None:
    count = ShortCount(256, 100.0, checked=False)
    count.place(10, 0.0)
    place = count.place(200, silent_s)
    assert place is not None
    assert place.epoch == epoch


def test_a_short_count_ahead_of_the_clock_is_damage_unless_it_goes_on() -> None:
    count = ShortCount(256, 100.0, checked=False)
    count.place(10, 0.0)
    assert count.place(90, 0.01) is None
    assert count.place(12, 0.02) == Place(0, 2, LOST)  # the next one shows that 90 was damage
    assert count.place(100, 0.03) is None
    assert count.place(101, 0.04) == Place(1, 0, LOST)  # this one shows that 100 was not


def test_a_checked_count_may_run_ahead_of_the_clock() -> None:
    count = ShortCount(256, 100.0, checked=True)
    count.place(10, 0.0)
    assert count.place(110, 0.01) == Place(0, 100, LOST)


def test_every_link_begins_a_new_epoch_of_a_short_count() -> None:
    count = ShortCount(256, 100.0, checked=True)
    count.place(10, 0.0)
    count.reopen()
    assert count.place(11, 0.01) == Place(1, 0, LOST)


def test_the_rate_is_measured_to_two_parts_in_ten_thousand_despite_late_arrivals() -> None:
    rng = np.random.default_rng(1)
    counters = [2**31 + 24 * i for i in range(480)]
    errors: list[float] = []
    for _ in range(50):
        times_s = [24 * i / 1137.0 + 0.02 * rng.random() for i in range(480)]
        errors.append(measured_rate_hz(counters, times_s) / 1137.0 - 1)
    assert np.std(errors) < 2e-4
    assert abs(np.mean(errors)) < 1e-4
