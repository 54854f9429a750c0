"""Made-up trials with a known truth, to try the whole way of a trial on, and the way of a diary beside it."""

from trial.simulated.plan import K2, TrialPlan
from trial.simulated.trial import SimulatedTrial, simulate_trial

__all__ = ["K2", "SimulatedTrial", "TrialPlan", "simulate_trial"]
