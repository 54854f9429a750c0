"""Shimmer3 EMG (LogAndStream firmware): `shimmer3+serial:/dev/rfcomm0?rate=1024&bits=24&emg=1&leg=L&muscle=GM`.

Over Bluetooth Classic as a serial port. The sensor is told to take EMG (ADS1292R, chip 1) and the low-noise
accelerometer at one rate, 32 768 Hz / n, and to add a CRC to each packet. Its ticks are the sample counter: they
wrap after 512 s and run on while there is no link, but each start of a stream has its own phase, so that each link
is an epoch. Commands: BrainFlow's shimmer3_defines.h and ShimmerResearch/log-and-stream-common; registers for EMG
and calibration: ShimmerEngineering/Shimmer-C-API (ShimmerBluetooth.cs).
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.carriers.serial_port import SerialLink
from firmware_bridge.drivers import shimmer3_calibration as calibration
from firmware_bridge.drivers import shimmer3_packets as wire
from firmware_bridge.drivers.shimmer3_commands import Commands
from firmware_bridge.drivers.wearing import Wearing, read_wearing, remarks_on_rate
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Chunk, Defect, Defects, Device, Missing, Reading, Setup
from firmware_bridge.sensor import Address, LinkLostError, SensorError
from signals import Counts, GapReason

BAUD = 115_200
TICK_HZ = 32_768
WRAP = 2**24
SURE_S = WRAP / TICK_HZ / 2
"""A silence after which nobody knows how often the ticks wrapped."""
HIGHEST_HZ = 2048
ACC_SENSOR = 0x000080
EXG1_SENSOR = {24: 0x000010, 16: 0x100000}
HOLD_REMARK = (
    "the EMG converter runs at {} Hz by its own clock and is read at {:g} Hz: a sample is up to {:g} ms old"
)


class Assembler:
    """Makes readings of packets; outlives the links, each of which begins a new epoch."""

    def __init__(self, divider: int) -> None:
        self._divider = divider
        self._epoch = -1
        self._first = 0  # ticks of the epoch's first packet
        self._ticks: int | None = None  # of the last packet, unwrapped; None before the first of an epoch
        self._received_s = 0.0

    def reopen(self) -> None:
        """Note that the stream was started anew."""
        self._ticks = None

    def take(
        self, wrapped: NDArray[np.int64], emg: Counts, acc: Counts, received_s: float, defects: Counter[Defect]
    ) -> list[Reading]:
        """Return the readings of packets with these ticks; those that do not go on are counted as contradictory."""
        back = np.flatnonzero(np.diff(wrapped) % WRAP >= WRAP // 2)
        if len(back):  # the ticks ran back: the sensor began again without the link noticing
            n = int(back[0]) + 1
            before = self.take(wrapped[:n], emg[:n], acc[:n], received_s, defects)
            self.reopen()
            return before + self.take(wrapped[n:], emg[n:], acc[n:], received_s, defects)
        counters, ticks, fresh = self._unwrap(wrapped, received_s)
        if not fresh.all():
            defects[Defect.CONTRADICTORY] += int((~fresh).sum())
        rows = np.flatnonzero(fresh)
        readings: list[Reading] = []
        for part in np.split(rows, np.flatnonzero(np.diff(counters[rows]) != 1) + 1):
            if len(part):
                at, tick = int(counters[part[0]]), int(ticks[part[0]])
                for stream, counts in (("emg", emg), ("acc", acc)):
                    chunk = Chunk(
                        stream, self._epoch, at, counts[part], received_s, ticks=tick, began=GapReason.LINK_LOST
                    )
                    readings.append(chunk)
        return readings

    def _unwrap(
        self, wrapped: NDArray[np.int64], received_s: float
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Return the packets' counts, their ticks, and which counts are higher than all before."""
        step = 0 if self._ticks is None else (int(wrapped[0]) - self._ticks) % WRAP
        if self._ticks is None or step >= WRAP // 2 or received_s - self._received_s > SURE_S:
            self._epoch += 1
            self._ticks = self._first = int(wrapped[0])
            last = -1
        else:
            last = round((self._ticks - self._first) / self._divider)
        self._received_s = received_s
        ticks = self._ticks + np.cumsum(np.diff(wrapped, prepend=self._ticks % WRAP) % WRAP)
        counters = np.rint((ticks - self._first) / self._divider).astype(np.int64)
        self._ticks = int(ticks[-1])
        return counters, ticks, np.diff(counters, prepend=last) > 0


