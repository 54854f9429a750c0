"""What can keep a sample size from being found."""

from trial.errors import TrialError


class PowerError(TrialError):
    """The assumptions cannot be used, or no sample size answers them; the message says why and what to do."""
