"""A BITalino (r)evolution BLE in the air, by Bumble (GATT.xml of BITalinoWorld/firmware-BT121)."""

import asyncio
from contextlib import suppress

from bumble import data_types
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.hci import Address
from bumble.keys import MemoryKeyStore
from bumble.link import LocalLink

from firmware_bridge.virtual.local_air import host_on
from tests.firmware_bridge.drivers.peers.bitalino import Board

ADDRESS = "E0:16:02:26:60:88"
SERVICE = "c566488a-0882-4e1b-a6d0-0b717e652234"
COMMANDS = "4051eb11-bf0a-4c74-8730-a48f4193fcea"
FRAMES = "40fdba6b-672e-47c4-808a-e529adff3633"
VALUE_BYTES = 20  # the length of both values
TICK_S = 0.010


class Bitalino:
    """A board behind a module that cuts its bytes into notifications of up to 20."""

    def __init__(self, link: LocalLink, address: str = ADDRESS) -> None:
        configuration = DeviceConfiguration(
            name="BITalino BLE", address=Address(address), advertising_interval_min=20, advertising_interval_max=20
        )
        self.board = Board()
        self.device = Device(host=host_on(link, address), config=configuration)
        properties = Characteristic.Properties
        self._frames = Characteristic[bytes](
            FRAMES, properties.READ | properties.NOTIFY, Characteristic.READABLE, b""
        )
        commands = Characteristic[bytes](
            COMMANDS,
            properties.READ | properties.WRITE | properties.INDICATE,
            Characteristic.READABLE | Characteristic.WRITEABLE,
            CharacteristicValue(read=lambda _: b"", write=self._command),
        )
        self.device.add_service(Service(SERVICE, [commands, self._frames]))
        self.device.advertising_data = bytes(
            AdvertisingData(
                [
                    data_types.Flags(
                        AdvertisingData.Flags.LE_GENERAL_DISCOVERABLE_MODE
                        | AdvertisingData.Flags.BR_EDR_NOT_SUPPORTED
                    ),
                    data_types.CompleteListOf128BitServiceUUIDs([UUID(SERVICE)]),
                ]
            )
        )
        self._connection: Connection | None = None
        self._waiting = b""
        self._sampling: asyncio.Task[None] | None = None
        self.device.on("connection", self._connected)

    async def start(self) -> None:
        """Switch on and advertise."""
        await self.device.power_on()
        self.device.keystore = MemoryKeyStore()
        await self.device.start_advertising(auto_restart=True)
        self._sampling = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Switch off."""
        if self._sampling is not None:
            self._sampling.cancel()
            with suppress(asyncio.CancelledError):
                await self._sampling
        await self.device.power_off()

    def _command(self, _connection: Connection, value: bytes) -> None:
        self._waiting += self.board.answer(value)

    def _connected(self, connection: Connection) -> None:
        self._connection = connection
        self.board.live, self._waiting = False, b""
        connection.on("disconnection", self._disconnected)

    def _disconnected(self, _reason: int) -> None:
        self._connection = None
        self.board.live = False

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        began_s = 0.0
        while True:
            await asyncio.sleep(TICK_S)
            if self.board.live:
                if self.board.sample == 0:
                    began_s = loop.time() - TICK_S
                due = int((loop.time() - began_s) * self.board.rate_hz) - self.board.sample
                self._waiting += self.board.frames(max(0, due))
            while self._waiting and self._connection is not None:
                part, self._waiting = self._waiting[:VALUE_BYTES], self._waiting[VALUE_BYTES:]
                await self.device.notify_subscriber(self._connection, self._frames, part)


async def attach(link: LocalLink, address: str = ADDRESS) -> Bitalino:
    """Put a BITalino on a link and switch it on."""
    sensor = Bitalino(link, address)
    await sensor.start()
    return sensor
