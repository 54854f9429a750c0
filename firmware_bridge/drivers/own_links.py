"""Frames of the CrampWatch sensor profile over its two carriers."""

from typing import Protocol

from firmware_bridge.carriers.serial_port import SerialLink
from firmware_bridge.host_clock import HostClock
from firmware_bridge.wire.envelope import Unwrapper, wrap

Arrived = tuple[bytes, float]
"""A frame, and the host's monotonic clock when it came."""


class FrameLink(Protocol):
    """Whole frames to and from one sensor; all methods but `close` raise `LinkLostError`."""

    @property
    def address(self) -> str:
        """What the sensor is reached by."""
        ...

    async def open(self) -> None:
        """Reach the sensor."""
        ...

    async def receive(self) -> list[Arrived]:
        """Wait for frames; all that have come."""
        ...

    async def send(self, frame: bytes) -> None:
        """Send a command."""
        ...

    def take_damaged(self) -> int:
        """Return how many frames came damaged since the last call."""
        ...

    async def close(self) -> None:
        """Let the sensor go; never raises."""
        ...


class SerialFrames:
    """Frames in envelopes on a serial port."""

    def __init__(self, path: str, baud: int, clock: HostClock) -> None:
        self.address = path
        self._link = SerialLink(path, baud, clock)
        self._unwrapper = Unwrapper()

    async def open(self) -> None:
        """Open the port and end whatever the sensor may have begun to read."""
        self._unwrapper = Unwrapper()
        await self._link.open()
        await self._link.send(b"\0")

    async def receive(self) -> list[Arrived]:
        """Wait for whole frames."""
        while True:
            data, received_s = await self._link.receive()
            if frames := self._unwrapper.feed(data):
                return [(frame, received_s) for frame in frames]

    async def send(self, frame: bytes) -> None:
        """Send a command in its envelope."""
        await self._link.send(wrap(frame))

    def take_damaged(self) -> int:
        """Return how many envelopes could not be opened."""
        damaged, self._unwrapper.damaged = self._unwrapper.damaged, 0
        return damaged

    async def close(self) -> None:
        """Close the port."""
        await self._link.close()


class BluetoothFrames:
    """Frames as notifications and writes."""

    def __init__(self, address: str, clock: HostClock) -> None:
        # bleak and D-Bus take a second to import, which a sensor on a cable need not wait for
        from firmware_bridge.carriers.ble import BleLink  # noqa: PLC0415
        from firmware_bridge.wire.gatt import CONTROL, DATA  # noqa: PLC0415

        self.address = address
        self._control = CONTROL
        self._link = BleLink(address, clock, (DATA, CONTROL), bonded=True)

    async def open(self) -> None:
        """Find the sensor and connect."""
        await self._link.open()

    async def receive(self) -> list[Arrived]:
        """Wait for notifications; both characteristics carry frames that say themselves what they are."""
        return [(notification.data, notification.received_s) for notification in await self._link.receive()]

    async def send(self, frame: bytes) -> None:
        """Write a command to the control point."""
        await self._link.write(self._control, frame)

    def take_damaged(self) -> int:
        """Return 0: the radio's own checksum sees to that."""
        return 0

    async def close(self) -> None:
        """Disconnect."""
        await self._link.close()
