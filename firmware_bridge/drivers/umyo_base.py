"""uMyo through its USB base: `umyo+serial:/dev/ttyUSB0?unit=1A2B3C4D&leg=L&muscle=GM`.

The base passes on what it hears of every unit on its channel, 921 600 baud (ultimaterobotics/udevices_base f2ee284,
udevices_base_main.c; the unit's side: uMyo d3a14b3, main.c, `prepare_data_packet`):

    79 213, signal strength, then the packet: id, length of the packet, unit u32, 80 + n, parameter id, 3 parameter
    bytes, count of blocks u8, n samples i16, 4 spectrum i16, quaternion 4 x i16, acceleration 3 x i16, yaw, pitch,
    roll i16, and from 2023 on the magnetic field 3 x i16. All big-endian; n is 8.

There is no checksum: what a damaged sample or unit number would be cannot be told, only a damaged frame can.
The count of blocks wraps after 1.8 s; after a longer silence a new epoch begins. The samples are not raw: the
firmware sends each plus the one 11 (in 60-Hz countries 9) samples before it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from firmware_bridge.carriers.serial_port import SerialLink
from firmware_bridge.drivers import umyo_signals as umyo
from firmware_bridge.drivers.counting import ShortCount
from firmware_bridge.drivers.wearing import Wearing, read_wearing
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Chunk, Defect, Device, Missing, Reading, Setup, Status
from firmware_bridge.sensor import Address, LinkLostError, SensorError
from signals import Counts, Scale

BAUD = 921_600
SYNC = bytes((79, 213))
BLOCK = 8
HEAD = 5  # sync, signal strength, packet id, length
MIDDLE = 2**14
EMG = Scale(umyo.UV_PER_COUNT / 2, bits=15)
LISTEN_S = 3.0
COMB_REMARK = (
    "the firmware adds to every EMG sample the one 11 (or 9) before it: a comb with zeros near 52, 157, 261 ... Hz"
    " (or 64, 192, 319 ...), halved here to a gain of 1 at its peaks"
)
COUNT_REMARK = (
    "the format has no checksum and counts to 256: damage to samples goes unseen, and after a loss of 1.5 s or more"
    " the clock, not the count, says how much is missing"
)


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet: unit, count of its block (wraps at 256), EMG (8, 1), acceleration (1, 3), battery in volts."""

    unit: int
    block: int
    emg: Counts
    acc: Counts
    battery_v: float | None


class BaseDecoder:
    """Finds the packets in the bytes of a base, whatever the pieces they come in; counts what is none.

    A packet is taken where the sync bytes are followed by a length that fits the number of samples it announces.
    A stretch of other bytes counts as one `DAMAGED`.
    """

    def __init__(self) -> None:
        self.defects: Counter[Defect] = Counter()
        self._held = b""
        self._astray = False

    def feed(self, data: bytes) -> list[Packet]:
        """Return the packets that are complete with these bytes."""
        held = self._held + data
        packets: list[Packet] = []
        at = 0
        while True:
            found = held.find(SYNC, at)
            if found < 0:
                end = len(held) - held.endswith(SYNC[:1])
                self._stray(end - at)
                at = end
                break
            self._stray(found - at)
            at = found
            if len(held) < at + HEAD + 5:
                break
            if not _fits(held[at + 4], held[at + 9]):
                self._stray(1)
                at += 1
                continue
            end = at + 3 + held[at + 4]
            if len(held) < end:
                break
            packets.append(_packet(held[at + 3 : end]))
            self._astray = False
            at = end
        self._held = held[at:]
        return packets

    def restart(self) -> None:
        """Forget a packet that was cut off by the end of a link."""
        if self._held:
            self.defects[Defect.TRUNCATED] += 1
        self._held, self._astray = b"", False

    def _stray(self, skipped: int) -> None:
        if skipped and not self._astray:
            self.defects[Defect.DAMAGED] += 1
            self._astray = True


def _fits(length: int, kind: int) -> bool:
    """Return whether a packet of this length can be of this kind (80 + 8 samples), with or without magnetometer."""
    return kind == 80 + BLOCK and length in (40 + 2 * BLOCK, 46 + 2 * BLOCK)


