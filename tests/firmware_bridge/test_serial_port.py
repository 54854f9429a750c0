"""A serial port on a real pseudo-terminal, pulled out as well."""

import asyncio
import os
from collections.abc import Awaitable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pytest

from firmware_bridge.carriers.serial_port import HELD_BYTES, SerialLink
from firmware_bridge.host_clock import HostClock
from firmware_bridge.sensor import LinkLostError, SensorError

T = TypeVar("T")


class Terminal:
    """Both ends of a pseudo-terminal; the far end is ours."""

    def __init__(self) -> None:
        self.master, near = os.openpty()
        self.path = os.ttyname(near)
        os.close(near)
        os.set_blocking(self.master, False)

    def pull_out(self) -> None:
        """Close the far end, as an adapter that is unplugged."""
        if self.master >= 0:
            os.close(self.master)
            self.master = -1


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.pull_out()


def run(work: Awaitable[T]) -> T:
    async def waiting() -> T:
        async with asyncio.timeout(20):
            return await work

    return asyncio.run(waiting())


async def opened(terminal: Terminal) -> SerialLink:
    link = SerialLink(terminal.path, 921_600, HostClock())
    await link.open()
    return link


async def received(link: SerialLink, n: int) -> bytes:
    data = b""
    while len(data) < n:
        data += (await link.receive())[0]
    return data


def test_every_byte_goes_both_ways_unchanged(terminal: Terminal) -> None:
    every = bytes(range(256))

    async def work() -> tuple[bytes, float]:
        link = await opened(terminal)
        os.write(terminal.master, every)
        data, at_s = await link.receive()
        await link.send(every)
        assert os.read(terminal.master, 1000) == every  # before closing, which throws away what nobody has fetched
        await link.close()
        return data, at_s

    data, at_s = run(work())
    assert data == every
    assert 0 <= HostClock().monotonic() - at_s < 20


def test_more_than_the_terminal_holds_is_sent_as_it_is_read(terminal: Terminal) -> None:
    sent = bytes(i % 251 for i in range(100_000))

    async def work() -> bytes:
        link = await opened(terminal)
        sending = asyncio.create_task(link.send(sent))
        got = b""
        while len(got) < len(sent):
            with suppress(BlockingIOError):
                got += os.read(terminal.master, 4096)
            await asyncio.sleep(0)
        await sending
        await link.close()
        return got

    assert run(work()) == sent


def test_what_nobody_fetches_is_held_up_to_a_limit_and_then_left_in_the_line(terminal: Terminal) -> None:
    sent = bytes(i % 251 for i in range(HELD_BYTES + 200_000))

    async def work() -> bytes:
        link = await opened(terminal)
        at = idle = 0
        while at < len(sent) and idle < 100:
            try:
                at += os.write(terminal.master, sent[at : at + 4096])
                idle = 0
            except BlockingIOError:
                idle += 1
            await asyncio.sleep(0)
        assert at < len(sent)  # the far end has to wait
        got = await received(link, at)
        os.write(terminal.master, b"on")
        assert await received(link, 2) == b"on"
        await link.close()
        return got

    got = run(work())
    assert got == sent[: len(got)]


def test_a_port_that_is_pulled_out_is_a_lost_link_for_reader_and_writer(terminal: Terminal) -> None:
    async def work() -> None:
        link = await opened(terminal)
        waiting = asyncio.create_task(link.receive())
        await asyncio.sleep(0.05)
        terminal.pull_out()
        with pytest.raises(LinkLostError, match="is gone"):
            await waiting
        with pytest.raises(LinkLostError, match="is gone"):
            await link.send(b"?")
        await link.close()
        with pytest.raises(LinkLostError, match="cannot be opened"):
            await link.open()

    run(work())


def test_a_port_is_opened_by_one_only_and_again_after_it_was_closed(terminal: Terminal) -> None:
    async def work() -> None:
        first = await opened(terminal)
        with pytest.raises(LinkLostError, match="cannot be opened"):
            await opened(terminal)
        waiting = asyncio.create_task(first.receive())
        await asyncio.sleep(0)
        await first.close()
        await first.close()
        with pytest.raises(LinkLostError, match="was closed"):
            await waiting
        with pytest.raises(LinkLostError, match="was closed"):
            await first.send(b"?")
        await first.open()
        os.write(terminal.master, b"again")
        assert (await first.receive())[0] == b"again"
        await first.close()

    run(work())


def test_a_port_that_is_not_there_and_a_rate_that_cannot_be(terminal: Terminal, tmp_path: Path) -> None:
    with pytest.raises(LinkLostError, match="cannot be opened"):
        run(SerialLink(str(tmp_path / "none"), 9600, HostClock()).open())
    with pytest.raises(SensorError, match="cannot run at -1 baud"):
        run(SerialLink(terminal.path, -1, HostClock()).open())
