"""The link through the real stack: it streams, it ends with a reason, and it can be opened again."""

import asyncio
import os
import signal
import struct
import subprocess
import time

import pytest

from firmware_bridge.carriers.ble import BleLink, Notification
from firmware_bridge.carriers.scanning import scan
from firmware_bridge.host_clock import HostClock
from firmware_bridge.sensor import LinkLostError, SensorError
from tests.bluetooth.guest.conftest import LONGEST_S, Rig, run
from tests.bluetooth.rig import bench


def link_to(address: str, *notify: str) -> BleLink:
    return BleLink(address, HostClock(), notify or (bench.DATA,))


async def stream(link: BleLink, rate_hz: int, size: int, count: int) -> list[Notification]:
    """Let the sensor send, and collect all of it."""
    await link.write(bench.CONTROL, bench.START.pack(rate_hz, size, count))
    got: list[Notification] = []
    async with asyncio.timeout(20):
        while len(got) < count:
            got += await link.receive()
    return got


async def gone(rig: Rig, *links: BleLink) -> None:
    """Switch the sensors off, then close: that saves the 2 s that BlueZ waits before it ends a link."""
    rig.do("clear")
    await asyncio.gather(*(link.close() for link in links))


def numbers(got: list[Notification]) -> list[int]:
    return [struct.unpack_from("<I", each.data)[0] for each in got]


def test_a_scan_names_what_advertises(rig: Rig) -> None:
    address = rig.add("bench")
    (seen,) = [each for each in run(scan(2.0)) if each.address == address]
    assert (seen.name, seen.rssi_dbm, seen.make, seen.uri) == (bench.NAME, -50, None, None)


@pytest.mark.parametrize(("rate_hz", "size", "count"), [(150, 20, 300), (100, 244, 300)])
def test_a_stream_comes_whole_in_order_and_with_times_that_rise(
    rig: Rig, rate_hz: int, size: int, count: int
) -> None:
    async def test() -> list[Notification]:
        link = link_to(rig.add("bench"))
        await link.open()
        assert link.mtu == 247
        got = await stream(link, rate_hz, size, count)
        await gone(rig, link)
        return got

    got = run(test())
    times = [each.received_s for each in got]
    print(f"{(count - 1) / (times[-1] - times[0]):.0f} notifications/s")  # noqa: T201 - for the record of the run
    assert numbers(got) == list(range(count))
    assert {len(each.data) for each in got} == {size}
    assert times == sorted(times)


def test_the_smallest_mtu_is_told_and_holds(rig: Rig) -> None:
    async def test() -> tuple[int, list[Notification]]:
        link = link_to(rig.add("bench", mtu=23))
        await link.open()
        mtu, got = link.mtu, await stream(link, 100, 20, 50)
        await gone(rig, link)
        return mtu, got

    mtu, got = run(test())
    assert mtu == 23
    assert numbers(got) == list(range(50))


def test_a_lost_link_ends_receiving_and_can_be_opened_again(rig: Rig) -> None:
    async def test() -> None:
        address = rig.add("bench")
        link = link_to(address)
        for _ in range(2):
            await link.open()
            assert numbers(await stream(link, 200, 40, 40)) == list(range(40))
            rig.do("lose", address=address)
            with pytest.raises(LinkLostError, match="the link was lost"):
                await link.receive()
            with pytest.raises(LinkLostError):
                await link.write(bench.CONTROL, bench.START.pack(1, 20, 1))
        await gone(rig, link)

    run(test())


def test_what_came_before_the_loss_is_delivered_first(rig: Rig) -> None:
    async def test() -> None:
        address = rig.add("bench")
        link = link_to(address)
        await link.open()
        await link.write(bench.CONTROL, bench.START.pack(200, 100, 50))
        await asyncio.sleep(1)
        rig.do("lose", address=address)
        await asyncio.sleep(1)
        assert numbers(await link.receive()) == list(range(50))
        with pytest.raises(LinkLostError):
            await link.receive()
        await gone(rig, link)

    run(test())


def test_a_sensor_that_is_not_there_is_said_to_be_out_of_reach(rig: Rig) -> None:
    rig.add("bench")
    with pytest.raises(LinkLostError, match="not in reach"):
        run(link_to("C4:1F:5E:0B:FF:FF").open())


def test_a_characteristic_that_it_lacks_is_named(rig: Rig) -> None:
    absent = "5eb1ffff-7c1d-4f6e-9a57-0000000000b0"
    with pytest.raises(SensorError, match=f"no characteristic {absent}"):
        run(link_to(rig.add("bench"), absent).open())


