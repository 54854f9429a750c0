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
    empty battery is a brown-out for good. `boot` is the boot id of the run, or of the next where there is none;
    `runs` are all runs, the present one last.
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
        self._payload_bytes = 0
        self._clock_zero_s = 0.0

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
        """Begin a run."""
        started_s = self._device_s()
        clock_s = started_s - self._clock_zero_s
        self.run = Run(self.boot, cause, self.feed, self.configuration, started_s, clock_s)
        self.run.prepare(self.hardware.keeps_s, self._payload_bytes, remembers=self._remembers)
        self.runs.append(self.run)
        self._feel()

    def fit(self, payload_bytes: int) -> None:
        """Make the frames as long as the link carries, from the next one on."""
        self._payload_bytes = payload_bytes
        if self.run is not None:
            self.run.fit(payload_bytes)

    def stop(self) -> tuple[SampleFrame, ...]:
        """End the run, if there is one; return the last, short frames."""
        if self.run is None:
            return ()
        rest = self.run.finish()
        self._forget_run()
        return tuple(timed.frame for timed in rest)

    def status(self, seconds: float | None = None) -> StatusFrame:
        """Return the status `seconds` of the sensor's own time after the start of the run, or now."""
        run = self.run
        assert run is not None, "only a sensor that samples says how it is"  # noqa: S101 - a bug, no input
        if seconds is None:
            seconds = self._device_s() - run.started_s
        true_s = self.hardware.crystal.true_s(run.started_s + seconds)
        percent, millivolt = self.hardware.battery(true_s)
        emg = run.samplers.get(EMG)
        return StatusFrame(
            run.boot,
            run.ticks + int(seconds * TICK_HZ),
            battery_percent=percent,
            battery_mv=millivolt,
            temperature_c=self.hardware.crystal.temperature_c(true_s),
            cause=run.cause,
            lead_off=emg is not None and emg.lead_off,
            saturated=emg is not None and emg.saturated,
        )

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
        made, statuses = self.run.advance(self._device_s())
        frames: list[tuple[float, SampleFrame | StatusFrame]] = [(timed.at_s, timed.frame) for timed in made]
        frames += [(float(at_s), self.status(at_s)) for at_s in statuses]
        frames.sort(key=lambda frame: frame[0])
        return Stretch(lasted_s, reachable, tuple(frame for _, frame in frames), None)

    def _feel(self) -> None:
        """Start again after a brown-out that is over, and let the samplers know what is on."""
        if self._resumes and not self.faults.on(FaultKind.BROWN_OUT, self.lived_s):
            self._resumes, self._clock_zero_s = False, self._device_s()
            self.start(RestartCause.BROWN_OUT)
        for name, sampler in (self.run.samplers if self.run else {}).items():
            sampler.loose = name == EMG and self.faults.on(FaultKind.LEAD_OFF, self.lived_s)
            sampler.stuck = self.faults.on(FaultKind.STUCK_COUNTER, self.lived_s)

    def _power_down(self) -> None:
        """Lose everything that does not lie in flash memory."""
        if self.run is not None:
            self._resumes = True
            self.run.rings.clear()
            self._forget_run()

    def _forget_run(self) -> None:
        self.run = None
        self.boot = self.boot + 1 & 0xFFFF

    def _device_s(self) -> float:
        """Return the crystal's time since the sensor first sampled."""
        return self.hardware.crystal.seconds(self.lived_s)
