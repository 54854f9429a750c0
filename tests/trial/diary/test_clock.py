"""Times on a clock that is put forward and back; moments from Python's own zone data, distances by hand."""

from datetime import UTC, date, datetime, time

import pytest

from tests.trial.studies import ZURICH
from trial.diary.clock import moments_of


@pytest.mark.parametrize(
    ("night", "clock", "utc"),
    [
        (date(2026, 3, 2), time(23, 40), [datetime(2026, 3, 2, 22, 40, tzinfo=UTC)]),
        (date(2026, 3, 2), time(12, 0), [datetime(2026, 3, 2, 11, 0, tzinfo=UTC)]),
        (date(2026, 3, 2), time(11, 59), [datetime(2026, 3, 3, 10, 59, tzinfo=UTC)]),
        (date(2026, 3, 28), time(1, 59), [datetime(2026, 3, 29, 0, 59, tzinfo=UTC)]),
        (date(2026, 3, 28), time(2, 0), []),
        (date(2026, 3, 28), time(2, 59), []),
        (date(2026, 3, 28), time(3, 0), [datetime(2026, 3, 29, 1, 0, tzinfo=UTC)]),
        (
            date(2026, 10, 24),
            time(2, 30),
            [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)],
        ),
        (date(2026, 10, 24), time(3, 0), [datetime(2026, 10, 25, 2, 0, tzinfo=UTC)]),
    ],
)
def test_a_time_of_a_night(night: date, clock: time, utc: list[datetime]) -> None:
    assert moments_of(night, clock, ZURICH) == tuple(moment.timestamp() for moment in utc)