def test_a_read_without_an_answer_ends_the_link(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firmware_bridge.carriers.ble.GATT_S", 2.0)

    async def test() -> None:
        link = link_to(rig.add("bench"))
        await link.open()
        with pytest.raises(LinkLostError, match="no answer in time"):
            await link.read(bench.STUCK)
        with pytest.raises(LinkLostError):
            await link.receive()
        await link.close()
        await link.open()  # a new link is good again
        assert numbers(await stream(link, 100, 20, 10)) == list(range(10))
        await gone(rig, link)

    run(test())


def test_two_sensors_stream_at_once_and_one_that_is_lost_leaves_the_other_alone(rig: Rig) -> None:
    async def test() -> None:
        addresses = [rig.add("bench"), rig.add("bench")]
        left, right = map(link_to, addresses)
        await asyncio.gather(left.open(), right.open())
        both = await asyncio.gather(stream(left, 125, 200, 500), stream(right, 125, 200, 500))
        assert [numbers(got) for got in both] == [list(range(500))] * 2
        rig.do("lose", address=addresses[0])
        with pytest.raises(LinkLostError):
            await left.receive()
        assert numbers(await stream(right, 125, 200, 50)) == list(range(50))
        await gone(rig, left, right)

    run(test())


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["restarted", "killed"])
def test_the_bluetooth_service_may_be_restarted(rig: Rig, how: signal.Signals) -> None:
    async def test() -> None:
        address = rig.add("bench")
        link = link_to(address)
        await link.open()
        rig.stop_bluetoothd(how)
        with pytest.raises(LinkLostError):
            await link.receive()
        with pytest.raises(LinkLostError, match="sudo systemctl enable --now bluetooth"):
            await link.open()
        rig.start_bluetoothd()
        await reopened(link)
        assert numbers(await stream(link, 100, 20, 20)) == list(range(20))
        await gone(rig, link)

    run(test())


def test_the_adapter_may_be_pulled_out_and_plugged_in(rig: Rig) -> None:
    async def test() -> None:
        link = link_to(rig.add("bench"))
        await link.open()
        rig.pull_adapter()
        with pytest.raises(LinkLostError):
            await link.receive()
        while "this computer has no Bluetooth adapter" not in await refusal(link):
            pass  # it goes step by step, and switched off first
        rig.plug_adapter()
        await reopened(link)
        assert numbers(await stream(link, 100, 20, 20)) == list(range(20))
        await gone(rig, link)

    run(test())


def test_the_adapter_may_be_switched_off_and_on(rig: Rig) -> None:
    async def test() -> None:
        link = link_to(rig.add("bench"))
        await link.open()
        subprocess.run(["bluetoothctl", "power", "off"], check=True, capture_output=True)  # noqa: ASYNC221, S607 - bluez'
        with pytest.raises(LinkLostError):
            await link.receive()
        with pytest.raises(LinkLostError, match="bluetoothctl power on"):
            await link.open()
        subprocess.run(["bluetoothctl", "power", "on"], check=True, capture_output=True)  # noqa: ASYNC221, S607 - as above
        await reopened(link)
        assert numbers(await stream(link, 100, 20, 20)) == list(range(20))
        await gone(rig, link)

    run(test())


def test_a_link_that_a_killed_program_left_behind_is_taken_over(rig: Rig) -> None:
    address = rig.add("bench")
    here, there = os.pipe()

    async def hold() -> None:
        await link_to(address).open()
        os.write(there, b"open")
        await asyncio.sleep(LONGEST_S)

    if not (program := os.fork()):
        run(hold())
    assert os.read(here, 4) == b"open"
    os.kill(program, signal.SIGKILL)
    os.waitpid(program, 0)

    async def test() -> None:
        link = link_to(address)
        await link.open()
        assert numbers(await stream(link, 100, 20, 20)) == list(range(20))
        await gone(rig, link)

    run(test())


def test_a_link_that_another_program_uses_is_left_alone(rig: Rig) -> None:
    async def test() -> None:
        address = rig.add("bench")
        first, second = link_to(address), link_to(address)
        await first.open()
        with pytest.raises(LinkLostError, match="in use by another program"):
            await second.open()
        assert numbers(await stream(first, 100, 20, 20)) == list(range(20))
        await gone(rig, first, second)

    run(test())


def test_an_adapter_that_hears_nothing_for_long_is_restarted_unless_it_serves_another(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("firmware_bridge.carriers.ble.RESET_AFTER", 1)
    monkeypatch.setattr("firmware_bridge.carriers.ble.SEEK_S", 1.0)

    async def test() -> None:
        absent, other = link_to("C4:1F:5E:0B:FF:FE"), link_to(rig.add("bench"))
        await other.open()
        for _ in range(2):
            assert "not in reach" in await refusal(absent)
        assert "switched off and on" not in caplog.text
        assert numbers(await stream(other, 100, 20, 20)) == list(range(20))
        rig.do("lose", address=other.address)
        await other.close()
        await refusal(absent)
        assert "switched off and on" in caplog.text
        await reopened(other)
        await gone(rig, other)

    run(test())


def test_what_is_no_address_is_refused_at_once() -> None:
    with pytest.raises(SensorError, match="'calf' is no Bluetooth address"):
        link_to("calf")


async def refusal(link: BleLink) -> str:
    with pytest.raises(LinkLostError) as refused:
        await link.open()
    return str(refused.value)


async def reopened(link: BleLink) -> None:
    """Try to open, as the supervisor does, until it works."""
    began_s = time.monotonic()
    while True:
        try:
            await link.open()
        except LinkLostError as error:
            print(f"{time.monotonic() - began_s:.1f} s: {error}")  # noqa: T201 - for the record of the run
            await asyncio.sleep(0.5)
        else:
            return
