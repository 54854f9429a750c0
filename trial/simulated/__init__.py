"""Made-up trials with a known truth, to try the whole way of a trial on, and the way of a diary beside it."""

from trial.simulated.plan import K2, PLANS, TrialPlan
from trial.simulated.trial import SimulatedTrial, simulate_trial

__all__ = ["K2", "PLANS", "SimulatedTrial", "TrialPlan", "simulate_trial"]
