"""BITalino (r)evolution: `bitalino+serial:/dev/rfcomm0?emg=A1&acc=A2,A3,A4&leg=L`, `bitalino+ble:ADDRESS?emg=A1`.

Over a serial port (Bluetooth Classic or a cable, 115 200 baud) and over BLE the bytes are the same; over BLE they
come as notifications of up to 20 bytes (firmware-BT121, GATT.xml). Commands are single bytes
(firmware-bitalino-revolution, uart.c). The board samples at 1, 10, 100 or 1000 Hz, of which only 1000 Hz does for
EMG; over BLE 100 Hz is what others found to hold, so that a slow radio may lose samples there. The sequence counts
to 16: a loss of 16 samples or a multiple, in whole frames, cannot be seen in it.

EMG in mV = (ADC / 1024 - 1/2) x 3.3 V / 1009 (EMG data sheet). Acceleration in g = 2 (ADC - Cmin) / (Cmax - Cmin)
- 1 (ACC data sheet); Cmin and Cmax are what the axis reads at -1 and +1 g, given as `acc_range=410,614`.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from firmware_bridge.carriers.ble import BleLink
from firmware_bridge.carriers.serial_port import SerialLink
from firmware_bridge.drivers.bitalino_frames import FrameDecoder, Run
from firmware_bridge.drivers.wearing import Wearing, read_wearing, remarks_on_rate
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Chunk, Defects, Device, Missing, Reading, Setup
from firmware_bridge.sensor import Address, LinkLostError, SensorError
from signals import GapReason, Scale

BAUD = 115_200
COMMANDS = "4051eb11-bf0a-4c74-8730-a48f4193fcea"
FRAMES = "40fdba6b-672e-47c4-808a-e529adff3633"
STOP, VERSION = b"\xff", b"\x07"
RATES = {1: 0, 10: 1, 100: 2, 1000: 3}
SENT_BUFFER_BYTES = 1500
"""What the board holds back for a slow link; a longer silence has lost samples."""
MIDDLE = 512
EMG = Scale(3.3e6 / 1009 / 1024, bits=10)
NOMINAL_RANGE = (410, 614)
"""ADXL335 at the board's supply: a tenth of it per g around the middle, which is 102 counts."""
ANSWER_S = 3.0
QUIET_S = 0.3
BETWEEN_COMMANDS_S = 0.1

CHECK_REMARK = (
    "the format's checksum has 4 bits and its sequence counts to 16: one damaged sample in sixteen goes unnoticed,"
    " and so does a loss of 16 samples or a multiple"
)
BLE_REMARK = "over Bluetooth LE, 100 Hz is what this board is known to hold; at 1000 Hz a slow radio loses samples"
RANGE_REMARK = "acceleration is scaled by the nominal range 410 to 614, not by a calibration (acc_range=CMIN,CMAX)"


class ByteLink(Protocol):
    """A link that carries bytes, as `SerialLink` does."""

    async def open(self) -> None: ...  # noqa: D102 - as in SerialLink
    async def receive(self) -> tuple[bytes, float]: ...  # noqa: D102
    async def send(self, data: bytes) -> None: ...  # noqa: D102
    async def close(self) -> None: ...  # noqa: D102


class BleBytes:
    """The frames characteristic as a stream of bytes, commands by write with response."""

    def __init__(self, address: str, clock: HostClock) -> None:
        self._link = BleLink(address, clock, [FRAMES])

    async def open(self) -> None:
        """Connect and subscribe."""
        await self._link.open()

    async def receive(self) -> tuple[bytes, float]:
        """Return all bytes that have come and when the last of them came."""
        notifications = await self._link.receive()
        return b"".join(item.data for item in notifications), notifications[-1].received_s

    async def send(self, data: bytes) -> None:
        """Write to the commands characteristic."""
        await self._link.write(COMMANDS, data)

    async def close(self) -> None:
        """Disconnect."""
        await self._link.close()


class Assembler:
    """Makes readings of runs of frames; outlives the links, each of which begins a new epoch."""

    def __init__(self, order: Sequence[int], fs_hz: float) -> None:
        self._order = list(order)  # columns of EMG and then X, Y, Z
        self._epoch = -1
        self._counter = 0
        self._fs_hz = fs_hz
        self._received_s: float | None = None

    def reopen(self) -> None:
        """Note that the link was down."""
        self._received_s = None

    def take(self, runs: Sequence[Run], length: int, received_s: float) -> list[Reading]:
        """Return the readings of runs of frames of `length` bytes."""
        silent = (
            self._received_s is None or received_s - self._received_s > SENT_BUFFER_BYTES / length / self._fs_hz
        )
        if runs:
            self._received_s = received_s
        readings: list[Reading] = []
        for run in runs:
            if run.step is None or silent:
                self._epoch, self._counter = self._epoch + 1, 0
            else:
                self._counter += run.step - 1
            silent = False
            counts = run.counts[:, self._order] - MIDDLE
            for stream, part in (("emg", counts[:, :1]), ("acc", counts[:, 1:])):
                if part.shape[1]:
                    readings.append(
                        Chunk(stream, self._epoch, self._counter, part, received_s, began=GapReason.LINK_LOST)
                    )
            self._counter += len(counts)
        return readings


