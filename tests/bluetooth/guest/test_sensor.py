"""The whole bridge on the real stack: the profile's sensor, its driver, the supervisor; no sample is wrong."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing

import numpy as np
import pytest

from firmware_bridge.bridge import Bridge
from firmware_bridge.carriers.pairing import forget, pair
from firmware_bridge.events import Event, LinkDown, Opened, Placed
from firmware_bridge.host_clock import HostClock
from firmware_bridge.sensor import SensorError, sensor_at
from signals import CountBlock
from tests.bluetooth.guest.conftest import EXCHANGE, Rig, run

Told = list[Event]


async def watch(address: str, told: Told, enough: Callable[[], bool], options: str = "") -> None:
    """Run the bridge on a sensor until enough has been told."""
    clock = HostClock()
    bridge = Bridge(sensor_at(f"ble:{address}?leg=L{options}", clock), clock)
    async with aclosing(bridge.run()) as batches:
        async for events in batches:
            told += events
            if enough():
                return


def placed(told: Sequence[Event], stream: str = "emg") -> list[CountBlock]:
    return [event.block for event in told if isinstance(event, Placed) and event.block.stream == stream]


def n_samples(told: Sequence[Event], stream: str = "emg") -> int:
    return sum(len(block.counts) for block in placed(told, stream))


def downs(told: Sequence[Event]) -> list[str]:
    return [event.cause for event in told if isinstance(event, LinkDown)]


def boots(told: Sequence[Event]) -> set[int]:
    return {block.epoch for block in placed(told)}


def settled(told: Sequence[Event], n: int) -> bool:
    """Tell whether at least so many samples are there, and none in between is missing."""
    for boot in boots(told):
        for stream in ("emg", "acc"):
            blocks = [block for block in placed(told, stream) if block.epoch == boot]
            first = min((block.counter for block in blocks), default=0)
            end = max((block.counter + len(block.counts) for block in blocks), default=0)
            if sum(len(block.counts) for block in blocks) != end - first:
                return False
    return n_samples(told) > n


def hold_against_the_sensor(rig: Rig, address: str, told: Sequence[Event]) -> None:
    """Compare all that was placed with what the sensor truly sampled: the same counts, each exactly once."""
    path = EXCHANGE / f"{address.replace(':', '')}.npz"
    rig.ask(address, "save", path=path.name)
    truth = np.load(path)
    for stream in ("emg", "acc"):
        for boot in boots(told):
            blocks = sorted((b for b in placed(told, stream) if b.epoch == boot), key=lambda b: b.counter)
            sampled = truth[f"{stream}-{boot}"]
            ends = [block.counter + len(block.counts) for block in blocks]
            assert ends[:-1] == [block.counter for block in blocks[1:]]
            assert np.array_equal(np.concatenate([b.counts for b in blocks]), sampled[blocks[0].counter : ends[-1]])


async def paired(rig: Rig, **settings: int) -> str:
    address = rig.add("profile", **settings)
    await pair(address)
    return address


def test_a_night_streams_bit_for_bit_and_what_a_lost_link_kept_back_is_brought_in(rig: Rig) -> None:
    async def test() -> tuple[str, Told]:
        address = await paired(rig)
        told: Told = []
        next_at = [2000]
        steps = iter(
            [
                lambda: rig.ask(address, "inject", kind="link_loss", duration_s=2.0),
                lambda: rig.ask(address, "inject", kind="drop", frames=10),
            ]
        )

        def enough() -> bool:
            if settled(told, next_at[0]) and (step := next(steps, None)):
                step()
                next_at[0] += 2000
            return settled(told, 8000)

        await watch(address, told, enough)
        return address, told

    address, told = run(test())
    assert len(downs(told)) == 1
    assert len(boots(told)) == 1
    hold_against_the_sensor(rig, address, told)


def test_a_sensor_that_starts_again_goes_on_as_the_same_night(rig: Rig) -> None:
    async def test() -> tuple[str, Told]:
        address = await paired(rig)
        told: Told = []
        await watch(address, told, lambda: n_samples(told) > 2000)
        rig.ask(address, "inject", kind="brown_out", duration_s=1.0)
        await watch(address, told, lambda: len(boots(told)) == 2 and settled(told, 4000))
        return address, told

    address, told = run(test())
    hold_against_the_sensor(rig, address, told)


def test_an_unpaired_computer_gets_nothing_and_is_told_what_to_do(rig: Rig) -> None:
    address = rig.add("profile")
    with pytest.raises(SensorError, match=f"crampwatch sensors pair {address}"):
        run(watch(address, [], lambda: False))


def test_a_lost_bond_is_said_in_words_and_the_night_goes_on_after_pairing_again(rig: Rig) -> None:
    async def test() -> tuple[str, Told]:
        address = await paired(rig)
        told: Told = []
        await watch(address, told, lambda: settled(told, 1000))
        rig.ask(address, "inject", kind="lost_bond")
        await watch(address, told, lambda: any("no longer knows this computer" in cause for cause in downs(told)))
        await forget(address)
        await pair(address)
        began = len(told)
        await watch(address, told, lambda: settled(told[began:], 1000))
        return address, told[began:]

    address, told = run(test())
    hold_against_the_sensor(rig, address, told)


def test_the_smallest_packets_are_enough_for_a_lower_rate_and_the_higher_is_refused(rig: Rig) -> None:
    async def test() -> tuple[str, Told]:
        address = await paired(rig, mtu=23)
        told: Told = []
        await watch(address, told, lambda: settled(told, 1000))
        return address, told

    address, told = run(test())
    (setup,) = [event.setup for event in told if isinstance(event, Opened)]
    assert setup.streams[0].fs_hz < 1000
    assert any("was asked for at 1000 Hz" in remark for remark in setup.remarks)
    hold_against_the_sensor(rig, address, told)


def test_both_legs_stream_at_once(rig: Rig) -> None:
    async def test() -> dict[str, Told]:
        told: dict[str, Told] = {await paired(rig, seed=seed): [] for seed in (1, 2)}

        def enough(told: Told) -> Callable[[], bool]:
            return lambda: settled(told, 3000)

        await asyncio.gather(*(watch(address, each, enough(each)) for address, each in told.items()))
        return told

    for address, told in run(test()).items():
        hold_against_the_sensor(rig, address, told)
