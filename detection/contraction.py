"""Contractions of the scored muscle, tick by tick: floor, decision, assembly, and the episodes that result."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.assembly import Assembler, AssemblyLimits, Group
from detection.bouts import BoutDecider, Rest
from detection.emg import HopScores
from detection.episode import Began, Ended, Episode
from detection.floor import RestingFloor
from detection.history import HopHistory
from detection.movement import MovementScore
from detection.settings import DetectionSettings
from detection.ticks import code_of
from signals import GapReason, seconds_at

LEAD_OFF = code_of(GapReason.LEAD_OFF)


@dataclass(frozen=True, slots=True)
class Ticks:
    """The scores of one channel in ticks, one entry per tick.

    `level_uv` has shape (n_ticks, tick_hops); `highest_uv` is its maximum, `typical_uv` the RMS of the median hop;
    `clean` tells whether all of a tick is observed and free of artefact, `contact` whether any of it is not
    lead-off. Lists, since they are read one by one.
    """

    first_hop: int
    level_uv: NDArray[np.float64]
    highest_uv: list[float]
    typical_uv: list[float]
    clean: list[bool]
    contact: list[bool]

    @classmethod
    def cut(cls, scores: HopScores, first_hop: int, tick_hops: int) -> "Ticks":
        """Cut the scores of a batch, whose first hop is `first_hop`, into ticks."""
        level = scores.level_uv.reshape(-1, tick_hops)
        middle = np.sort(scores.power_uv2.reshape(-1, tick_hops), axis=1)[:, tick_hops // 2]
        clean = ((scores.state <= 0) & ~scores.artefact).reshape(-1, tick_hops)
        contact = (scores.state != LEAD_OFF).reshape(-1, tick_hops)
        return cls(
            first_hop=first_hop,
            level_uv=level,
            highest_uv=np.fmax.reduce(level, axis=1, initial=0.0).tolist(),
            typical_uv=np.sqrt(middle).tolist(),
            clean=np.logical_and.reduce(clean, axis=1).tolist(),
            contact=np.logical_or.reduce(contact, axis=1).tolist(),
        )


class ContractionTracker:
    """Follows one muscle through the night; the other EMG channels lend their floors and levels."""

    def __init__(self, settings: DetectionSettings, fs_hz: float, hop_samples: int, n_channels: int) -> None:
        self._settings = settings
        self._fs_hz = fs_hz
        self._hop = hop_samples
        tick = hop_samples * settings.tick_hops
        self._tick_s = seconds_at(tick, fs_hz)
        hold, memory = round(settings.bridge_s / self._tick_s), round(settings.floor_memory_s / self._tick_s)
        self._floors = [RestingFloor(settings, hold, memory) for _ in range(n_channels)]
        gap_hops = self._hops(settings.gap_bridge_s)
        self._decider = BoutDecider(
            on_ratio=settings.on_ratio,
            off_ratio=settings.off_ratio,
            window_hops=settings.window_hops,
            gap_hops=gap_hops,
        )
        self._assembler = Assembler(
            AssemblyLimits(
                min_hops=self._hops(settings.bout_min_s),
                bridge_hops=self._hops(settings.bridge_s),
                long_bout_hops=self._hops(settings.bridge_bout_s),
                gap_hops=gap_hops,
                burst_hops=self._hops(settings.burst_max_s),
                pause_hops=self._hops(settings.train_pause_s),
                train_bursts=settings.train_bursts,
            )
        )
        self._history = HopHistory(n_channels, hop_samples)
        self._lead_off_ticks = 0
        self._looks = 0  # at the bout in progress
        self._now = 0  # hop just past the last tick

    @property
    def floor_uv(self) -> float:
        """Resting floor of the scored muscle."""
        return self._floors[0].uv

    @property
    def floor_known(self) -> bool:
        """Whether enough rest has been seen for the floor to be believed."""
        return self._rest_seen_s() >= self._settings.floor_known_s

    @property
    def too_short(self) -> int:
        """Bouts left out because they lasted less than `bout_min_s`."""
        return self._assembler.too_short

    def append(self, scores: list[HopScores]) -> None:
        """Take the scores of the next ticks in, which `update` then walks through."""
        starts = [s for s in (self._assembler.oldest, self._decider.start) if s is not None]
        oldest = min([self._now, *starts]) - self._settings.window_hops
        self._history.append(scores, max(0, oldest))

    def update(self, ticks: list[Ticks], k: int, movement: MovementScore | None) -> tuple[bool, list[Episode]]:
        """Decide tick `k` of a batch given for every channel; return whether it was active and what it ended."""
        scored, floor = ticks[0], self._floors[0]
        hops = self._settings.tick_hops
        first_hop = scored.first_hop + k * hops
        self._now = first_hop + hops
        active = self._decider.active or scored.highest_uv[k] >= self._settings.on_ratio * floor.uv
        groups: list[Group] = []
        if active:
            groups += self._decide(first_hop, scored.level_uv[k].tolist(), scored.typical_uv[k])
        if self._assembler.oldest is not None:
            groups += self._assembler.advance(self._now, self._decider.start, self._history.observed)
        if active:
            groups += self._look()
        floor.update(scored.typical_uv[k], active=active, clean=scored.clean[k])
        for other_floor, other in zip(self._floors[1:], ticks[1:], strict=True):
            loud = other.highest_uv[k] >= self._settings.on_ratio * other_floor.uv
            other_floor.update(other.typical_uv[k], active=loud, clean=other.clean[k])
        self._mind_contact(contact=scored.contact[k])
        return active, [self._episode(group, movement) for group in groups]

    def _decide(self, first_hop: int, levels_uv: list[float], typical_uv: float) -> list[Group]:
        """Decide the hops of an active tick; return the groups that they complete."""
        rest = Rest(tuple(floor.uv for floor in self._floors), self._rest_seen_s())
        groups: list[Group] = []
        for bout in self._decider.update(first_hop, levels_uv, rest):
            groups += self._assembler.add(bout, self._history.observed)
        return groups + self._floor_lost(typical_uv)

    def finish(self, movement: MovementScore | None) -> list[Episode]:
        """End the recording: close what is open."""
        bout = self._decider.close()
        groups = self._assembler.add(bout, self._history.observed) if bout else []
        groups += self._assembler.finish(Ended.AT_END if bout else Ended.FELL)
        return [self._episode(group, movement) for group in groups]

    def _hops(self, seconds: float) -> int:
        return round(seconds * self._fs_hz / self._hop)

    def _rest_seen_s(self) -> float:
        return self._floors[0].seen * self._tick_s

    def _floor_lost(self, typical_uv: float) -> list[Group]:
        """Give up a bout that lasts so long that rest itself must have become louder."""
        start = self._decider.start
        if start is None or self._now - start <= self._hops(self._settings.open_max_s):
            return []
        bout = self._decider.close()
        groups = self._assembler.add(bout, self._history.observed) if bout else []
        self._floors[0].restart(typical_uv)
        return groups + self._assembler.finish(Ended.FLOOR_LOST)

    def _mind_contact(self, *, contact: bool) -> None:
        """Forget the floor when the electrodes have been off for a minute: they will sit differently."""
        self._lead_off_ticks = 0 if contact else self._lead_off_ticks + 1
        off_s = self._lead_off_ticks * self._tick_s
        if off_s >= self._settings.reseat_s and self._decider.start is None and self._floors[0].seen:
            self._floors[0].restart()

    def _look(self) -> list[Group]:
        """Look at a contraction in progress, first `flag_after_s` after its onset, then every `flag_every_s`."""
        bout = self._decider.open_bout()
        if bout is None:
            self._looks = 0
            return []
        due_s = self._settings.flag_after_s + self._looks * self._settings.flag_every_s
        group = self._assembler.pending_with(bout, self._history.observed)
        if self._now - group.start < self._hops(due_s):
            return []
        self._looks += 1
        return [group]

    def _episode(self, group: Group, movement: MovementScore | None) -> Episode:
        """Measure a group of bouts."""
        observed = self._history.observed
        longest = max(observed(bout.start, bout.end) for bout in group.bouts)
        start, end = group.start * self._hop, group.end * self._hop
        context_s = self._settings.context_s
        until_s = min(seconds_at(end, self._fs_hz) + context_s, self._now * self._hop / self._fs_hz)
        return Episode(
            start=start,
            end=end,
            fs_hz=self._fs_hz,
            began=self._began(group.start),
            ended=self._ended(group),
            n_bouts=len(group.bouts),
            longest_bout_s=seconds_at(longest * self._hop, self._fs_hz),
            observed_s=seconds_at(observed(group.start, group.end) * self._hop, self._fs_hz),
            floor_uv=group.bouts[0].rest.floor_uv,
            rest_seen_s=group.bouts[0].rest.seen_s,
            on_ratio=self._settings.on_ratio,
            envelope=self._history.envelope(group.start, group.end),
            movement=movement.movement().between(seconds_at(start, self._fs_hz) - context_s, until_s)
            if movement
            else None,
        )

    def _began(self, start: int) -> Began:
        window = self._settings.window_hops
        if start <= window:
            return Began.AT_START
        known = self._history.observed(start - window, start)
        return Began.ROSE if known == window else Began.AFTER_GAP

    def _ended(self, group: Group) -> Ended:
        if group.ended is not Ended.FELL:
            return group.ended
        window = self._settings.window_hops
        after = min(self._now, group.end + window)
        known = self._history.observed(group.end, after)
        return Ended.FELL if known == after - group.end else Ended.IN_GAP
