"""What can keep diary and sensor from being compared."""

from trial.errors import TrialError


class ConcordanceError(TrialError):
    """There is nothing to compare, or not so; the message says why and what to do."""
