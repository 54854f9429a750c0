"""A uMyo v3.1 in the air, by Bumble: its firmware of March 2026, profile S2 (52-byte EMG, 26-byte auxiliary)."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from bumble import data_types
from bumble.core import AdvertisingData
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.gatt import Characteristic, Service
from bumble.hci import Address
from bumble.keys import MemoryKeyStore
from bumble.link import LocalLink

from firmware_bridge.virtual.local_air import host_on
from tests.firmware_bridge.drivers.peers import umyo

ADDRESS = "D4:1A:2B:3C:4D:D7"
RATE_HZ = 1116.0
CHUNK, QUEUED = 8, 32  # RAW_CHUNK_SAMPLES, RAW_CHUNK_QUEUE_LEN
AUX_S = 0.040
TICK_S = 0.005


def made_up_emg(sample: int) -> int:
    """Return the raw count of a sample since switching on, so that a test knows what must arrive."""
    return 8000 + sample * 37 % 1000 - 500


class Umyo:
    """Samples from `start` on, whether somebody is connected or not; `restart` is its switch off and on."""

    def __init__(self, link: LocalLink, address: str = ADDRESS, *, emg: Callable[[int], int] = made_up_emg) -> None:
        configuration = DeviceConfiguration(
            name="uMyo-3C4D", address=Address(address), advertising_interval_min=20, advertising_interval_max=20
        )
        self.device = Device(host=host_on(link, address), config=configuration)
        self.device.gatt_server.max_mtu = 64  # ble_update_our_mtu(64)
        self._emg = emg
        properties = Characteristic.Properties
        self._telemetry = Characteristic[bytes](
            umyo.TELEMETRY, properties.READ | properties.NOTIFY, Characteristic.READABLE, b""
        )
        name = Characteristic[bytes](
            umyo.NAME,
            properties.READ | properties.WRITE_WITHOUT_RESPONSE | properties.NOTIFY,
            Characteristic.READABLE | Characteristic.WRITEABLE,
            b"uMyo-3C4D\0",
        )
        self.device.add_service(Service(umyo.SERVICE, [self._telemetry, name]))
        self.device.advertising_data = bytes(
            AdvertisingData(
                [
                    data_types.Flags(
                        AdvertisingData.Flags.LE_GENERAL_DISCOVERABLE_MODE
                        | AdvertisingData.Flags.BR_EDR_NOT_SUPPORTED
                    ),
                    data_types.ShortenedLocalName("uMyo-3C"),
                ]
            )
        )
        self._telemetry.on("subscription", self._subscribed)
        self._connection: Connection | None = None
        self._wanted = False
        self._sampling: asyncio.Task[None] | None = None
        self.device.on("connection", self._connected)

    async def start(self) -> None:
        """Switch on and advertise."""
        await self.device.power_on()
        self.device.keystore = MemoryKeyStore()
        await self.device.start_advertising(auto_restart=True)
        self._sampling = asyncio.create_task(self._sample())

    async def stop(self) -> None:
        """Switch off."""
        await self._halt()
        await self.device.power_off()

    async def restart(self) -> None:
        """Switch off and on: the count of samples begins at 0."""
        if self._connection is not None:
            await self._connection.disconnect()
        await self._halt()
        self._sampling = asyncio.create_task(self._sample())

    async def _halt(self) -> None:
        if self._sampling is not None:
            self._sampling.cancel()
            with suppress(asyncio.CancelledError):
                await self._sampling

    def _connected(self, connection: Connection) -> None:
        self._connection = connection
        connection.on("disconnection", self._disconnected)

    def _disconnected(self, _reason: int) -> None:
        self._connection, self._wanted = None, False

    async def _sample(self) -> None:
        """Fill the queue at the converter's rate, send as the firmware does: auxiliary first when it is due."""
        loop = asyncio.get_running_loop()
        began_s = aux_s = loop.time()
        queue: deque[int] = deque(maxlen=QUEUED)  # the first sample of each block of 8; the oldest is overwritten
        pushed = 0
        while True:
            while (pushed + 1) * CHUNK <= (loop.time() - began_s) * RATE_HZ:
                queue.append(pushed * CHUNK)
                pushed += 1
            if self._connection is None or not self._wanted:
                await asyncio.sleep(TICK_S)
                continue
            if loop.time() - aux_s >= AUX_S:
                aux_s = loop.time()
                await self._notify(umyo.auxiliary((pushed, -16_393, 0)))  # 0.061 mg per count: -1 g
            elif len(queue) >= 3:
                first = queue[0]
                for _ in range(3):
                    queue.popleft()
                await self._notify(umyo.telemetry(first, [self._emg(first + i) for i in range(24)]))
            else:
                await asyncio.sleep(TICK_S)

    def _subscribed(self, _connection: Connection, notify: bool, _indicate: bool) -> None:  # noqa: FBT001 - bumble's
        self._wanted = notify

    async def _notify(self, value: bytes) -> None:
        if self._connection is not None:
            await self.device.notify_subscriber(self._connection, self._telemetry, value)


async def attach(link: LocalLink, address: str = ADDRESS) -> Umyo:
    """Put a uMyo on a link and switch it on."""
    sensor = Umyo(link, address)
    await sensor.start()
    return sensor
