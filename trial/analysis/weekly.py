"""The rate of each arm, week by week of the treatment, with how many participants were being monitored."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2
from scipy.stats import t as student

from trial.analysis.allocation import Allocation
from trial.analysis.dataset import Dataset
from trial.analysis.models import Vector
from trial.endpoint.rows import WEEK_OF_NIGHTS_H
from trial.study import PeriodKind


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekOfArm:
    """One week of one period in one arm: cramps per 56 h with an interval, None where nobody was monitored.

    `participants` were monitored, of `expected` who should have been. Limits are None with one participant.
    """

    arm: str
    period: str
    week: int
    expected: int
    participants: int
    nights: int
    hours: float
    cramps: int
    rate: float | None
    low: float | None
    high: float | None


def weeks_of_arms(data: Dataset, allocation: Allocation, alpha: float = 0.05) -> tuple[WeekOfArm, ...]:
    """Return the weeks of run-in and treatment, control first, in the order of the study."""
    slots = dict.fromkeys((row.period, row.week) for row in data.weeks if row.kind is not PeriodKind.FOLLOW_UP)
    found: list[WeekOfArm] = []
    for arm in (allocation.control, allocation.treated):
        of_arm = [row for row in data.weeks if allocation.arm_of[row.participant] == arm]
        for period, week in slots:
            rows = [row for row in of_arm if (row.period, row.week) == (period, week)]
            seen = [row for row in rows if row.measures.exposure_h > 0]
            counts = np.array([row.measures.cramps or 0 for row in seen], float)
            weeks = np.array([row.measures.exposure_h for row in seen]) / WEEK_OF_NIGHTS_H
            rate, low, high = rate_of(counts, weeks, alpha)
            found.append(
                WeekOfArm(
                    arm=arm,
                    period=period,
                    week=week,
                    expected=len(rows),
                    participants=len(seen),
                    nights=sum(row.monitoring.nights_seen for row in seen),
                    hours=float(weeks.sum()) * WEEK_OF_NIGHTS_H,
                    cramps=int(counts.sum()),
                    rate=rate,
                    low=low,
                    high=high,
                )
            )
    return tuple(found)


def rate_of(
    counts: Vector | Sequence[float], weeks: Vector | Sequence[float], alpha: float = 0.05
) -> tuple[float | None, float | None, float | None]:
    """Return cramps per week of participants with one count and exposure each, shape (n,), and its interval.

    The rate is the ratio estimator: all cramps over all exposure. Its variance is that of a ratio of means over
    participants (Cochran 1977, Sampling Techniques, equation 6.13, without finite population), taken to the log
    scale by the delta method; Student's t with n - 1 degrees of freedom. Without a cramp the rate is 0 and the
    upper limit the exact Poisson one (Garwood 1936), too low where counts are over-dispersed.
    """
    y, x = np.asarray(counts, float), np.asarray(weeks, float)
    n = len(y)
    if not n:
        return None, None, None
    rate = float(y.sum() / x.sum())
    if not y.sum():
        return 0.0, 0.0, float(chi2.isf(alpha / 2, 2) / 2 / x.sum())
    if n == 1:
        return rate, None, None
    variance = n / (n - 1) * float(((y - rate * x) ** 2).sum()) / float(x.sum()) ** 2
    reach = float(student.isf(alpha / 2, n - 1)) * np.sqrt(variance) / rate
    return rate, float(rate * np.exp(-reach)), float(rate * np.exp(reach))
