"""A sensor's own counter made one that never wraps, told when it began again; and its rate by the host's clock."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import Polynomial

from signals import GapReason

MARGIN_S = 0.3
"""How late a packet may come compared with the one before it: radio retries, buffers, a busy computer."""
RATE_TOLERANCE = 0.05
FRESH_SLACK_S = 1.5


@dataclass(frozen=True, slots=True)
class Place:
    """Where a packet lies: the run of the sensor, the count within it, and why that run began."""

    epoch: int
    counter: int
    began: GapReason


class LongCount:
    """A counter from 0 at the sensor's start which no night makes wrap twice; a restart is told by it.

    `place` judges the wrapped value. The sensor began again when the value runs back, or when it has gone on by
    less than the time without a link would have it (the sensor restarted meanwhile and counted past the old value).
    """

    def __init__(self, modulus: int, rate_hz: float) -> None:
        self._modulus = modulus
        self._rate_hz = rate_hz
        self._last: int | None = None
        self._received_s = 0.0
        self._place = Place(0, 0, GapReason.SENSOR_RESTART)
        self._reopened = False

    def reopen(self) -> None:
        """Note that the link was down since the last packet."""
        self._reopened = True

    def place(self, value: int, received_s: float) -> Place | None:
        """Return where a packet whose first sample has the count `value` lies; None where it stands still."""
        if self._last is None:
            place = Place(0, value, GapReason.SENSOR_RESTART)
        else:
            step = (value - self._last) % self._modulus
            if step == 0:
                return None
            silent_s = received_s - self._received_s if self._reopened else 0.0
            least = (silent_s * (1 - RATE_TOLERANCE) - FRESH_SLACK_S) * self._rate_hz
            if step >= self._modulus // 2 or step < least:
                place = Place(self._place.epoch + 1, value, GapReason.SENSOR_RESTART)
            else:
                place = Place(self._place.epoch, self._place.counter + step, self._place.began)
        self._last, self._received_s, self._place, self._reopened = value, received_s, place, False
        return place


class ShortCount:
    """A counter that wraps within seconds or minutes: after a silence nobody knows how often it did.

    Where that is so a new epoch begins, with the reason `LINK_LOST`. With `checked` False (a format without a
    checksum) a count that runs ahead of the clock is taken for damage, unless the next packet goes on from it.
    """

    def __init__(self, modulus: int, rate_hz: float, *, checked: bool) -> None:
        self._modulus = modulus
        self._rate_hz = rate_hz
        self._checked = checked
        self._last: int | None = None
        self._suspect: int | None = None
        self._received_s = 0.0
        self._place = Place(-1, 0, GapReason.LINK_LOST)

    def reopen(self) -> None:
        """Note that the link was down: the next packet begins a new epoch."""
        self._last = self._suspect = None

    def place(self, value: int, received_s: float) -> Place | None:
        """Return where a packet with the count `value` lies; None where the count stands still or cannot be."""
        silent_s = received_s - self._received_s + MARGIN_S
        if self._last is None or silent_s * self._rate_hz >= self._modulus:
            return self._begin(value, received_s)
        step = (value - self._last) % self._modulus
        if step == 0:
            return None
        if not self._checked and step > silent_s * self._rate_hz:
            near = self._suspect is not None and 0 < (value - self._suspect) % self._modulus <= 2  # noqa: PLR2004 - one lost
            if near:
                return self._begin(value, received_s)
            self._suspect = value
            return None
        place = Place(self._place.epoch, self._place.counter + step, self._place.began)
        return self._take(place, value, received_s)

    def _begin(self, value: int, received_s: float) -> Place:
        return self._take(Place(self._place.epoch + 1, 0, GapReason.LINK_LOST), value, received_s)

    def _take(self, place: Place, value: int, received_s: float) -> Place:
        self._last, self._suspect, self._received_s, self._place = value, None, received_s, place
        return place


def measured_rate_hz(counters: Sequence[int], received_s: Sequence[float]) -> float:
    """Return the slope of the counts over their times of arrival, by least squares.

    With arrivals late by a random 0 to J seconds over T seconds and n packets its standard error is
    rate x J / (T sqrt(n)): 0.02 % for 20 ms, 10 s and 100 packets or more.
    """
    times = np.asarray(received_s, np.float64)
    line = Polynomial.fit(times - times.mean(), np.asarray(counters, np.float64), 1).convert()
    return float(line.coef[1])
