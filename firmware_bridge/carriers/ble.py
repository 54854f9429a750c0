"""A Bluetooth Low Energy link to one sensor, by bleak on BlueZ."""

from collections.abc import Sequence
from dataclasses import dataclass

from firmware_bridge.host_clock import HostClock


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification: the characteristic's UUID (lower case), its value, and the host's monotonic clock at arrival."""

    uuid: str
    data: bytes
    received_s: float


class BleLink:
    """A link to the sensor at a Bluetooth address; may be opened again after it was lost or closed.

    `notify` are the UUIDs of the characteristics to be told of. They are subscribed to before `open` returns, so that
    nothing is missed of what a later START lets the sensor send.
    """

    def __init__(self, address: str, clock: HostClock, notify: Sequence[str]) -> None:
        self.address = address.upper()
        self._clock = clock
        self._notify = tuple(uuid.lower() for uuid in notify)

    @property
    def mtu(self) -> int:
        """The ATT_MTU that was negotiated, 23 to 517; a notification or a write carries 3 bytes less."""
        raise NotImplementedError

    async def open(self) -> None:
        """Find the sensor, connect, negotiate the MTU, subscribe.

        Raises `LinkLostError` where it cannot be reached now, `BondLostError` where it no longer knows this computer,
        `SensorError` where it wants to be paired first or lacks a characteristic.
        """
        raise NotImplementedError

    async def receive(self) -> list[Notification]:
        """Wait for notifications; all that have come, in order. Raises `LinkLostError` after the last of a lost link."""
        raise NotImplementedError

    async def read(self, uuid: str) -> bytes:
        """Read a characteristic. Raises `LinkLostError`, `SensorError` where the sensor refuses."""
        raise NotImplementedError

    async def write(self, uuid: str, data: bytes, *, response: bool = True) -> None:
        """Write a characteristic, with the sensor's acknowledgement or without. Raises as `read`."""
        raise NotImplementedError

    async def close(self) -> None:
        """Disconnect. Never raises; may be called at any time."""
        raise NotImplementedError
