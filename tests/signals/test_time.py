"""Seconds, samples and nights."""

from datetime import date, datetime

import pytest

from signals import hop_samples, night_of, sample_at, seconds_at


@pytest.mark.parametrize(
    ("start", "evening"),
    [
        (datetime(2026, 3, 28, 11, 59, 59), date(2026, 3, 27)),  # noqa: DTZ001 - local wall time is naive
        (datetime(2026, 3, 28, 12, 0, 0), date(2026, 3, 28)),  # noqa: DTZ001 - as above
        (datetime(2026, 3, 29, 0, 30), date(2026, 3, 28)),  # noqa: DTZ001 - as above
        (datetime(2026, 1, 1, 3, 0), date(2025, 12, 31)),  # noqa: DTZ001 - as above
    ],
)
def test_a_night_runs_from_noon_to_noon_and_has_the_evenings_date(start: datetime, evening: date) -> None:
    assert night_of(start) == evening


@pytest.mark.parametrize(("fs_hz", "samples"), [(500, 25), (1000, 50), (1111, 56), (1926, 96), (2000, 100), (5, 1)])
def test_a_hop_is_the_nearest_whole_number_of_samples(fs_hz: float, samples: int) -> None:
    assert hop_samples(0.05, fs_hz) == samples


def test_sample_and_second_are_inverse_to_each_other_at_hour_eight() -> None:
    for fs_hz in (500, 1000, 1111, 1926):
        sample = 8 * 3600 * fs_hz + 1
        assert sample_at(seconds_at(sample, fs_hz), fs_hz) == sample
