"""One made-up trial: the study, what the sensors counted, what the diaries say, and who was given what."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib.metadata import version
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from models import fingerprint
from nights.record import Provenance
from trial.analysis.allocation import Allocation
from trial.diary import DiaryNight
from trial.endpoint.rows import WEEK_OF_NIGHTS_H
from trial.nightly import Cramp, Result
from trial.nightly.legs import DAYS_PER_WEEK
from trial.nightly.results import SECONDS_PER_HOUR
from trial.nightly.spans import Span, union, without
from trial.simulated.plan import TrialPlan
from trial.study import Participant, Period, PeriodKind, Site, Study
from trial.study.parts import DetectorFigures

CONTROL, TREATED = "placebo", "active"
FIRST_NIGHT = date(2026, 1, 12)
ENROLMENT_DAYS = 120
ZONES = ("Asia/Shanghai", "Europe/Zurich")
BEDTIME_H, BEDTIME_SD_H = 22.5, 0.7
NIGHT_OF_8_H = 8.0
GAP_S = 600.0
DIARY_FILE = "diary.csv"
SOFTWARE = f"crampwatch {version('crampwatch')}, simulated trial"


@dataclass(frozen=True, slots=True)
class TrueNight:
    """One night of one participant: how many cramps there truly were, and how many were written down, if any."""

    participant: str
    night: date
    true: int
    written: int | None


@dataclass(frozen=True, slots=True)
class SimulatedTrial:
    """A study with its allocation, results in the order of nights, and the truth of every expected night."""

    study: Study
    allocation: Allocation
    results: tuple[Result, ...]
    truth: tuple[TrueNight, ...]

    @property
    def diary(self) -> tuple[DiaryNight, ...]:
        """What was written down, as a diary file would have it; nights that were left out have no entry."""
        written = [night for night in self.truth if night.written is not None]
        return tuple(
            DiaryNight(night.participant, night.night, night.written or 0, (), None, DIARY_FILE, line)
            for line, night in enumerate(written, start=2)
        )


def simulate_trial(plan: TrialPlan, seed: int) -> SimulatedTrial:
    """Make up a trial; the same seed gives the same trial on every machine."""
    streams = np.random.SeedSequence(seed).spawn(plan.n_treated + plan.n_control + 1)
    study = _study(plan, f"SIMULATED-{seed}", np.random.default_rng(streams[0]))
    order = np.random.default_rng(streams[0].spawn(1)[0]).permutation(len(study.participants)).tolist()
    arms: dict[str, str] = {
        study.participants[i].id: TREATED if k < plan.n_treated else CONTROL for k, i in enumerate(order)
    }
    results: list[Result] = []
    truth: list[TrueNight] = []
    for participant, stream in zip(study.participants, streams[1:], strict=True):
        person = _Person(
            plan, study, participant, treated=arms[participant.id] == TREATED, rng=np.random.default_rng(stream)
        )
        for result, night in person.nights():
            truth.append(night)
            if result is not None:
                results.append(result)
    numbered = tuple(replace(result, id=number) for number, result in enumerate(results, start=1))
    return SimulatedTrial(study, Allocation(CONTROL, TREATED, arms), numbered, tuple(truth))


def _study(plan: TrialPlan, name: str, rng: np.random.Generator) -> Study:
    """Return the study; its figures of the detector are what a validation of the planned size happens to find."""
    n = plan.n_treated + plan.n_control
    starts: list[int] = np.sort(rng.integers(0, ENROLMENT_DAYS, n)).tolist()
    sites = [Site(id=name, zone=ZONES[k % len(ZONES)]) for k, name in enumerate(plan.sites)]
    of_site: list[int] = rng.integers(0, len(sites), n).tolist()
    return Study(
        name=name,
        title="A made-up trial: no participant of it exists",
        profile="simulated",
        detector=DetectorFigures(
            source="a made-up validation, drawn by the trial's own plan",
            true_cramps=plan.validation_cramps,
            found=int(rng.binomial(plan.validation_cramps, plan.sensitivity)),
            false_cramps=int(rng.poisson(plan.false_per_night * plan.validation_nights)),
            hours=plan.validation_nights * NIGHT_OF_8_H,
        ),
        periods=(
            Period(name="run-in", kind=PeriodKind.RUN_IN, nights=plan.run_in_nights),
            Period(name="treatment", kind=PeriodKind.TREATMENT, nights=plan.treatment_nights),
        ),
        sites=tuple(sites),
        participants=tuple(
            Participant(
                id=f"{sites[k].id}-{number:03d}",
                site=sites[k].id,
                first_night=FIRST_NIGHT + timedelta(days=start),
                legs=("L",),
            )
            for number, (k, start) in enumerate(zip(of_site, starts, strict=True), start=1)
        ),
    )


class _Person:
    """One participant: a rate of his or her own, habits of wearing the sensor and of writing the diary."""

    def __init__(
        self, plan: TrialPlan, study: Study, participant: Participant, *, treated: bool, rng: np.random.Generator
    ) -> None:
        self._plan, self._study, self._participant, self._rng = plan, study, participant, rng
        self._treated = treated
        self._zone = ZoneInfo(study.zone_of(participant))
        shape = 1 / plan.dispersion
        self._frailty = float(rng.gamma(shape, plan.dispersion))
        self._change = float(rng.gamma(1 / plan.change_dispersion, plan.change_dispersion))
        careless = float(rng.gamma(1 / plan.missed_dispersion, plan.missed_dispersion))
        self._missed_share = min(0.9, plan.missed_share * careless)
        drops = rng.random() < plan.dropout_share
        self._last = int(rng.integers(0, plan.treatment_nights)) + plan.run_in_nights if drops else None

    def nights(self) -> Iterator[tuple[Result | None, TrueNight]]:
        """Give every expected night: what the sensor has of it, and what the diary says."""
        usual = round(self._per_week(PeriodKind.RUN_IN) / DAYS_PER_WEEK)
        for k, (period, night) in enumerate(self._study.nights_of(self._participant)):
            rng, plan = self._rng, self._plan
            begin, end = self._in_bed(night)
            hours = (end - begin) / SECONDS_PER_HOUR
            bad_night = rng.gamma(1 / plan.night_dispersion, plan.night_dispersion)
            true = int(rng.poisson(self._per_week(period.kind) * bad_night * hours / WEEK_OF_NIGHTS_H))
            onsets = np.sort(rng.uniform(begin, end, true))
            gone = self._last is not None and k >= self._last
            worn = rng.random() >= self._missed_share and not gone
            result = self._seen(night, (begin, end), onsets) if worn else None
            written = None if gone else self._written(true, k // DAYS_PER_WEEK, usual)
            yield result, TrueNight(self._participant.id, night, true, written)

    def _per_week(self, kind: PeriodKind) -> float:
        plan = self._plan
        if kind is PeriodKind.RUN_IN:
            return self._frailty * plan.run_in_per_week
        return self._frailty * self._change * (plan.treated_per_week if self._treated else plan.control_per_week)

    def _in_bed(self, night: date) -> Span:
        rng, plan = self._rng, self._plan
        at_h = rng.normal(BEDTIME_H, BEDTIME_SD_H)
        midnight = datetime(night.year, night.month, night.day, tzinfo=self._zone)
        begin = midnight.timestamp() + at_h * SECONDS_PER_HOUR
        return begin, begin + max(3.0, rng.normal(plan.night_h, plan.night_sd_h)) * SECONDS_PER_HOUR

    def _seen(self, night: date, bed: Span, onsets: NDArray[np.float64]) -> Result:
        rng, plan = self._rng, self._plan
        begin, end = bed
        if rng.random() < plan.partial_share:
            end = begin + rng.uniform(0.02, 1.0) * (end - begin)
        n_gaps = int(rng.poisson(plan.lost_share * (end - begin) / GAP_S))
        gaps = tuple(
            (max(begin, a), min(end, a + GAP_S)) for a in np.sort(rng.uniform(begin, end, n_gaps)).tolist()
        )
        usable = without((begin, end), union(gaps))
        found = onsets[rng.random(len(onsets)) < plan.sensitivity]
        false = rng.uniform(
            begin, end, rng.poisson(plan.false_per_night * (end - begin) / SECONDS_PER_HOUR / NIGHT_OF_8_H)
        )
        counted = [
            at for at in np.sort(np.concatenate([found, false])).tolist() if any(a <= at < b for a, b in usable)
        ]
        lengths = np.exp(rng.normal(np.log(plan.duration_median_s), plan.duration_sigma, len(counted))).tolist()
        levels = np.exp(rng.normal(np.log(12.0), 0.4, len(counted))).tolist()
        cramps = tuple(
            Cramp(leg="L", onset_s=at, duration_s=length, intensity=level)
            for at, length, level in zip(counted, lengths, levels, strict=True)
        )
        lost = tuple((gap, "link_lost") for gap in gaps)
        return Result(
            id=0,
            participant=self._participant.id,
            leg="L",
            night=night,
            monitored=(begin, end),
            usable=usable,
            lost=lost,
            cramps=cramps,
            made_by=Provenance(
                software=SOFTWARE,
                profile=self._study.profile,
                profile_hash=fingerprint(self._study.profile),
                model="none: simulated counts",
                config_hash=fingerprint(self._participant.id),
            ),
        )

    def _written(self, true: int, week: int, usual: int) -> int | None:
        rng, plan = self._rng, self._plan
        if rng.random() < plan.diary_left_out:
            return None
        if rng.random() < plan.diary_made_up:
            return usual
        noticed = plan.diary_noticed * plan.diary_fatigue_per_week**week
        if self._treated:
            noticed *= plan.diary_expectation
        other = rng.poisson(self._frailty * plan.diary_other_per_week / DAYS_PER_WEEK)
        return int(rng.binomial(true, min(1.0, noticed)) + other)
