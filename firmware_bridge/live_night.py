"""A night as it comes in: readings in, events out; what time it is, and what is to be asked for."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from firmware_bridge.backfill import Backfill
from firmware_bridge.device_clock import DeviceClock, Drift
from firmware_bridge.events import Event, Placed, Released
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Absent, Chunk, Defects, Missing, Reading, Setup
from firmware_bridge.sensor import SensorError
from firmware_bridge.sequencing import Heads, Sequencer
from signals import CountBlock, CountedStream, Gap, Scale, seconds_at

SAME_BOOT_S = 1.0
"""When UTC less monotonic time is what it was, to this, the computer was not restarted meanwhile."""


class LiveNight:
    """One night after another from one sensor. Does no I/O; time is what the host's clock says.

    UTC within a night is the monotonic clock plus one offset, taken when the night begins: when the system's clock
    is set during the night, nothing folds. `utc_step` says by how much it was.
    """

    def __init__(self, clock: HostClock) -> None:
        self.began: datetime | None = None
        self._clock = clock
        self._utc_offset_s = self._system_offset_s()
        self._setup: Setup | None = None
        self._streams: tuple[CountedStream, ...] = ()
        self._device = DeviceClock()
        self._sequencer: Sequencer | None = None
        self._backfill = Backfill({})
        self._stops: list[tuple[float | None, float]] = []
        self._restored_end_s = 0.0

    @property
    def drift(self) -> Drift:
        """How the sensor's clock runs against the host's."""
        return self._device.drift

    @property
    def utc_step(self) -> timedelta:
        """By how much the system's clock was set since the night began."""
        return timedelta(seconds=self._system_offset_s() - self._utc_offset_s)

    def open(self, setup: Setup) -> None:
        """Learn what the sensor delivers. Raises `SensorError` where the night was begun with something else."""
        begun = self._sequencer is not None and (self._restored_end_s > 0 or self._sequencer.heads is not None)
        if begun and _what_is_stored(setup.streams) != _what_is_stored(self._streams):
            raise SensorError(
                f"the sensor now delivers {_described(setup.streams)}, but the night was begun with "
                f"{_described(self._streams)}; let it deliver that, or end the night"
            )
        self._setup = setup
        if not begun:
            self._begin(setup.streams, None)
        elif self._sequencer is not None:
            self._sequencer.configure(setup.keeps_s, setup.tick_hz)

    def restore(
        self, streams: Sequence[CountedStream], blocks: Iterable[CountBlock], gaps: Iterable[Gap], began: datetime
    ) -> Iterator[Released]:
        """Take a stored night back; yields what is released of it."""
        sequencer = self._begin(tuple(streams), None)
        self.began = began
        now_offset_s = self._utc_offset_s
        for gap in gaps:
            sequencer.restore_gap(gap)
        for block in blocks:
            then_offset_s = block.received.timestamp() - block.received_s
            same_boot = abs(then_offset_s - now_offset_s) < SAME_BOOT_S
            sequencer.restore_block(
                block, block.received_s if same_boot else block.received.timestamp() - now_offset_s
            )
            if items := sequencer.release():
                yield Released(items)
        if items := sequencer.release():
            yield Released(items)
        self._stops.append((None, self._clock.monotonic()))
        self._restored_end_s = sequencer.end_s

    def take(self, readings: Sequence[Reading]) -> list[Event]:
        """Place what came; returns events in the order of `Placed`, `Released`, and the rest."""
        placed: list[Event] = []
        rest: list[Event] = []
        sequencer = self._sequencer
        if sequencer is None:
            raise RuntimeError("readings came before the sensor was open")
        for reading in readings:
            if isinstance(reading, Chunk):
                blocks = self._put(sequencer, reading)
                placed.extend(Placed(block) for block in blocks)
            elif isinstance(reading, Absent):
                sequencer.absent(reading)
            else:
                rest.append(reading)
        if items := sequencer.release():
            placed.append(Released(items))
        if sequencer.defects:
            rest.append(Defects(dict(sequencer.defects)))
            sequencer.defects.clear()
        return placed + rest

    def due(self, now_s: float) -> list[Missing]:
        """Return what to ask the sensor for now; what was asked for in vain too often is given up."""
        sequencer = self._sequencer
        if sequencer is None or self._setup is None or not self._setup.keeps_s:
            return []
        holes = sequencer.missing()
        if not holes:
            return []
        ask, hopeless = self._backfill.plan(holes, now_s)
        for missing in hopeless:
            sequencer.absent(Absent(missing.stream, missing.epoch, missing.first, missing.end))
        return ask

    def link_lost(self) -> None:
        """Learn that nothing that was asked for will come."""
        self._backfill.link_lost()

    def host_stopped(self, began_s: float, ended_s: float) -> None:
        """Learn that the host did not run between two moments of its monotonic clock."""
        self._stops.append((began_s, ended_s))

    def close(self) -> Released:
        """End the night; the next sample that comes is sample 0 of another."""
        sequencer = self._sequencer
        if sequencer is None:
            return Released(())
        items = sequencer.close()
        self._begin(self._streams, sequencer.heads)
        return Released(items)

    def _begin(self, streams: tuple[CountedStream, ...], past: Heads | None) -> Sequencer:
        self.began = None
        self._streams = streams
        self._utc_offset_s = self._system_offset_s()
        self._device = DeviceClock(self._device.drift)
        self._sequencer = Sequencer(streams, self._device, past)
        if self._setup is not None:
            self._sequencer.configure(self._setup.keeps_s, self._setup.tick_hz)
        self._backfill = Backfill({stream.name: stream.fs_hz for stream in streams})
        self._stops.clear()
        self._restored_end_s = 0.0
        return self._sequencer

    def _put(self, sequencer: Sequencer, chunk: Chunk) -> list[CountBlock]:
        if self._stops:
            self._settle_stops(sequencer)
        blocks = sequencer.put(chunk, self._utc(chunk.received_s))
        self._backfill.came(chunk, chunk.received_s)
        if blocks:
            if self._stops:  # the sensor's clock may have been unknown before
                self._settle_stops(sequencer)
                self._stops.clear()
            if self.began is None:
                fs_hz = next(stream.fs_hz for stream in self._streams if stream.name == chunk.stream)
                self.began = blocks[-1].received - timedelta(seconds=seconds_at(blocks[-1].end, fs_hz))
        return blocks

    def _settle_stops(self, sequencer: Sequencer) -> None:
        """Say in the night's own time when the host did not run, as far as that can be known by now."""
        if not self._device.is_set:
            return
        for began_s, ended_s in tuple(self._stops):
            first_s = self._restored_end_s if began_s is None else self._device.device_at(began_s)
            end_s = self._device.device_at(ended_s)
            if first_s < end_s:
                sequencer.losses.host_stopped(first_s, end_s)
                self._stops.remove((began_s, ended_s))

    def _system_offset_s(self) -> float:
        return self._clock.utc().timestamp() - self._clock.monotonic()

    def _utc(self, host_s: float) -> datetime:
        return datetime.fromtimestamp(host_s + self._utc_offset_s, UTC)


def _what_is_stored(streams: Sequence[CountedStream]) -> list[tuple[str, float, tuple[Scale, ...]]]:
    """Return what makes blocks of one night belong together; labels may be put otherwise."""
    return [(stream.name, stream.fs_hz, stream.scales) for stream in streams]


def _described(streams: Sequence[CountedStream]) -> str:
    return ", ".join(
        f"{stream.name} with {len(stream.channels)} channels at {stream.fs_hz:g} Hz" for stream in streams
    )
