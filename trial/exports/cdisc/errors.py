"""What can be wrong with a data set for a regulator."""

from trial.errors import TrialError


class CdiscError(TrialError):
    """A data set cannot be written as it is; the message names data set, variable, row and value."""
