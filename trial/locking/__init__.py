"""Freezing a study: a signed list of all that it consists of, and the proof that nothing of it has changed."""

from trial.locking.keys import new_key, read_private_key
from trial.locking.lock import LockError, lock_study
from trial.locking.proof import prove

__all__ = ["LockError", "lock_study", "new_key", "prove", "read_private_key"]
