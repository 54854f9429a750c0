"""The sensor's clock against the host's, from nothing but when samples came in.

A sample that the sensor took at its time d reaches the host at `origin + slope * d + delay`, where the delay is
never negative, often small and sometimes seconds long. The line therefore runs along the lower edge of all points:
it lies below every point and has the smallest sum of distances to them. That is the linear programme of Moon,
Skelly and Towsley, "Estimation and removal of clock skew from network delay measurements", IEEE INFOCOM 1999; its
solution is the edge of the lower convex hull below the mean of d. Departures: only the earliest point of every 10 s
is kept, and of those the last two hours, so that memory is constant and a drift that changes with temperature is
followed; and where the points come to lie off the line for good, a step, a new line is begun whose slope starts as
the old one.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

BIN_S = 10.0
BINS = 720
LEAST_SPAN_S = 30.0
"""Below it no slope is fitted: the delays of radio links scatter by tens of milliseconds."""
UNKNOWN_PPM = 200.0
"""What the slope is good to before any fit; a crystal is within 100 ppm, a rate that is badly named is not."""
CRYSTAL_PPM, MISNAMED_PPM = 200.0, 50_000.0
"""By how much a fit may differ from the one before, and the first from the rate that the sensor names: samples that
piled up somewhere and come all at once look like a clock that races."""
AHEAD_S = 0.05
"""A sample cannot come this much before it is taken: the clocks have stepped against each other."""
BEHIND_S = 0.25
BEHIND_BINS = 6
"""When all of a minute comes too late by this and by the same, it is a step and not a delay."""
QUANTUM_S = 1e-4


@dataclass(frozen=True, slots=True)
class Drift:
    """By how many parts per million the sensor's clock is slow, give or take `uncertainty_ppm`."""

    ppm: float
    uncertainty_ppm: float


class DeviceClock:
    """A running fit of the host's monotonic time of arrival to the sensor's time, both in seconds.

    Give it the end of each chunk that carries the stream on, never of chunks that were asked for again.
    """

    def __init__(self, drift: Drift | None = None) -> None:
        self._prior = drift or Drift(0.0, UNKNOWN_PPM)
        self._drift = self._prior
        self._points: deque[tuple[float, float]] = deque(maxlen=BINS)
        self._earliest: tuple[float, float] | None = None  # of the bin that is open
        self._bin_began_s = 0.0
        self._origin_s: float | None = None
        self._newest_s = 0.0
        self.steps = 0

    @property
    def is_set(self) -> bool:
        """Whether any arrival is known."""
        return self._origin_s is not None

    @property
    def drift(self) -> Drift:
        """The drift, as well as it is known by now."""
        return self._drift

    @property
    def _slope(self) -> float:
        return 1.0 + self._drift.ppm * 1e-6

    def host_at(self, device_s: float) -> float:
        """Return when the host gets what the sensor takes at `device_s`, if it comes without delay."""
        if self._origin_s is None:
            raise RuntimeError("no sample has come yet: the sensor's time is unknown")
        return self._origin_s + self._slope * device_s

    def device_at(self, host_s: float) -> float:
        """Return what the sensor's clock shows at the host's time, less the shortest delay of the link."""
        if self._origin_s is None:
            raise RuntimeError("no sample has come yet: the sensor's time is unknown")
        return (host_s - self._origin_s) / self._slope

    def restart(self) -> None:
        """Forget where the sensor's time lies, as after a restart, but not how fast it runs."""
        if self._drift.uncertainty_ppm < self._prior.uncertainty_ppm:
            self._prior = self._drift
        self._points.clear()
        self._earliest = None
        self._origin_s = None

    def update(self, device_s: float, host_s: float) -> None:
        """Take one arrival."""
        if self._origin_s is None:
            self._begin(device_s, host_s)
            return
        late_s = host_s - self.host_at(device_s)
        slack_s = abs(device_s - self._newest_s) * (self._drift.uncertainty_ppm + 20.0) * 1e-6
        if late_s < -(AHEAD_S + slack_s) and len(self._points) >= BEHIND_BINS:
            self._step()
            self._begin(device_s, host_s)
            return
        self._newest_s = max(self._newest_s, device_s)
        self._origin_s += min(0.0, late_s)
        if self._earliest is None or host_s - device_s < self._earliest[1] - self._earliest[0]:
            self._earliest = (device_s, host_s)
        if device_s - self._bin_began_s >= BIN_S:
            self._points.append(self._earliest)
            self._earliest, self._bin_began_s = None, device_s
            self._fit()

    def _begin(self, device_s: float, host_s: float) -> None:
        self._earliest = (device_s, host_s)
        self._bin_began_s = self._newest_s = device_s
        self._origin_s = host_s - self._slope * device_s

    def _step(self) -> None:
        self.steps += 1
        self.restart()

    def _fit(self) -> None:
        late = [host_s - self.host_at(device_s) for device_s, host_s in list(self._points)[-BEHIND_BINS:]]
        if len(self._points) > BEHIND_BINS and min(late) > BEHIND_S and max(late) - min(late) < BEHIND_S:
            points = list(self._points)[-BEHIND_BINS:]
            self._step()
            self._points.extend(points)
        x, y = np.array(self._points).T
        span_s = float(x[-1] - x[0])
        if span_s >= LEAST_SPAN_S:
            slope = _lower_edge(self._points, float(x.mean()))
            above_s = y - slope * x
            spread_s = float(np.median(above_s - above_s.min())) + QUANTUM_S
            fitted = Drift((slope - 1.0) * 1e6, 4.0 * spread_s / span_s * 1e6)
            known = self._prior.uncertainty_ppm < UNKNOWN_PPM
            likely = abs(fitted.ppm - self._prior.ppm) <= (CRYSTAL_PPM if known else MISNAMED_PPM)
            better = likely and fitted.uncertainty_ppm < self._prior.uncertainty_ppm
            self._drift = fitted if better else self._prior
        self._origin_s = float((y - self._slope * x).min())


def _lower_edge(points: "deque[tuple[float, float]]", at: float) -> float:
    """Return the slope of the edge of the lower convex hull below `at` (Andrew's monotone chain)."""
    hull: list[tuple[float, float]] = []
    for x, y in sorted(points):
        while len(hull) > 1 and (hull[-1][0] - hull[-2][0]) * (y - hull[-2][1]) <= (x - hull[-2][0]) * (
            hull[-1][1] - hull[-2][1]
        ):
            hull.pop()
        hull.append((x, y))
    right = next((i for i in range(1, len(hull)) if hull[i][0] >= at), len(hull) - 1)
    (x0, y0), (x1, y1) = hull[right - 1], hull[right]
    return (y1 - y0) / (x1 - x0)
