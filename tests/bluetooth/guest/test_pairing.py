"""Pairing through the real stack: with and without a passkey, kept, lost, and made anew."""

import pytest
from bleak import BleakClient
from bleak.exc import BleakDBusError

from firmware_bridge.carriers.ble import BleLink
from firmware_bridge.carriers.bluez import BlueZ
from firmware_bridge.carriers.pairing import forget, known, pair
from firmware_bridge.host_clock import HostClock
from firmware_bridge.sensor import BondLostError, LinkLostError, SensorError
from tests.bluetooth.guest.conftest import Rig, run
from tests.bluetooth.guest.test_link import gone
from tests.bluetooth.rig import bench


def link_to(address: str) -> BleLink:
    return BleLink(address, HostClock(), (bench.DATA,), bonded=True)


async def bonded(address: str) -> bool:
    async with BlueZ() as bluez:
        return any(each.bonded for each in await known(bluez, address))


def test_without_a_bond_there_are_no_data_and_the_message_says_how_to_pair(rig: Rig) -> None:
    address = rig.add("bench")
    with pytest.raises(SensorError, match=f"crampwatch sensors pair {address}"):
        run(link_to(address).open())


def test_a_bond_is_made_once_and_holds_for_the_links_to_come(rig: Rig) -> None:
    async def test() -> None:
        address = rig.add("bench")
        await pair(address)
        await pair(address)  # a second time is no harm
        assert await bonded(address)
        link = link_to(address)
        for _ in range(2):
            await link.open()
            assert await link.read(bench.SECRET) == bench.KEPT
            rig.do("lose", address=address)
        await gone(rig, link)

    run(test())


def test_bluez_itself_refuses_to_pair_without_an_agent(rig: Rig) -> None:
    """What the agent of `pair` is there for."""

    async def test() -> None:
        async with BleakClient(rig.add("bench")) as client:
            with pytest.raises(BleakDBusError, match="AuthenticationFailed"):
                await client.pair()
            rig.do("clear")

    run(test())


async def right() -> int:
    return bench.PASSKEY


async def wrong() -> int:
    return bench.PASSKEY + 1


def test_a_passkey_is_asked_for_and_must_be_right(rig: Rig) -> None:
    async def test() -> None:
        address = rig.add("bench", passkey=True)
        with pytest.raises(SensorError, match="was the passkey right"):
            await pair(address, wrong)
        assert not await bonded(address)
        await pair(address, right)
        assert await bonded(address)

    run(test())


def test_a_sensor_that_lost_its_bond_is_known_for_it_and_can_be_paired_again(rig: Rig) -> None:
    async def test() -> None:
        address = rig.add("bench")
        await pair(address)
        rig.ask(address, "forget")
        link = link_to(address)
        with pytest.raises(
            BondLostError, match=f"sensors forget {address}, then: crampwatch sensors pair {address}"
        ):
            await link.open()
        await forget(address)
        assert not await bonded(address)
        await pair(address)
        await link.open()
        assert await link.read(bench.SECRET) == bench.KEPT
        await gone(rig, link)

    run(test())


def test_a_sensor_is_forgotten_while_it_streams(rig: Rig) -> None:
    async def test() -> None:
        address = rig.add("bench")
        await pair(address)
        link = link_to(address)
        await link.open()
        await forget(address)
        with pytest.raises(LinkLostError):
            await link.receive()
        await link.close()
        with pytest.raises(SensorError, match="nothing to forget"):
            await forget(address)

    run(test())
