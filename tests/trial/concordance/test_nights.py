"""Felt and seen, night by night, with answers worked out by hand."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from signals import Leg
from tests.trial.studies import ZURICH, person, seen, study_of
from trial.concordance.nights import ConcordanceNight, Standing, concordance_nights
from trial.diary import DiaryNight
from trial.nightly import Result, leg_nights, participant_nights

FIRST = date(2026, 3, 2)
HALF_AN_HOUR_S = 1800.0


def evening(k: int = 0, first: date = FIRST) -> datetime:
    return datetime.combine(first + timedelta(days=k), datetime.min.time(), ZURICH) + timedelta(hours=22)


def entry(cramps: int, *times: str, k: int = 0, first: date = FIRST) -> DiaryNight:
    return DiaryNight("A-001", first + timedelta(days=k), cramps, times, None, "diary.csv", 2 + k)


def compared(
    results: Sequence[Result], diary: Sequence[DiaryNight], legs: tuple[Leg, ...] = ("L",), first: date = FIRST
) -> list[ConcordanceNight]:
    study = study_of(person(legs=legs, first=first), run_in=2, treatment=7)
    return list(
        concordance_nights(study, participant_nights(study, leg_nights(study, results)), diary, HALF_AN_HOUR_S)
    )


def counts(night: ConcordanceNight) -> tuple[int | None, ...]:
    """Return felt, seen, felt and seen, only felt, only seen, felt unmonitored."""
    return (
        night.felt, night.seen, night.felt_and_seen, night.felt_only, night.seen_only, night.felt_unmonitored
    )  # fmt: skip


@pytest.mark.parametrize(
    ("felt", "cramps_at_h", "expected"),
    [
        (0, (), (0, 0, 0, 0, 0, 0)),
        (2, (), (2, 0, 0, 2, 0, 0)),
        (0, (1.0,), (0, 1, 0, 0, 1, 0)),
        (3, (1.0, 2.0), (3, 2, 2, 1, 0, 0)),
        (1, (1.0, 2.0), (1, 2, 1, 0, 1, 0)),
    ],
)
def test_without_times_counts_are_paired(
    felt: int, cramps_at_h: tuple[float, ...], expected: tuple[int, ...]
) -> None:
    (night, *_) = compared([seen(evening(), 8, cramps_at_h)], [entry(felt)])
    assert counts(night) == expected
    assert (night.standing, night.by_time, night.seen_h) == (Standing.COMPARED, False, 8.0)


@pytest.mark.parametrize(
    ("diary", "cramps_at_h", "expected", "offsets_s"),
    [
        (entry(1, "23:30"), (1.0,), (1, 1, 1, 0, 0, 0), (1800.0,)),
        (entry(1, "23:31"), (1.0,), (1, 1, 0, 1, 1, 0), ()),
        (entry(2, "22:40", "04:10"), (1.0, 6.0), (2, 2, 2, 0, 0, 0), (-1200.0, 600.0)),
        (entry(2, "23:10"), (1.0, 6.0), (2, 2, 2, 0, 0, 0), (600.0,)),  # one without a time takes what is left
        (entry(2, "02:00"), (1.0, 6.0), (2, 2, 1, 1, 1, 0), ()),
        (entry(3, "02:00", "23:00"), (1.0,), (3, 1, 1, 2, 0, 0), (0.0,)),
    ],
)
def test_times_are_paired_by_time(
    diary: DiaryNight, cramps_at_h: tuple[float, ...], expected: tuple[int, ...], offsets_s: tuple[float, ...]
) -> None:
    (night, *_) = compared([seen(evening(), 8, cramps_at_h)], [diary])
    assert counts(night) == expected
    assert night.offsets_s == offsets_s
    assert night.by_time


def test_what_was_felt_while_nothing_was_seen_is_held_against_nobody() -> None:
    result = seen(evening(), 8, (7.0,), lost_h=((2.0, 3.5, "lead_off"),))
    (night, *_) = compared([result], [entry(4, "00:45", "21:00", "00:20", "05:00")])
    # 00:45 is 45 min from either end of the gap, 21:00 an hour before the recording; 00:20 is 20 min into the gap
    assert counts(night) == (4, 1, 1, 1, 0, 2)
    assert night.felt_monitored == 2


def test_every_expected_night_has_one_standing() -> None:
    results = [
        seen(evening(0), 8, (1.0,), number=1),
        seen(evening(1), 3.9, (1.0,), number=2),  # below the 4 h of a valid night
        seen(evening(2), 4.0, number=3),
        seen(evening(3), 8, number=4),
        seen(evening(4), 8, lost_h=((0.0, 8.0, "lead_off"),), number=5),
    ]
    diary = [entry(1, k=k) for k in (0, 1, 2, 4, 5)]
    nights = compared(results, diary)
    assert [night.standing.value for night in nights] == [
        "compared",
        "partly_monitored",
        "compared",
        "no_diary",
        "not_monitored",
        "not_monitored",
        *["neither"] * 3,
    ]
    assert [night.week for night in nights] == [1] * 7 + [2] * 2  # of the study, whatever the period
    partly, no_diary, lost = nights[1], nights[3], nights[4]
    assert counts(partly) == (1, 1, None, None, None, None)
    assert counts(no_diary) == (None, 0, None, None, None, None)
    assert counts(lost) == (1, None, None, None, None, None)
    assert nights[0].made_by


def test_both_legs_at_once_are_one_awakening_and_one_leg_unseen_is_not_compared() -> None:
    both = [
        seen(evening(0), 8, (1.0, 5.0), leg="L", number=1),
        seen(evening(0), 8, (1.01,), leg="R", number=2),
        seen(evening(1), 8, (1.0,), leg="L", number=3),
    ]
    nights = compared(both, [entry(2, "23:05"), entry(1, k=1)], legs=("L", "R"))
    assert counts(nights[0]) == (2, 2, 2, 0, 0, 0)
    assert (nights[0].seen_h, nights[0].leg_h) == (8.0, 16.0)
    assert nights[1].standing is Standing.PARTLY_MONITORED


def test_a_time_that_the_clock_showed_twice_is_taken_as_the_closer_one() -> None:
    first = date(2026, 10, 24)  # at 3:00 summer time the clock goes back to 2:00; 22:00 + 5.4 h is the second 02:24
    (night, *_) = compared([seen(evening(0, first), 9, (5.4,))], [entry(1, "02:30", first=first)], first=first)
    assert counts(night) == (1, 1, 1, 0, 0, 0)
    assert night.offsets_s == (pytest.approx(360.0),)
