"""One run of a sensor: from when it begins to sample to when it ends, with everything numbered from 0."""

from math import ceil, floor

from firmware_bridge.virtual.configuration import Configuration
from firmware_bridge.virtual.crystal import TICK_HZ
from firmware_bridge.virtual.feed import Feed
from firmware_bridge.virtual.ring import Ring
from firmware_bridge.virtual.sampler import Sampler, Timed
from firmware_bridge.wire.frames import EMG, RestartCause


class Run:
    """Samples all streams that are on, keeps their frames, and knows when a status is due.

    `started_s` is the crystal's time since the sensor first sampled, `clock_s` since it was switched on. `rings`
    are empty once the run is over.
    """

    def __init__(
        self,
        boot: int,
        cause: RestartCause,
        feed: Feed,
        configuration: Configuration,
        started_s: float,
        clock_s: float,
    ) -> None:
        self.boot, self.cause, self.started_s = boot, cause, started_s
        self.ticks = floor(clock_s * TICK_HZ)
        self.samplers: dict[str, Sampler] = {}
        self.rings: dict[str, Ring] = {}
        self._feed = feed
        self._next_status_s = 1  # START is answered by one at once
        for name, setting in configuration.settings.items():
            origin = ceil(started_s * feed.streams[name].fs_hz)
            converter = configuration.converter(name, setting)
            self.samplers[name] = Sampler(feed, name, setting, converter, origin, self.ticks)

    def prepare(self, keeps_s: float, payload_bytes: int, *, remembers: bool) -> None:
        """Make room for the frames of `keeps_s` seconds, each as long as a link carries."""
        self.fit(payload_bytes)
        for name, sampler in self.samplers.items():
            most_rows = sampler.setting.rate_mhz // 1000 + 1  # more than any frame: one may be in the making
            self.rings[name] = Ring(ceil(keeps_s * sampler.setting.rate_mhz / 1000) + most_rows)
            sampler.remembers = remembers

    def fit(self, payload_bytes: int) -> None:
        """Make the next frames as long as a link carries."""
        for sampler in self.samplers.values():
            sampler.rows = sampler.setting.rows(payload_bytes)

    @property
    def ended(self) -> bool:
        """Whether the source of the EMG, or else of any stream, has no more samples."""
        first = self.samplers.get(EMG) or next(iter(self.samplers.values()), None)
        return first is not None and first.ended

    @property
    def frames_per_s(self) -> float:
        """Frames that all streams make in a second."""
        return sum(sampler.setting.rate_mhz / 1000 / sampler.rows for sampler in self.samplers.values())

    def advance(self, device_s: float) -> tuple[list[Timed], list[int]]:
        """Sample up to `device_s`; return the new frames, which are kept, and when (s) a status is due."""
        seconds = device_s - self.started_s
        made = [timed for sampler in self.samplers.values() for timed in sampler.advance(seconds, self.boot)]
        for timed in made:
            self.rings[timed.frame.stream].append(timed.frame)
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
