"""Which night a recording belongs to and what it is worth there; every expectation was worked out by hand."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.trial.studies import HOUR_S, ZURICH, person, seen, study_of
from trial.nightly import LegNight, NightState, Result, leg_nights
from trial.study.parts import ValidityRules


def at(day: int, hour: int, minute: int = 0, month: int = 3, zone: ZoneInfo = ZURICH) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=zone)


def nights(*results: Result) -> dict[date, LegNight]:
    return {night.night: night for night in leg_nights(study_of(person()), results)}


def test_a_night_without_a_recording_is_missing_and_not_zero() -> None:
    found = nights()
    assert len(found) == 21
    night = found[date(2026, 3, 2)]
    assert (night.state, night.reason, night.cramps, night.usable_s) == (
        NightState.MISSING,
        "not_received",
        None,
        0,
    )


def test_a_quiet_night_is_zero_and_not_missing() -> None:
    night = nights(seen(at(2, 22), 8))[date(2026, 3, 2)]
    assert (night.state, night.reason, night.cramps, night.usable_s) == (NightState.VALID, None, (), 8 * HOUR_S)


def test_a_recording_that_begins_half_past_midnight_is_of_the_evening_before() -> None:
    found = nights(seen(at(3, 0, 30), 6, (1.0,)))
    assert len(found[date(2026, 3, 2)].cramps or ()) == 1
    assert found[date(2026, 3, 3)].state is NightState.MISSING


def test_two_recordings_of_one_night_are_added_up() -> None:
    night = nights(seen(at(2, 22), 2, (1.0,)), seen(at(3, 1), 5, (0.5, 4.0), number=2))[date(2026, 3, 2)]
    assert (len(night.cramps or ()), night.usable_s, night.results) == (3, 7 * HOUR_S, (1, 2))


def test_of_two_that_overlap_the_one_that_saw_more_is_taken() -> None:
    night = nights(seen(at(2, 22), 8, (1.0, 2.0)), seen(at(2, 23), 8.5, (1.0,), number=2))[date(2026, 3, 2)]
    assert (len(night.cramps or ()), night.results, night.left_out) == (1, (2,), (1,))


def test_two_that_only_touch_do_not_overlap() -> None:
    night = nights(seen(at(2, 22), 4), seen(at(3, 2), 4, number=2))[date(2026, 3, 2)]
    assert (night.usable_s, night.left_out) == (8 * HOUR_S, ())


def test_a_recording_over_two_nights_is_divided_at_noon() -> None:
    # from 20:00 on the 2nd, 40 h, to 12:00 on the 4th: 16 h in the first night, 24 h in the second
    recording = seen(at(2, 20), 40, (15.9, 16.0), lost_h=((15.0, 18.0, "not_worn"),))
    found = nights(recording)
    first, second = found[date(2026, 3, 2)], found[date(2026, 3, 3)]
    assert (first.monitored_s, first.usable_s) == (16 * HOUR_S, 15 * HOUR_S)
    assert (second.monitored_s, second.usable_s) == (24 * HOUR_S, 22 * HOUR_S)
    assert (len(first.cramps or ()), len(second.cramps or ())) == (1, 1)
    assert found[date(2026, 3, 4)].state is NightState.MISSING


@pytest.mark.parametrize(
    ("month", "day", "hours"),
    [(3, 28, 23), (10, 24, 25), (3, 20, 24)],  # clocks go forward on the 29th of March, back on the 25th of October
)
def test_a_night_from_noon_to_noon_has_23_24_or_25_hours(month: int, day: int, hours: int) -> None:
    study = study_of(person(first=date(2026, month, day)))
    recording = seen(at(day, 12, month=month), 30)
    first, second = list(leg_nights(study, [recording]))[:2]
    assert (first.usable_s, second.usable_s) == (hours * HOUR_S, (30 - hours) * HOUR_S)


def test_nights_are_those_of_the_participants_zone() -> None:
    # 21:30 UTC on the 2nd is half past ten at night in Zurich and early on the 3rd, half past six, in Tokyo
    recording = seen(datetime(2026, 3, 2, 21, 30, tzinfo=ZoneInfo("UTC")), 8)
    for zone in ("Europe/Zurich", "Asia/Tokyo"):
        study = study_of(person(zone=zone))
        found = {night.night: night.usable_s for night in leg_nights(study, [recording])}
        expected = {"Europe/Zurich": (8.0, 0.0), "Asia/Tokyo": (5.5, 2.5)}[zone]  # noon in Tokyo is 03:00 UTC
        assert (found[date(2026, 3, 2)], found[date(2026, 3, 3)]) == tuple(h * HOUR_S for h in expected)


@pytest.mark.parametrize(
    ("usable_h", "monitored_h", "state"),
    [
        (3.99, 5.0, NightState.SHORT),
        (4.0, 5.0, NightState.VALID),
        (6.0, 8.0, NightState.VALID),  # 75 % of the monitored time
        (5.99, 8.0, NightState.SHORT),
        (0.0, 8.0, NightState.MISSING),
    ],
)
def test_when_a_night_is_valid(usable_h: float, monitored_h: float, state: NightState) -> None:
    lost = ((usable_h, monitored_h, "lead_off"),)
    night = nights(seen(at(2, 22), monitored_h, lost_h=lost))[date(2026, 3, 2)]
    assert night.state is state
    assert night.reason == (None if state is NightState.VALID else "lead_off")


def test_the_reason_is_what_took_most() -> None:
    lost = ((0.0, 2.0, "link_lost"), (2.0, 3.5, "lead_off"), (3.5, 5.0, "lead_off"))
    night = nights(seen(at(2, 22), 6, lost_h=lost))[date(2026, 3, 2)]
    assert (night.state, night.reason) == (NightState.SHORT, "lead_off")


def test_a_short_recording_without_losses_says_so() -> None:
    night = nights(seen(at(2, 22), 2))[date(2026, 3, 2)]
    assert (night.state, night.reason) == (NightState.SHORT, "short_recording")


def test_other_limits_for_a_sensitivity_analysis() -> None:
    study = study_of(person())
    rules = ValidityRules(usable_h=2.0)
    assert next(iter(leg_nights(study, [seen(at(2, 22), 2)], rules))).state is NightState.VALID


def test_weeks_count_within_their_period_and_strangers_are_left_out() -> None:
    study = study_of(person(), person("A-002", legs=("L", "R")))
    found = list(leg_nights(study, [seen(at(2, 22), 8, participant="X-9")]))
    assert len(found) == 21 + 2 * 21
    assert {night.state for night in found} == {NightState.MISSING}
    weeks = [(night.period.name, night.week) for night in found[:21]]
    assert weeks == [("run-in", 1)] * 7 + [("treatment", 1)] * 7 + [("treatment", 2)] * 7
