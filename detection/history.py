"""The hops of the last while, kept as long as an episode may still need them."""

import numpy as np
from numpy.typing import NDArray

from detection.emg import CLIPPED, HopScores
from detection.episode import Envelope
from detection.ticks import State


class HopHistory:
    """Scores of consecutive hops of all EMG channels, addressed by hop index; the scored muscle comes first."""

    def __init__(self, n_channels: int, hop_samples: int) -> None:
        self._hop_samples = hop_samples
        self._first = 0
        self._level = np.zeros((n_channels, 0))
        self._scored = np.zeros((2, 0))  # power, frequency
        self._state: State = np.zeros(0, np.int8)
        self._artefact: NDArray[np.bool_] = np.zeros(0, bool)

    def append(self, scores: list[HopScores], oldest: int | None) -> None:
        """Add the next hops; forget those before `oldest`, all if it is None."""
        known_end = self._first + len(self._state)
        cut = (known_end if oldest is None else max(self._first, oldest)) - self._first
        scored = scores[0]
        self._level = np.concatenate([self._level[:, cut:], np.stack([s.level_uv for s in scores])], axis=1)
        self._scored = np.concatenate(
            [self._scored[:, cut:], np.stack([scored.power_uv2, scored.frequency_hz])], axis=1
        )
        self._state = np.concatenate([self._state[cut:], scored.state])
        self._artefact = np.concatenate([self._artefact[cut:], scored.artefact])
        self._first += cut

    def observed(self, start: int, end: int) -> int:
        """How many hops of `[start, end)` have a level of the scored muscle."""
        a, b = max(0, start - self._first), max(0, end - self._first)
        return int((~np.isnan(self._level[0, a:b])).sum())

    def envelope(self, start: int, end: int) -> Envelope:
        """Copy the hops `[start, end)` out."""
        a, b = start - self._first, end - self._first
        return Envelope(
            hop_samples=self._hop_samples,
            level_uv=self._level[:, a:b].copy(),
            power_uv2=self._scored[0, a:b].copy(),
            frequency_hz=self._scored[1, a:b].copy(),
            saturated=self._state[a:b] == CLIPPED,
            artefact=self._artefact[a:b].copy(),
        )