def _packet(data: bytes) -> Packet:
    numbers = np.frombuffer(data, ">i2", (len(data) - 12) // 2, 12).astype(np.int32)
    acc_at = BLOCK + 4 + 4  # after the spectrum and the quaternion
    return Packet(
        unit=int.from_bytes(data[2:6], "big"),
        block=data[11],
        emg=numbers[:BLOCK].reshape(-1, 1),
        acc=numbers[acc_at : acc_at + 3].reshape(1, 3),
        battery_v=round(2 + data[8] / 100, 2) if data[7] == 0 else None,
    )


class Assembler:
    """Makes readings of the packets of one unit; outlives the links. Acceleration: one sample per packet."""

    def __init__(self, unit: int, rate_hz: float) -> None:
        self._unit = unit
        self._count = ShortCount(256, rate_hz / BLOCK, checked=False)
        self._battery_v: float | None = None

    def reopen(self) -> None:
        """Note that the link was down."""
        self._count.reopen()

    def take(self, packets: Sequence[Packet], received_s: float, defects: Counter[Defect]) -> list[Reading]:
        """Return the readings; what cannot be placed is counted in `defects`."""
        readings: list[Reading] = []
        for packet in packets:
            if packet.unit != self._unit:
                continue
            place = self._count.place(packet.block, received_s)
            block = umyo.within(packet.emg, 2 * MIDDLE)
            if place is None or block is None:
                defects[Defect.CONTRADICTORY if place is None else Defect.DAMAGED] += 1
                continue
            at = place.counter * BLOCK
            saturated = bool(block.min() <= 2 * umyo.LIMITS[0] or block.max() >= 2 * umyo.LIMITS[1])
            emg = Chunk("emg", place.epoch, at, block - MIDDLE, received_s, saturated=saturated, began=place.began)
            acc = Chunk("acc", place.epoch, place.counter, packet.acc, received_s, began=place.began)
            readings += [emg, acc]
            if packet.battery_v is not None and packet.battery_v != self._battery_v:
                self._battery_v = packet.battery_v
                readings.append(Status(received_s=received_s, battery_v=packet.battery_v))
        return readings


class UmyoBase:
    """One unit heard by a base on a serial port. It keeps nothing that could be asked for again."""

    def __init__(
        self, path: str, unit: int | None, wearing: Wearing, rate_hz: float | None, clock: HostClock
    ) -> None:
        self._path = path
        self._unit = unit
        self._wearing = wearing
        self._rate_hz = rate_hz
        self._measured = rate_hz is None
        self._clock = clock
        self._link = SerialLink(path, BAUD, clock)
        self._decoder = BaseDecoder()
        self._assembler: Assembler | None = None

    async def open(self) -> Setup:
        """Open the port; at the first time, measure the rate. Raises `LinkLostError`, `SensorError`."""
        await self._link.open()
        try:
            return await self._start()
        except BaseException:
            await self.close()
            raise

    async def receive(self) -> Sequence[Reading]:
        """Return the readings of what has come. Raises `LinkLostError`."""
        if self._assembler is None:
            raise LinkLostError(f"the uMyo base on {self._path} is not open")
        data, received_s = await self._link.receive()
        readings = self._assembler.take(self._decoder.feed(data), received_s, self._decoder.defects)
        return readings + umyo.taken(self._decoder.defects)

    async def request(self, missing: Missing) -> None:
        """Never called: the sensor keeps nothing."""

    async def close(self) -> None:
        """Close the port; the base goes on by itself."""
        await self._link.close()

    async def _start(self) -> Setup:
        self._decoder.restart()
        unit = self._unit
        if unit is None:
            heard = ", ".join(await self._listen()) or "none"
            raise SensorError(f"say which unit is meant: ?unit=XXXXXXXX; heard in {LISTEN_S:g} s: {heard}")
        if self._rate_hz is None:
            self._rate_hz = await self._measure(unit)
        if self._assembler is None:
            self._assembler = Assembler(unit, self._rate_hz)
        self._assembler.reopen()
        return self._setup(unit, self._rate_hz)

    async def _listen(self) -> list[str]:
        """Return the units that are heard, as they are written in a URI."""
        heard: set[int] = set()
        try:
            async with self._clock.deadline(LISTEN_S):
                while True:
                    data, _ = await self._link.receive()
                    heard |= {packet.unit for packet in self._decoder.feed(data)}
        except TimeoutError:
            return sorted(f"{unit:08X}" for unit in heard)

    async def _measure(self, unit: int) -> float:
        """Listen to the unit for `MEASURED_S` and return its rate; these samples are not delivered."""
        count = ShortCount(256, umyo.NOMINAL_HZ / BLOCK, checked=False)
        counts: list[int] = []
        times: list[float] = []
        epoch = 0
        try:
            async with self._clock.deadline(umyo.SILENT_S):
                while not times or times[-1] - times[0] < umyo.MEASURED_S:
                    data, received_s = await self._link.receive()
                    for packet in self._decoder.feed(data):
                        place = count.place(packet.block, received_s) if packet.unit == unit else None
                        if place is None:
                            continue
                        if place.epoch != epoch:
                            epoch, counts, times = place.epoch, [], []
                        counts.append(place.counter * BLOCK)
                        times.append(received_s)
        except TimeoutError as error:
            raise LinkLostError(f"the base on {self._path} does not hear uMyo {unit:08X} steadily") from error
        return umyo.plausible_rate_hz(counts, times, f"{unit:08X}")

    def _setup(self, unit: int, rate_hz: float) -> Setup:
        return Setup(
            device=Device(make="uMyo v3.1 (USB base)", address=f"{unit:08X}"),
            streams=(self._wearing.emg(rate_hz, EMG), self._wearing.acc(rate_hz / BLOCK, umyo.ACC)),
            remarks=(
                umyo.rate_remark(rate_hz, measured=self._measured),
                umyo.SCALE_REMARK,
                COMB_REMARK,
                COUNT_REMARK,
            ),
        )


def over_serial(address: Address, clock: HostClock) -> UmyoBase:
    """Make the sensor at `umyo+serial:PORT?unit=XXXXXXXX`. Raises `SensorError` for a bad option."""
    wearing, options = read_wearing(address, unit=None, rate=None)
    text = options["unit"]
    try:
        unit = None if text is None else int(text, 16)
    except ValueError as error:
        raise SensorError(f"unit={text}: write the eight hexadecimal digits of the unit") from error
    return UmyoBase(address.place, unit, wearing, umyo.read_rate(options["rate"]), clock)
