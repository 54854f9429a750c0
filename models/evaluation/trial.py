"""What the errors of a detector do to a trial: how far a true rate ratio is pulled towards 1."""

from dataclasses import dataclass

from models.evaluation.intervals import Proportion, Rate

NIGHTS_PER_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRates:
    """True cramps a week in both arms; by default those of Tan 2024 (JAMA Intern Med, vitamin K2)."""

    treated_per_week: float = 0.96
    untreated_per_week: float = 3.63

    def __post_init__(self) -> None:
        if not (self.treated_per_week > 0 and self.untreated_per_week > 0):
            raise ValueError(
                f"{self.treated_per_week} and {self.untreated_per_week} true cramps a week: both must be above 0"
            )


@dataclass(frozen=True, slots=True)
class TrialConsequence:
    """The rate ratio that a trial would see; `low` and `high` are the envelope of the intervals, None if undefined.

    `precision_untreated` and `precision_treated` are the shares of counted cramps that would be true in each arm.
    """

    true_ratio: float
    observed_ratio: float | None
    low: float | None
    high: float | None
    precision_untreated: float | None
    precision_treated: float | None


def observed_ratio(rates: TrialRates, sensitivity: float, false_per_night: float) -> float | None:
    """Return the rate ratio of counts, with the same sensitivity and false cramps in both arms.

    Each arm's count is `sensitivity * true + 7 * false_per_night` a week, so sensitivity alone cancels and false
    cramps do not. None where nothing at all would be counted.
    """
    treated = weekly_count(rates.treated_per_week, sensitivity, false_per_night)
    untreated = weekly_count(rates.untreated_per_week, sensitivity, false_per_night)
    return treated / untreated if untreated > 0 else None


def weekly_count(true_per_week: float, sensitivity: float, false_per_night: float) -> float:
    """Return the cramps that would be counted in a week."""
    return sensitivity * true_per_week + NIGHTS_PER_WEEK * false_per_night


def weekly_precision(true_per_week: float, sensitivity: float, false_per_night: float) -> float | None:
    """Return the share of counted cramps that are true; None where none would be counted."""
    count = weekly_count(true_per_week, sensitivity, false_per_night)
    return sensitivity * true_per_week / count if count > 0 else None


def trial_consequence(rates: TrialRates, sensitivity: Proportion, false_per_night: Rate) -> TrialConsequence:
    """Carry measured sensitivity and false cramps into a trial, with the envelope of their intervals.

    The ratio falls with sensitivity and rises with false cramps, so its extremes lie at the ends of the two
    95 % intervals; the envelope holds both with a confidence of at least 90 % (Bonferroni).
    """
    true_ratio = rates.treated_per_week / rates.untreated_per_week
    found, low, high = sensitivity.value, sensitivity.low, sensitivity.high
    false, fewest, most = false_per_night.value, false_per_night.low, false_per_night.high
    if found is None or low is None or high is None or false is None or fewest is None or most is None:
        return TrialConsequence(true_ratio, None, None, None, None, None)
    return TrialConsequence(
        true_ratio=true_ratio,
        observed_ratio=observed_ratio(rates, found, false),
        low=observed_ratio(rates, high, fewest),
        high=observed_ratio(rates, low, most),
        precision_untreated=weekly_precision(rates.untreated_per_week, found, false),
        precision_treated=weekly_precision(rates.treated_per_week, found, false),
    )
