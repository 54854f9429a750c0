"""What can keep an analysis from being done."""

from trial.errors import TrialError


class AnalysisError(TrialError):
    """The analysis cannot be done with these data; the message says why and what to do."""
