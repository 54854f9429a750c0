"""What can keep a report from being written."""

from trial.errors import TrialError


class ReportError(TrialError):
    """The report cannot be written; the message says why and what to do."""
