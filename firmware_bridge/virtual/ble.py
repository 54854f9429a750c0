"""The Bluetooth carrier of the virtual sensor: a GATT peripheral, by Bumble (the extra `virtual-ble`)."""

import asyncio
import json
import tomllib
from contextlib import suppress
from dataclasses import asdict

from bumble import data_types, hci
from bumble.att import ATT_Error, ErrorCode
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.gatt import (
    GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR,
    Characteristic,
    CharacteristicValue,
    Descriptor,
    Service,
)
from bumble.host import Host
from bumble.keys import MemoryKeyStore, PairingKeys
from bumble.link import LocalLink
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.transport import open_transport

from firmware_bridge.virtual.air import Air
from firmware_bridge.virtual.device import UNREACHABLE
from firmware_bridge.virtual.faults import Fault, FaultError, FaultKind
from firmware_bridge.virtual.hardware import Link
from firmware_bridge.virtual.local_air import host_on, leave, lose_links
from firmware_bridge.virtual.sensor import VirtualSensor
from firmware_bridge.wire import gatt
from firmware_bridge.wire.frames import VERSION, FrameType

STEER = "bdc1ff01-81a1-48ef-8bb5-90abe3015dc4"  # of the virtual sensor alone: write a fault, read the state
ADDRESS = "C4:1F:5E:0B:00:01"  # static random
FRAMES_PER_S = 400  # 6 packets in each interval of 15 ms
WAKE_S = 0.02  # of the machine's own time, whatever the clock's speed
ADVERTISING_MS = 100
RESPONSE = VERSION << 4 | FrameType.RESPONSE
ENCRYPTED = Characteristic.READ_REQUIRES_ENCRYPTION | Characteristic.WRITE_REQUIRES_ENCRYPTION


class RadioError(Exception):
    """There is no such Bluetooth controller, or it has gone away."""


class Bond(MemoryKeyStore):
    """The one bond that a sensor keeps; keys of legacy pairing are none."""

    async def update(self, name: str, keys: PairingKeys) -> None:
        """Keep the keys of a new bond, if they are of LE Secure Connections."""
        if keys.ltk is not None:
            await super().update(name, keys)

    def with_peer(self, connection: Connection) -> bool:
        """Whether the computer at the other end is the bonded one."""
        return str(connection.peer_address) in self.all_keys


class Consent(PairingDelegate):
    """Just Works, and only while there is no bond: forgetting the old one is the press of the button."""

    def __init__(self, bond: Bond) -> None:
        super().__init__(PairingDelegate.NO_OUTPUT_NO_INPUT)
        self._bond = bond

    async def accept(self) -> bool:
        """Let a computer pair."""
        return not self._bond.all_keys


