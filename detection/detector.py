"""The detector: stream items in, episodes out; one implementation for a live night and a recorded one."""

from collections.abc import Sequence

import numpy as np

from detection.contraction import ContractionTracker, Ticks
from detection.coverage import Coverage, CoverageMeter
from detection.emg import EmgScore
from detection.episode import Episode
from detection.movement import MovementScore
from detection.settings import DetectionSettings
from detection.ticks import Samples, TickBuffer, code_of
from detection.trace import NightTrace, TraceRecorder
from detection.wear import WearMeter
from signals import GapReason, Stream, StreamItem, hop_samples, seconds_at

EMG, ACC = "emg", "acc"
BATCH_TICKS = 64  # about a minute: memory stays constant, and a batch fits into the processor's cache
NOT_WORN, FLOOR_UNKNOWN = code_of(GapReason.NOT_WORN), code_of(GapReason.FLOOR_UNKNOWN)


class Detector:
    """Finds contractions in the first EMG channel of a night, whatever its length and however it is cut.

    Feed items in any interleaving with `update`, then call `finish` once. Both return episodes in the order in
    which they are completed: those that have closed, and looks (`Ended.OPEN`) at one in progress, the first
    `flag_after_s` after its onset. EMG waits for the acceleration of the same time, so that no cut changes
    anything.

    Raises
    ------
    ValueError
        Where the streams are not such as can be scored, or an item does not join on to the one before.
    """

    def __init__(self, streams: Sequence[Stream], settings: DetectionSettings | None = None) -> None:
        self.settings = settings or DetectionSettings()
        by_name = {stream.name: stream for stream in streams}
        if EMG not in by_name or set(by_name) - {EMG, ACC}:
            raise ValueError(f"streams {sorted(by_name)} were given; 'emg' is needed and 'acc' may be there")
        emg = by_name[EMG]
        self._fs_hz = emg.fs_hz
        self._hop = hop_samples(self.settings.hop_s, emg.fs_hz)
        self._tick = self._hop * self.settings.tick_hops
        tick_s = seconds_at(self._tick, emg.fs_hz)
        self._buffer = TickBuffer(EMG, self._tick, len(emg.channels))
        self._scores = [EmgScore(self.settings, emg.fs_hz, channel.rails) for channel in emg.channels]
        self._movement = MovementScore(self.settings, by_name[ACC]) if ACC in by_name else None
        self._tracker = ContractionTracker(self.settings, emg.fs_hz, self._hop, len(emg.channels))
        self._wear = WearMeter(still_g=self.settings.still_g, not_worn_s=self.settings.not_worn_s, tick_s=tick_s)
        self._coverage = CoverageMeter(EMG, self._hop)
        self._trace = TraceRecorder(tick_s)
        self._ticks_done = 0
        self._end: int | None = None  # of the recording, once it has ended

    def update(self, item: StreamItem) -> list[Episode]:
        """Take the next item of any stream; return the episodes and looks that it completes."""
        if item.stream == EMG:
            self._buffer.put(item)
        elif item.stream == ACC and self._movement is not None:
            self._movement.update(item)
        else:
            raise ValueError(f"an item of stream {item.stream!r} came, which was not announced")
        return self._advance()

    def finish(self) -> list[Episode]:
        """End the recording; return the episodes still open. A second call returns nothing."""
        if self._end is not None:
            return []
        self._end = self._buffer.end
        self._buffer.pad()
        return self._advance() + self._tracker.finish(self._movement)

    def coverage(self) -> Coverage:
        """Return what could be seen of the recording, after `finish`."""
        if self._end is None:
            raise RuntimeError("coverage is known when the recording has ended: call finish first")
        return self._coverage.result(self._end, self._fs_hz)

    def trace(self) -> NightTrace:
        """Return the night so far at a glance, second by second."""
        return self._trace.result(self._movement.movement() if self._movement else None)

    @property
    def too_short(self) -> int:
        """Bouts left out because they lasted less than `bout_min_s`."""
        return self._tracker.too_short

    @property
    def mains_hz(self) -> tuple[float, ...]:
        """Mains lines that were removed from the scored muscle at any time."""
        return self._scores[0].mains_hz

    def _advance(self) -> list[Episode]:
        """Process all ticks for which every stream has come in."""
        episodes: list[Episode] = []
        while (ready := min(self._buffer.ready, BATCH_TICKS, self._ticks_moved())) > 0:
            episodes += self._batch(self._buffer.take(ready), ready)
        return episodes

    def _ticks_moved(self) -> int:
        """Ticks not yet processed that the acceleration covers; no limit without one, or at the end."""
        if self._movement is None or self._end is not None:
            return BATCH_TICKS
        tick_s = seconds_at(self._tick, self._fs_hz)
        return int(self._movement.end_s / tick_s + 1e-9) - self._ticks_done

    def _batch(self, samples: Samples, n_ticks: int) -> list[Episode]:
        hops = self.settings.tick_hops
        scores = [
            score.update(np.ascontiguousarray(samples.values[:, i]), samples.state)
            for i, score in enumerate(self._scores)
        ]
        self._tracker.append(scores)
        floors = np.empty(n_ticks)
        states = np.abs(scores[0].state).reshape(n_ticks, hops)
        episodes: list[Episode] = []
        cut = [Ticks.cut(channel, self._ticks_done * hops, hops) for channel in scores]
        for k in range(n_ticks):
            floors[k] = self._tracker.floor_uv
            known = self._tracker.floor_known
            active, found = self._tracker.update(cut, k, self._movement)
            episodes += found
            self._ticks_done += 1
            end_s = seconds_at(self._ticks_done * self._tick, self._fs_hz)
            if self._wear.update(end_s, self._movement, contact=cut[0].contact[k]):
                states[k] = NOT_WORN
            elif not known and (active or not cut[0].clean[k]):  # quiet and clean: rest, as it turns out
                states[k][states[k] == 0] = FLOOR_UNKNOWN
        self._trace.add(scores[0].level_uv.reshape(n_ticks, hops), floors, states)
        self._coverage.update(states.ravel())
        return episodes
