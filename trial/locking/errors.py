"""What can keep a study from being locked or proved."""


class LockError(ValueError):
    """The lock cannot be set or checked; the message says why and what to do."""
