"""The virtual sensor: the device side of the CrampWatch sensor profile, whatever the carrier."""

from collections.abc import Iterable
from dataclasses import dataclass

from firmware_bridge.host_clock import HostClock
from firmware_bridge.virtual.answers import Answer, answer
from firmware_bridge.virtual.device import UNREACHABLE, Device
from firmware_bridge.virtual.faults import Fault, FaultKind, FaultScript
from firmware_bridge.virtual.hardware import Hardware, Link
from firmware_bridge.virtual.reporting import Reporting
from firmware_bridge.wire.commands import Abort, Command, Configure, Hello, Report, Start, Stop
from firmware_bridge.wire.control import (
    STATUS_FRAMES_PER_S,
    CommandError,
    Response,
    decode_command,
    encode_response,
)
from firmware_bridge.wire.frames import (
    RestartCause,
    SampleFrame,
    StatusFrame,
    encode_samples,
    encode_status,
)
from firmware_bridge.wire.operations import Result
from firmware_bridge.wire.values import Sent
from signals import Counts, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a virtual sensor is, for a line on a terminal."""

    night_s: float
    boot: int
    sampling: bool
    linked: bool
    ended: bool
    frames_sent: int
    frames_kept: int
    battery_percent: int
    faults_begun: int
    latest_fault: str | None


class VirtualSensor:
    """A sensor fed by a source; a carrier brings its frames to the bridge and the bridge's commands to it.

    The carrier says when there is a link (`connected`, `disconnected`), hands in commands, and every few
    milliseconds sends what is `due`. Nothing happens in between: the sensor lives when it is asked. Its time
    begins with the first START, at sample 0 of the source; from then on the source goes by at the pace of the
    sensor's crystal, whether or not anybody listens. `remembers` keeps every sample taken, for `sampled`.
    """

    def __init__(
        self,
        source: Source,
        clock: HostClock,
        hardware: Hardware | None = None,
        script: FaultScript | None = None,
        *,
        remembers: bool = False,
    ) -> None:
        self.hardware, self.clock = hardware or Hardware(), clock
        self.script = script or FaultScript()
        self._device = Device(source, self.hardware, self.script, remembers=remembers)
        self._began_s: float | None = None
        self._link: Link | None = None
        self._flowing = False
        self._report: Reporting | None = None
        self._out: list[bytes | Fault] = []
        self._frames_sent = 0

    @property
    def reachable(self) -> bool:
        """Whether a link can be had now: not out of range, not unplugged, not off."""
        return self._device.reachable

    @property
    def ended(self) -> bool:
        """Whether the source is over: the sensor samples no more, but still answers."""
        return self._device.run is not None and self._device.run.ended

    def connected(self, link: Link) -> None:
        """Take up a link to the bridge. Over a session no frames flow before START; a cable knows no sessions."""
        self._catch_up()
        self._link, self._report = link, None
        self._flowing = self._flowing and not link.session

    def disconnected(self) -> None:
        """Give the link up; sampling goes on."""
        self._catch_up()
        self._link, self._report = None, None

    def command(self, frame: bytes, *, bonded: bool = True) -> None:
        """Carry out a command of the bridge; the response is among what is `due`.

        What is no command is ignored, as is everything while the sensor cannot be reached.
        """
        self._catch_up()
        if self._link is None or not self.reachable:
            return
        try:
            command, transaction = decode_command(frame)
        except CommandError as error:
            if error.answer is not None:
                self._send(error.answer)
            return
        if not (bonded or isinstance(command, Hello)):
            self._respond(command, transaction, (Result.NOT_BONDED, None))
        else:
            self._carry_out(command, transaction, self._link)

    def inject(self, fault: Fault) -> None:
        """Let a fault begin now; before the first START, the sensor's time begins with it."""
        if self._began_s is None:
            self._began_s = self.clock.monotonic()
        self._catch_up()
        self._device.inject(fault)

    def due(self) -> list[bytes | Fault]:
        """Return what the carrier has to do since the last call, in order: frames to send, faults to carry out.

        The sensor sees to its own faults; the carrier to those of frames, the port and the bond, and to a session
        that a fault has ended.
        """
        self._catch_up()
        out, self._out = self._out, []
        return out

    def state(self) -> State:
        """Return how the sensor is."""
        device, latest = self._device, self._device.faults.latest
        return State(
            night_s=device.lived_s,
            boot=device.boot,
            sampling=device.run is not None,
            linked=self._link is not None and self.reachable,
            ended=self.ended,
            frames_sent=self._frames_sent,
            frames_kept=sum(len(ring) for ring in device.run.rings.values()) if device.run else 0,
            battery_percent=self.hardware.battery(device.lived_s)[0],
            faults_begun=device.faults.begun,
            latest_fault=latest.kind.value if latest else None,
        )

    @property
    def boots(self) -> tuple[int, ...]:
        """Boot ids of all runs, the present one last."""
        return tuple(run.boot for run in self._device.runs)

    def sampled(self, stream: str, boot: int) -> Counts:
        """Return every sample that a run took, (n, n_channels), whose index is its counter; needs `remembers`."""
        return self._device.run_of(boot).samplers[stream].sampled()

    def misnumbered(self, stream: str, boot: int) -> list[tuple[int, int]]:
        """Return the stretches `[first, end)` of a run whose frames bore a wrong counter."""
        return self._device.run_of(boot).samplers[stream].misnumbered

    def taken_s(self, stream: str, boot: int, counter: float) -> float:
        """Return when a sample was truly taken, on the host's monotonic clock."""
        run = self._device.run_of(boot)
        device_s = run.started_s + counter * 1000 / run.samplers[stream].setting.rate_mhz
        return (self._began_s or 0.0) + self.hardware.crystal.true_s(device_s)

    def _catch_up(self) -> None:
        """Live up to now."""
        if self._began_s is None:
            return
        for stretch in self._device.live(self.clock.monotonic() - self._began_s):
            if stretch.reachable:
                self._send_frames(stretch.frames)
                self._send_again(stretch.lasted_s)
            if stretch.fault is not None:
                self._out.append(stretch.fault)
                if stretch.fault.kind in UNREACHABLE:
                    self._lose_link(stretch.fault)

    def _lose_link(self, fault: Fault) -> None:
        """Lose a session; let a cable fall silent, and a sensor that lost its power wait for START."""
        self._report = None
        self._flowing = self._flowing and fault.kind is not FaultKind.BROWN_OUT
        if self._link is not None and self._link.session:
            self._link = None

    def _carry_out(self, command: Command, transaction: int, link: Link) -> None:
        match command:
            case Hello():
                self._flowing = False
                self._end_report()
                self._respond(command, transaction, answer(command, self._device, link))
            case Configure():
                self._respond(command, transaction, self._configure(command, link))
            case Start():
                self._start(link)
                self._respond(command, transaction, (Result.SUCCESS, None))
                self._send_frames((self._device.status(),))
            case Stop():
                self._end_report()
                self._send_frames(self._device.stop())
                self._flowing = False
                self._respond(command, transaction, (Result.SUCCESS, None))
            case Report():
                self._begin_report(command, transaction)
            case Abort():
                result = Result.ABORT_UNSUCCESSFUL if self._report is None else Result.SUCCESS
                self._end_report()
                self._respond(command, transaction, (result, None))
            case _:
                self._respond(command, transaction, answer(command, self._device, link))

    def _configure(self, command: Configure, link: Link) -> Answer:
        """Set a stream; a change ends the run."""
        configuration = self._device.configuration
        before = dict(configuration.settings)
        answered = configuration.configure(command, link)
        if configuration.settings != before and self._device.run is not None:
            self._end_report()
            self._device.stop()
            self._flowing = False
        return answered

    def _start(self, link: Link) -> None:
        """Let frames flow, as long as the link carries them; begin a run where there is none."""
        self._device.fit(link.payload_bytes)
        if self._device.run is None:
            if self._began_s is None:
                self._began_s = self.clock.monotonic()
            self._device.start(RestartCause.COMMAND if self._device.runs else RestartCause.SWITCHED_ON)
        self._flowing = True

    def _begin_report(self, command: Report, transaction: int) -> None:
        run = self._device.run
        if self._report is not None:
            self._respond(command, transaction, (Result.NOT_COMPLETED, None))
            return
        ring = run.rings.get(command.stream) if run is not None and run.boot == command.boot else None
        wanted = ring.with_samples(command.first, command.last) if ring else range(0)
        if wanted:
            self._report = Reporting(command, transaction, wanted)
        else:
            self._respond(command, transaction, (Result.NO_RECORDS, None))

    def _end_report(self) -> None:
        """Give up a REPORT under way, and say so."""
        if self._report is not None:
            self._respond(self._report.command, self._report.transaction, (Result.NOT_COMPLETED, None))
            self._report = None

    def _send_again(self, lasted_s: float) -> None:
        """Send as many kept frames as the link carries beside the live ones; when all are sent, say so."""
        report, run, link = self._report, self._device.run, self._link
        if report is None or run is None or link is None or not self._flowing:
            return
        spare = max(1.0, link.frames_per_s - run.frames_per_s - STATUS_FRAMES_PER_S)
        sampler = run.samplers[report.command.stream]
        rows = max(1, sampler.setting.layout.rows_within(link.payload_bytes))
        ring = run.rings[report.command.stream]
        self._send_frames(report.next_frames(ring, spare * lasted_s, lambda frame: sampler.split(frame, rows)))
        if report.done:
            self._report = None
            self._respond(report.command, report.transaction, (Result.SUCCESS, Sent(report.sent)))

    def _send_frames(self, frames: Iterable[SampleFrame | StatusFrame]) -> None:
        """Encode and send frames, where there is a link on which they flow."""
        if self._link is None or not self._flowing:
            return
        settings = self._device.configuration.settings
        for frame in frames:
            if isinstance(frame, StatusFrame):
                self._send(encode_status(frame))
            else:
                self._send(encode_samples(frame, settings[frame.stream].layout))

    def _respond(self, command: Command, transaction: int, answered: Answer) -> None:
        result, values = answered
        self._send(encode_response(Response(command.OPERATION, transaction, result, values)))

    def _send(self, frame: bytes) -> None:
        """Put a frame on the way; one that the link does not carry stays in the ring."""
        if self._link is not None and len(frame) <= self._link.payload_bytes:
            self._out.append(frame)
            self._frames_sent += 1
