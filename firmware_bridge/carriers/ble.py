"""A Bluetooth Low Energy link to one sensor, by bleak on BlueZ."""

import asyncio
import logging
import re
from collections import deque
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from bleak import BleakClient
from bleak.backends.device import BLEDevice
from bleak.exc import BleakError
from bleak_retry_connector import close_stale_connections_by_address, establish_connection

from firmware_bridge.carriers.bluez import DEVICE, BlueZ, in_words, radio, restart_adapters
from firmware_bridge.carriers.holding import hold
from firmware_bridge.carriers.scanning import find
from firmware_bridge.host_clock import HostClock
from firmware_bridge.sensor import BondLostError, LinkLostError, SensorError

ADDRESS = re.compile(r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}")
SEEK_S = 6.0
"""How long to listen for the sensor: several times the longest advertising interval in use, 1 s."""
CONNECT_S = 45.0
"""All attempts of one connection together."""
GATT_S = 10.0
"""One read, write or subscription. ATT gives up after 30 s (Core 5.4, Vol 3, Part F, 3.3.3); BlueZ may never."""
CLOSE_S = 6.0
"""BlueZ itself waits 2 s before it ends a link."""
RESET_AFTER = 10
"""Failures in a row after which the adapter is switched off and on, if it serves nobody else."""
HELD = 20_000
"""Notifications that may wait for `receive`: more than a minute of the fastest sensor."""

DROPPED_TIMES = 4
"""A paired sensor that was just heard, but drops so many connections in a row before they are complete, has no key
for us any more. BlueZ says `KEY_MISSING` then from 5.83 on; before, only that something ended the connection
(`br-connection-canceled`, `le-connection-abort-by-local`), and bleak tries the latter again for as long as it may.
"""
KEY_MISSING = "br-connection-key-missing"

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification: the UUID of its characteristic (lower case), its value, the host's clock at arrival."""

    uuid: str
    data: bytes
    received_s: float


