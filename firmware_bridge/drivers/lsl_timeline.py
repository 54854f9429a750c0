"""Sample counters made of Lab Streaming Layer's time stamps."""

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.sensor import LinkLostError, SensorError

JUMP_S = 0.1
"""Time stamps that are off by more are taken for a loss, by less for jitter of the sender."""
FOLLOW_S = 1.0
"""How quickly the expected time follows the time stamps."""
APART_S = 60.0
"""Streams whose first time stamps are further from those of the others are of different clocks."""


class Session:
    """Where the counts of all streams begin, from `open` to `close`: at the first time stamp of any of them."""

    def __init__(self) -> None:
        self.zero_s: float | None = None
        self.latest_s = 0.0

    def count(self, stamp_s: float, fs_hz: float) -> int:
        """Return the count of a stream's first sample, maybe below 0. Raises `SensorError` for another clock."""
        if self.zero_s is None:
            self.zero_s = self.latest_s = stamp_s
        if abs(stamp_s - self.latest_s) > APART_S:
            raise SensorError(
                f"the time stamps of the LSL streams are {abs(stamp_s - self.latest_s):.0f} s apart: they are of"
                " different clocks, and cannot be laid side by side"
            )
        return round((stamp_s - self.zero_s) * fs_hz)


class Timeline:
    """Counts of the samples of one stream, by their time stamps.

    Samples follow each other at the nominal rate as long as their time stamps do, give or take `JUMP_S`; LSL
    carries them over TCP, so that none is lost within a connection. A jump ahead is that many samples missing,
    rounded; a jump back is another clock, and ends the session.
    """

    def __init__(self, fs_hz: float, session: Session) -> None:
        self._fs_hz = fs_hz
        self._session = session
        self._jump_s = max(JUMP_S, 1.5 / fs_hz)
        self._expected_s: float | None = None
        self._counter = 0

    def place(self, stamps_s: NDArray[np.float64]) -> list[tuple[slice, int]]:
        """Return for samples with these stamps: stretches without a hole, each with its first count.

        What was taken before the session began is left out. Raises `LinkLostError` where the stamps run back.
        """
        period_s = 1 / self._fs_hz
        if self._expected_s is None:
            self._counter = self._session.count(float(stamps_s[0]), self._fs_hz)
            self._expected_s = float(stamps_s[0])
        expected_s = self._expected_s
        jumps_s = np.diff(stamps_s, prepend=expected_s - period_s) - period_s
        if (jumps_s < -self._jump_s).any():
            raise LinkLostError(f"the time stamps of an LSL stream ran back by {-jumps_s.min():.3f} s")
        broken = jumps_s > self._jump_s
        places: list[tuple[slice, int]] = []
        for first, end in pairwise([0, *(int(i) for i in np.flatnonzero(broken) if i), len(stamps_s)]):
            if broken[first]:
                expected_s = float(stamps_s[first])
                self._counter += round(float(jumps_s[first]) * self._fs_hz)
            early = min(max(0, -self._counter), end - first)
            if early < end - first:
                places.append((slice(first + early, end), self._counter + early))
            lasts_s = (end - first) * period_s
            late_s = float((stamps_s[first:end] - expected_s - np.arange(end - first) * period_s).mean())
            expected_s += lasts_s + late_s * (1 - math.exp(-lasts_s / FOLLOW_S))
            self._counter += end - first
        self._expected_s = self._session.latest_s = expected_s
        return places