@dataclass(frozen=True, slots=True)
class Wish:
    """What the URI asks for: divider of the clock, bits and channel (1 or 2) of the EMG."""

    wearing: Wearing
    divider: int
    bits: int
    channel: int

    @classmethod
    def read(cls, address: Address) -> "Wish":
        """Read the options of a URI. Raises `SensorError` for what a Shimmer3 cannot do."""
        wearing, options = read_wearing(address, rate="1024", bits="24", emg="1")
        bits, channel, rate = options["bits"] or "", options["emg"] or "", options["rate"] or ""
        if bits not in ("16", "24") or channel not in ("1", "2"):
            raise SensorError(f"bits={bits}, emg={channel}: bits is 16 or 24, emg the channel, 1 or 2")
        if not rate.isdecimal() or not 0 < int(rate) <= HIGHEST_HZ:
            raise SensorError(f"rate={rate}: write a rate up to {HIGHEST_HZ} Hz; 1024 and 512 are usual")
        return cls(wearing, round(TICK_HZ / int(rate)), int(bits), int(channel))

    @property
    def fs_hz(self) -> float:
        """The rate of both streams."""
        return TICK_HZ / self.divider

    @property
    def exg(self) -> int:
        """The number of the EMG channel in the inquiry response."""
        return (wire.EXG1_24 if self.bits == 24 else wire.EXG1_16)[self.channel - 1]  # noqa: PLR2004 - bits


class Shimmer3:
    """One Shimmer3 on a serial port. It keeps nothing that could be asked for again."""

    def __init__(self, path: str, wish: Wish, clock: HostClock) -> None:
        self._path = path
        self._wish = wish
        self._link = SerialLink(path, BAUD, clock)
        self._commands = Commands(self._link, path, clock)
        self._assembler = Assembler(wish.divider)
        self._remarks = remarks_on_rate(wish.fs_hz)
        self._channels: tuple[int, ...] = ()
        self._acc: calibration.AccCalibration | None = None
        self._decoder: wire.PacketDecoder | None = None
        self._defects: Counter[Defect] = Counter()

    async def open(self) -> Setup:
        """Connect, configure, start. Raises `LinkLostError`, `SensorError`."""
        await self._link.open()
        try:
            setup = await self._configure()
            self._decoder = wire.PacketDecoder(self._channels, self._defects)
            self._assembler.reopen()
            await self._commands.start()
        except BaseException:
            await self.close()
            raise
        return setup

    async def receive(self) -> Sequence[Reading]:
        """Return the readings of what has come. Raises `LinkLostError`."""
        if self._decoder is None or self._acc is None:
            raise LinkLostError(f"the Shimmer3 on {self._path} is not open")
        data, received_s = await self._link.receive()
        readings: list[Reading] = []
        for packets in self._decoder.feed(data):
            emg = wire.column(packets.body, self._channels, self._wish.exg).reshape(-1, 1)
            axes = (wire.column(packets.body, self._channels, channel) for channel in self._acc.channels)
            acc = np.stack(tuple(axes), axis=1) - calibration.MIDDLE
            readings += self._assembler.take(packets.ticks, emg, acc, received_s, self._defects)
        if self._defects:
            readings.append(Defects(dict(self._defects)))
            self._defects.clear()
        return readings

    async def request(self, missing: Missing) -> None:
        """Never called: the sensor keeps nothing."""

    async def close(self) -> None:
        """Stop the stream and release the port."""
        try:
            with suppress(LinkLostError, SensorError):  # there may be no link any more
                await self._commands.stop()
        finally:
            await self._link.close()
        if self._decoder is not None:
            self._decoder.end()
            self._decoder = None

    async def _configure(self) -> Setup:
        """Tell the sensor what to send, and read back what it will."""
        wish, commands = self._wish, self._commands
        firmware = await commands.identify()
        await commands.set_rate(wish.divider)
        await commands.set_exg(0, calibration.exg_registers(wish.fs_hz))
        await commands.set_exg(1, calibration.UNUSED_REGISTERS)
        await commands.set_sensors(ACC_SENSOR | EXG1_SENSOR[wish.bits])
        divider, self._channels = await commands.inquire()
        needed = {wish.exg, wire.ACC_X, wire.ACC_Y, wire.ACC_Z}
        if divider != wish.divider or not needed <= set(self._channels) <= set(wire.FORMATS):
            raise SensorError(
                f"the Shimmer3 on {self._path} answers with a divider of {divider} and channels {self._channels};"
                f" {wish.divider} and EMG with acceleration were asked for. Is an EXG board fitted?"
            )
        acc = self._acc = calibration.AccCalibration.read(await commands.acc_calibration())
        try:
            scale = calibration.exg_scale(await commands.exg(0), wish.channel, wish.bits)
        except ValueError as error:
            raise SensorError(f"the Shimmer3 on {self._path}: {error}") from error
        converter_hz = calibration.DATA_RATES_HZ[calibration.data_rate_setting(wish.fs_hz)]
        return Setup(
            device=Device(make="Shimmer3", address=self._path, firmware=firmware),
            streams=(wish.wearing.emg(wish.fs_hz, scale), wish.wearing.acc(wish.fs_hz, acc.scales)),
            tick_hz=float(TICK_HZ),
            remarks=(
                *self._remarks,
                HOLD_REMARK.format(converter_hz, wish.fs_hz, 1000 / converter_hz),
                *acc.remarks,
            ),
        )


def over_serial(address: Address, clock: HostClock) -> Shimmer3:
    """Make the sensor at `shimmer3+serial:PORT`. Raises `SensorError` for a bad option."""
    return Shimmer3(address.place, Wish.read(address), clock)
