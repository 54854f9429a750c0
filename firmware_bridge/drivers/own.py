"""Sensors of the CrampWatch profile: `ble:C4:1F:5E:0B:00:01?leg=L`, `serial:/dev/ttyUSB0?rate=500`.

Options: `leg`, `muscle` (where it is worn); `rate` (EMG in Hz, 1000), `acc` (acceleration in Hz, 52; 0 for none),
`bits` (16 or 24), `coding` (1: differences), `baud` (serial only, 921600).
"""

from collections.abc import Sequence

from firmware_bridge.drivers.own_agreement import Agreement, Wish, agree
from firmware_bridge.drivers.own_links import Arrived, BluetoothFrames, FrameLink, SerialFrames
from firmware_bridge.drivers.own_reports import Reports
from firmware_bridge.drivers.own_ticks import Ticks
from firmware_bridge.drivers.wearing import read_wearing
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Chunk, Defect, Defects, Missing, Reading, Setup, Status
from firmware_bridge.sensor import Address, LinkLostError, SensorError
from firmware_bridge.wire.commands import Command, Start
from firmware_bridge.wire.control import Response, encode_command
from firmware_bridge.wire.decoder import Decoder
from firmware_bridge.wire.frames import FrameType, SampleFrame, StatusFrame
from firmware_bridge.wire.operations import Result

ANSWER_S = 5.0
"""The profile gives the sensor 1 s."""
ASKED_TIMES = 3
TRANSACTIONS = 256
STATUS_HOLDS_S = 1.5
"""They come once a second."""


class OwnSensor:
    """A sensor of the profile behind either carrier. It keeps sampling when the link is closed."""

    def __init__(self, link: FrameLink, wish: Wish, clock: HostClock) -> None:
        self._link = link
        self._wish = wish
        self._clock = clock
        self._decoder = Decoder({})
        self._reports = Reports()
        self._transaction = 0
        self._agreement: Agreement | None = None
        self._early: list[Reading] = []
        self._status: tuple[StatusFrame, float] | None = None
        self._ticks: dict[tuple[str, int], Ticks] = {}
        self._sequences: dict[tuple[str, int], int] = {}

    async def open(self) -> Setup:
        """Reach the sensor, settle rates, let it stream. Raises `LinkLostError`, `SensorError`."""
        await self._link.open()
        self._reports = Reports()
        self._early.clear()
        self._decoder.layouts = {}
        self._agreement = await agree(self._ask, self._link.address, self._wish, self._agreement)
        self._decoder.layouts = self._agreement.layouts
        self._link.take_damaged()
        self._decoder.take_defects()  # what was on the way before
        started = await self._ask(Start())
        if started.result is not Result.SUCCESS:
            raise LinkLostError(f"the sensor does not start: {started.result.name}")
        return self._agreement.setup

    async def receive(self) -> Sequence[Reading]:
        """Return what has come. Raises `LinkLostError`."""
        if self._early:
            readings, self._early = self._early, []
            return readings
        frames = await self._link.receive()
        readings, _ = self._read(frames)
        await self._send_reports()
        return readings

    async def request(self, missing: Missing) -> None:
        """Ask for samples again. Raises `LinkLostError`."""
        self._reports.ask(missing, self._clock.monotonic())
        await self._send_reports()

    async def close(self) -> None:
        """Close the link. The sensor samples on: STOP would make it forget what it keeps."""
        await self._link.close()

    async def _send_reports(self) -> None:
        while True:
            transaction = self._next_transaction()
            command = self._reports.next_command(transaction, self._clock.monotonic())
            if command is None:
                return
            await self._link.send(encode_command(command, transaction))

    async def _ask(self, command: Command) -> Response:
        """Send a command and wait for its response; what else comes meanwhile is kept for `receive`."""
        for _ in range(ASKED_TIMES):
            transaction = self._next_transaction()
            try:
                async with self._clock.deadline(ANSWER_S):
                    await self._link.send(encode_command(command, transaction))
                    while True:
                        readings, responses = self._read(await self._link.receive())
                        self._early.extend(readings)
                        for response in responses:
                            if (response.operation, response.transaction) == (command.OPERATION, transaction):
                                return response
            except TimeoutError:
                continue
        raise LinkLostError(
            f"the sensor did not answer {command.OPERATION.name} {ASKED_TIMES} times within {ANSWER_S:g} s"
        )

    def _next_transaction(self) -> int:
        self._transaction = (self._transaction + 1) % TRANSACTIONS
        return self._transaction

    def _read(self, arrived: Sequence[Arrived]) -> tuple[list[Reading], list[Response]]:
        """Decode frames; sample frames that come before anything is agreed are left alone: they are kept."""
        if not self._decoder.layouts:
            arrived = [(f, at_s) for f, at_s in arrived if f and f[0] & 0xF == FrameType.RESPONSE]
        if not arrived:
            return [], []
        received_s = arrived[-1][1]
        readings: list[Reading] = []
        responses: list[Response] = []
        disordered = 0
        for frame in self._decoder.decode([frame for frame, _ in arrived]):
            if isinstance(frame, Response):
                responses.append(frame)
                self._reports.answered(frame)
            elif isinstance(frame, StatusFrame):
                readings.append(_status(frame, received_s))
                self._status = (frame, received_s)
            else:
                disordered += self._is_late(frame)
                readings.append(self._chunk(frame, received_s))
                if frame.stored:
                    self._reports.came(frame, received_s)
        readings.extend(self._reports.absent)
        self._reports.absent.clear()
        counted = self._decoder.take_defects()
        counted.update({Defect.DAMAGED: self._link.take_damaged(), Defect.REORDERED: disordered})
        if counts := +counted:
            readings.append(Defects(dict(counts)))
        return readings, responses

    def _is_late(self, frame: SampleFrame) -> bool:
        """Tell whether a live frame came after one that was made after it."""
        if frame.stored:
            return False
        latest = self._sequences.get((frame.stream, frame.boot), -1)
        self._sequences[frame.stream, frame.boot] = max(latest, frame.sequence)
        return frame.sequence < latest

    def _clock_at(self, frame: SampleFrame, received_s: float) -> int | None:
        """Return the sensor's clock from a status that came a moment ago in the same run."""
        if self._status is None:
            return None
        status, came_s = self._status
        return status.ticks if status.boot == frame.boot and received_s - came_s <= STATUS_HOLDS_S else None

    def _chunk(self, frame: SampleFrame, received_s: float) -> Chunk:
        ticks = self._ticks.get((frame.stream, frame.boot))
        if ticks is None:
            rates = {s.name: s.fs_hz for s in self._agreement.setup.streams} if self._agreement else {}
            ticks = self._ticks[frame.stream, frame.boot] = Ticks(rates[frame.stream])
        return Chunk(
            frame.stream,
            frame.boot,
            frame.counter,
            frame.counts,
            received_s,
            ticks.complete(frame, self._clock_at(frame, received_s)),
            frame.lead_off,
            frame.saturated,
        )


