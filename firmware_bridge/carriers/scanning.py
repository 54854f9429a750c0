"""Which sensors are in reach, and whether one is."""

from dataclasses import dataclass
from itertools import chain

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from firmware_bridge.carriers.bluez import in_words, radio
from firmware_bridge.wire import gatt

MAKES = {
    gatt.SERVICE: ("CrampWatch profile", "ble"),
    "93375900-f229-8b49-b397-44b5899b8601": ("uMyo", "umyo+ble"),
    "c566488a-0882-4e1b-a6d0-0b717e652234": ("BITalino", "bitalino+ble"),
}
"""Makes and the scheme of their URI, by their service."""
NAMED = {"uMyo": MAKES["93375900-f229-8b49-b397-44b5899b8601"]}
"""Makes that do not advertise their service, by how their name begins."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A device that advertises; `rssi_dbm` is its strength here, `make` and `uri` are None for an unknown one."""

    address: str
    name: str | None
    rssi_dbm: int
    make: str | None
    uri: str | None


async def scan(seconds: float) -> list[Sighting]:
    """Listen for so long; return what advertised, the strongest first. Raises `LinkLostError` without Bluetooth."""
    async with radio():
        with in_words("scanning"):
            found = await BleakScanner.discover(timeout=seconds, return_adv=True)
    return sorted((_sighting(*each) for each in found.values()), key=lambda each: -each.rssi_dbm)


async def find(address: str, seconds: float) -> BLEDevice | None:
    """Listen until the device at an address advertises, at most so long; hold `radio()`. Raises what bleak does."""
    return await BleakScanner.find_device_by_address(address, timeout=seconds)


def _sighting(device: BLEDevice, heard: AdvertisementData) -> Sighting:
    name = heard.local_name or device.name
    by_name = (make for begin, make in NAMED.items() if name and name.startswith(begin))
    by_service = (MAKES[uuid] for uuid in heard.service_uuids if uuid in MAKES)
    make, scheme = next(chain(by_service, by_name), (None, None))
    return Sighting(device.address, name, heard.rssi, make, scheme and f"{scheme}:{device.address}")