class Bitalino:
    """One BITalino, over a link that carries bytes. It keeps nothing that could be asked for again."""

    def __init__(self, address: str, link: ByteLink, setup: "Wiring", clock: HostClock) -> None:
        self._address = address
        self._link = link
        self._wiring = setup
        self._clock = clock
        self._decoder = FrameDecoder(len(setup.ports))
        self._assembler = Assembler(setup.order, setup.fs_hz)

    async def open(self) -> Setup:
        """Connect, stop what runs, set the rate, start. Raises `LinkLostError`, `SensorError`."""
        await self._link.open()
        try:
            firmware = await self._greet()
            await self._command(bytes([RATES[round(self._wiring.fs_hz)] << 6 | 3]))
            self._decoder.restart()
            self._assembler.reopen()
            await self._command(bytes([sum(4 << port for port in self._wiring.ports) | 1]))
        except BaseException:
            await self.close()
            raise
        return self._wiring.setup(Device(make="BITalino", address=self._address, firmware=firmware))

    async def receive(self) -> Sequence[Reading]:
        """Return the readings of what has come. Raises `LinkLostError`."""
        data, received_s = await self._link.receive()
        readings = self._assembler.take(self._decoder.feed(data), self._decoder.length, received_s)
        if self._decoder.defects:
            readings.append(Defects(dict(self._decoder.defects)))
            self._decoder.defects.clear()
        return readings

    async def request(self, missing: Missing) -> None:
        """Never called: the sensor keeps nothing."""

    async def close(self) -> None:
        """Stop the board and release the link."""
        try:
            with suppress(LinkLostError, SensorError):  # there may be no link any more
                await self._command(STOP)
        finally:
            await self._link.close()

    async def _greet(self) -> str:
        """Stop a stream that still runs; return the version that the board answers with."""
        await self._command(STOP)
        with suppress(TimeoutError):
            async with self._clock.deadline(ANSWER_S):
                while await self._hears():
                    pass
        await self._command(VERSION)
        answer = b""
        try:
            async with self._clock.deadline(ANSWER_S):
                while b"BITalino" not in answer or not answer.endswith(b"\n"):
                    answer += (await self._link.receive())[0]
        except TimeoutError as error:
            raise LinkLostError(f"{self._address} does not answer as a BITalino does") from error
        return answer[answer.index(b"BITalino") :].decode("ascii", "replace").strip()

    async def _hears(self) -> bool:
        """Return whether anything comes within `QUIET_S`."""
        try:
            async with self._clock.deadline(QUIET_S):
                await self._link.receive()
        except TimeoutError:
            return False
        return True

    async def _command(self, data: bytes) -> None:
        """Send, and leave time for it to go out: what has not when the port is closed is discarded."""
        await self._link.send(data)
        await self._clock.sleep(BETWEEN_COMMANDS_S)


class Wiring:
    """What is connected where, as the URI says it. Raises `SensorError` for what cannot be."""

    def __init__(self, address: Address, *, over_ble: bool) -> None:
        self.wearing: Wearing
        self.wearing, options = read_wearing(address, emg="A1", acc=None, acc_range=None, rate="1000")
        emg = _ports(options["emg"] or "", 1)
        acc = _ports(options["acc"] or "", 3) if options["acc"] else ()
        self.ports = tuple(sorted({*emg, *acc}))
        if len(self.ports) != len(emg) + len(acc):
            raise SensorError(f"emg={options['emg']}, acc={options['acc']}: every input can be named once")
        self.order = [self.ports.index(port) for port in (*emg, *acc)]
        rate = options["rate"] or ""
        if rate not in map(str, RATES):
            raise SensorError(f"rate={rate}: a BITalino samples at 1, 10, 100 or 1000 Hz")
        self.fs_hz = float(rate)
        self._range = _range(options["acc_range"])
        self._remarks = (
            *remarks_on_rate(self.fs_hz),
            CHECK_REMARK,
            *([BLE_REMARK] if over_ble else []),
            *([RANGE_REMARK] if acc and not options["acc_range"] else []),
        )

    def setup(self, device: Device) -> Setup:
        """Return what the board delivers."""
        low, high = self._range
        scale = Scale(2 / (high - low), 2 * (MIDDLE - low) / (high - low) - 1, bits=10)
        acc = (self.wearing.acc(self.fs_hz, (scale, scale, scale)),) if len(self.order) > 1 else ()
        return Setup(device=device, streams=(self.wearing.emg(self.fs_hz, EMG), *acc), remarks=self._remarks)


def _ports(text: str, n: int) -> tuple[int, ...]:
    """Return the inputs A1 to A6 (0 to 5) that a text names."""
    names = text.upper().split(",")
    if len(names) != n or not all(name in ("A1", "A2", "A3", "A4", "A5", "A6") for name in names):
        raise SensorError(f"{text}: write {n} of the inputs A1 to A6, as in {'A1' if n == 1 else 'A2,A3,A4'}")
    return tuple(int(name[1]) - 1 for name in names)


def _range(text: str | None) -> tuple[float, float]:
    if text is None:
        return NOMINAL_RANGE
    low, _, high = text.partition(",")
    try:
        values = float(low), float(high)
    except ValueError:
        values = (0.0, 0.0)
    if not 0 <= values[0] < values[1] < 1024:  # noqa: PLR2004 - 10 bits
        raise SensorError(f"acc_range={text}: write what the axis reads at -1 g and at +1 g, as in 410,614")
    return values


def over_serial(address: Address, clock: HostClock) -> Bitalino:
    """Make the sensor at `bitalino+serial:PORT`. Raises `SensorError` for a bad option."""
    wiring = Wiring(address, over_ble=False)
    return Bitalino(address.place, SerialLink(address.place, BAUD, clock), wiring, clock)


def over_bluetooth(address: Address, clock: HostClock) -> Bitalino:
    """Make the sensor at `bitalino+ble:ADDRESS`. Raises `SensorError` for a bad option."""
    wiring = Wiring(address, over_ble=True)
    return Bitalino(address.place.upper(), BleBytes(address.place, clock), wiring, clock)
