"""One simulated night as a `Source`, with its truth."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np

from signals import Channel, Gap, GapReason, SampleBlock, Stream, StreamItem, sample_at
from simulation.accelerations import GravityCourse
from simulation.front_end import PAGE_S, STEPS, FrontEnd, Samples, condition_of
from simulation.happenings import Happening, Rendered, render
from simulation.kinds import GAPS, Kind
from simulation.plan import Plan, plan_of
from simulation.profiles import Profile
from simulation.randomness import Component, Floats, generator
from simulation.truth import TrueEvent, true_events
from simulation.wearers import Limb, Wearer, limb

REASONS = {Kind.DROPOUT: GapReason.LINK_LOST, Kind.RESTART: GapReason.SENSOR_RESTART}


class SimulatedNight:
    """One night of one wearer; a `signals.Source` that gives the same samples at every iteration.

    Memory is that of one page of a minute and of the events in it. `block_s` is the longest block; it changes
    no sample. Attributes: `person`, `number` (from 0), `profile`, `plan`.
    """

    def __init__(self, seed: int, person: Wearer, number: int, profile: Profile, block_s: float = PAGE_S) -> None:
        if not block_s > 0:
            raise ValueError(f"block_s is {block_s}; it must be above 0")
        self.person, self.number, self.profile = person, number, profile
        self._seed, self._block_s = seed, block_s
        self.plan: Plan = plan_of(seed, person, number, profile)
        self._limb: Limb | None = None
        self._truth: tuple[TrueEvent, ...] | None = None

    @property
    def streams(self) -> tuple[Stream, ...]:
        """`emg`, scored muscle first, and `acc` where the sensor has it."""
        electronics, leg, rail = self.profile.electronics, self.person.leg, self.person.rail_uv
        emg = tuple(Channel(f"EMG {leg}-{m}", "EMG", leg, m, (-rail, rail)) for m in electronics.muscles)
        streams = (Stream("emg", electronics.fs_hz, emg),)
        if not electronics.accelerometer:
            return streams
        limit = electronics.acc_rail_g
        acc = tuple(Channel(f"ACC {leg}-{axis}", "ACC", leg, axis, (-limit, limit)) for axis in "XYZ")
        return (*streams, Stream("acc", electronics.acc_fs_hz, acc))

    @property
    def start(self) -> datetime:
        """Local wall time of sample 0, without a zone."""
        return self.plan.start

    @property
    def duration_s(self) -> int:
        """Length of the recording."""
        return self.plan.duration_s

    @property
    def limb(self) -> Limb:
        """The leg as tonight's electrodes see it."""
        if self._limb is None:
            self._limb = limb(self._seed, self.person, self.number, self.profile)
        return self._limb

    @property
    def gaps(self) -> tuple[tuple[float, float, GapReason], ...]:
        """What is not observed, as (start s, end s, reason), in order; where two overlap, the earlier counts."""
        gaps: list[tuple[float, float, GapReason]] = []
        for event in self.plan.happenings:
            if event.kind in GAPS:
                start_s = max(event.onset_s, gaps[-1][1] if gaps else 0.0)
                start_s, end_s = round(start_s, 2), round(event.end_s, 2)
                if end_s - start_s >= 0.1:  # noqa: PLR2004 - a tenth of a second, some samples of every stream
                    gaps.append((start_s, end_s, REASONS[event.kind]))
        return tuple(gaps)

    @property
    def truth(self) -> tuple[TrueEvent, ...]:
        """All true events by onset; renders every event unless the night has been iterated over."""
        if self._truth is None:
            events = [e for h in self.plan.happenings for e in self._true(self.rendered(h))]
            self._truth = _sorted(events)
        return self._truth

    def __iter__(self) -> Iterator[StreamItem]:
        """Deliver the items of all streams, page by page."""
        truth: list[TrueEvent] = []
        electronics = self.profile.electronics
        n_pages = -(-self.plan.duration_s // PAGE_S)
        condition = condition_of(self._seed, self.person, self.number, self.limb, electronics)
        front_end = FrontEnd(self._seed, self.person, self.number, self.limb, electronics)
        gravity = GravityCourse(self.plan.postures)
        waiting = list(self.plan.happenings)
        active: list[Rendered] = []
        for page, emg in enumerate(front_end.noise(n_pages, condition)):
            from_s = page * PAGE_S
            while waiting and waiting[0].onset_s < from_s + PAGE_S:
                active.append(self.rendered(waiting.pop(0)))
                truth += self._true(active[-1])
            for event in active:
                gain = condition.gain(event.happening.onset_s)
                self._add(emg, event, from_s, gain)
            yield from self._items(0, page, front_end.converted(emg))
            if electronics.accelerometer:
                yield from self._items(1, page, self._acceleration(page, gravity, active))
            active = [e for e in active if e.happening.end_s + 1 > from_s + PAGE_S]
        self._truth = _sorted(truth)

    def rendered(self, happening: Happening) -> Rendered:
        """Render one event of the plan alone, without noise: what muscles, electrodes and movement give for it."""
        return render(self._seed, self.number, happening, self.person, (self.limb, self.profile))

    def _true(self, rendered: Rendered) -> tuple[TrueEvent, ...]:
        electronics = self.profile.electronics
        condition = condition_of(self._seed, self.person, self.number, self.limb, electronics)
        onset_s = rendered.happening.onset_s
        floor_uv = float(self.limb.floor_uv[0]) * condition.noise(onset_s)
        return true_events(rendered, condition.gain(onset_s), floor_uv, electronics.fs_hz)

    def _add(self, emg: Samples, event: Rendered, from_s: float, gain: float) -> None:
        """Add what an event gives in one page."""
        first = sample_at(event.happening.onset_s, self.profile.electronics.fs_hz)
        offset = first - sample_at(from_s, self.profile.electronics.fs_hz)
        for part, factor in ((event.muscle_uv, gain), (event.disturbance_uv, 1.0)):
            if part is not None:
                a, b = max(0, offset), min(emg.shape[1], offset + part.shape[1])
                if a < b:
                    emg[:, a:b] += np.float32(factor) * part[:, a - offset : b - offset]

    def _acceleration(self, page: int, gravity: GravityCourse, active: Sequence[Rendered]) -> Floats:
        """One page of acceleration, (n, 3) in g, as the converter gives it."""
        electronics = self.profile.electronics
        fs_hz, limit = electronics.acc_fs_hz, electronics.acc_rail_g
        first, end = sample_at(page * PAGE_S, fs_hz), sample_at((page + 1) * PAGE_S, fs_hz)
        values = gravity(np.arange(first, end, dtype=np.float64) / fs_hz)
        rng = generator(self._seed, self.person.number, self.number, Component.ACCELERATION, page)
        values += self.person.acc_noise_g * rng.standard_normal(values.shape)
        for event in active:
            if event.movement_g is not None:
                offset = sample_at(event.happening.onset_s, fs_hz) - first
                a, b = max(0, offset), min(len(values), offset + len(event.movement_g))
                if a < b:
                    values[a:b] += event.movement_g[a - offset : b - offset]
        step = 2 * limit / STEPS
        return np.asfortranarray(np.rint((np.clip(values, -limit, limit) + limit) / step) * step - limit)

    def _items(self, stream_number: int, page: int, values: Floats) -> Iterator[StreamItem]:
        """Cut a page at blocks, gaps and the end of the night."""
        stream = self.streams[stream_number]
        first = sample_at(page * PAGE_S, stream.fs_hz)
        end = min(first + len(values), sample_at(self.plan.duration_s, stream.fs_hz))
        block = max(1, sample_at(self._block_s, stream.fs_hz))
        at = first
        for start_s, stop_s, reason in self.gaps:
            a, b = max(at, sample_at(start_s, stream.fs_hz)), min(end, sample_at(stop_s, stream.fs_hz))
            if a < b:
                yield from _blocks(stream.name, at, values[at - first : a - first], block)
                yield Gap(stream.name, a, b, reason)
                at = b
        yield from _blocks(stream.name, at, values[at - first : end - first], block)


def _blocks(stream: str, first: int, values: Floats, block: int) -> Iterator[SampleBlock]:
    for a in range(0, len(values), block):
        yield SampleBlock(stream, first + a, values[a : a + block])


def _sorted(events: Sequence[TrueEvent]) -> tuple[TrueEvent, ...]:
    return tuple(sorted(events, key=lambda e: (e.onset_s, e.kind)))