def _status(frame: StatusFrame, received_s: float) -> Status:
    return Status(
        received_s=received_s,
        battery_percent=frame.battery_percent,
        battery_v=None if frame.battery_mv is None else frame.battery_mv / 1000,
        temperature_c=frame.temperature_c,
        restart_cause=frame.cause.name.lower(),
    )


def over_bluetooth(address: Address, clock: HostClock) -> OwnSensor:
    """Make the sensor at `ble:ADDRESS`."""
    wish, _ = _wish(address)
    return OwnSensor(BluetoothFrames(address.place, clock), wish, clock)


def over_serial(address: Address, clock: HostClock) -> OwnSensor:
    """Make the sensor at `serial:PATH`."""
    wish, options = _wish(address, baud="921600")
    return OwnSensor(SerialFrames(address.place, int(_number(options, "baud", 1, 12_000_000)), clock), wish, clock)


def _wish(address: Address, **others: str) -> tuple[Wish, dict[str, str | None]]:
    wearing, options = read_wearing(address, rate="1000", acc="52", bits="16", coding="0", **others)
    if options["bits"] not in ("16", "24"):
        raise SensorError(f"bits={options['bits']}: write 16 or 24")
    if options["coding"] not in ("0", "1"):
        raise SensorError(f"coding={options['coding']}: write 0 (plain) or 1 (differences)")
    wish = Wish(
        wearing=wearing,
        emg_hz=_number(options, "rate", 200, 100_000),
        acc_hz=_number(options, "acc", 0, 10_000),
        bits=int(options["bits"]),
        coded=options["coding"] == "1",
    )
    return wish, options


def _number(options: dict[str, str | None], name: str, least: float, most: float) -> float:
    text = options[name] or ""
    try:
        number = float(text)
    except ValueError as error:
        raise SensorError(f"{name}={text}: it must be a number") from error
    if not least <= number <= most:
        raise SensorError(f"{name}={text}: it must be from {least:g} to {most:g}")
    return number
