"""Rows of the endpoint. What was not seen is None and never 0; a partial night enters by its exposure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from statistics import fmean

from nights.record import Provenance
from signals import Leg
from trial.nightly import NightState, ParticipantNight
from trial.nightly.legs import DAYS_PER_WEEK
from trial.nightly.results import SECONDS_PER_HOUR
from trial.study import PeriodKind, Study

WEEK_OF_NIGHTS_H = 56.0
"""Seven nights of eight hours, the unit of the rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What was measured over some nights of one participant.

    `cramps` is the primary count (`muscles` or `awakenings`, as the study says) over `exposure_h` hours; `muscles`
    over `leg_h` hours summed over legs, `awakenings` over `seen_h` hours in which at least one leg was seen. All
    counts are None exactly where nothing was seen. `rate_56h` is the primary count per seven nights of eight hours.
    `mean_duration_s`, `longest_s` and `mean_intensity` (median level over resting floor) are None without cramps.
    """

    cramps: int | None
    exposure_h: float
    rate_56h: float | None
    muscles: int | None
    leg_h: float
    awakenings: int | None
    seen_h: float
    mean_duration_s: float | None
    longest_s: float | None
    mean_intensity: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBy:
    """Model and configuration that scored the nights of a row; several joined by semicolons, "" for none."""

    model: str
    config_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRow:
    """One night of one leg. `cramps` is None exactly where nothing was seen."""

    participant: str
    site: str
    leg: Leg
    period: str
    kind: PeriodKind
    week: int
    night: date
    state: NightState
    reason: str | None
    cramps: int | None
    usable_h: float
    monitored_h: float
    mean_duration_s: float | None
    longest_s: float | None
    mean_intensity: float | None
    made_by: MadeBy


@dataclass(frozen=True, slots=True, kw_only=True)
class NightRow:
    """One night of one participant. `cramp_free` is None where nothing was seen or a seen night was short."""

    participant: str
    site: str
    period: str
    kind: PeriodKind
    week: int
    night: date
    state: NightState
    reason: str | None
    cramp_free: bool | None
    measures: Measures
    made_by: MadeBy


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """How many nights were expected, came, and were valid; `missing` counts the others by reason.

    `per_monitored_week` is seven times the mean primary count of the nights of which something was seen.
    """

    nights_expected: int
    nights_seen: int
    nights_valid: int
    nights_cramp_free: int
    missing: tuple[tuple[str, int], ...]
    per_monitored_week: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekRow:
    """One week of one participant within one period, counted from 1; the last may have fewer nights."""

    participant: str
    site: str
    period: str
    kind: PeriodKind
    week: int
    first_night: date
    valid: bool
    monitoring: Monitoring
    measures: Measures
    made_by: MadeBy


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRow:
    """One period of one participant. `baseline_valid`: a run-in with as many valid nights as the study asks for."""

    participant: str
    site: str
    period: str
    kind: PeriodKind
    valid_weeks: int
    baseline_valid: bool | None
    monitoring: Monitoring
    measures: Measures
    made_by: MadeBy


def leg_rows(nights: Iterable[ParticipantNight]) -> Iterator[LegRow]:
    """Give one row per night and leg, in the order of the study."""
    for night in nights:
        for leg in night.legs:
            cramps = leg.cramps or ()
            yield LegRow(
                participant=leg.participant,
                site=leg.site,
                leg=leg.leg,
                period=leg.period.name,
                kind=leg.period.kind,
                week=leg.week,
                night=leg.night,
                state=leg.state,
                reason=leg.reason,
                cramps=None if leg.cramps is None else len(cramps),
                usable_h=leg.usable_s / SECONDS_PER_HOUR,
                monitored_h=leg.monitored_s / SECONDS_PER_HOUR,
                mean_duration_s=_mean([cramp.duration_s for cramp in cramps]),
                longest_s=max((cramp.duration_s for cramp in cramps), default=None),
                mean_intensity=_mean([cramp.intensity for cramp in cramps if cramp.intensity is not None]),
                made_by=_made_by(leg.made_by),
            )


def night_rows(study: Study, nights: Iterable[ParticipantNight]) -> Iterator[NightRow]:
    """Give one row per night, in the order of the study."""
    for night in nights:
        measures = _measures(study, [night])
        whole = night.state is NightState.VALID
        reasons = [leg.reason for leg in night.legs if leg.reason]
        yield NightRow(
            participant=night.participant,
            site=night.site,
            period=night.period.name,
            kind=night.period.kind,
            week=night.week,
            night=night.night,
            state=night.state,
            reason=None if whole else reasons[0],
            cramp_free=False if measures.cramps else True if whole else None,
            measures=measures,
            made_by=_made_by(_makers([night])),
        )


def week_rows(study: Study, nights: Iterable[ParticipantNight]) -> Iterator[WeekRow]:
    """Give one row per week."""
    for (participant, period, week), of_week in groupby(
        nights, key=lambda night: (night.participant, night.period.name, night.week)
    ):
        group = list(of_week)
        monitoring = _monitoring(study, group)
        yield WeekRow(
            participant=participant,
            site=group[0].site,
            period=period,
            kind=group[0].period.kind,
            week=week,
            first_night=group[0].night,
            valid=monitoring.nights_valid >= study.validity.nights_of_week,
            monitoring=monitoring,
            measures=_measures(study, group),
            made_by=_made_by(_makers(group)),
        )


def period_rows(study: Study, nights: Iterable[ParticipantNight]) -> Iterator[PeriodRow]:
    """Give one row per participant and period."""
    for (participant, period), of_period in groupby(
        nights, key=lambda night: (night.participant, night.period.name)
    ):
        group = list(of_period)
        monitoring = _monitoring(study, group)
        kind = group[0].period.kind
        enough = monitoring.nights_valid >= study.validity.nights_of_run_in
        yield PeriodRow(
            participant=participant,
            site=group[0].site,
            period=period,
            kind=kind,
            valid_weeks=sum(row.valid for row in week_rows(study, group)),
            baseline_valid=enough if kind is PeriodKind.RUN_IN else None,
            monitoring=monitoring,
            measures=_measures(study, group),
            made_by=_made_by(_makers(group)),
        )


def _measures(study: Study, nights: Sequence[ParticipantNight]) -> Measures:
    seen = [night for night in nights if night.muscle_cramps is not None]
    muscles = sum(night.muscle_cramps or 0 for night in seen)
    awakenings = sum(night.awakenings or 0 for night in seen)
    leg_h = sum(night.leg_s for night in seen) / SECONDS_PER_HOUR
    seen_h = sum(night.seen_s for night in seen) / SECONDS_PER_HOUR
    count, exposure_h = (muscles, leg_h) if study.endpoint.legs == "muscles" else (awakenings, seen_h)
    cramps = [cramp for night in seen for leg in night.legs for cramp in leg.cramps or ()]
    levels = [cramp.intensity for cramp in cramps if cramp.intensity is not None]
    return Measures(
        cramps=count if seen else None,
        exposure_h=exposure_h,
        rate_56h=count / exposure_h * WEEK_OF_NIGHTS_H if seen else None,
        muscles=muscles if seen else None,
        leg_h=leg_h,
        awakenings=awakenings if seen else None,
        seen_h=seen_h,
        mean_duration_s=_mean([cramp.duration_s for cramp in cramps]),
        longest_s=max((cramp.duration_s for cramp in cramps), default=None),
        mean_intensity=_mean(levels),
    )


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _makers(nights: Sequence[ParticipantNight]) -> list[Provenance]:
    return [one for night in nights for leg in night.legs for one in leg.made_by]


def _made_by(made_by: Sequence[Provenance]) -> MadeBy:
    return MadeBy(
        model=";".join(dict.fromkeys(one.model for one in made_by)),
        config_hash=";".join(dict.fromkeys(one.config_hash for one in made_by)),
    )


def _monitoring(study: Study, nights: Sequence[ParticipantNight]) -> Monitoring:
    rows = list(night_rows(study, nights))
    counts = [row.measures.cramps for row in rows if row.measures.cramps is not None]
    missing = Counter(row.reason or "" for row in rows if row.state is NightState.MISSING)
    return Monitoring(
        nights_expected=len(rows),
        nights_seen=len(counts),
        nights_valid=sum(row.state is NightState.VALID for row in rows),
        nights_cramp_free=sum(row.cramp_free is True for row in rows),
        missing=tuple(sorted(missing.items())),
        per_monitored_week=fmean(counts) * DAYS_PER_WEEK if counts else None,
    )
