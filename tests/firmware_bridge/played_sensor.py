"""A sensor that does what a test wrote down: link after link, batch after batch."""

import asyncio
from collections.abc import Callable, Sequence

from firmware_bridge.readings import Device, Missing, Reading, Setup
from firmware_bridge.sensor import LinkLostError
from tests.firmware_bridge.made_chunks import ACC, EMG, TICK_HZ

Link = Exception | Sequence[Sequence[Reading] | Exception]
"""What an `open` raises; or what it is followed by: batches of readings, what ends the link, or silence."""

SETUP = Setup(device=Device(make="played", address="here"), streams=(EMG, ACC), keeps_s=600.0, tick_hz=TICK_HZ)


class PlayedSensor:
    """Plays its links in turn; when all are played the sensor cannot be reached any more.

    `answer` gives what a request brings; without it a request brings nothing.
    """

    def __init__(
        self, *links: Link, setup: Setup = SETUP, answer: Callable[[Missing], Sequence[Reading]] | None = None
    ) -> None:
        self.setup = setup
        self.asked: list[Missing] = []
        self.closed = 0
        self._links = list(links)
        self._answer = answer
        self._batches: list[Sequence[Reading] | Exception] = []
        self._more = asyncio.Event()

    async def open(self) -> Setup:
        """Begin the next link."""
        link = self._links.pop(0) if self._links else LinkLostError("out of range")
        if isinstance(link, Exception):
            raise link
        self._batches = list(link)
        return self.setup

    async def receive(self) -> Sequence[Reading]:
        """Give the next batch."""
        while not self._batches:
            self._more.clear()
            await self._more.wait()
        batch = self._batches.pop(0)
        if isinstance(batch, Exception):
            raise batch
        return batch

    async def request(self, missing: Missing) -> None:
        """Answer at once."""
        self.asked.append(missing)
        if self._answer is not None:
            self._batches.insert(0, self._answer(missing))
            self._more.set()

    async def close(self) -> None:
        """Count."""
        self.closed += 1
