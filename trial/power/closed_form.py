"""Power and sample size of two negative binomial rates in closed form (Zhu and Lakkis 2014).

Statistics in Medicine 33:376-387, doi 10.1002/sim.5947; equations as in R's `MKmisc::power.nb.test` (theta there is
one over the dispersion here) and Stata's `power tworates_zhu`.
"""

from dataclasses import dataclass
from enum import IntEnum
from math import log, sqrt

from scipy.stats import norm

from trial.power.errors import PowerError


class VarianceMethod(IntEnum):
    """How the variance of the log ratio under no difference is had; under the difference there is but one way."""

    REFERENCE = 1  # both arms have the control's rate
    TRUE_RATES = 2  # as under the difference
    MAXIMUM_LIKELIHOOD = 3  # both arms have the pooled rate, what the model's null fit tends to


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two arms: rates per unit of exposure, mean exposure of a participant, phi of Var = mu + phi mu^2.

    `allocation` is treated participants per control. Exposure is the same for everybody, which the formula needs.
    """

    control: float
    treated: float
    exposure: float
    dispersion: float
    allocation: float = 1.0

    def __post_init__(self) -> None:
        if min(self.control, self.treated, self.exposure, self.allocation) <= 0 or self.dispersion < 0:
            raise PowerError(f"{self}: rates, exposure and allocation lie above 0, a dispersion at 0 or above")

    @property
    def ratio(self) -> float:
        """The rate ratio, treated over control."""
        return self.treated / self.control

    def power(self, n_control: float, alpha: float, method: VarianceMethod) -> float:
        """Return the power with so many controls, two-sided at alpha; the far tail is left out, as in the paper."""
        null, true = self._variance_null(method), self._variance()
        reach = sqrt(n_control) * abs(log(self.ratio)) - norm.isf(alpha / 2) * sqrt(null)
        return float(norm.cdf(reach / sqrt(true)))

    def controls(self, power: float, alpha: float, method: VarianceMethod) -> float:
        """Return how many controls the power needs, not rounded. Raises `PowerError` where the rates are equal."""
        if self.ratio == 1:
            raise PowerError("without a difference of rates no number of participants has any power")
        null, true = self._variance_null(method), self._variance()
        reach = norm.isf(alpha / 2) * sqrt(null) + norm.ppf(power) * sqrt(true)
        return float((reach / log(self.ratio)) ** 2)

    def _variance(self) -> float:
        """Return n_control times the variance of the log ratio."""
        rates = 1 / self.control + 1 / (self.allocation * self.treated)
        return rates / self.exposure + self._between()

    def _variance_null(self, method: VarianceMethod) -> float:
        theta = self.allocation
        if method is VarianceMethod.TRUE_RATES:
            return self._variance()
        pooled = (self.control + theta * self.treated) / (1 + theta)
        rate = self.control if method is VarianceMethod.REFERENCE else pooled
        return (1 + theta) / (theta * self.exposure * rate) + self._between()

    def _between(self) -> float:
        return (1 + self.allocation) * self.dispersion / self.allocation
