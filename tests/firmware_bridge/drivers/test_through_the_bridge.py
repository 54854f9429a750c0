"""Drivers under the bridge: what is lost with the link is a gap of the right length."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from itertools import pairwise
from pathlib import Path

import pytest

from firmware_bridge.bridge import Bridge
from firmware_bridge.events import LinkDown, Placed, Released
from firmware_bridge.host_clock import HostClock
from firmware_bridge.sensor import sensor_at
from signals import CountBlock, Gap, GapReason
from tests.firmware_bridge.drivers.peers import shimmer3, umyo
from tests.firmware_bridge.drivers.peers.bitalino import Board
from tests.firmware_bridge.drivers.peers.port import Port

UNIT = 0x1A2B3C4D
LINK_S, AWAY_S = 1.5, 2.0


class Device:
    """A sensor that sends packets at a rate while the computer wants it to; `packets` makes those of a range."""

    def __init__(
        self, port: Port, rate_hz: float, packets: Callable[[int, int], bytes], live: Callable[[], bool]
    ) -> None:
        self.port, self._rate_hz, self._packets, self._live = port, rate_hz, packets, live

    async def run(self, seconds: float) -> None:
        """Send what is due for so long, from when it is wanted."""
        loop = asyncio.get_running_loop()
        began_s: float | None = None
        sent = 0
        while began_s is None or loop.time() - began_s < seconds:
            await asyncio.sleep(0.01)
            if not self._live():
                began_s, sent = None, 0
                continue
            began_s = began_s or loop.time()
            if (due := int((loop.time() - began_s) * self._rate_hz)) > sent:
                self.port.say(self._packets(sent, due))
                sent = due


def bitalino(path: Path) -> tuple[str, Device]:
    made = Board()
    port = Port(path, made.answer)
    uri = f"bitalino+serial:{path}?acc=A2,A3,A4"
    return uri, Device(port, 1000, lambda first, end: made.frames(end - first), lambda: made.live)


def shimmer(path: Path) -> tuple[str, Device]:
    made = shimmer3.Sensor()
    port = Port(path, made.answer)
    uri = f"shimmer3+serial:{path}?rate=512"
    return uri, Device(port, 512, lambda first, end: made.packets(end - first), lambda: made.streaming)


def base(path: Path) -> tuple[str, Device]:
    began = asyncio.get_running_loop().time()

    def packets(first: int, end: int) -> bytes:  # it counts on while it is not heard
        passed = int((asyncio.get_running_loop().time() - began) * 143.75)
        return b"".join(
            umyo.base_packet(UNIT, passed - end + number, [8000 + i for i in range(8)], (0, 0, 16_393))
            for number in range(first, end)
        )

    return f"umyo+serial:{path}?unit={UNIT:08X}&rate=1150", Device(Port(path), 143.75, packets, lambda: True)


@pytest.mark.parametrize(("make", "fs_hz"), [(bitalino, 1000.0), (shimmer, 512.0), (base, 1150.0)])
def test_a_link_that_was_lost_leaves_a_gap_as_long_as_it_was_away(
    make: Callable[[Path], tuple[str, Device]], fs_hz: float, tmp_path: Path
) -> None:
    released: list[CountBlock | Gap] = []
    placed: list[CountBlock] = []
    downs: list[LinkDown] = []

    async def listen(bridge: Bridge) -> None:
        async with aclosing(bridge.run()) as batches:
            async for events in batches:
                for event in events:
                    if isinstance(event, Released):
                        released.extend(event.items)
                    elif isinstance(event, Placed):
                        placed.append(event.block)
                    elif isinstance(event, LinkDown):
                        downs.append(event)

    async def run() -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        uri, device = make(tmp_path / "port")
        clock = HostClock()
        bridge = Bridge(sensor_at(uri, clock), clock)
        device.port.plug_in()
        listening = asyncio.create_task(listen(bridge))
        await device.run(LINK_S)
        await asyncio.sleep(0.1)
        lost_s = loop.time()
        device.port.unplug()
        await asyncio.sleep(AWAY_S)
        device.port.plug_in()
        before = len(placed)
        sending = asyncio.create_task(device.run(30.0))
        while sum(len(block.counts) for block in placed[before:] if block.stream == "emg") < fs_hz:  # noqa: ASYNC110 - listed
            await asyncio.sleep(0.01)
        back_s = placed[before].received_s - clock.monotonic() + loop.time()
        sending.cancel()
        listening.cancel()
        await asyncio.wait((sending, listening))
        released.extend(bridge.close_night().items)
        device.port.unplug()
        return lost_s, back_s

    lost_s, back_s = asyncio.run(asyncio.wait_for(run(), 60))
    emg = [item for item in released if item.stream == "emg"]
    assert [a.first_sample - b.end for b, a in pairwise(emg)] == [0] * (len(emg) - 1)
    gaps = [item for item in emg if isinstance(item, Gap)]
    assert {gap.reason for gap in gaps} == {GapReason.LINK_LOST}
    missing_s = sum(gap.end - gap.first_sample for gap in gaps) / fs_hz
    assert missing_s == pytest.approx(back_s - lost_s, abs=1.5)  # a busy machine hears late
    assert downs
    acc = [item for item in released if item.stream == "acc"]
    acc_hz = {1150.0: 143.75}.get(fs_hz, fs_hz)
    assert acc[-1].end / acc_hz == pytest.approx(emg[-1].end / fs_hz, abs=0.1)
