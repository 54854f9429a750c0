"""The commands of LogAndStream that are used, each acknowledged with 0xFF (or refused with 0xFE)."""

import struct

from firmware_bridge.carriers.serial_port import SerialLink
from firmware_bridge.host_clock import HostClock
from firmware_bridge.sensor import LinkLostError, SensorError

ACK, REFUSED = 0xFF, 0xFE
ANSWER_S = 5.0
QUIET_S = 0.3
SETTLE_S = 5.0
SENT_S = 0.1
SHIMMER3, LOG_AND_STREAM = 3, 3
CALIBRATION_BYTES, ACC_CALIBRATION_BYTES = 84, 21
REGISTERS = 10
CRC_16 = 2


class Commands:
    """Commands to one sensor; each raises `LinkLostError` without an answer, `SensorError` where it is refused."""

    def __init__(self, link: SerialLink, path: str, clock: HostClock) -> None:
        self._link = link
        self._path = path
        self._clock = clock
        self._held = bytearray()

    async def identify(self) -> str:
        """Stop what runs and return the version of the firmware. Raises `SensorError` for another sensor."""
        await self.stop()
        await self._link.send(b"\x8b\x00")  # no CRC while commands are answered
        await self._settle()
        hardware = (await self._ask(b"\x3f", 0x25, 1))[0]
        if hardware != SHIMMER3:
            raise SensorError(f"{self._path} is no Shimmer3 (hardware {hardware}); the Shimmer3R is not supported")
        kind, major, minor, patch = struct.unpack("<HHBB", await self._ask(b"\x2e", 0x2F, 6))
        if kind != LOG_AND_STREAM:
            raise SensorError(f"{self._path} runs firmware {kind}; load LogAndStream, which is firmware 3")
        return f"LogAndStream {major}.{minor}.{patch}"

    async def set_rate(self, divider: int) -> None:
        """Set the rate to 32 768 Hz / `divider`."""
        await self._tell(b"\x05" + divider.to_bytes(2, "little"))

    async def set_sensors(self, mask: int) -> None:
        """Set what is measured."""
        await self._tell(b"\x08" + mask.to_bytes(3, "little"))

    async def set_exg(self, chip: int, registers: bytes) -> None:
        """Set the ten registers of an ADS1292R."""
        await self._tell(bytes((0x61, chip, 0, REGISTERS)) + registers)

    async def exg(self, chip: int) -> bytes:
        """Return the ten registers of an ADS1292R."""
        answer = await self._ask(bytes((0x63, chip, 0, REGISTERS)), 0x62, 1 + REGISTERS)
        return answer[1:]

    async def acc_calibration(self) -> bytes:
        """Return the 21 bytes of the low-noise accelerometer."""
        return (await self._ask(b"\x2c", 0x2D, CALIBRATION_BYTES))[:ACC_CALIBRATION_BYTES]

    async def inquire(self) -> tuple[int, tuple[int, ...]]:
        """Return the divider and the channels of a packet, in order."""
        head = await self._ask(b"\x01", 0x02, 8)
        return int.from_bytes(head[:2], "little"), tuple(await self._take(head[6]))

    async def start(self) -> None:
        """Ask for a CRC of 16 bits on everything from now on, and start."""
        await self._tell(bytes((0x8B, CRC_16)))
        await self._link.send(b"\x07")

    async def stop(self) -> None:
        """Stop the stream; the answer is not awaited, but time is left for the command to go out."""
        await self._link.send(b"\x20")
        await self._clock.sleep(SENT_S)

    async def _settle(self) -> None:
        """Throw away what comes until nothing has come for `QUIET_S`."""
        self._held.clear()
        try:
            async with self._clock.deadline(SETTLE_S):
                while await self._hears():
                    pass
        except TimeoutError as error:
            raise LinkLostError(f"the sensor on {self._path} does not stop sending") from error

    async def _hears(self) -> bool:
        try:
            async with self._clock.deadline(QUIET_S):
                await self._link.receive()
        except TimeoutError:
            return False
        return True

    async def _tell(self, command: bytes) -> None:
        self._held.clear()
        await self._link.send(command)
        answer = (await self._take(1))[0]
        if answer == REFUSED:
            raise SensorError(f"{self._path} refuses command 0x{command[0]:02X}; update its LogAndStream firmware")
        if answer != ACK:
            raise LinkLostError(f"{self._path} answers command 0x{command[0]:02X} with 0x{answer:02X}")

    async def _ask(self, command: bytes, response: int, n: int) -> bytes:
        await self._tell(command)
        answer = await self._take(1 + n)
        if answer[0] != response:
            raise LinkLostError(f"{self._path} answers command 0x{command[0]:02X} with 0x{answer[0]:02X}")
        return answer[1:]

    async def _take(self, n: int) -> bytes:
        try:
            async with self._clock.deadline(ANSWER_S):
                while len(self._held) < n:
                    self._held += (await self._link.receive())[0]
        except TimeoutError as error:
            raise LinkLostError(f"{self._path} does not answer as a Shimmer3 does") from error
        taken = bytes(self._held[:n])
        del self._held[:n]
        return taken
