"""The parts of the report that can be wrong on their own: clock, columns, words."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from models import Reason
from nights.report.clock import Clock
from nights.report.columns import columns_of, occupied
from nights.report.wording import counted, limit, measured, span

BERLIN = ZoneInfo("Europe/Berlin")
HOUR_S = 3600.0


def test_the_clock_of_a_spring_night_skips_the_hour_that_did_not_exist() -> None:
    clock = Clock(datetime(2026, 3, 29, 1, 30, tzinfo=BERLIN), "Europe/Berlin")
    assert clock.text(0.0) == "01:30:00"
    assert clock.text(HOUR_S) == "03:30:00"


def test_the_clock_of_an_autumn_night_has_one_hour_twice() -> None:
    clock = Clock(datetime(2026, 10, 25, 1, 30, tzinfo=BERLIN), "Europe/Berlin")
    assert [clock.text(h * HOUR_S) for h in range(4)] == ["01:30:00", "02:30:00", "02:30:00", "03:30:00"]


def test_without_a_time_of_day_the_clock_counts_from_the_start() -> None:
    assert Clock(None, None).text(2 * HOUR_S + 61.4) == "+2:01:01"


def test_a_time_of_day_without_a_zone_is_carried_on_as_it_is() -> None:
    assert Clock(datetime(2026, 3, 29, 1, 30), None).text(HOUR_S) == "02:30:00"  # noqa: DTZ001 - no zone is the case


def test_ticks_stand_at_whole_hours_of_local_time() -> None:
    ticks = Clock(datetime(2026, 1, 14, 22, 47, 12, tzinfo=BERLIN), "Europe/Berlin").ticks(8 * HOUR_S)
    assert ticks[0] == (768.0, "23:00")
    assert [text for _, text in ticks] == [f"{h % 24:02d}:00" for h in range(23, 31)]


@pytest.mark.parametrize("end_s", [0.0, 20.0, 300.0, 5000.0, 30_000.0, 86_000.0])
def test_an_axis_never_has_more_ticks_than_fit(end_s: float) -> None:
    ticks = Clock(datetime(2026, 1, 14, 22, 47, 12, tzinfo=BERLIN), "Europe/Berlin").ticks(end_s)
    assert len(ticks) <= 12
    assert all(0 <= moment_s <= end_s for moment_s, _ in ticks)
    assert len({text for _, text in ticks}) == len(ticks)


def test_a_column_keeps_the_extremes_and_leaves_out_what_is_unknown() -> None:
    values = np.array([1.0, 9.0, 2.0, np.nan, np.nan, np.nan, 5.0])
    columns = columns_of(values, 2.0, 3)
    np.testing.assert_array_equal(columns.lowest, [1.0, np.nan, 5.0])
    np.testing.assert_array_equal(columns.median, [2.0, np.nan, 5.0])
    np.testing.assert_array_equal(columns.highest, [9.0, np.nan, 5.0])
    np.testing.assert_array_equal(columns.time_s, [3.0, 9.0, 15.0])


def test_an_empty_series_has_no_columns() -> None:
    assert len(columns_of(np.empty(0), 1.0, 900).time_s) == 0


def test_a_span_too_short_for_a_column_is_seen_all_the_same() -> None:
    np.testing.assert_array_equal(occupied([(42.0, 42.001), (99.9, 100.0)], 100.0, 10), [[40, 50], [90, 100]])


def test_touching_spans_become_one() -> None:
    np.testing.assert_array_equal(occupied([(10.0, 20.0), (20.0, 30.0)], 100.0, 10), [[10, 30]])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 s"),
        (7.24, "7.2 s"),
        (9.96, "10 s"),
        (59.6, "1 min 00 s"),
        (65.0, "1 min 05 s"),
        (3599.6, "1 h 00 min"),
        (27_120.0, "7 h 32 min"),
    ],
)
def test_a_span_of_time_is_said_in_the_units_that_matter(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_one_is_singular_and_zero_is_plural() -> None:
    assert [counted(n, "cramp") for n in (0, 1, 2)] == ["0 cramps", "1 cramp", "2 cramps"]


@pytest.mark.parametrize(
    ("feature", "value", "words"),
    [
        ("duty", 0.97, "97 %"),
        ("observed_s", 12_345.6, "12346 s"),
        ("peak_uv", 81.23, "81.2 µV"),
        ("modulation_depth", 0.0966, "0.0966"),
        ("still_s", float("nan"), "not measured"),
        ("coactivation", 0.0, "0"),
    ],
)
def test_a_value_is_said_with_its_unit(feature: str, value: float, words: str) -> None:
    assert measured(feature, value) == words


def test_the_side_of_a_limit_follows_from_what_met_it() -> None:
    assert limit(Reason("duty", 0.9, 0.8, at_least=True, met=True, text="")) == "≥ 80 %"
    assert limit(Reason("coactivation", 0.5, 0.5, at_least=False, met=True, text="")) == "≤ 0.5"
    assert limit(Reason("coactivation", float("nan"), 0.5, at_least=False, met=True, text="")) == "≤ 0.5"