class BleCarrier:
    """Brings a sensor to a Bumble host as a peripheral of the profile; `run` serves it.

    Given a `LocalLink`, a lost link ends by supervision timeout at both ends; on another transport the sensor hangs
    up. `steerable` adds a characteristic (`STEER`) for tests: a fault as TOML is written to it and begins at once,
    reading gives the sensor's state as JSON.
    """

    def __init__(
        self, sensor: VirtualSensor, host: Host, address: str, mtu: int, *, air: LocalLink | None, steerable: bool
    ) -> None:
        self.bond = Bond()
        self._sensor, self._local = sensor, air
        self._air = Air(sensor.script.seed)
        self._connection: Connection | None = None
        self._mtu = 0
        self._responses: asyncio.Queue[bytes] = asyncio.Queue()
        self._answering: asyncio.Task[None] | None = None
        name = f"CrampWatch{sensor.hardware.serial[-4:]}"
        self.device = Device(host=host, config=DeviceConfiguration(name=name, address=hci.Address(address)))
        self.device.gatt_server.max_mtu = mtu
        self.device.pairing_config_factory = self._pairing
        self._data = Characteristic[bytes](gatt.DATA, Characteristic.Properties.NOTIFY, ENCRYPTED)
        self._control = Characteristic[bytes](
            gatt.CONTROL,
            Characteristic.Properties.WRITE | Characteristic.Properties.INDICATE,
            ENCRYPTED | Characteristic.WRITEABLE,
            CharacteristicValue(write=self._on_command),
        )
        self._level = _readable(gatt.BATTERY_LEVEL, CharacteristicValue(read=lambda _: self._battery()))
        self._add_services(steerable=steerable)
        self.device.advertising_data, self.device.scan_response_data = _advertisements(name)
        self.device.on(Device.EVENT_CONNECTION, self._on_connection)

    async def power_on(self) -> None:
        """Make the sensor known to the air."""
        await self.device.power_on()
        self.device.keystore = self.bond  # power_on puts one with a file there

    async def run(self) -> None:
        """Serve until cancelled."""
        myself = asyncio.current_task()
        try:
            while not (myself and myself.cancelling()):  # Bumble awaits by wait_for, which may swallow it
                await self._work()
                await asyncio.sleep(WAKE_S)
        finally:
            self._stop_answering()
            if self._local is not None:
                leave(self._local, self.device.random_address)

    async def _work(self) -> None:
        """Do what is due, and advertise while there is no link but there could be one."""
        if self._answering is not None and self._answering.done():
            self._answering.result()  # raises what ended it
        for item in self._sensor.due():
            if isinstance(item, Fault):
                await self._carry_out(item)
            elif self._connection is None:
                continue
            elif item[0] == RESPONSE:
                self._responses.put_nowait(item)
            else:
                for piece in self._air.through(item):
                    await self.device.notify_subscriber(self._connection, self._data, piece)
        findable = self._sensor.reachable and self._connection is None
        if findable and not self.device.is_advertising:
            await self.device.start_advertising(
                advertising_interval_min=ADVERTISING_MS, advertising_interval_max=ADVERTISING_MS
            )
        elif self.device.is_advertising and not findable:
            await self.device.stop_advertising()

    async def _answer(self, connection: Connection, responses: asyncio.Queue[bytes]) -> None:
        """Send the responses on a connection one by one, each confirmed by the computer."""
        while True:
            response = await responses.get()
            with suppress(TimeoutError):  # a computer that confirms nothing has had its answer
                await self.device.indicate_subscriber(connection, self._control, response)

    def _stop_answering(self) -> None:
        """Give up an answer that nobody will confirm any more."""
        if self._answering is not None:
            self._answering.cancel()
            self._answering = None

    async def _carry_out(self, fault: Fault) -> None:
        connection = self._connection
        if connection is not None:
            self._air.begin(fault)
        if fault.kind is FaultKind.LOST_BOND:
            self.bond.all_keys.clear()
        if connection is None or fault.kind not in (*UNREACHABLE, FaultKind.LOST_BOND):
            return
        if self._local is not None and fault.kind is not FaultKind.LOST_BOND:
            lose_links(self._local, self.device.random_address)
        else:
            await connection.disconnect()

    def _on_connection(self, connection: Connection) -> None:
        self._connection, self._mtu = connection, 0
        self._responses = asyncio.Queue()
        self._answering = asyncio.create_task(self._answer(connection, self._responses))
        connection.on(Connection.EVENT_DISCONNECTION, self._on_disconnection)

    def _on_disconnection(self, _reason: int) -> None:
        self._connection = None
        self._stop_answering()
        self._air.clear()
        self._sensor.disconnected()

    async def _on_command(self, connection: Connection, value: bytes) -> None:
        """Hand in a command; the link is taken up with the first, when its MTU is settled."""
        subscribed = self.device.gatt_server.subscribers.get(connection, {}).get(self._control.handle, b"\0")
        if not subscribed[0] & 2:
            raise ATT_Error(ErrorCode.CCCD_IMPROPERLY_CONFIGURED)
        if self._mtu != connection.att_mtu:
            self._mtu = connection.att_mtu
            self._sensor.connected(Link(self._mtu - 3, FRAMES_PER_S, session=True))
        self._sensor.command(value, bonded=self.bond.with_peer(connection))
        await self._work()

    def _add_services(self, *, steerable: bool) -> None:
        """Add the profile's service, the standard ones, and where wanted that of tests."""
        server, hardware = self.device.gatt_server, self._sensor.hardware
        for characteristic in (self._data, self._control):
            characteristic.descriptors = [
                Descriptor(
                    GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR,
                    Descriptor.READABLE | Descriptor.WRITEABLE | Descriptor.WRITE_REQUIRES_ENCRYPTION,
                    server.make_descriptor_value(characteristic),
                )
            ]
        said = {
            gatt.MANUFACTURER_NAME: "CrampWatch",
            gatt.MODEL_NUMBER: "virtual sensor",
            gatt.FIRMWARE_REVISION: ".".join(map(str, hardware.firmware)),
        }
        serial = _readable(gatt.SERIAL_NUMBER, hardware.serial.encode())
        serial.permissions |= Characteristic.READ_REQUIRES_ENCRYPTION
        information = [*(_readable(uuid, text.encode()) for uuid, text in said.items()), serial]
        self.device.add_service(Service(gatt.SERVICE, [self._data, self._control]))
        self.device.add_service(Service(gatt.DEVICE_INFORMATION, information))
        self.device.add_service(Service(gatt.BATTERY, [self._level]))
        if steerable:
            steering = Characteristic[bytes](
                STEER,
                Characteristic.Properties.READ | Characteristic.Properties.WRITE,
                Characteristic.READABLE | Characteristic.WRITEABLE,
                CharacteristicValue(read=lambda _: self._told(), write=self._on_steering),
            )
            self.device.add_service(Service(STEER.replace("ff01", "ff00"), [steering]))

    def _pairing(self, _connection: Connection) -> PairingConfig:
        return PairingConfig(sc=True, mitm=False, bonding=True, delegate=Consent(self.bond))

    def _battery(self) -> bytes:
        return bytes((self._sensor.state().battery_percent,))

    def _told(self) -> bytes:
        return json.dumps(asdict(self._sensor.state())).encode()

    async def _on_steering(self, _connection: Connection, value: bytes) -> None:
        """Let a fault begin, answered before it can cut the link."""
        try:
            self._sensor.inject(Fault.read(tomllib.loads(value.decode())))
        except (FaultError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ATT_Error(ErrorCode.VALUE_NOT_ALLOWED) from error


def _readable(uuid: str, value: bytes | CharacteristicValue[bytes]) -> Characteristic[bytes]:
    return Characteristic(uuid, Characteristic.Properties.READ, Characteristic.READABLE, value)


def _advertisements(name: str) -> tuple[bytes, bytes]:
    """Return advertisement (what it is) and scan response (its name)."""
    flags = AdvertisingData.Flags.LE_GENERAL_DISCOVERABLE_MODE | AdvertisingData.Flags.BR_EDR_NOT_SUPPORTED
    services = data_types.CompleteListOf128BitServiceUUIDs([UUID(gatt.SERVICE)])
    return (
        bytes(AdvertisingData([data_types.Flags(flags), services])),
        bytes(AdvertisingData([data_types.CompleteLocalName(name)])),
    )


async def attach(
    sensor: VirtualSensor,
    link: LocalLink,
    address: str = ADDRESS,
    *,
    mtu: int = 247,
    steerable: bool = False,
) -> BleCarrier:
    """Put a sensor on a radio in this process; what is returned is to be `run`."""
    carrier = BleCarrier(sensor, host_on(link, address), address, mtu, air=link, steerable=steerable)
    await carrier.power_on()
    return carrier


async def serve_on(sensor: VirtualSensor, transport: str, address: str = ADDRESS, *, mtu: int = 247) -> None:
    """Run a sensor on a Bluetooth controller, named as Bumble names its transport (`usb:0`, `unix:SOCKET`).

    Raises `RadioError` where there is no such controller, and when it goes away.
    """
    try:
        opened = await open_transport(transport)
    except Exception as error:  # Bumble's transports raise whatever their libraries do, bare Exception included
        raise RadioError(f"there is no Bluetooth controller {transport}: {error}") from error
    async with opened:
        carrier = BleCarrier(sensor, Host(opened.source, opened.sink), address, mtu, air=None, steerable=False)
        await carrier.power_on()
        serving = asyncio.create_task(carrier.run())
        try:
            await asyncio.wait((serving, opened.source.terminated), return_when=asyncio.FIRST_COMPLETED)
        finally:
            serving.cancel()
        if not opened.source.terminated.done():
            await serving
    raise RadioError(f"the Bluetooth controller {transport} has gone away")
