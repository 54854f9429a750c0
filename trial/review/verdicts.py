"""The labels that a reader may give, and what two or three of them come to."""

from collections.abc import Sequence
from enum import StrEnum

from models import Label

CANNOT_TELL = "cannot_tell"
READ_LABELS: tuple[str, ...] = (*(label.value for label in Label), CANNOT_TELL)
"""The closed set: what the program may call an episode, and `cannot_tell`."""

PAIR, MOST = 2, 3
"""Readings that every packet gets, and the most that it can have."""


class State(StrEnum):
    """How far a packet has come."""

    UNREAD = "unread"
    READ_ONCE = "read_once"
    DISPUTED = "disputed"  # waits for the third reader
    DONE = "done"


class Verdict(StrEnum):
    """What the readers of a packet come to."""

    CRAMP = "cramp"
    NOT_CRAMP = "not_cramp"
    UNDECIDED = "undecided"  # the program's own label stands


def is_cramp(label: str) -> bool | None:
    """Whether a reader saw a cramp; None where it cannot be told."""
    return None if label == CANNOT_TELL else label == Label.CRAMP


def state_of(labels: Sequence[str]) -> State:
    """Return how far a packet has come, by its readings in the order in which they were entered."""
    if len(labels) < PAIR:
        return State.READ_ONCE if labels else State.UNREAD
    return State.DONE if len(labels) == MOST or _majority(labels[:PAIR]) is not None else State.DISPUTED


def verdict_of(labels: Sequence[str]) -> Verdict | None:
    """Return what the readings of a packet come to; None while one is still wanted.

    Two that agree on cramp or not decide, whatever else they call it. Where they do not, or one cannot tell, the
    majority of three decides; without one the packet stays undecided.
    """
    if state_of(labels) is not State.DONE:
        return None
    return _majority(labels) or Verdict.UNDECIDED


def _majority(labels: Sequence[str]) -> Verdict | None:
    """Return what at least two readings say, None where no two say the same."""
    seen = [is_cramp(label) for label in labels]
    if seen.count(True) >= PAIR:
        return Verdict.CRAMP
    return Verdict.NOT_CRAMP if seen.count(False) >= PAIR else None
