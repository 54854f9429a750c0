"""The resting floor of one muscle: what it measures when nobody uses it."""

from bisect import bisect_left, insort
from collections import deque

from detection.settings import DetectionSettings


class RestingFloor:
    """A low quantile of the resting seconds of the last minutes, in uV RMS.

    It is shown every second but learns only from rest: not from activity, nor from the bridging time after
    it (`hold_ticks`), in which an episode may still be in progress, nor from artefact or gaps. Until the
    first resting second it stands at `floor_start_uv`.
    """

    def __init__(self, settings: DetectionSettings, hold_ticks: int, memory_ticks: int) -> None:
        self._settings = settings
        self._hold = hold_ticks
        self._memory = memory_ticks
        self._recent: deque[float] = deque()
        self._sorted: list[float] = []
        self._quiet = hold_ticks  # ticks since the last activity; a recording may begin with rest
        self.uv = settings.floor_start_uv
        """The floor."""
        self.seen = 0
        """Resting ticks learned since the start or since the floor was lost."""

    def update(self, typical_uv: float, *, active: bool, clean: bool) -> None:
        """Show one tick: its typical RMS, whether the muscle was active in it, whether nothing disturbed it."""
        if active:
            self._quiet = 0
        elif clean:
            self._quiet += 1
            if self._quiet > self._hold:
                self._learn(typical_uv)

    def restart(self, typical_uv: float | None = None) -> None:
        """Forget all rest, as when electrodes were off; `typical_uv` is then taken for rest, where given."""
        self._recent.clear()
        self._sorted.clear()
        self.uv = self._settings.floor_start_uv
        self.seen = 0
        self._quiet = self._hold
        if typical_uv is not None:
            self._learn(typical_uv)

    def _learn(self, typical_uv: float) -> None:
        self._recent.append(typical_uv)
        insort(self._sorted, typical_uv)
        self.seen += 1
        if len(self._recent) > self._memory:
            del self._sorted[bisect_left(self._sorted, self._recent.popleft())]
        quantile = self._sorted[int(self._settings.floor_quantile * len(self._sorted))]
        self.uv = max(self._settings.floor_min_uv, quantile)
