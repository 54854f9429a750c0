"""The sensors that can be put in the air: one that does what tests of the link need, and the profile's."""

import asyncio
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Protocol

import numpy as np
from bumble import data_types
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.hci import Address
from bumble.keys import MemoryKeyStore
from bumble.link import LocalLink
from bumble.pairing import PairingConfig, PairingDelegate

from firmware_bridge.host_clock import HostClock
from firmware_bridge.virtual.ble import BleCarrier, attach
from firmware_bridge.virtual.faults import Fault
from firmware_bridge.virtual.local_air import host_on
from firmware_bridge.virtual.sensor import VirtualSensor
from tests.bluetooth.rig import bench
from tests.bluetooth.rig.night import Night
from tests.firmware_bridge.drivers.peers.bitalino_ble import Bitalino
from tests.firmware_bridge.drivers.peers.umyo_ble import Umyo

NO_INPUT, DISPLAY = PairingDelegate.NO_OUTPUT_NO_INPUT, PairingDelegate.DISPLAY_OUTPUT_ONLY


class Peer(Protocol):
    """A sensor in the air."""

    device: Device

    async def start(self) -> None:
        """Switch on and advertise."""
        ...

    async def stop(self) -> None:
        """Switch off."""
        ...


class Delegate(PairingDelegate):
    """Shows the passkey that the tests know."""

    async def generate_passkey(self) -> int:
        """Return always the same."""
        return bench.PASSKEY


class Bench:
    """A sensor that streams on command, has a secret for bonded computers, and never answers a read of `STUCK`."""

    def __init__(self, link: LocalLink, address: str, *, mtu: int = 247, passkey: bool = False) -> None:
        configuration = DeviceConfiguration(
            name=bench.NAME, address=Address(address), advertising_interval_min=100, advertising_interval_max=100
        )
        self.device = Device(host=host_on(link, address), config=configuration)
        self.device.gatt_server.max_mtu = mtu
        self._delegate, self._passkey = Delegate(DISPLAY if passkey else NO_INPUT), passkey
        self.device.pairing_config_factory = self._pairing
        self._sending: asyncio.Task[None] | None = None
        properties = Characteristic.Properties
        self._data = Characteristic[bytes](bench.DATA, properties.NOTIFY, Characteristic.READABLE)
        secret = Characteristic[bytes](
            bench.SECRET, properties.READ, Characteristic.READ_REQUIRES_ENCRYPTION, bench.KEPT
        )
        control = Characteristic[bytes](
            bench.CONTROL, properties.WRITE, Characteristic.WRITEABLE, CharacteristicValue(write=self._on_control)
        )
        stuck = Characteristic[bytes](
            bench.STUCK, properties.READ, Characteristic.READABLE, CharacteristicValue(read=self._on_stuck)
        )
        self.device.add_service(Service(bench.SERVICE, [self._data, secret, control, stuck]))
        flags = AdvertisingData.Flags.LE_GENERAL_DISCOVERABLE_MODE | AdvertisingData.Flags.BR_EDR_NOT_SUPPORTED
        services = data_types.CompleteListOf128BitServiceUUIDs([UUID(bench.SERVICE)])
        name = data_types.CompleteLocalName(bench.NAME)
        self.device.advertising_data = bytes(AdvertisingData([data_types.Flags(flags), services, name]))

    async def start(self) -> None:
        """Switch on and advertise."""
        await self.device.power_on()
        self.device.keystore = MemoryKeyStore()  # power_on puts one with a file there
        await self.device.start_advertising(auto_restart=True)

    async def stop(self) -> None:
        """Switch off."""
        if self._sending:
            self._sending.cancel()
        await self.device.power_off()

    async def forget(self) -> None:
        """Lose all bonds, as after a new firmware."""
        self.device.keystore = MemoryKeyStore()

    def _pairing(self, _connection: Connection) -> PairingConfig:
        return PairingConfig(sc=True, mitm=self._passkey, bonding=True, delegate=self._delegate)

    async def _on_stuck(self, _connection: Connection) -> bytes:
        await asyncio.Event().wait()
        return b""

    async def _on_control(self, connection: Connection, value: bytes) -> None:
        if self._sending:
            self._sending.cancel()
        self._sending = asyncio.create_task(self._send(connection, *bench.START.unpack(value)))

    async def _send(self, connection: Connection, rate_hz: int, size: int, count: int) -> None:
        """Send numbered notifications."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        for number in range(count):
            await asyncio.sleep(max(0.0, began_s + number / rate_hz - loop.time()))
            value = struct.pack("<I", number).ljust(size, b".")
            await self.device.notify_subscriber(connection, self._data, value)


class Profile:
    """The virtual sensor of the CrampWatch profile, fed by a made-up night."""

    def __init__(self, link: LocalLink, address: str, *, mtu: int = 247, seed: int = 0) -> None:
        self._link, self._address, self._mtu = link, address, mtu
        self._sensor = VirtualSensor(Night(seed), HostClock(), remembers=True)

    async def start(self) -> None:
        """Switch on and advertise."""
        self._carrier: BleCarrier = await attach(self._sensor, self._link, self._address, mtu=self._mtu)
        self.device = self._carrier.device
        self._running = asyncio.create_task(self._carrier.run())

    async def stop(self) -> None:
        """Switch off."""
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running

    async def inject(self, **fault: Any) -> None:
        """Let a fault begin now."""
        self._sensor.inject(Fault.read(fault))

    async def state(self) -> dict[str, Any]:
        """Return how the sensor is."""
        return asdict(self._sensor.state())

    async def save(self, path: str) -> None:
        """Write every sample that was ever taken, by stream and boot id; `path` is one of the machine's folder."""
        runs = {
            f"{stream}-{boot}": self._sensor.sampled(stream, boot)
            for boot in self._sensor.boots
            for stream in ("emg", "acc")
        }
        np.savez(path, **runs)  # pyright: ignore[reportArgumentType] - the stub takes the names for its own options


KINDS: dict[str, Callable[..., Peer]] = {"bench": Bench, "profile": Profile, "umyo": Umyo, "bitalino": Bitalino}
