"""Weekly rates: ICC and Bland-Altman against R on the published data of Bland and Altman 2007."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from tests.trial.concordance.test_agreement import night
from trial.concordance.nights import ConcordanceNight, Standing
from trial.concordance.weekly import Week, WeeklyAgreement, weekly_agreement, weeks_of

FOLDER = Path(__file__).parent / "reference"


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def expected() -> dict[tuple[str, str], float]:
    return {(row["of"], row["name"]): float(row["value"]) for row in rows("reference.csv")}


@pytest.fixture(scope="module")
def found() -> WeeklyAgreement:
    """Return the agreement of both methods, subjects for participants and pairs for weeks."""
    pairs = rows("cardiac.csv")
    return weekly_agreement(
        [Week(row["subject"], k, 7, float(row["rv"]), float(row["ic"])) for k, row in enumerate(pairs)], 1
    )


def test_the_limits_of_agreement_are_those_of_r(
    found: WeeklyAgreement, expected: dict[tuple[str, str], float]
) -> None:
    of = found.bland_altman
    ours = {
        "bias": of.bias.value, "sd_within": of.sd_within, "sd_between": of.sd_between,
        "lower": of.lower_limit.value, "upper": of.upper_limit.value,
    }  # fmt: skip
    for name, value in ours.items():
        assert value == pytest.approx(expected["bland_altman", name], abs=1e-9), name


def test_their_intervals_hold_them(found: WeeklyAgreement) -> None:
    for estimate in (found.bland_altman.bias, found.bland_altman.lower_limit, found.bland_altman.upper_limit):
        assert estimate.value is not None
        assert estimate.low is not None
        assert estimate.high is not None
        assert estimate.low < estimate.value < estimate.high


def test_correlations_are_those_of_psych(found: WeeklyAgreement, expected: dict[tuple[str, str], float]) -> None:
    assert found.icc_weeks.value == pytest.approx(expected["icc_rows", "value"], abs=1e-9)
    people = found.icc_participants
    assert (people.n, people.value) == (12, pytest.approx(expected["icc_subjects", "value"], abs=1e-9))
    assert people.low == pytest.approx(expected["icc_subjects", "low"], abs=1e-6)
    assert people.high == pytest.approx(expected["icc_subjects", "high"], abs=1e-6)


def test_weeks_alike_within_people_make_the_interval_as_wide_as_people_alone() -> None:
    """Every week twice tells nothing new: the same draws give the same interval."""
    once = [Week(f"A-{k}", 1, 7, float(k % 5), float(k % 4)) for k in range(20)]
    twice = [replace(week, week=n) for week in once for n in (1, 2)]
    assert weekly_agreement(twice, 3).bland_altman.bias == weekly_agreement(once, 3).bland_altman.bias
    assert weekly_agreement(once, 3).bland_altman.sd_within is None  # one week each shows no spread within


def test_a_week_needs_enough_compared_nights_and_counts_only_those() -> None:
    def of(participant: str, felt: int, seen: int, week: int, standing: Standing) -> ConcordanceNight:
        return replace(night(participant, felt, seen, week), standing=standing)

    yes, no = Standing.COMPARED, Standing.PARTLY_MONITORED
    nights = [
        *[of("A-1", 1, 0, 1, yes)] * 3,
        of("A-1", 0, 2, 1, yes),
        of("A-1", 9, 9, 1, no),
        *[of("A-1", 1, 1, 2, yes)] * 3,
        *[of("A-2", 0, 0, 2, yes)] * 7,
    ]
    assert weeks_of(nights, 4) == [Week("A-1", 1, 4, 3 / 4 * 7, 2 / 4 * 7), Week("A-2", 2, 7, 0.0, 0.0)]


def test_nothing_to_compare_is_undefined() -> None:
    none = weekly_agreement([], 1)
    assert (none.n_weeks, none.icc_weeks.value, none.icc_participants.value, none.bland_altman.bias.value) == (
        0,
        None,
        None,
        None,
    )
    alone = weekly_agreement([Week("A-1", 1, 7, 1.0, 2.0), Week("A-1", 2, 7, 3.0, 2.0)], 1)
    assert (alone.bland_altman.bias.value, alone.bland_altman.upper_limit.value) == (0.0, None)
