"""The flow of participants and nights, from all who were allotted to those who are analysed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median, quantiles, stdev

import numpy as np

from trial.analysis.allocation import Allocation
from trial.analysis.dataset import Dataset
from trial.endpoint import NightRow, PeriodRow, night_rows, period_rows
from trial.endpoint.rows import WEEK_OF_NIGHTS_H
from trial.nightly import NightState, ParticipantNight
from trial.study import Participant, PeriodKind, Study

NOTHING_SEEN = "no night of treatment was seen"
NIGHTS_LEFT_OUT = "left out by the estimand"
SITE_WITHOUT_CRAMPS = "of a site without a cramp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The run-in of one arm: who has one, and the rates per 56 h of those of whom something was seen.

    Mean, standard deviation, median and quartiles are None where there are too few (none, or one).
    """

    participants_seen: int
    nights_seen: int
    hours: float
    mean: float | None
    sd: float | None
    median: float | None
    q1: float | None
    q3: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmFlow:
    """The flow of one arm (CONSORT 2010, items 13a and 16), with the nights of treatment of all who were allotted.

    `excluded` counts the participants that are not analysed by reason, `missing` the nights of which nothing was
    seen by reason; `nights_left_out` those that the estimand does not ask about or takes as missing. `cramps` over
    `hours` are of all nights seen. `two_legs` counts participants monitored on both.
    """

    arm: str
    allotted: int
    sites: tuple[tuple[str, int], ...]
    two_legs: int
    with_baseline: int
    baseline: Baseline
    with_treatment_nights: int
    analysed: int
    excluded: tuple[tuple[str, int], ...]
    nights_expected: int
    nights_seen: int
    nights_valid: int
    nights_left_out: int
    missing: tuple[tuple[str, int], ...]
    hours: float
    hours_per_night: float | None
    cramps: int
    rate_56h: float | None


def flow_of(
    study: Study, nights: Sequence[ParticipantNight], data: Dataset, allocation: Allocation
) -> tuple[ArmFlow, ...]:
    """Return the flow of control and treated arm; `nights` are those before the estimand, `data` is after it."""
    rows = [row for row in night_rows(study, nights) if row.kind is PeriodKind.TREATMENT]
    before = [row for row in period_rows(study, nights) if row.kind is PeriodKind.RUN_IN]
    flow: list[ArmFlow] = []
    for arm in (allocation.control, allocation.treated):
        names = {name for name, of in allocation.arm_of.items() if of == arm}
        people = [person for person in study.participants if person.id in names]
        of_arm = [row for row in rows if row.participant in names]
        flow.append(_arm(arm, people, of_arm, [row for row in before if row.participant in names], data))
    return tuple(flow)


def _arm(
    arm: str, people: list[Participant], rows: list[NightRow], run_in: list[PeriodRow], data: Dataset
) -> ArmFlow:
    seen = [row for row in rows if row.state is not NightState.MISSING]
    hours = sum(row.measures.exposure_h for row in seen)
    cramps = sum(row.measures.cramps or 0 for row in seen)
    names = {person.id for person in people}
    asked = sum(row.monitoring.nights_seen for row in _treatment(data) if row.participant in names)
    why_not = _why_not(people, {row.participant for row in seen}, data)
    return ArmFlow(
        arm=arm,
        allotted=len(people),
        sites=tuple(sorted(Counter(person.site for person in people).items())),
        two_legs=sum(len(person.legs) > 1 for person in people),
        with_baseline=len({row.participant for row in run_in if row.baseline_valid}),
        baseline=_baseline(run_in),
        with_treatment_nights=len({row.participant for row in seen}),
        analysed=len(people) - why_not.total(),
        excluded=tuple(sorted(why_not.items())),
        nights_expected=len(rows),
        nights_seen=len(seen),
        nights_valid=sum(row.state is NightState.VALID for row in rows),
        nights_left_out=len(seen) - asked,
        missing=tuple(sorted(Counter(row.reason or "" for row in rows if row.state is NightState.MISSING).items())),
        hours=hours,
        hours_per_night=hours / len(seen) if seen else None,
        cramps=cramps,
        rate_56h=cramps / hours * WEEK_OF_NIGHTS_H if hours else None,
    )


def _treatment(data: Dataset) -> list[PeriodRow]:
    return [row for row in data.periods if row.kind is PeriodKind.TREATMENT]


def _why_not(people: list[Participant], seen: set[str], data: Dataset) -> Counter[str]:
    """Count those who are not in the primary model by the first reason that holds."""
    asked = {row.participant for row in _treatment(data) if row.monitoring.nights_seen}
    analysed = {str(name) for name in data.participants.index[np.unique(data.counts().cluster)]}
    found: Counter[str] = Counter()
    for person in people:
        reasons = (
            (person.id not in seen, NOTHING_SEEN),
            (person.id not in asked, NIGHTS_LEFT_OUT),
            (person.id not in analysed, SITE_WITHOUT_CRAMPS),
        )
        if why := next((why for holds, why in reasons if holds), None):
            found[why] += 1
    return found


def _baseline(run_in: list[PeriodRow]) -> Baseline:
    seen = [row for row in run_in if row.measures.rate_56h is not None]
    rates = [row.measures.rate_56h or 0.0 for row in seen]
    quarters = quantiles(rates, n=4, method="inclusive") if len(rates) > 1 else [None, None, None]
    return Baseline(
        participants_seen=len(seen),
        nights_seen=sum(row.monitoring.nights_seen for row in seen),
        hours=sum(row.measures.exposure_h for row in seen),
        mean=fmean(rates) if rates else None,
        sd=stdev(rates) if len(rates) > 1 else None,
        median=median(rates) if rates else None,
        q1=quarters[0],
        q3=quarters[2],
    )
