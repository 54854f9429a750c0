"""One run of a sensor: from a start to the next one, with everything numbered from 0."""

from collections.abc import Mapping
from math import ceil, floor

from firmware_bridge.virtual.feed import Feed
from firmware_bridge.virtual.ring import Ring
from firmware_bridge.virtual.sampler import Sampler, Setting, Timed
from firmware_bridge.wire.frames import EMG, RestartCause
from signals import Scale


class Run:
    """Samples all streams that are on, keeps their frames, and knows when a status is due.

    `started_s` is the crystal's time since the sensor first sampled. `rings` are empty once the run is over.
    """

    def __init__(
        self,
        boot: int,
        cause: RestartCause,
        feed: Feed,
        settings: Mapping[str, Setting],
        scales: Mapping[str, tuple[Scale, ...]],
        started_s: float,
    ) -> None:
        self.boot, self.cause, self.started_s = boot, cause, started_s
        self._feed = feed
        self._next_status_s = 0
        self.samplers = {
            name: Sampler(feed, name, setting, scales[name], ceil(started_s * feed.streams[name].fs_hz))
            for name, setting in settings.items()
        }
        self.rings: dict[str, Ring] = {}

    def keep(self, keeps_s: float) -> None:
        """Make room for the frames of `keeps_s` seconds."""
        for name, sampler in self.samplers.items():
            self.rings[name] = Ring(sampler.setting.ring_frames(keeps_s))

    @property
    def ended(self) -> bool:
        """Whether the source of the EMG, or of the only stream, has no more samples."""
        first = self.samplers.get(EMG) or next(iter(self.samplers.values()))
        return first.ended

    @property
    def frames_per_s(self) -> float:
        """Frames that all streams make in a second."""
        settings = [sampler.setting for sampler in self.samplers.values()]
        return sum(setting.rate_mhz / 1000 / setting.rows for setting in settings)

    def advance(self, device_s: float) -> tuple[list[Timed], list[int]]:
        """Sample up to `device_s`; return the new frames, which are kept, and when (s) a status is due."""
        seconds = device_s - self.started_s
        made = [timed for sampler in self.samplers.values() for timed in sampler.advance(seconds, self.boot)]
        self._keep(made)
        for name, stream in self._feed.streams.items():
            if name not in self.samplers:
                self._feed.skip(name, floor(device_s * stream.fs_hz))
        statuses = list(range(self._next_status_s, floor(seconds) + 1))
        self._next_status_s += len(statuses)
        return made, statuses

    def finish(self) -> list[Timed]:
        """End the run: return the last, short frames and keep nothing."""
        rest = [timed for sampler in self.samplers.values() for timed in sampler.finish(self.boot)]
        self.rings.clear()
        return rest

    def _keep(self, made: list[Timed]) -> None:
        for timed in made:
            self.rings[timed.frame.stream].append(timed.frame)
