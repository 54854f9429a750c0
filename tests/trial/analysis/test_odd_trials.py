"""Trials in which something is missing or extreme: a clear result or a clear message, never a traceback."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.trial.analysis.test_dataset import every_night
from tests.trial.studies import person, study_of
from trial.analysis.allocation import Allocation
from trial.analysis.analysis import Analysis, analyse
from trial.analysis.errors import AnalysisError
from trial.analysis.flow import NIGHTS_LEFT_OUT, NOTHING_SEEN, SITE_WITHOUT_CRAMPS
from trial.nightly import Result
from trial.study import PeriodKind, Study
from trial.study.parts import Event, IntercurrentEvent

N = 12
"""Six an arm, alternately; the odd ones are treated."""


def allocation_of(study: Study) -> Allocation:
    arms = {p.id: "active" if k % 2 else "placebo" for k, p in enumerate(study.participants)}
    return Allocation("placebo", "active", arms)


def analysed(
    study: Study, cramps: Callable[[int], int], results: tuple[Result, ...] = (), *, nights: int = 21
) -> Analysis:
    """Analyse a study in which participant k has `cramps(k)` every night of run-in and treatment."""
    few = study.endpoint.model_copy(update={"imputations": 2, "tipping_deltas": (1.0,), "usable_h_sensitivity": ()})
    study = study.model_copy(update={"endpoint": few})
    made = [
        result
        for k, p in enumerate(study.participants)
        for leg in p.legs
        for result in (replace(one, leg=leg) for one in every_night(p.id, cramps(k), nights))
    ]
    return analyse(study, [*made, *results], allocation_of(study))


def study_with(*sites: str, legs: tuple[str, ...] = ("L",)) -> Study:
    return study_of(*(person(f"{site}-{k:02d}", site=site, legs=legs) for k, site in enumerate(sites)))  # type: ignore[arg-type]


def by_arm(control: tuple[int, ...], treated: tuple[int, ...]) -> Callable[[int], int]:
    return lambda k: (treated if k % 2 else control)[k // 2 % len(treated if k % 2 else control)]


def test_an_arm_without_a_cramp_has_a_ratio_of_zero_with_an_upper_limit() -> None:
    found = analysed(study_with(*"A" * N), by_arm((1, 2, 3), (0,)))
    assert (found.primary.value, found.primary.low) == (0, 0)
    assert 0 < found.primary.high < 0.5
    assert found.primary.p == pytest.approx(2 / 924)  # 12 choose 6
    assert found.difference is None
    assert found.tipping == ()
    assert "No cramp was counted in arm active" in " ".join(found.not_done)
    by_name = {one.name: one for one in found.sensitivity}
    assert by_name["GEE, exchangeable"].ratio is None
    assert by_name["one row per participant"].ratio == found.primary
    weeks = [week for week in found.weekly if (week.arm, week.period) == ("active", "treatment")]
    assert [(week.cramps, week.rate, week.participants) for week in weeks] == [(0, 0.0, 6), (0, 0.0, 6)]


def test_a_control_arm_without_a_cramp_has_an_infinite_ratio_with_a_lower_limit() -> None:
    found = analysed(study_with(*"A" * N), by_arm((0,), (1, 2, 3)))
    assert (found.primary.value, found.primary.high) == (np.inf, np.inf)
    assert found.primary.low > 2


def test_no_cramp_in_either_arm_is_a_message() -> None:
    with pytest.raises(AnalysisError, match="no cramp was counted in either arm"):
        analysed(study_with(*"A" * N), lambda _: 0)


def test_a_week_without_a_cramp_in_one_arm_changes_no_ratio_that_rests_on_all_weeks() -> None:
    # treated: none in the first week of treatment, one to three a night in the second; controls in both
    study = study_with(*"A" * N)
    results: list[Result] = []
    for k, p in enumerate(study.participants):
        few, many = every_night(p.id, 0), every_night(p.id, 1 + k // 2 % 3)
        results += [*many[:7], *((few if k % 2 else many)[7:14]), *many[14:]]
    found = analyse(
        study.model_copy(update={"endpoint": study.endpoint.model_copy(update={"imputations": 2})}),
        results,
        allocation_of(study),
    )
    assert found.primary.value == pytest.approx(0.5, rel=0.02)  # not exactly: the baseline is drawn to the mean
    first = next(w for w in found.weekly if (w.arm, w.period, w.week) == ("active", "treatment", 1))
    assert (first.rate, first.low, first.participants, first.nights) == (0, 0, 6, 42)
    assert first.high == pytest.approx(3.688879 / 6)  # exact Poisson over six weeks


def test_a_site_without_a_cramp_is_not_in_the_model_and_that_is_said() -> None:
    with_site = analysed(study_with(*"AAAAAAAAAABB"), lambda k: 0 if k >= 10 else by_arm((2, 3), (1, 2))(k))
    without = analysed(study_with(*"A" * 10), by_arm((2, 3), (1, 2)))
    assert with_site.primary.value == pytest.approx(without.primary.value)
    assert (with_site.n_participants, without.n_participants) == (10, 10)
    assert "Site B has no cramp in treatment" in with_site.not_done[0]
    assert [arm.excluded for arm in with_site.flow] == [((SITE_WITHOUT_CRAMPS, 1),)] * 2
    assert [arm.analysed for arm in with_site.flow] == [5, 5]


def test_a_site_with_nobody_seen_is_said() -> None:
    study = study_with(*"AAAAAAAAAABB")
    results = [r for k, p in enumerate(study.participants[:10]) for r in every_night(p.id, 1 + k % 3)]
    found = analyse(study, results, allocation_of(study))
    assert "Of site B no night of treatment was seen" in found.not_done[0]
    assert [arm.excluded for arm in found.flow] == [((NOTHING_SEEN, 1),)] * 2
    assert found.tipping[0].n_participants == 10


def test_a_site_of_one_arm_only_is_a_message() -> None:
    study = study_with(*("AB" * 6))
    with pytest.raises(AnalysisError, match=r"intercept, treated, (baseline, )?site B cannot be told apart"):
        analysed(study, by_arm((2, 3), (1, 2)))


def test_without_a_run_in_the_model_has_no_baseline() -> None:
    study = study_with(*"A" * N)
    study = study.model_copy(update={"periods": tuple(p for p in study.periods if p.kind is PeriodKind.TREATMENT)})
    found = analysed(study, by_arm((2, 4), (1, 2)), nights=14)
    assert found.covariates == ("intercept", "treated")
    assert found.primary.value == pytest.approx(0.5)
    assert "not adjusted for a baseline" in " ".join(found.not_done)
    assert found.responders.n_treated == 0
    assert found.responders.difference is None


def test_one_extreme_participant_leaves_a_result() -> None:
    found = analysed(study_with(*"A" * N), lambda k: 200 if k == 0 else by_arm((2, 4), (1, 2))(k))
    assert 0 < found.primary.low < found.primary.value < found.primary.high < np.inf


def test_a_second_leg_doubles_cramps_and_exposure_and_leaves_the_rate() -> None:
    one = analysed(study_with(*"A" * N), by_arm((2, 4), (1, 2)))
    two = analysed(study_with(*"A" * N, legs=("L", "R")), by_arm((2, 4), (1, 2)))
    assert [arm.two_legs for arm in two.flow] == [6, 6]
    for a, b in zip(one.flow, two.flow, strict=True):
        assert (b.cramps, b.hours) == (2 * a.cramps, 2 * a.hours)
        assert b.rate_56h == pytest.approx(a.rate_56h)
    assert two.primary.value == pytest.approx(one.primary.value, rel=1e-3)


def test_whom_the_estimand_leaves_out_is_counted() -> None:
    study = study_with(*"A" * N)
    event = Event(kind="stroke", first_night=study.participants[0].first_night)
    planned = IntercurrentEvent(kind="stroke", strategy="principal-stratum", rationale="for a test of it")
    gone = study.participants[0].model_copy(update={"events": (event,)})
    study = study.model_copy(
        update={"intercurrent_events": (planned,), "participants": (gone, *study.participants[1:])}
    )
    found = analysed(study, by_arm((2, 4), (1, 2)))
    assert [arm.excluded for arm in found.flow] == [((NIGHTS_LEFT_OUT, 1),), ()]
    assert [arm.nights_left_out for arm in found.flow] == [14, 0]
    assert found.events[0].participants == 1


def test_cramp_free_nights_and_the_longest_cramp() -> None:
    # the treated are free of cramps in every second night of treatment, the controls never
    study = study_with(*"A" * N)
    results: list[Result] = []
    for k, p in enumerate(study.participants):
        some, none = every_night(p.id, 1 + k // 2 % 2), every_night(p.id, 0)
        results += [none[n] if k % 2 and n % 2 else some[n] for n in range(21)]
    found = analyse(study, results, allocation_of(study)).cramp_free
    assert (found.n_treated, found.nights_treated) == (6, 84)
    assert (found.treated, found.control, found.difference) == (0.5, 0.0, None)  # nothing varies: no interval