class BleLink:
    """A link to the sensor at a Bluetooth address; may be opened again after it was lost or closed.

    `notify` are the UUIDs of the characteristics to be told of. They are subscribed to before `open` returns, so
    that nothing is missed of what a later START lets the sensor send. `bonded` is for a sensor that gives its data
    to paired computers only: `open` refuses where this is none. Raises `SensorError` for what is no address.
    """

    def __init__(self, address: str, clock: HostClock, notify: Sequence[str], *, bonded: bool = False) -> None:
        if not ADDRESS.fullmatch(address.upper()):
            raise SensorError(f"{address!r} is no Bluetooth address; write it as in C4:1F:5E:0B:00:01")
        self.address = address.upper()
        self._clock = clock
        self._bonded = bonded
        self._notify = tuple(uuid.lower() for uuid in notify)
        self._failures = 0
        self._client: BleakClient | None = None
        self._session = AsyncExitStack()
        self._held: deque[Notification] = deque()
        self._cause: str | None = "it is not open"
        self._news = asyncio.Event()

    @property
    def mtu(self) -> int:
        """The ATT_MTU that was negotiated, 23 to 517; a notification or a write carries 3 bytes less.

        Raises `LinkLostError` where the link is not open.
        """
        # bleak's own `mtu_size` is 23 on BlueZ until it is asked for privately; the characteristics know
        return 3 + max(
            each.max_write_without_response_size for each in self._up().services.characteristics.values()
        )

    async def open(self) -> None:
        """Find the sensor, connect, negotiate the MTU, subscribe.

        Raises `LinkLostError` where it cannot be reached now, `BondLostError` where it no longer knows this
        computer, `SensorError` where it wants to be paired first or lacks a characteristic.
        """
        await self.close()
        self._held.clear()
        self._cause = None
        self._news.clear()
        self._session.enter_context(hold(self.address))
        try:
            bluez = await self._session.enter_async_context(BlueZ())
            with in_words(self.address):
                await bluez.when_stopped(partial(self._lose, "the Bluetooth service has stopped"))
                async with radio():
                    if self._failures and self._failures % RESET_AFTER == 0:
                        await restart_adapters(bluez)
                    client = self._client = await self._connect(bluez)
            if not client.is_connected:
                self._lose("the link was lost at once")
            for uuid in self._notify:
                await self._subscribe(self._up(), uuid)
        except BaseException:
            self._failures += 1
            await self.close()
            raise
        self._failures = 0

    async def receive(self) -> list[Notification]:
        """Wait for notifications; return all that have come. Raises `LinkLostError` after the last of them."""
        while not self._held:
            if self._cause is not None:
                raise LinkLostError(f"{self.address}: {self._cause}")
            self._news.clear()
            await self._news.wait()
        held = list(self._held)
        self._held.clear()
        return held

    async def read(self, uuid: str) -> bytes:
        """Read a characteristic. Raises `LinkLostError`, `SensorError` where the sensor refuses."""
        return bytes(await self._asked(self._up().read_gatt_char(uuid)))

    async def write(self, uuid: str, data: bytes, *, response: bool = True) -> None:
        """Write a characteristic, with the sensor's acknowledgement or without. Raises as `read`."""
        await self._asked(self._up().write_gatt_char(uuid, data, response=response))

    async def close(self) -> None:
        """Disconnect. Never raises; may be called at any time."""
        client, self._client = self._client, None
        self._lose("it was closed")
        session, self._session = self._session, AsyncExitStack()
        try:
            async with self._clock.deadline(CLOSE_S):
                if client is not None:
                    await client.disconnect()
        except (BleakError, TimeoutError, EOFError, OSError, AssertionError) as error:
            # the next `open` ends what BlueZ may still hold
            _log.warning("%s: disconnecting failed: %r", self.address, error)
        finally:
            await session.aclose()

    async def _connect(self, bluez: BlueZ) -> BleakClient:
        """Connect to the sensor, once it advertises. Raises what bleak does, `LinkLostError`, `BondLostError`."""
        # a program that was killed leaves its link up, and a sensor in a link does not advertise
        await close_stale_connections_by_address(self.address)
        device = await find(self.address, SEEK_S)
        if device is None:
            raise LinkLostError(f"{self.address} is not in reach: nothing heard of it for {SEEK_S:.0f} s")
        path: str = device.details["path"]
        # asked for what only a paired computer may have, BlueZ tries to pair by itself and leaves the call hanging
        if self._bonded and not await bluez.get(path, DEVICE, "Paired"):
            raise SensorError(f"{self.address} is not paired; run once: crampwatch sensors pair {self.address}")
        try:
            client = await self._establish(bluez, device)
        except BleakError as error:
            if KEY_MISSING not in str(error):
                raise
            client = None
        if client is not None:
            return client
        if not await bluez.get(path, DEVICE, "Paired"):
            raise LinkLostError(f"{self.address} drops every connection at once")
        raise BondLostError(
            f"{self.address} no longer knows this computer: its memory was cleared, or it was paired with another "
            f"one. Run: crampwatch sensors forget {self.address}, then: crampwatch sensors pair {self.address}"
        )

    async def _establish(self, bluez: BlueZ, device: BLEDevice) -> BleakClient | None:
        """Connect, trying again where that may help; None where the sensor drops one connection after the other."""
        dropped = asyncio.Semaphore(0)
        await bluez.when_disconnected(device.details["path"], dropped.release)

        async def drops() -> None:
            for _ in range(DROPPED_TIMES):
                await dropped.acquire()

        connecting = asyncio.create_task(
            establish_connection(BleakClient, device, self.address, self._on_disconnected, use_services_cache=False)
        )
        dropping = asyncio.create_task(drops())
        try:
            async with self._clock.deadline(CONNECT_S):
                await asyncio.wait((connecting, dropping), return_when=asyncio.FIRST_COMPLETED)
            return connecting.result() if connecting.done() else None
        finally:
            connecting.cancel()
            dropping.cancel()
            await asyncio.wait((connecting, dropping), timeout=CLOSE_S)

    async def _subscribe(self, client: BleakClient, uuid: str) -> None:
        """Ask to be told of a characteristic.

        By AcquireNotify, which hands over a socket: StartNotify sends every value as a D-Bus signal to all who
        listen, and under load loses some without a word (measured: 590 of 3000; none by the socket). BlueZ has the
        socket for notifications only; indications, each of which is acknowledged, come as signals all the same.
        """
        told = partial(self._on_notification, uuid)
        await self._asked(client.start_notify(uuid, told, bluez={"use_start_notify": False}))

    async def _asked(self, call: Awaitable[T]) -> T:
        """Wait for a GATT call, but not for ever: BlueZ can leave one without an answer while the link stays up."""
        try:
            with in_words(self.address):
                async with self._clock.deadline(GATT_S):
                    return await call
        except LinkLostError as error:
            self._lose(str(error))
            raise

    def _up(self) -> BleakClient:
        if self._client is None or self._cause is not None:
            raise LinkLostError(f"{self.address}: {self._cause or 'it is not open'}")
        return self._client

    def _on_notification(self, uuid: str, _characteristic: object, data: bytearray) -> None:
        if self._cause is not None:
            return
        self._held.append(Notification(uuid, bytes(data), self._clock.monotonic()))
        if len(self._held) > HELD:
            self._lose(f"{HELD} notifications waited: this computer cannot keep up")
        self._news.set()

    def _on_disconnected(self, client: BleakClient) -> None:
        if client is self._client:  # not while it is still being connected, where losses are tried again
            self._lose("the link was lost")

    def _lose(self, cause: str) -> None:
        """Let `receive` end after what is held; the first cause stays."""
        self._cause = self._cause or cause
        self._news.set()
