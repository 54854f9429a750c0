"""What is wrong with a night, and how bad it is: every threshold below, at and above."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crampwatch.monitoring.health import Cause, Facts, State, in_words, troubles, worst
from crampwatch.monitoring.settings import MonitorSettings
from signals import GapReason

SETTINGS = MonitorSettings()
WELL = Facts(utc=datetime(2026, 3, 28, 23, 0, tzinfo=UTC), battery_percent=90, disk_free_mb=20_000.0)
OK, WARNING, FAULT = State.OK, State.WARNING, State.FAULT


def test_a_night_in_which_all_is_well_is_ok() -> None:
    assert troubles(WELL, SETTINGS) == ()
    assert worst(()) is OK
    assert in_words(()) == "all is well"


@pytest.mark.parametrize(
    ("facts", "state", "cause"),
    [
        ({"silent_s": 4.9}, OK, None),
        ({"silent_s": 5.0}, WARNING, Cause.NO_SAMPLES),
        ({"silent_s": 119.9}, WARNING, Cause.NO_SAMPLES),
        ({"silent_s": 120.0}, FAULT, Cause.NO_SAMPLES),
        ({"link_down": "out of range"}, WARNING, Cause.NO_SAMPLES),
        ({"link_down": "out of range", "silent_s": 119.9}, WARNING, Cause.NO_SAMPLES),
        ({"link_down": "out of range", "silent_s": 120.0}, FAULT, Cause.NO_SAMPLES),
        ({"unusable": GapReason.LEAD_OFF, "unusable_s": 29.0}, OK, None),
        ({"unusable": GapReason.LEAD_OFF, "unusable_s": 30.0}, WARNING, Cause.LEAD_OFF),
        ({"unusable": GapReason.LEAD_OFF, "unusable_s": 300.0}, FAULT, Cause.LEAD_OFF),
        ({"unusable": GapReason.SATURATED, "unusable_s": 300.0}, FAULT, Cause.SATURATED),
        ({"unusable": GapReason.NOT_WORN, "unusable_s": 300.0}, FAULT, Cause.NOT_WORN),
        ({"unusable": GapReason.LINK_LOST, "unusable_s": 3000.0}, OK, None),  # the past; the link says what is now
        ({"unusable": GapReason.FLOOR_UNKNOWN, "unusable_s": 119.0}, OK, None),
        ({"unusable": GapReason.FLOOR_UNKNOWN, "unusable_s": 120.0}, WARNING, Cause.FLOOR_UNKNOWN),
        ({"unusable": GapReason.FLOOR_UNKNOWN, "unusable_s": 1800.0}, FAULT, Cause.FLOOR_UNKNOWN),
        ({"battery_percent": 36}, OK, None),
        ({"battery_percent": 35}, WARNING, Cause.BATTERY_LOW),
        ({"battery_percent": 11}, WARNING, Cause.BATTERY_LOW),
        ({"battery_percent": 10}, FAULT, Cause.BATTERY_LOW),
        ({"battery_percent": None}, OK, None),
        ({"behind_s": 29.9}, OK, None),
        ({"behind_s": 30.0}, WARNING, Cause.BACK_FILL),
        ({"behind_s": 900.0}, FAULT, Cause.BACK_FILL),
        ({"storing": "the disk is full"}, FAULT, Cause.DISK),
        ({"disk_free_mb": 500.0}, OK, None),
        ({"disk_free_mb": 499.0}, WARNING, Cause.DISK_NEARLY_FULL),
        ({"disk_free_mb": None}, OK, None),
        ({"refused": "forget it and pair again"}, FAULT, Cause.SENSOR_REFUSED),
        ({"failed": "an error in the program"}, FAULT, Cause.PROGRAM),
    ],
)
def test_a_threshold_makes_its_state_and_names_its_cause(
    facts: dict[str, Any], state: State, cause: Cause | None
) -> None:
    found = troubles(replace(WELL, **facts), SETTINGS)
    assert worst(found) is state
    assert [trouble.cause for trouble in found] == ([cause] if cause else [])


def test_a_clock_that_was_never_set_is_a_fault() -> None:
    limit = SETTINGS.clock_not_before
    assert troubles(replace(WELL, utc=limit), SETTINGS) == ()
    (found,) = troubles(replace(WELL, utc=limit - timedelta(seconds=1)), SETTINGS)
    assert (found.cause, found.state) == (Cause.CLOCK_NOT_SET, FAULT)
    assert "2025-12-31" in found.words


def test_the_worst_comes_first_and_all_are_said() -> None:
    bad = replace(WELL, battery_percent=20, storing="the disk is full", unsaved_s=90.0)
    found = troubles(bad, SETTINGS)
    assert [trouble.cause for trouble in found] == [Cause.DISK, Cause.BATTERY_LOW]
    assert "NOT STORED for 1.5 min" in in_words(found)
    assert "20 %" in in_words(found)


def test_what_somebody_must_do_is_said_instead_of_the_link_that_is_down_for_it() -> None:
    bad = replace(WELL, refused="pair again", link_down="refused", silent_s=500.0)
    assert [trouble.cause for trouble in troubles(bad, SETTINGS)] == [Cause.SENSOR_REFUSED]
