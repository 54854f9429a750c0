"""Analogue to digital: which rates a sensor has, and what counts its converter makes of uV and g."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter

from firmware_bridge.virtual.feed import Floats
from signals import Channel, Counts, Modality, Scale, SosFilter, Stream

RANGES: dict[Modality, float] = {"EMG": 1500.0, "ACC": 4.0}
"""Half the range, in uV and g, of a channel whose rails the source does not say."""

MOST_DIVIDER = 64
GUARD = 0.4  # edge of the low-pass before a lower rate, as a share of that rate
GUARD_ORDER = 8


def scale_of(channel: Channel, bits: int) -> Scale:
    """Return the scale of a converter that spans the channel's rails symmetrically.

    The gain is a 32-bit float, as DESCRIBE sends it, so that both ends have the same.
    """
    low, high = channel.rails or (-RANGES[channel.modality], RANGES[channel.modality])
    return Scale(float(np.float32(max(-low, high) / 2 ** (bits - 1))), bits=bits)


def rates_mhz(stream: Stream) -> dict[int, int]:
    """Return the rates that a stream can have, in 1/1000 Hz, highest first, with the divider of each.

    Those are whole parts of the source's own rate, and whole numbers of 1/1000 Hz.
    """
    own = round(stream.fs_hz * 1000)
    return {own // k: k for k in range(1, MOST_DIVIDER + 1) if own % k == 0 and own // k >= 1000}  # noqa: PLR2004 - 1 Hz


@dataclass(frozen=True, slots=True)
class Conversion:
    """Samples as counted: `counts` (n, n_channels); `saturated` and `absent` (no contact) per sample."""

    counts: Counts
    saturated: NDArray[np.bool_]
    absent: NDArray[np.bool_]


class Converter:
    """Makes counts of one stream at every `divider`-th sample of the source; the same however the stream is cut.

    `bits` below those of the scales: the upper ones are sent.
    """

    def __init__(self, stream: Stream, scales: tuple[Scale, ...], divider: int, bits: int) -> None:
        self._divider = divider
        self._gains = np.array([scale.gain for scale in scales])
        self._halves = np.array([2 ** (scale.bits - 1) for scale in scales])
        self._shift = scales[0].bits - bits
        self._guards: list[SosFilter] = []
        if divider > 1:
            edge_hz = GUARD * stream.fs_hz / divider
            sections = butter(GUARD_ORDER, edge_hz, fs=stream.fs_hz, output="sos")
            self._guards = [SosFilter(sections) for _ in scales]

    def convert(self, values: Floats, present: NDArray[np.bool_]) -> Conversion:
        """Convert the next samples of the source, a whole number of `divider`s of them and at least one.

        What the source lacks becomes a count of 0 without contact.
        """
        for i, guard in enumerate(self._guards):
            values[:, i] = guard.update_between_gaps(values[:, i], present)
        absent = ~present[:: self._divider]
        wide = np.rint(values[:: self._divider] / self._gains)
        counts = np.clip(wide, -self._halves, self._halves - 1).astype(np.int32)
        counts[absent] = 0
        saturated = ((counts == -self._halves) | (counts == self._halves - 1)).any(axis=1)
        return Conversion(counts >> self._shift, saturated, absent)

    @property
    def rail(self) -> Counts:
        """The counts of loose electrodes: the current of the lead-off detection pulls the inputs up."""
        return (self._halves - 1).astype(np.int32) >> self._shift
