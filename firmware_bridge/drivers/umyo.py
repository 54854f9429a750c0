"""uMyo v3.1 over Bluetooth LE (firmware of March 2026): `umyo+ble:ADDRESS?leg=L&muscle=GM&rate=1137`.

The sensor notifies two kinds of values, told apart by their length (uMyo d3a14b3, main.c, `umyo_ble_conn_tick`):

- 52 bytes: u32 count of the first sample since Bluetooth was switched on, 24 samples i16; or 60 bytes: the same and
  a quaternion. Little-endian.
- 26 bytes, every 40 ms or a little later: acceleration x, y, z, then rotation, magnetic field, quaternion; all i16.

Samples that the firmware itself misses (its loop was late for a block of 8) are not in its count and cannot be
seen. The count goes on while there is no link; of the samples the newest 256 (0.2 s) are kept. Acceleration has no
count: see `Assembler`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from firmware_bridge.carriers.ble import BleLink, Notification
from firmware_bridge.drivers import umyo_signals as umyo
from firmware_bridge.drivers.counting import LongCount, Place
from firmware_bridge.drivers.wearing import Wearing, read_wearing
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Chunk, Defect, Device, Missing, Reading, Setup
from firmware_bridge.sensor import Address, LinkLostError, SensorError
from signals import Counts

TELEMETRY = "fc7a850d-c1a5-f61f-0da7-9995621fbd01"
LEAST_MTU = 63  # 60 bytes and 3 of ATT; the sensor asks for 64
SAMPLES = 24
ACC_HZ = 25.0
HELD_SLOTS = 3
PLACING_REMARK = (
    "acceleration has no count of its own: it is placed by the EMG it came beside, to within 31 ms, 0.25 s after a"
    " stalled link"
)


@dataclass(frozen=True, slots=True)
class Telemetry:
    """EMG: the count of the first sample (wraps at 2^32) and the raw counts, shape (24, 1), 0 to 16 383."""

    count: int
    raw: Counts


@dataclass(frozen=True, slots=True)
class Auxiliary:
    """Acceleration, shape (1, 3)."""

    acc: Counts


def decode(value: bytes) -> Telemetry | Auxiliary | Defect:
    """Read one notified value; returns what is wrong with it where it is none."""
    if len(value) in (52, 60):
        raw = umyo.within(np.frombuffer(value, "<i2", SAMPLES, 4).astype(np.int32).reshape(-1, 1), 2 * umyo.MIDDLE)
        return Defect.DAMAGED if raw is None else Telemetry(int.from_bytes(value[:4], "little"), raw)
    if len(value) == 26:  # noqa: PLR2004 - the length is the type
        return Auxiliary(np.frombuffer(value, "<i2", 3).astype(np.int32).reshape(1, 3))
    return Defect.TRUNCATED if len(value) < 60 else Defect.UNKNOWN_TYPE  # noqa: PLR2004 - the longest there is


class Assembler:
    """Makes readings of notifications once the rate is known; outlives the links.

    Acceleration is put on a grid that is tied to the count of the EMG: sample k belongs to EMG sample `k x
    samples_per_acc`. The sensor takes a value when it sends it: within one packet (24 samples, 21 ms) after the end
    of the EMG received just before it, or up to 256 samples (0.22 s) after that when a stalled link lets EMG queue
    up. A value is put on the place nearest to half a packet after that end, so that it lies within 31 ms of when it
    was taken (10 ms of the packet, 20 ms of the grid). The sensor is a little slower than 25 Hz: a place without a
    value of its own repeats the one before; more than three missing in a row stay missing.
    """

    def __init__(self, rate_hz: float) -> None:
        self.samples_per_acc = round(rate_hz / ACC_HZ)
        self._count = LongCount(2**32, rate_hz)
        self._defects: Counter[Defect] = Counter()
        self._emg: Place | None = None
        self._epoch = 0
        self._slot = -1
        self._held = np.zeros((1, 3), np.int32)

    def reopen(self) -> None:
        """Note that the link was down: the sensor may have begun again, so acceleration waits for the first EMG."""
        self._count.reopen()
        self._emg = None

    def take(self, notifications: Sequence[Notification]) -> list[Reading]:
        """Return the readings of these notifications, in order, defects last."""
        readings: list[Reading] = []
        for notification in notifications:
            packet = decode(notification.data)
            if isinstance(packet, Defect):
                self._defects[packet] += 1
            elif isinstance(packet, Telemetry):
                readings += self._take_emg(packet, notification.received_s)
            else:
                readings += self._take_acc(packet.acc, notification.received_s)
        return readings + umyo.taken(self._defects)

    def _take_emg(self, packet: Telemetry, received_s: float) -> list[Reading]:
        place = self._count.place(packet.count, received_s)
        if place is None:
            self._defects[Defect.CONTRADICTORY] += 1
            return []
        if place.epoch != self._epoch:
            self._epoch, self._slot = place.epoch, -1
        self._emg = place
        return [
            Chunk(
                "emg",
                place.epoch,
                place.counter,
                packet.raw - umyo.MIDDLE,
                received_s,
                saturated=umyo.at_limit(packet.raw),
                began=place.began,
            )
        ]

    def _take_acc(self, acc: Counts, received_s: float) -> list[Reading]:
        if self._emg is None:  # nothing yet to place it by
            return []
        likely = self._emg.counter + SAMPLES + SAMPLES // 2
        slot = (likely + self.samples_per_acc // 2) // self.samples_per_acc
        if slot <= self._slot:
            self._held = acc
            return []
        missed = slot - self._slot - 1
        first = slot - missed if self._slot >= 0 and missed <= HELD_SLOTS else slot
        counts = np.concatenate([self._held] * (slot - first) + [acc])
        self._slot, self._held = slot, acc
        return [Chunk("acc", self._emg.epoch, first, counts, received_s, began=self._emg.began)]


class Umyo:
    """One uMyo over Bluetooth LE. It keeps nothing that could be asked for again."""

    def __init__(self, address: str, wearing: Wearing, rate_hz: float | None, clock: HostClock) -> None:
        self._address = address.upper()
        self._wearing = wearing
        self._rate_hz = rate_hz
        self._measured = rate_hz is None
        self._clock = clock
        self._link = BleLink(address, clock, [TELEMETRY])
        self._assembler: Assembler | None = None
        self._early: list[Notification] = []

    async def open(self) -> Setup:
        """Connect; at the first time, measure the rate. Raises `LinkLostError`, `SensorError`."""
        await self._link.open()
        try:
            return await self._start()
        except BaseException:
            await self.close()
            raise

    async def receive(self) -> Sequence[Reading]:
        """Return the readings of what has come. Raises `LinkLostError`."""
        if self._assembler is None:
            raise LinkLostError(f"uMyo {self._address} is not open")
        early, self._early = self._early, []
        return self._assembler.take(early or await self._link.receive())

    async def request(self, missing: Missing) -> None:
        """Never called: the sensor keeps nothing."""

    async def close(self) -> None:
        """Disconnect."""
        self._early = []
        await self._link.close()

    async def _start(self) -> Setup:
        if self._link.mtu < LEAST_MTU:
            raise SensorError(
                f"uMyo {self._address}: the link carries an MTU of {self._link.mtu}; its packets need {LEAST_MTU}"
            )
        if self._rate_hz is None:
            self._rate_hz = await self._measure()
        if self._assembler is None:
            self._assembler = Assembler(self._rate_hz)
        self._assembler.reopen()
        return self._setup(self._rate_hz, self._assembler.samples_per_acc)

    async def _measure(self) -> float:
        """Listen for `MEASURED_S` and return the rate; what came meanwhile is kept for `receive`."""
        counts: list[int] = []
        times: list[float] = []
        try:
            async with self._clock.deadline(umyo.SILENT_S):
                while not times or times[-1] - times[0] < umyo.MEASURED_S:
                    notifications = await self._link.receive()
                    self._early += notifications
                    for notification in notifications:
                        packet = decode(notification.data)
                        if isinstance(packet, Telemetry):
                            counts.append(packet.count)
                            times.append(notification.received_s)
        except TimeoutError as error:
            raise LinkLostError(f"uMyo {self._address} is connected but sends no EMG, or not steadily") from error
        return umyo.plausible_rate_hz(counts, times, self._address)

    def _setup(self, rate_hz: float, samples_per_acc: int) -> Setup:
        return Setup(
            device=Device(make="uMyo v3.1", address=self._address),
            streams=(
                self._wearing.emg(rate_hz, umyo.EMG),
                self._wearing.acc(rate_hz / samples_per_acc, umyo.ACC),
            ),
            remarks=(
                umyo.rate_remark(rate_hz, measured=self._measured),
                umyo.SCALE_REMARK,
                PLACING_REMARK,
            ),
        )


def over_bluetooth(address: Address, clock: HostClock) -> Umyo:
    """Make the sensor at `umyo+ble:ADDRESS`. Raises `SensorError` for a bad option."""
    wearing, options = read_wearing(address, rate=None)
    return Umyo(address.place, wearing, umyo.read_rate(options["rate"]), clock)
