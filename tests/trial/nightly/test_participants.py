"""Two legs: how many muscles cramped, and how many awakenings that were."""

from datetime import datetime

import pytest

from tests.trial.studies import HOUR_S, ZURICH, person, seen, study_of
from trial.nightly import NightState, ParticipantNight, leg_nights, participant_nights

EVENING = datetime(2026, 3, 2, 22, tzinfo=ZURICH)


def night(left_h: tuple[float, ...], right_h: tuple[float, ...]) -> ParticipantNight:
    study = study_of(person(legs=("L", "R")))
    results = [seen(EVENING, 8, left_h), seen(EVENING, 8, right_h, leg="R", number=2)]
    return next(iter(participant_nights(study, leg_nights(study, results))))


@pytest.mark.parametrize(
    ("apart_s", "awakenings"),
    [(0.0, 1), (30.0, 1), (59.9, 1), (60.0, 2), (600.0, 2)],  # cramps of 60 s: at 60 s they no longer overlap
)
def test_cramps_of_both_legs_at_once_are_two_muscles_and_one_awakening(apart_s: float, awakenings: int) -> None:
    found = night((3.0,), (3.0 + apart_s / HOUR_S,))
    assert (found.muscle_cramps, found.awakenings) == (2, awakenings)


def test_two_cramps_of_one_leg_are_two_awakenings() -> None:
    assert night((3.0, 3.01), ()).awakenings == 2


def test_exposure_is_summed_over_legs_and_united_over_time() -> None:
    study = study_of(person(legs=("L", "R")))
    later = datetime(2026, 3, 3, 2, tzinfo=ZURICH)  # 4 h after the other leg began
    results = [seen(EVENING, 8), seen(later, 8, leg="R", number=2)]
    found = next(iter(participant_nights(study, leg_nights(study, results))))
    assert (found.leg_s, found.seen_s) == (16 * HOUR_S, 12 * HOUR_S)


def test_one_leg_missing_leaves_the_count_of_the_other() -> None:
    study = study_of(person(legs=("L", "R")))
    found = list(participant_nights(study, leg_nights(study, [seen(EVENING, 8, (1.0,))])))
    assert (found[0].muscle_cramps, found[0].awakenings, found[0].leg_s) == (1, 1, 8 * HOUR_S)
    assert found[0].state is NightState.VALID
    assert (found[1].muscle_cramps, found[1].awakenings, found[1].state) == (None, None, NightState.MISSING)
