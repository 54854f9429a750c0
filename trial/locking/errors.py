"""What can keep a study from being locked or proved."""

from trial.errors import TrialError


class LockError(TrialError):
    """The lock cannot be set or checked; the message says why and what to do."""
