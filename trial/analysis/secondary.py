"""Secondary endpoints per participant: how long and strong cramps were, nights without any, and who responded."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import cast

import numpy as np
from scipy.stats import t as student
from statsmodels.stats.proportion import (
    confint_proportions_2indep,  # pyright: ignore[reportUnknownVariableType] - published without types
)

from trial.analysis.dataset import Dataset
from trial.analysis.models import Ratio, Vector
from trial.endpoint import NightRow, PeriodRow
from trial.study import PeriodKind, Study


@dataclass(frozen=True, slots=True)
class Responders:
    """How many of each arm had at least the planned reduction of their rate, and the difference of the shares.

    `n` counts participants with a valid baseline that was above 0 and with any night of treatment; nobody else can
    be said to respond or not. A participant with an event of composite strategy is no responder.
    """

    treated: int
    n_treated: int
    control: int
    n_control: int
    difference: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """Geometric means of a positive measure in participants with at least one cramp, and their ratio."""

    name: str
    n_treated: int
    n_control: int
    treated: float | None
    control: float | None
    ratio: Ratio | None


@dataclass(frozen=True, slots=True)
class Shares:
    """Mean shares of nights free of cramps, each participant counting once, and their difference.

    `nights` are those of which it is known: valid ones, and short ones with a cramp.
    """

    n_treated: int
    n_control: int
    nights_treated: int
    nights_control: int
    treated: float | None
    control: float | None
    difference: float | None
    low: float | None
    high: float | None


def responders(study: Study, data: Dataset, alpha: float = 0.05) -> Responders:
    """Compare the shares of responders; interval after Newcombe 1998 (Stat Med 17:873, method 10)."""
    composite = {event.kind for event in study.intercurrent_events if event.strategy == "composite"}
    failed = {person.id for person in study.participants if any(event.kind in composite for event in person.events)}
    before = {row.participant: row for row in data.periods if row.kind is PeriodKind.RUN_IN and row.baseline_valid}
    found: dict[bool, list[bool]] = {True: [], False: []}
    for row in _treatment(data):
        baseline = before[row.participant].measures.rate_56h if row.participant in before else None
        rate = row.measures.rate_56h
        if baseline and rate is not None:
            reduced = rate <= (1 - study.endpoint.responder_reduction) * baseline
            found[_is_treated(data, row)].append(reduced and row.participant not in failed)
    treated, control = found[True], found[False]
    if not (treated and control):
        return Responders(sum(treated), len(treated), sum(control), len(control), None, None, None)
    limits = cast(
        "tuple[float, float]",
        confint_proportions_2indep(
            sum(treated), len(treated), sum(control), len(control), method="newcomb", compare="diff", alpha=alpha
        ),
    )
    low, high = (float(limit) for limit in limits)
    difference = sum(treated) / len(treated) - sum(control) / len(control)
    return Responders(sum(treated), len(treated), sum(control), len(control), difference, low, high)


def durations(data: Dataset, alpha: float = 0.05) -> Compared:
    """Compare how long the cramps of a participant lasted on average, in s."""
    return _compared("duration_s", data, [row.measures.mean_duration_s for row in _treatment(data)], alpha)


def longest(data: Dataset, alpha: float = 0.05) -> Compared:
    """Compare the longest cramp of each participant, in s. It grows with the number of cramps."""
    return _compared("longest_s", data, [row.measures.longest_s for row in _treatment(data)], alpha)


def cramp_free_nights(data: Dataset, nights: Sequence[NightRow], alpha: float = 0.05) -> Shares:
    """Compare the share of a participant's nights of treatment without a cramp, by Welch's t; `nights` as asked."""
    known: dict[str, list[bool]] = {}
    for night in nights:
        if night.kind is PeriodKind.TREATMENT and night.cramp_free is not None:
            known.setdefault(night.participant, []).append(night.cramp_free)
    arms: dict[bool, list[list[bool]]] = {True: [], False: []}
    for name, of in known.items():
        arms[bool(data.participants.loc[name, "treated"])].append(of)
    treated, control = (np.array([fmean(of) for of in arms[arm]]) for arm in (True, False))
    means = [float(of.mean()) if len(of) else None for of in (treated, control)]
    found = _welch(treated, control, alpha) if min(len(treated), len(control)) > 1 else None
    return Shares(
        n_treated=len(treated),
        n_control=len(control),
        nights_treated=sum(len(of) for of in arms[True]),
        nights_control=sum(len(of) for of in arms[False]),
        treated=means[0],
        control=means[1],
        difference=found.mean if found else None,
        low=found.low if found else None,
        high=found.high if found else None,
    )


def intensities(data: Dataset, alpha: float = 0.05) -> Compared:
    """Compare how strong the cramps of a participant were on average, in multiples of the resting floor."""
    return _compared("intensity", data, [row.measures.mean_intensity for row in _treatment(data)], alpha)


def _treatment(data: Dataset) -> list[PeriodRow]:
    return [row for row in data.periods if row.kind is PeriodKind.TREATMENT]


def _is_treated(data: Dataset, row: PeriodRow) -> bool:
    return bool(data.participants.loc[row.participant, "treated"])


def _compared(name: str, data: Dataset, values: Sequence[float | None], alpha: float) -> Compared:
    """Compare logs by Welch's t (Satterthwaite's degrees of freedom); nothing where an arm has fewer than two."""
    arms: dict[bool, list[float]] = {True: [], False: []}
    for row, value in zip(_treatment(data), values, strict=True):
        if value:
            arms[_is_treated(data, row)].append(float(np.log(value)))
    treated, control = (np.array(arms[arm]) for arm in (True, False))
    means = [float(np.exp(of.mean())) if len(of) else None for of in (treated, control)]
    found = _welch(treated, control, alpha) if min(len(treated), len(control)) > 1 else None
    low, mean, high = np.exp([found.low, found.mean, found.high]).tolist() if found else (0.0, 0.0, 0.0)
    ratio = Ratio(mean, low, high, found.p) if found else None
    return Compared(name, len(treated), len(control), means[0], means[1], ratio)


@dataclass(frozen=True, slots=True)
class _Welch:
    mean: float
    low: float
    high: float
    p: float


def _welch(a: Vector, b: Vector, alpha: float) -> _Welch | None:
    """Return the difference of means with its interval; None where nothing varies."""
    parts = np.array([a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)])
    if not parts.sum():
        return None
    dof = parts.sum() ** 2 / (parts**2 / np.array([len(a) - 1, len(b) - 1])).sum()
    mean, error = float(a.mean() - b.mean()), float(np.sqrt(parts.sum()))
    reach = float(student.ppf(1 - alpha / 2, dof)) * error
    return _Welch(mean, mean - reach, mean + reach, float(2 * student.sf(abs(mean) / error, dof)))
