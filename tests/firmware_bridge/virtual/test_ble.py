"""The sensor as a Bluetooth peripheral: a Bumble central in the same process that speaks by hand."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from bumble import hci
from bumble.att import ATT_Error, ErrorCode
from bumble.controller import Controller
from bumble.core import UUID, AdvertisingData, ProtocolError
from bumble.device import Advertisement, Connection, Device, DeviceConfiguration, Peer
from bumble.gatt_client import CharacteristicProxy
from bumble.hci import HCI_Error
from bumble.keys import MemoryKeyStore
from bumble.link import LocalLink
from bumble.pairing import PairingConfig
from bumble.transport import open_transport

from firmware_bridge.host_clock import HostClock
from firmware_bridge.virtual.ble import ADDRESS, STEER, BleCarrier, attach, serve_on
from firmware_bridge.virtual.faults import Fault, FaultKind, FaultScript
from firmware_bridge.virtual.local_air import host_on
from firmware_bridge.virtual.sensor import VirtualSensor
from firmware_bridge.wire import gatt
from firmware_bridge.wire.commands import Command, Configure, Hello, Report, Start
from firmware_bridge.wire.control import Response, encode_command
from firmware_bridge.wire.decoder import Decoder
from firmware_bridge.wire.frames import SampleFrame
from firmware_bridge.wire.operations import Result
from firmware_bridge.wire.values import Granted, Identity
from tests.firmware_bridge.virtual.conversing import LAYOUTS, KnownNight
from tests.firmware_bridge.virtual.test_pty import assert_known

PATIENCE_S = 20.0
SPEED = 20


class Central:
    """A computer on the air."""

    def __init__(self, air: LocalLink, address: str = "F0:F1:F2:F3:F4:F5") -> None:
        self.device = Device(
            host=host_on(air, "central"), config=DeviceConfiguration(name="central", address=hci.Address(address))
        )
        self.device.pairing_config_factory = self._pairing
        self.air, self.secure = air, True
        self.decoder = Decoder(LAYOUTS)
        self.heard: list[object] = []
        self.lost: asyncio.Future[int]
        self.connection: Connection
        self.peer: Peer

    def _pairing(self, _connection: Connection) -> PairingConfig:
        return PairingConfig(sc=self.secure, mitm=False, bonding=True)

    async def power_on(self) -> None:
        """Go on the air."""
        await self.device.power_on()
        self.device.keystore = MemoryKeyStore()

    async def connect(self, mtu: int = 247) -> None:
        """Connect and look at everything the sensor has."""
        self.connection = await self.device.connect(hci.Address(ADDRESS))
        lost = self.lost = asyncio.get_running_loop().create_future()
        self.connection.on(Connection.EVENT_DISCONNECTION, lost.set_result)
        self.peer = Peer(self.connection)
        await self.peer.request_mtu(mtu)
        await self.peer.discover_services()
        await self.peer.discover_characteristics()

    def at(self, uuid: str) -> CharacteristicProxy[bytes]:
        """Return a characteristic."""
        (found,) = self.peer.get_characteristics_by_uuid(UUID(uuid))
        return found

    async def subscribe(self) -> None:
        """Let frames and responses come."""
        await self.at(gatt.DATA).subscribe(self._hear)
        await self.at(gatt.CONTROL).subscribe(self._hear, prefer_notify=False)

    def _hear(self, value: bytes) -> None:
        self.heard += self.decoder.decode([value])

    async def until(self, satisfied: Callable[[], bool]) -> None:
        """Wait until something is true."""
        async with asyncio.timeout(PATIENCE_S):
            while not satisfied():  # noqa: ASYNC110 - what is waited for is not of one kind
                await asyncio.sleep(0.01)

    async def ask(self, command: Command, transaction: int) -> Response:
        """Give a command and wait for the response."""
        await self.at(gatt.CONTROL).write_value(encode_command(command, transaction), with_response=True)
        await self.until(lambda: any(answer.transaction == transaction for answer in self.responses))
        return [answer for answer in self.responses if answer.transaction == transaction][-1]

    async def begin(self, emg_hz: float = 1000) -> Response:
        """Say hello, configure, start; return the answer about the EMG."""
        self.heard.clear()
        await self.subscribe()
        await self.ask(Hello(), 1)
        await self.ask(Configure("acc", 52, 16), 2)
        answer = await self.ask(Configure("emg", emg_hz, 16), 3)
        await self.ask(Start(), 4)
        return answer

    @property
    def responses(self) -> list[Response]:
        """All responses so far."""
        return [said for said in self.heard if isinstance(said, Response)]

    @property
    def frames(self) -> list[SampleFrame]:
        """All EMG frames so far."""
        return [said for said in self.heard if isinstance(said, SampleFrame) and said.stream == "emg"]


Scene = Callable[[Central, VirtualSensor, BleCarrier], Awaitable[None]]


def on_air(scene: Scene, *faults: Fault, mtu: int = 247, steerable: bool = False) -> None:
    """Play a scene between a computer and a sensor."""

    async def play() -> None:
        air = LocalLink()
        sensor = VirtualSensor(KnownNight(3600), HostClock(SPEED), script=FaultScript(faults))
        carrier = await attach(sensor, air, mtu=mtu, steerable=steerable)
        serving = asyncio.create_task(carrier.run())
        central = Central(air)
        await central.power_on()
        try:
            async with asyncio.timeout(2 * PATIENCE_S):
                await scene(central, sensor, carrier)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(play())


async def refused(what: Awaitable[object]) -> int:
    """Return the ATT error with which something is refused."""
    with pytest.raises(ATT_Error) as raised:
        await what
    return raised.value.error_code


def test_it_advertises_service_and_name() -> None:
    async def scene(central: Central, _sensor: VirtualSensor, _carrier: BleCarrier) -> None:
        names: set[str] = set()
        services: set[str] = set()

        def seen(advertisement: Advertisement) -> None:
            data = advertisement.data
            names.add(str(data.get(AdvertisingData.Type.COMPLETE_LOCAL_NAME)))
            for uuid in data.get(AdvertisingData.Type.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS) or []:
                services.add(str(uuid).lower())

        central.device.on(Device.EVENT_ADVERTISEMENT, seen)
        await central.device.start_scanning()
        await central.until(lambda: "CrampWatchAL-1" in names and gatt.SERVICE in services)

    on_air(scene)


def test_without_a_bond_nothing_is_given() -> None:
    async def scene(central: Central, _sensor: VirtualSensor, _carrier: BleCarrier) -> None:
        await central.connect()
        encryption = ErrorCode.INSUFFICIENT_ENCRYPTION
        assert await refused(central.at(gatt.DATA).subscribe(print)) == encryption
        assert await refused(central.at(gatt.CONTROL).subscribe(print)) == encryption
        assert (
            await refused(central.at(gatt.CONTROL).write_value(b"\x18\x05\x01", with_response=True)) == encryption
        )
        assert await refused(central.at(gatt.SERIAL_NUMBER).read_value()) == encryption
        assert await central.at(gatt.BATTERY_LEVEL).read_value() == b"\x64"
        assert await central.at(gatt.FIRMWARE_REVISION).read_value() == b"1.0.0"

    on_air(scene)


def test_with_a_bond_frames_come_and_are_sent_again() -> None:
    async def scene(central: Central, _sensor: VirtualSensor, _carrier: BleCarrier) -> None:
        await central.connect()
        await central.connection.pair()
        assert await central.at(gatt.SERIAL_NUMBER).read_value() == b"CW-VIRTUAL-1"
        error = await refused(central.at(gatt.CONTROL).write_value(b"\x18\x05\x01", with_response=True))
        assert error == ErrorCode.CCCD_IMPROPERLY_CONFIGURED
        assert (await central.begin()).values == Granted(1000.0)
        await central.until(lambda: len(central.frames) > 200)
        assert [frame.sequence for frame in central.frames] == list(range(len(central.frames)))
        assert {len(frame.counts) for frame in central.frames} == {115}  # MTU 247
        answer = await central.ask(Report("emg", 1, 1150, 2299), 50)
        assert answer.result is Result.SUCCESS
        await central.until(lambda: sum(frame.stored for frame in central.frames) == 10)
        assert_known(central.frames)

    on_air(scene)


def test_an_mtu_of_23_refuses_1_khz_and_carries_what_it_says() -> None:
    async def scene(central: Central, _sensor: VirtualSensor, _carrier: BleCarrier) -> None:
        await central.connect()
        await central.connection.pair()
        answer = await central.begin()
        assert (answer.result, answer.values) == (Result.RATE_DOES_NOT_FIT, Granted(500.0))
        assert (await central.begin(emg_hz=500)).values == Granted(500.0)
        await central.until(lambda: len(central.frames) > 100)
        assert {len(frame.counts) for frame in central.frames} == {3}

    on_air(scene, mtu=23)


def test_after_a_lost_link_the_bond_holds_and_the_gap_is_filled() -> None:
    async def scene(central: Central, sensor: VirtualSensor, _carrier: BleCarrier) -> None:
        await central.connect()
        await central.connection.pair()
        await central.begin()
        assert await central.lost == hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR
        last = central.frames[-1]
        missing = last.counter + len(last.counts)
        assert not sensor.reachable
        await central.connect()
        assert sensor.state().night_s >= 25
        await central.connection.encrypt()
        await central.begin()
        await central.until(lambda: bool(central.frames))
        first = central.frames[0]
        assert first.boot == 1
        assert first.counter > missing
        assert (await central.ask(Report("emg", 1, missing, first.counter - 1), 60)).result is Result.SUCCESS
        wanted = set(range(last.sequence + 1, first.sequence))
        await central.until(lambda: {frame.sequence for frame in central.frames if frame.stored} >= wanted)
        assert_known(central.frames)

    on_air(scene, Fault(kind=FaultKind.LINK_LOSS, at_s=10, duration_s=15))


def test_a_restarted_sensor_comes_back_with_another_boot_id() -> None:
    async def scene(central: Central, sensor: VirtualSensor, _carrier: BleCarrier) -> None:
        await central.connect()
        await central.connection.pair()
        await central.begin()
        await central.lost
        await central.connect()
        await central.connection.encrypt()
        await central.begin()
        hello = central.responses[0].values
        assert isinstance(hello, Identity)
        assert hello.boot == 2
        assert (await central.ask(Report("emg", 1, 0, 1000), 60)).result is Result.NO_RECORDS
        assert sensor.boots == (1, 2)

    on_air(scene, Fault(kind=FaultKind.BROWN_OUT, at_s=10, duration_s=5))


def test_a_lost_bond_needs_pairing_again() -> None:
    async def scene(central: Central, _sensor: VirtualSensor, _carrier: BleCarrier) -> None:
        await central.connect()
        await central.connection.pair()
        await central.begin()
        await central.lost
        await central.connect()
        with pytest.raises(HCI_Error) as raised:
            await central.connection.encrypt()
        assert raised.value.error_code == hci.HCI_ErrorCode.PIN_OR_KEY_MISSING_ERROR
        await central.connection.pair()
        await central.begin()
        await central.until(lambda: len(central.frames) > 10)

    on_air(scene, Fault(kind=FaultKind.LOST_BOND, at_s=5))


def test_a_bonded_sensor_lets_nobody_else_pair() -> None:
    async def scene(central: Central, _sensor: VirtualSensor, carrier: BleCarrier) -> None:
        await central.connect()
        await central.connection.pair()
        await central.until(lambda: bool(carrier.bond.all_keys))
        await central.connection.disconnect()
        bond = dict(carrier.bond.all_keys)
        stranger = Central(central.air, "F0:F1:F2:F3:F4:00")
        await stranger.power_on()
        await stranger.connect()
        with pytest.raises(ProtocolError, match="PAIRING_NOT_SUPPORTED"):
            await stranger.connection.pair()
        assert carrier.bond.all_keys == bond

    on_air(scene)


def test_legacy_pairing_gives_no_bond_and_no_data() -> None:
    async def scene(central: Central, _sensor: VirtualSensor, carrier: BleCarrier) -> None:
        central.secure = False
        await central.connect()
        await central.connection.pair()
        await central.subscribe()
        assert (await central.ask(Hello(), 1)).result is Result.SUCCESS
        assert (await central.ask(Start(), 2)).result is Result.NOT_BONDED
        assert not carrier.bond.all_keys

    on_air(scene)


def test_a_steerable_sensor_takes_faults_from_the_air() -> None:
    async def scene(central: Central, sensor: VirtualSensor, _carrier: BleCarrier) -> None:
        await central.connect()
        assert await refused(central.at(STEER).write_value(b"kind = 'nap'", with_response=True)) == 0x13
        assert json.loads(await central.at(STEER).read_value())["boot"] == 1
        await central.at(STEER).write_value(b"kind = 'link_loss'\nduration_s = 10", with_response=True)
        await central.lost
        assert not sensor.reachable
        await central.connect()
        assert json.loads(await central.at(STEER).read_value())["latest_fault"] == "link_loss"

    on_air(scene, steerable=True)


def test_only_a_steerable_sensor_can_be_steered() -> None:
    async def scene(central: Central, _sensor: VirtualSensor, _carrier: BleCarrier) -> None:
        await central.connect()
        assert not central.peer.get_characteristics_by_uuid(UUID(STEER))

    on_air(scene)


def test_it_can_be_put_on_a_controller_of_its_own(tmp_path: Path) -> None:
    async def play() -> None:
        socket = tmp_path / "hci"
        air, sensor = LocalLink(), VirtualSensor(KnownNight(3600), HostClock(SPEED))
        radio = await open_transport(f"unix-server:{socket}")
        Controller("radio", host_source=radio.source, host_sink=radio.sink, link=air)
        serving = asyncio.create_task(serve_on(sensor, f"unix:{socket}"))
        central = Central(air)
        await central.power_on()
        await central.connect()
        await central.connection.pair()
        await central.begin()
        await central.until(lambda: len(central.frames) > 20)
        assert_known(central.frames)
        sensor.inject(Fault(kind=FaultKind.LINK_LOSS, duration_s=5))
        await central.lost
        await central.connect()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await radio.close()
        radio.server.close()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - Bumble leaves it
        await asyncio.sleep(0)

    async def in_time() -> None:
        async with asyncio.timeout(2 * PATIENCE_S):
            await play()

    asyncio.run(in_time())
