"""One stream of a running sensor: sample, and cut into frames."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.virtual.converter import Conversion, Converter
from firmware_bridge.virtual.crystal import TICK_HZ
from firmware_bridge.virtual.feed import Feed
from firmware_bridge.wire.control import FEWEST_FRAMES_PER_S
from firmware_bridge.wire.frames import Layout, SampleFrame
from signals import Counts

SHORT_BITS = 16


@dataclass(frozen=True, slots=True)
class Setting:
    """What CONFIGURE settled for one stream: rate, which part of the source's that is, layout of a row."""

    rate_mhz: int
    divider: int
    layout: Layout

    def rows(self, payload_bytes: int) -> int:
        """Rows of the longest frame that fits a payload and holds no sample back above 250 ms."""
        return max(1, min(self.layout.rows_within(payload_bytes), self.rate_mhz // (FEWEST_FRAMES_PER_S * 1000)))

    def ticks(self, samples: int) -> int:
        """Whole ticks of the clock in which `samples` samples are taken."""
        return samples * TICK_HZ * 1000 // self.rate_mhz


@dataclass(frozen=True, slots=True)
class Timed:
    """A frame, and the time (s since the start of its run) at which its last sample has been taken."""

    at_s: float
    frame: SampleFrame


class Sampler:
    """Samples one stream of a run.

    `origin` is the index in the source of sample 0, `ticks` the clock at it, `rows` those of the next frames.
    `loose` (an electrode came off) and `stuck` (the counter of the frames stands still) are set from outside, as is
    `remembers`: keep every sample ever taken, for `sampled`.
    """

    def __init__(
        self, feed: Feed, stream: str, setting: Setting, converter: Converter, origin: int, ticks: int
    ) -> None:
        self.setting, self.rows = setting, 1
        self.loose = self.stuck = self.remembers = self.ended = False
        self.lead_off = self.saturated = False
        self.misnumbered: list[tuple[int, int]] = []
        self._feed, self._stream, self._converter = feed, stream, converter
        self._origin, self._ticks = origin, ticks
        self._taken = self._framed = self._sequence = 0
        self._stuck_at: int | None = None
        self._pending: list[Conversion] = []
        self._memory: list[NDArray[np.signedinteger]] = []

    def advance(self, seconds: float, boot: int) -> list[Timed]:
        """Sample up to `seconds` since the start; return the frames that became full, at the end also the last."""
        self._sample(int(seconds * self.setting.rate_mhz / 1000))
        frames = (self._taken - self._framed) // self.rows
        made = self._cut(frames, self.rows, boot) if frames else []
        return made + self.finish(boot) if self.ended else made

    def finish(self, boot: int) -> list[Timed]:
        """Return what is left as one short frame, at the end of sampling."""
        rest = self._taken - self._framed
        return self._cut(1, rest, boot) if rest else []

    def sampled(self) -> Counts:
        """All samples taken, (n, n_channels); needs `remembers`."""
        none = np.empty((0, self.setting.layout.channels), np.int32)
        return np.concatenate([none, *self._memory]).astype(np.int32)

    def split(self, frame: SampleFrame, rows: int) -> list[SampleFrame]:
        """Return a frame in parts of at most `rows` rows, all with the sequence of the whole."""
        zero = frame.ticks - self.setting.ticks(frame.counter)
        return [
            replace(
                frame,
                counter=frame.counter + at,
                ticks=zero + self.setting.ticks(frame.counter + at) & 0xFFFF,
                counts=frame.counts[at : at + rows],
                stored=True,
            )
            for at in range(0, len(frame.counts), rows)
        ]

    def _sample(self, total: int) -> None:
        """Take samples until there are `total`."""
        if total <= self._taken or self.ended:
            return
        divider = self.setting.divider
        first, end = self._origin + divider * self._taken, self._origin + divider * total
        there = self._feed.available(self._stream, end)
        self.ended = there < end
        end = first + (there - first) // divider * divider
        if end <= first:
            return
        taken = self._converter.convert(*self._feed.take(self._stream, first, end))
        if self.loose:
            every = np.ones(len(taken.counts), dtype=np.bool_)
            taken = Conversion(np.broadcast_to(self._converter.rail, taken.counts.shape), every, every)
        self.lead_off, self.saturated = bool(taken.absent[-1]), bool(taken.saturated[-1])
        self._taken += len(taken.counts)
        self._pending.append(taken)
        if self.remembers:
            narrow = np.int16 if self.setting.layout.bits == SHORT_BITS else np.int32
            self._memory.append(taken.counts.astype(narrow))

    def _cut(self, frames: int, rows: int, boot: int) -> list[Timed]:
        """Make `frames` frames of `rows` rows of what is pending."""
        counts = np.concatenate([part.counts for part in self._pending])
        saturated = np.concatenate([part.saturated for part in self._pending])
        absent = np.concatenate([part.absent for part in self._pending])
        used = frames * rows
        self._pending = [Conversion(counts[used:], saturated[used:], absent[used:])]
        any_absent = np.logical_or.reduceat(absent[:used], np.arange(0, used, rows))
        any_saturated = np.logical_or.reduceat(saturated[:used], np.arange(0, used, rows))
        made: list[Timed] = []
        for i in range(frames):
            frame = SampleFrame(
                self._stream,
                boot,
                self._sequence,
                self._number(rows),
                self._ticks + self.setting.ticks(self._framed) & 0xFFFF,
                counts[i * rows : (i + 1) * rows],
                lead_off=bool(any_absent[i]),
                saturated=bool(any_saturated[i]),
            )
            self._framed += rows
            self._sequence += 1
            made.append(Timed(self._framed * 1000 / self.setting.rate_mhz, frame))
        return made

    def _number(self, rows: int) -> int:
        """Return the counter that the next frame bears, which is wrong while it is stuck."""
        if not self.stuck:
            self._stuck_at = None
            return self._framed
        if self._stuck_at is None:
            self._stuck_at = self._framed
        elif self.misnumbered and self.misnumbered[-1][1] == self._framed:
            self.misnumbered[-1] = (self.misnumbered[-1][0], self._framed + rows)
        else:
            self.misnumbered.append((self._framed, self._framed + rows))
        return self._stuck_at
