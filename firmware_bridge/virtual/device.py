"""The sensor as a thing in time: it samples, keeps, loses power, runs out of battery, whoever listens."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf

from firmware_bridge.virtual.configuration import Configuration
from firmware_bridge.virtual.crystal import TICK_HZ
from firmware_bridge.virtual.faults import Fault, FaultKind, FaultScript
from firmware_bridge.virtual.feed import Feed
from firmware_bridge.virtual.hardware import Hardware
from firmware_bridge.virtual.run import Run
from firmware_bridge.virtual.timetable import Timetable
from firmware_bridge.wire.frames import EMG, RestartCause, SampleFrame, StatusFrame
from signals import Source

UNREACHABLE = (FaultKind.LINK_LOSS, FaultKind.UNPLUG, FaultKind.BROWN_OUT)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which no fault began or ended: the frames made in it, in order, and the fault at its end."""

    lasted_s: float
    reachable: bool
    frames: tuple[SampleFrame | StatusFrame, ...]
    fault: Fault | None


class Device:
    """A sensor that nobody need listen to. Its time is in true seconds since it first began to sample.

    It starts again by itself after a brown-out, with the settings it had, another boot id and an empty ring; an
    empty battery is a brown-out for good. `runs` are all its runs, the present one last.
    """

    def __init__(self, source: Source, hardware: Hardware, script: FaultScript, *, remembers: bool) -> None:
        self.hardware = hardware
        self.feed = Feed(source)
        self.configuration = Configuration(self.feed.streams, hardware.bits)
        self.faults = Timetable(script)
        self.faults.add(Fault(kind=FaultKind.BROWN_OUT, at_s=hardware.empty_s, duration_s=inf))
        self.runs: list[Run] = []
        self.run: Run | None = None
        self.boot = hardware.boot
        self.lived_s = 0.0
        self._remembers = remembers
        self._resumes = False

    @property
    def reachable(self) -> bool:
        """Whether a link can be had: not out of range, not unplugged, not off."""
        return not any(self.faults.on(kind, self.lived_s) for kind in UNREACHABLE)

    def inject(self, fault: Fault) -> None:
        """Let a fault begin now."""
        self.faults.add(replace(fault, at_s=self.lived_s))

    def live(self, to_s: float) -> Iterator[Stretch]:
        """Live up to a time, stretch by stretch."""
        while self.faults.next_s <= to_s:
            before = self._sample(self.faults.next_s)
            fault = self.faults.step()
            if fault is not None and fault.kind is FaultKind.BROWN_OUT:
                self._power_down()
            self._feel()
            yield replace(before, fault=fault)
        if to_s > self.lived_s:
            yield self._sample(to_s)

    def start(self, cause: RestartCause) -> None:
        """Begin a run: another boot id than that of the last one, everything from 0."""
        if self.runs:
            self.boot = self.boot + 1 & 0xFFFF
        started_s = self.hardware.crystal.seconds(self.lived_s)
        configuration = self.configuration
        self.run = Run(self.boot, cause, self.feed, configuration.settings, configuration.scales, started_s)
        self.run.keep(self.hardware.keeps_s)
        for sampler in self.run.samplers.values():
            sampler.remembers = self._remembers
        self.runs.append(self.run)
        self._feel()

    def stop(self) -> tuple[SampleFrame, ...]:
        """End the run; return the last, short frames."""
        rest = self.run.finish() if self.run else []
        self.run = None
        return tuple(timed.frame for timed in rest)

    def status(self, seconds: float) -> StatusFrame:
        """Return the status of the present run, `seconds` of the sensor's time after its start."""
        assert self.run is not None, "only a sensor that samples says how it is"  # noqa: S101 - a bug, no input
        true_s = self.hardware.crystal.true_s(self.run.started_s + seconds)
        percent, millivolt = self.hardware.battery(true_s)
        emg = self.run.samplers.get(EMG)
        return StatusFrame(
            self.run.boot,
            int(seconds * TICK_HZ),
            battery_percent=percent,
            battery_mv=millivolt,
            temperature_c=self.hardware.crystal.temperature_c(true_s),
            cause=self.run.cause,
            lead_off=emg is not None and emg.lead_off,
            saturated=emg is not None and emg.saturated,
        )

    def seconds(self) -> float:
        """Return the sensor's own time since the start of the present run."""
        return self.hardware.crystal.seconds(self.lived_s) - (self.run.started_s if self.run else 0.0)

    def run_of(self, boot: int) -> Run:
        """Return the latest run with this boot id; raises `KeyError` where there was none."""
        for run in reversed(self.runs):
            if run.boot == boot:
                return run
        raise KeyError(boot)

    def _sample(self, to_s: float) -> Stretch:
        """Sample up to a time before which no fault begins or ends."""
        lasted_s, reachable = to_s - self.lived_s, self.reachable
        self.lived_s = to_s
        if self.run is None:
            return Stretch(lasted_s, reachable, (), None)
        made, statuses = self.run.advance(self.seconds() + self.run.started_s)
        frames: list[tuple[float, SampleFrame | StatusFrame]] = [(timed.at_s, timed.frame) for timed in made]
        frames += [(float(at_s), self.status(at_s)) for at_s in statuses]
        frames.sort(key=lambda frame: frame[0])
        return Stretch(lasted_s, reachable, tuple(frame for _, frame in frames), None)

    def _feel(self) -> None:
        """Start again after a brown-out that is over, and let the samplers know what is on."""
        if self._resumes and not self.faults.on(FaultKind.BROWN_OUT, self.lived_s):
            self._resumes = False
            self.start(RestartCause.BROWN_OUT)
        for name, sampler in (self.run.samplers if self.run else {}).items():
            sampler.loose = name == EMG and self.faults.on(FaultKind.LEAD_OFF, self.lived_s)
            sampler.stuck = self.faults.on(FaultKind.STUCK_COUNTER, self.lived_s)

    def _power_down(self) -> None:
        """Lose everything that does not lie in flash memory."""
        if self.run is None:
            return
        self._resumes = True
        self.run.rings.clear()
        self.run = None
