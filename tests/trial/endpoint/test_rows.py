"""The tables of the endpoint, against sums done by hand."""

from datetime import date, datetime, timedelta

from tests.trial.studies import ZURICH, person, seen, study_of
from trial.endpoint import PeriodRow, WeekRow, leg_rows, night_rows, period_rows, week_rows
from trial.nightly import NightState, ParticipantNight, Result, leg_nights, participant_nights
from trial.study import Study

FIRST = date(2026, 3, 2)


def evening(n: int, hour: int = 22) -> datetime:
    """Return an evening of the study, counted from 0."""
    day = FIRST + timedelta(days=n)
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZURICH)


def nights_of(study: Study, *results: Result) -> list[ParticipantNight]:
    return list(participant_nights(study, leg_nights(study, results)))


def weeks(study: Study, *results: Result) -> list[WeekRow]:
    return list(week_rows(study, nights_of(study, *results)))


def periods(study: Study, *results: Result) -> list[PeriodRow]:
    return list(period_rows(study, nights_of(study, *results)))


def test_a_week_adds_up_counts_and_hours_and_says_what_is_missing() -> None:
    study = study_of(person())
    four = [seen(evening(n), 8, (1.0,) if n < 3 else (), number=n) for n in range(4)]
    short = seen(evening(4), 3, number=4)
    lost = seen(evening(5), 8, lost_h=((0.0, 8.0, "lead_off"),), number=5)
    week = weeks(study, *four, short, lost)[0]
    assert (week.measures.cramps, week.measures.exposure_h) == (3, 35.0)
    assert week.measures.rate_56h == 3 / 35 * 56
    assert (week.monitoring.nights_expected, week.monitoring.nights_seen, week.monitoring.nights_valid) == (7, 5, 4)
    assert week.monitoring.missing == (("lead_off", 1), ("not_received", 1))
    assert week.monitoring.per_monitored_week == 3 / 5 * 7
    assert week.valid


def test_a_week_of_three_valid_nights_is_not_valid_and_is_counted_all_the_same() -> None:
    week = weeks(study_of(person()), *(seen(evening(n), 8, number=n) for n in range(3)))[0]
    assert (week.valid, week.measures.cramps, week.measures.exposure_h) == (False, 0, 24.0)


def test_a_week_with_zero_cramps_is_zero_and_a_week_without_data_is_none() -> None:
    first, second, third = weeks(study_of(person()), *(seen(evening(n), 8, number=n) for n in range(7)))
    assert (first.measures.cramps, first.measures.rate_56h, first.monitoring.nights_cramp_free) == (0, 0.0, 7)
    for week in (second, third):
        assert (week.measures.cramps, week.measures.rate_56h, week.measures.exposure_h) == (None, None, 0.0)
        assert (week.monitoring.per_monitored_week, week.monitoring.nights_cramp_free) == (None, 0)


def test_a_short_night_without_a_cramp_is_not_known_to_be_free_of_cramps() -> None:
    study = study_of(person())
    results = [seen(evening(0), 3), seen(evening(1), 8, number=2), seen(evening(2), 3, (1.0,), number=3)]
    rows = list(night_rows(study, nights_of(study, *results)))[:4]
    assert [row.cramp_free for row in rows] == [None, True, False, None]
    assert [row.state for row in rows] == [NightState.SHORT, NightState.VALID, NightState.SHORT, NightState.MISSING]


def test_a_participant_without_a_valid_night_is_there_with_its_reasons() -> None:
    run_in, treatment = periods(study_of(person()), seen(evening(0), 2))
    assert (run_in.baseline_valid, run_in.valid_weeks, run_in.measures.cramps) == (False, 0, 0)
    assert (treatment.baseline_valid, treatment.measures.cramps) == (None, None)
    assert treatment.monitoring.missing == (("not_received", 14),)


def test_a_site_without_any_night_is_there() -> None:
    study = study_of(person(), person("B-001", site="B"))
    rows = periods(study, *(seen(evening(n), 8, number=n) for n in range(21)))
    assert {row.site: row.monitoring.nights_seen for row in rows if row.period == "treatment"} == {"A": 14, "B": 0}


def test_duration_intensity_and_longest() -> None:
    study = study_of(person(legs=("L", "R")))
    results = [seen(evening(0), 8, (1.0, 2.0)), seen(evening(0), 8, (5.0,), leg="R", number=2)]
    measures = periods(study, *results)[0].measures
    assert (measures.muscles, measures.awakenings, measures.leg_h, measures.seen_h) == (3, 3, 16.0, 8.0)
    assert (measures.mean_duration_s, measures.longest_s, measures.mean_intensity) == (60.0, 60.0, 10.0)


def test_the_study_says_whether_muscles_or_awakenings_are_counted() -> None:
    study = study_of(person(legs=("L", "R")))
    endpoint = study.endpoint.model_copy(update={"legs": "awakenings"})
    results = [seen(evening(0), 8, (1.0,)), seen(evening(0), 8, (1.0,), leg="R", number=2)]
    for of, expected in ((study, (2, 16.0)), (study.model_copy(update={"endpoint": endpoint}), (1, 8.0))):
        measures = periods(of, *results)[0].measures
        assert (measures.cramps, measures.exposure_h) == expected


def test_every_leg_has_a_row_of_its_own_and_one_that_was_not_seen_has_no_count() -> None:
    study = study_of(person(legs=("L", "R")), run_in=1, treatment=1)
    results = [
        seen(evening(0), 8, (1.0, 5.0)),
        seen(evening(0), 8, lost_h=((2.0, 5.0, "lead_off"),), leg="R", number=2),
        seen(evening(1), 8, leg="R", number=3),
    ]
    rows = list(leg_rows(nights_of(study, *results)))
    assert [(row.leg, row.period, row.cramps) for row in rows] == [
        ("L", "run-in", 2), ("R", "run-in", 0), ("L", "treatment", None), ("R", "treatment", 0),
    ]  # fmt: skip
    assert [row.usable_h for row in rows] == [8.0, 5.0, 0.0, 8.0]
    assert [row.reason for row in rows] == [None, "lead_off", "not_received", None]
    assert [row.made_by.model for row in rows] == ["rules-1", "rules-1", "", "rules-1"]
    assert (rows[0].mean_duration_s, rows[1].mean_duration_s) == (60.0, None)
