"""What all errors of a trial have in common."""


class TrialError(ValueError):
    """A study cannot be used, or not so; the message says why and what to do."""
