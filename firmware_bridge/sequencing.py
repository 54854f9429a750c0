"""Chunks in any order in, a night without a hole out: placed, trimmed, asked for again, or known to be lost."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from firmware_bridge.counting import CountCheck
from firmware_bridge.device_clock import DeviceClock
from firmware_bridge.epochs import Epoch
from firmware_bridge.losses import Losses
from firmware_bridge.readings import Absent, Chunk, Defect, Missing
from firmware_bridge.timeline import Item, Timeline
from signals import CountBlock, CountedStream, Gap, GapReason, sample_at, seconds_at

LONGEST_JUMP_S = 86_400.0
"""A count that jumps further ahead is a defect."""
OVERLAP_S = 5.0
"""By how much a new run may seem to begin before the old one ended: what the delay of a link can be wrong by."""
LAG_S = 5.0
"""When one stream is this much behind another, what it lacks is missing and not late."""

ELECTRODES = "emg"
"""The stream that needs contact; acceleration does not."""

Heads = tuple[int, Mapping[str, int]]
"""An epoch, and the count of each stream just past what is known of it."""


class Sequencer:
    """Places what the sensor counts on the streams of one night, whose sample 0 is the first that comes.

    All streams of a run of the sensor are placed by one instant, that of their count 0: their counters start
    together. The driver of a sensor without such a common origin must count so that they do.

    `clock` learns when chunks came, and says how long the sensor was away between two runs. `past` is where the
    night before ended; what is before it does not begin a night.
    """

    def __init__(self, streams: Sequence[CountedStream], clock: DeviceClock, past: Heads | None = None) -> None:
        self.defects: Counter[Defect] = Counter()
        self._rates = {stream.name: stream.fs_hz for stream in streams}
        self._channels = {stream.name: len(stream.channels) for stream in streams}
        self._clock = clock
        self._keeps = True
        self._past = past
        self._lines = {name: Timeline() for name in self._rates}
        self._checks = {name: CountCheck(fs_hz) for name, fs_hz in self._rates.items()}
        self.losses = Losses({stream.name: stream for stream in streams})
        self._epochs: dict[int, Epoch] = {}
        self._epoch: Epoch | None = None
        self._restored_s = 0.0
        self._confirmed: set[str] = set()  # streams whose count in this run is borne out by two chunks
        self._unconfirmed: dict[str, Chunk] = {}

    @property
    def end_s(self) -> float:
        """Where the night ends by now, in seconds of the sensor's clock from sample 0."""
        return max(seconds_at(line.end, self._rates[name]) for name, line in self._lines.items())

    @property
    def heads(self) -> Heads | None:
        """How far the run of the sensor is known; None before its first sample."""
        if self._epoch is None:
            return None
        known = {name: self._epoch.head_of(name, line.end) for name, line in self._lines.items()}
        return self._epoch.number, known

    def configure(self, keeps_s: float, tick_hz: float | None) -> None:
        """Learn how long the sensor keeps samples, at 0 what is missing is lost at once; and its clock's rate."""
        self._keeps = keeps_s > 0
        for check in self._checks.values():
            check.configure(tick_hz)

    def restore_gap(self, gap: Gap) -> None:
        """Take a gap of the night as it was stored; all of them before any block."""
        self._lines[gap.stream].add(gap)

    def restore_block(self, block: CountBlock, received_s: float) -> None:
        """Take a block of the night as it was stored, each stream's in order; `received_s` by the clock of now."""
        fs_hz = self._rates[block.stream]
        epoch = self._epochs.get(block.epoch)
        if epoch is None:
            epoch = self._new_epoch(block.epoch, seconds_at(block.first_sample - block.counter, fs_hz))
        epoch.restore(block.stream, block.counter, block.first_sample)
        end_s = seconds_at(block.end, fs_hz)
        if end_s > self._restored_s:
            if self._epoch is not None and epoch is not self._epoch:
                self._clock.restart()
            self._epoch, self._restored_s = epoch, end_s
            self._clock.update(end_s, received_s)
        self._lines[block.stream].add(block)

    def put(self, chunk: Chunk, received: datetime) -> list[CountBlock]:
        """Place a chunk; return what of it is new. What cannot be placed is counted in `defects`."""
        if chunk.counts.shape[1] != self._channels.get(chunk.stream) or chunk.counter < 0:
            self.defects[Defect.DAMAGED] += 1
            return []
        if self._epoch is not None and chunk.epoch == self._epoch.number and chunk.stream in self._confirmed:
            return self._place(chunk, received)
        if self._epoch is not None and chunk.epoch != self._epoch.number and chunk.epoch in self._epochs:
            self.defects[Defect.REPLAYED] += 1  # that run is over, and what it lacked is lost
            return []
        return self._put_first(chunk, received)

    def absent(self, absent: Absent) -> None:
        """Learn what the sensor no longer has."""
        if self._epoch is not None and self._epoch.number == absent.epoch and absent.stream in self._lines:
            self._lose(
                absent.stream,
                self._epoch.sample_of(absent.stream, absent.first),
                self._epoch.sample_of(absent.stream, absent.end - 1) + 1,
                absent.reason,
            )

    def missing(self) -> list[Missing]:
        """Return what the sensor may still have, in order of time."""
        if self._epoch is None:
            return []
        found: list[tuple[float, Missing]] = []
        for name, line in self._lines.items():
            for first, end in line.holes(line.released, self._due(name)):
                found.extend(
                    (seconds_at(first, self._rates[name]), Missing(name, self._epoch.number, a, b))
                    for a, b in self._epoch.counts_of(name, first, end)
                )
        return [missing for _, missing in sorted(found, key=lambda pair: pair[0])]

    def release(self) -> tuple[CountBlock | Gap, ...]:
        """Give out what follows without a hole, each sample once; without contact as a gap."""
        if not self._keeps:
            self._lose_all_missing()
        given: list[Item] = []
        for name, line in self._lines.items():
            items = line.release()
            given.extend(_usable(item) for item in items)
            if items:
                self.losses.forget(name, line.released)
        return tuple(given)

    def close(self) -> tuple[CountBlock | Gap, ...]:
        """End the night: what is missing is lost."""
        self._lose_all_missing()
        return self.release()

    def _due(self, stream: str) -> int:
        """Return up to where the stream should be known by now."""
        return max(self._lines[stream].end, sample_at(self.end_s - LAG_S, self._rates[stream]))

    def _lose(self, stream: str, first: int, end: int, reason: GapReason) -> None:
        line = self._lines[stream]
        for a, b in line.holes(first, min(end, self._due(stream))):
            for gap in self.losses.gaps(stream, a, b, reason):
                line.add(gap)

    def _lose_all_missing(self) -> None:
        for name, line in self._lines.items():
            self._lose(name, line.released, self._due(name), GapReason.LINK_LOST)

    def _after_the_past(self, chunk: Chunk) -> Chunk | None:
        """Cut off what belongs to the night before; None where nothing is left."""
        if self._past is None or chunk.epoch != self._past[0]:
            return chunk
        known = self._past[1].get(chunk.stream, 0)
        if chunk.end <= known:
            return None
        cut = max(0, known - chunk.counter)
        return replace(chunk, counter=chunk.counter + cut, counts=chunk.counts[cut:])

    def _begin_night(self, chunk: Chunk) -> None:
        origin_s = -seconds_at(chunk.counter, self._rates[chunk.stream])
        if self._past is not None and self._past[0] == chunk.epoch:
            ended_s = min(seconds_at(self._past[1][name], fs_hz) for name, fs_hz in self._rates.items())
            if -origin_s - ended_s < OVERLAP_S:  # the night goes on where the one before ended
                origin_s = -ended_s
        self._epoch = self._new_epoch(chunk.epoch, origin_s)

    def _put_first(self, chunk: Chunk, received: datetime) -> list[CountBlock]:
        """Believe a stream's count in a new run when two chunks bear each other out: one may be stuck."""
        name = chunk.stream
        first = self._unconfirmed.get(name)
        self._unconfirmed[name] = chunk
        if first is None or first.epoch != chunk.epoch or not self._checks[name].confirms(first, chunk):
            return []
        del self._unconfirmed[name]
        if self._epoch is None:
            kept = [later for one in (first, chunk) if (later := self._after_the_past(one)) is not None]
            if not kept:
                return []
            self._begin_night(min(kept, key=lambda one: one.counter))
        else:
            kept = [first, chunk]
            if chunk.epoch != self._epoch.number:
                self._begin_epoch(chunk)
        self._confirmed.add(name)
        return [block for one in kept for block in self._place(one, received)]

    def _begin_epoch(self, chunk: Chunk) -> None:
        """Close the run that was, and place the new one by the clocks."""
        ended_s = self.end_s
        seen_s = seconds_at(chunk.end, self._rates[chunk.stream])
        origin_s = self._clock.device_at(chunk.received_s) - seen_s if self._clock.is_set else ended_s
        if ended_s - OVERLAP_S <= origin_s < ended_s:
            origin_s = ended_s
        self._epoch = self._new_epoch(chunk.epoch, origin_s)
        for name, line in self._lines.items():
            self._lose(name, line.released, line.end, GapReason.LINK_LOST)
            began = self._epoch.sample_of(name, 0)
            if began > line.end:
                for gap in self.losses.gaps(name, line.end, began, chunk.began):
                    line.add(gap)
            self._checks[name].restart()
        self._confirmed.clear()
        self._clock.restart()

    def _new_epoch(self, number: int, origin_s: float) -> Epoch:
        offsets = {name: sample_at(origin_s, fs_hz) for name, fs_hz in self._rates.items()}
        self._epochs[number] = Epoch(number, offsets)
        return self._epochs[number]

    def _place(self, chunk: Chunk, received: datetime) -> list[CountBlock]:
        """Place a chunk of the run that is on."""
        name, epoch, check = chunk.stream, self._epoch, self._checks[chunk.stream]
        assert epoch is not None  # noqa: S101 - every caller has begun one
        line = self._lines[name]
        doubted = check.faulty
        if epoch.sample_of(name, chunk.counter) - line.end > LONGEST_JUMP_S * self._rates[name]:
            self.defects[Defect.CONTRADICTORY] += 1
            return []
        verdict = check.judge(chunk, epoch.head_of(name, line.end))
        if verdict.refused:
            self.defects[Defect.CONTRADICTORY] += 1
            if verdict.truly is not None:
                first, end = (epoch.latest_sample_of(name, counter) for counter in verdict.truly)
                self.losses.count_failed(name, first, end, still=doubted)
            return []
        if verdict.slip:
            epoch.slip(name, chunk.counter, verdict.slip)
        first = epoch.sample_of(name, chunk.counter)
        if doubted and chunk.ticks is None and first > line.end:
            self.losses.count_failed(name, line.end, first)
        return self._cover(chunk, first, received)

    def _cover(self, chunk: Chunk, first: int, received: datetime) -> list[CountBlock]:
        """Put a chunk at its place in the night; return the blocks of what was not covered."""
        early = max(0, -first)
        if early >= len(chunk.counts):
            return []  # before the night
        line = self._lines[chunk.stream]
        block = CountBlock(
            chunk.stream,
            first + early,
            chunk.counts[early:],
            chunk.epoch,
            chunk.counter + early,
            chunk.received_s,
            received,
            chunk.lead_off,
            chunk.saturated,
        )
        if block.end > line.end:
            self._clock.update(seconds_at(block.end, self._rates[chunk.stream]), chunk.received_s)
        new = [part for part in line.add(block) if isinstance(part, CountBlock)]
        if not new:
            self.defects[Defect.REPLAYED] += 1
        return new


def _usable(item: Item) -> Item:
    if isinstance(item, CountBlock) and item.lead_off and item.stream == ELECTRODES:
        return Gap(item.stream, item.first_sample, item.end, GapReason.LEAD_OFF)
    return item
