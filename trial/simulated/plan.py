"""What a made-up trial is like: people, rates, what goes missing, and how wrong sensor and diary are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialPlan:
    """Every number of a made-up trial; "assumed" where nothing is published.

    Rates are true cramps of the monitored leg a week (7 nights of 8 h); `dispersion` is phi of Var = mu + phi mu^2
    between people, `change_dispersion` of a person's rate in treatment over that before, which no baseline can
    foresee, `night_dispersion` of the nights of one person.
    """

    # who: vitamin K2 trial (Tan 2024, doi 10.1001/jamainternmed.2024.5726): 103 and 96, 2 centres, 8 weeks
    n_treated: int = 103
    n_control: int = 96
    sites: tuple[str, ...] = ("A", "B")
    run_in_nights: int = 14
    treatment_nights: int = 56
    # how often: the same source; run-in 2.60 and 2.71 a week
    run_in_per_week: float = 2.65
    control_per_week: float = 3.63
    treated_per_week: float = 0.96
    dispersion: float = 0.8  # moments of published trials give 0.3-1.6
    change_dispersion: float = 0.2  # assumed: of a person's rate from the run-in to the treatment, in either arm
    night_dispersion: float = 0.5  # assumed: cramps come in bad nights
    # how long a night is seen: assumed, after losses of home recordings
    night_h: float = 7.5
    night_sd_h: float = 1.0
    lost_share: float = 0.05  # of a night, short gaps
    missed_share: float = 0.12  # of nights without any recording, mean over people
    missed_dispersion: float = 1.0  # of that share between people
    dropout_share: float = 0.06  # of participants, at a random night of the treatment, nothing after it
    partial_share: float = 0.06  # of nights that end early, uniformly
    # what a cramp is like: simulation's own durations (median 2 min)
    duration_median_s: float = 120.0
    duration_sigma: float = 0.7
    # sensor: validation of the scoring profile on simulated nights, and how large that validation is
    sensitivity: float = 0.97
    false_per_night: float = 0.035
    validation_cramps: int = 99
    validation_nights: int = 310
    # diary: under-reporting after Hoppe 2007 (in sleep), fatigue over weeks and made-up entries after Stone 2003
    diary_noticed: float = 0.75  # assumed share of cramps that wake and are written down in the first week
    diary_fatigue_per_week: float = 0.97  # assumed: that share falls by this factor a week
    diary_left_out: float = 0.11  # of nights without an entry
    diary_made_up: float = 0.25  # assumed share of entries written later from memory: the person's usual number
    diary_other_per_week: float = 0.5  # assumed: felt in the foot or in the other leg, and written down as cramps
    diary_expectation: float = 1.0  # factor on what the treated write down; below 1 where an open trial biases them

    def __post_init__(self) -> None:
        shares = (self.lost_share, self.missed_share, self.dropout_share, self.partial_share, self.sensitivity)
        if not all(
            0 <= share <= 1 for share in (*shares, self.diary_noticed, self.diary_left_out, self.diary_made_up)
        ):
            raise ValueError("a share lies between 0 and 1")
        if min(self.run_in_per_week, self.control_per_week, self.treated_per_week) <= 0:
            raise ValueError("a rate of cramps lies above 0")

    @property
    def true_ratio(self) -> float:
        """The rate ratio that was planted."""
        return self.treated_per_week / self.control_per_week


K2 = TrialPlan()
"""Like the vitamin K2 trial, with one monitored leg."""

PLANS = {"k2": K2}
"""By the name that somebody asks for."""
