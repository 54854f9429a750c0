"""Causal filters that carry their state from block to block, so that the cut of a stream changes nothing."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, iirnotch, sosfilt, sosfilt_zi, tf2sos

Samples = NDArray[np.float64]


class SosFilter:
    """A cascade of second-order sections with carried state, for one channel.

    The first block after construction or `reset` starts in the steady state of its first sample, so that a
    constant offset gives no transient.
    """

    def __init__(self, sections: NDArray[np.float64]) -> None:
        self._sections = np.ascontiguousarray(sections)
        self._steady = sosfilt_zi(self._sections)
        self._state: NDArray[np.float64] | None = None

    def reset(self) -> None:
        """Forget the past, as after a gap."""
        self._state = None

    def update(self, x: Samples) -> Samples:
        """Filter the next samples, shape (n,); the same values result however the stream is cut."""
        if not len(x):
            return x
        if self._state is None:
            self._state = self._steady * x[0]
        filtered, self._state = sosfilt(self._sections, x, zi=self._state)
        return filtered

    def update_between_gaps(self, x: Samples, present: NDArray[np.bool_]) -> Samples:
        """Filter only the samples that are `present`, each stretch from its own steady state; 0 elsewhere."""
        filtered = np.zeros_like(x)
        edges = np.flatnonzero(np.diff(present, prepend=not present[0], append=not present[-1]))
        for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            if present[a]:
                filtered[a:b] = self.update(x[a:b])
            else:
                self.reset()
        return filtered


def band_pass(low_hz: float, high_hz: float, fs_hz: float, order: int) -> SosFilter:
    """Butterworth band-pass of `order` per edge; both edges must lie inside (0, fs/2)."""
    if not 0 < low_hz < high_hz < fs_hz / 2:
        raise ValueError(f"band {low_hz}-{high_hz} Hz does not fit below half the rate of {fs_hz} Hz")
    return SosFilter(butter(order, (low_hz, high_hz), "bandpass", fs=fs_hz, output="sos"))


def notches(frequencies_hz: tuple[float, ...], width_hz: float, fs_hz: float) -> SosFilter:
    """Return a cascade of one second-order notch, `width_hz` wide at -3 dB, per frequency."""
    sections = [tf2sos(*iirnotch(f, f / width_hz, fs=fs_hz)) for f in frequencies_hz]
    return SosFilter(np.concatenate(sections))
