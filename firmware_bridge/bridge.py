"""The supervisor of one sensor through a night: it opens, watches, asks again, and never gives up."""

import asyncio
import random
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing, suppress
from datetime import datetime, timedelta

from firmware_bridge.device_clock import Drift
from firmware_bridge.events import Event, LinkDown, Opened, Placed, Released
from firmware_bridge.host_clock import HostClock
from firmware_bridge.live_night import LiveNight
from firmware_bridge.readings import Reading
from firmware_bridge.sensor import BondLostError, LinkLostError, Sensor, SensorError
from signals import CountBlock, CountedStream, Gap

OPEN_S = 60.0
"""A scan takes up to 20 s, a connection with retries 30 s."""
CLOSE_S = 15.0
REQUEST_S = 10.0
STALE_S = 20.0
"""No samples for so long on a link that claims to be up: it is taken down and opened again."""
STALLED_S = 30.0
"""When the bridge itself was not run for so long, the host did not record."""
PASS_S = 1.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
JITTER = 0.3
WAITING_BATCHES = 64

_Inbox = asyncio.Queue[Sequence[Reading] | Exception]


class Bridge:
    """One sensor, supervised: readings in, events out.

    Leave `run` by cancelling the task that iterates it, or close the iterator (`contextlib.aclosing`): that closes
    the sensor. `run` may be called again, and `close_night` between two batches of events.
    """

    def __init__(self, sensor: Sensor, clock: HostClock) -> None:
        self._sensor = sensor
        self._clock = clock
        self._night = LiveNight(clock)
        self._random = random.Random()  # noqa: S311 - spreads tries in time, hides nothing
        self._was_open = False
        self._lost_s: float | None = None
        self._tries = 0
        self._passed_s = 0.0
        self._fresh_s = 0.0

    @property
    def began(self) -> datetime | None:
        """UTC of sample 0 of the night; None before the first sample came, fixed from then on."""
        return self._night.began

    @property
    def drift(self) -> Drift:
        """How the sensor's clock runs against the host's, as well as it is known by now."""
        return self._night.drift

    @property
    def utc_step(self) -> timedelta:
        """By how much the system's clock was set since the night began; the night itself is not changed by it."""
        return self._night.utc_step

    def restore(
        self,
        streams: Sequence[CountedStream],
        blocks: Iterable[CountBlock],
        gaps: Iterable[Gap],
        began: datetime,
    ) -> Iterator[Released]:
        """Feed a stored night back, before `run`: yields what can be released of it, as if it came now.

        Must be iterated to its end. What the stored night lacks is asked for once the sensor is open; what it no
        longer has is `HOST_STOPPED` from the end of what was stored to now. `blocks` and `gaps` must be in order
        within each stream; memory is constant then. `streams` are those of the night; a sensor that delivers
        something else is refused.
        """
        self._was_open = True
        return self._night.restore(streams, blocks, gaps, began)

    async def run(self) -> AsyncGenerator[Sequence[Event], None]:
        """Open the sensor and deliver what comes, for ever; each batch in the order in which it happened.

        Raises `SensorError` only where the sensor could not be used from the beginning, and nothing but somebody's
        hand will change that; once it was open, it is tried for ever, a lost bond from the beginning.
        """
        self._passed_s = self._clock.monotonic()
        while True:
            failure: LinkLostError | SensorError | None = None
            try:
                yield [await self._open()]
                async with aclosing(self._batches()) as batches:
                    async for events in batches:
                        yield events
            except (LinkLostError, SensorError) as error:
                if isinstance(error, SensorError) and not isinstance(error, BondLostError) and not self._was_open:
                    raise
                failure = error
            finally:
                await self._close()
            if failure is not None:
                down = self._down(failure)
                yield [down]
                await self._clock.sleep(down.again_s)
                self._note_stall(down.again_s + OPEN_S + CLOSE_S)

    def close_night(self) -> Released:
        """End the night: what is still missing becomes gaps, what was held back is released.

        The next sample that comes is sample 0 of a new night.
        """
        return self._night.close()

    async def _open(self) -> Opened:
        try:
            async with self._clock.deadline(OPEN_S):
                setup = await self._sensor.open()
        except TimeoutError as error:
            raise LinkLostError(f"the sensor did not open within {OPEN_S:.0f} s") from error
        self._night.open(setup)
        self._was_open = True
        self._note_stall(OPEN_S)
        self._fresh_s = self._passed_s
        return Opened(setup)

    async def _close(self) -> None:
        self._night.link_lost()
        with suppress(
            TimeoutError
        ):  # a link that cannot be closed is left behind; the next open says if it matters
            async with self._clock.deadline(CLOSE_S):
                await self._sensor.close()

    def _down(self, error: Exception) -> LinkDown:
        """Count a try that failed and say when the next comes: each pause twice the one before, up to a limit."""
        if self._lost_s is None:
            self._lost_s = self._clock.monotonic()
        pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(self._tries, 16))
        self._tries += 1
        return LinkDown(
            str(error), self._lost_s, self._tries, pause_s * self._random.uniform(1 - JITTER, 1 + JITTER)
        )

    async def _batches(self) -> AsyncGenerator[Sequence[Event], None]:
        """Deliver what one link brings, and ask for what is missing. Raises `LinkLostError` at its end."""
        inbox: _Inbox = asyncio.Queue(WAITING_BATCHES)
        pump = asyncio.create_task(self._pump(inbox))
        try:
            while True:
                readings, failure = await self._arrived(inbox)
                self._note_stall()
                if events := self._night.take(readings):
                    yield events
                if failure is not None:
                    raise failure
                if pump.done() and inbox.empty():
                    pump.result()  # it failed in a way that nobody foresaw: loudly
                self._watch_samples(events)
                await self._ask()
        finally:
            pump.cancel()
            await asyncio.wait((pump,))

    async def _pump(self, inbox: _Inbox) -> None:
        """Take readings from the sensor as soon as they come, whatever the consumer of the events does."""
        try:
            while True:
                await inbox.put(await self._sensor.receive())
        except (LinkLostError, SensorError) as error:
            await inbox.put(error)

    async def _arrived(self, inbox: _Inbox) -> tuple[list[Reading], Exception | None]:
        """Wait a little for readings; return all there are, and what ended the link after them."""
        readings: list[Reading] = []
        with suppress(TimeoutError):  # nothing came: there may be something to ask for, or to complain of
            async with self._clock.deadline(PASS_S):
                got = await inbox.get()
                while True:
                    if isinstance(got, Exception):
                        return readings, got
                    readings.extend(got)
                    if inbox.empty():
                        break
                    got = inbox.get_nowait()
        return readings, None

    def _note_stall(self, expected_s: float = PASS_S) -> None:
        """Notice when this computer was suspended, or for other reasons did not run the bridge."""
        now_s = self._clock.monotonic()
        if now_s - self._passed_s > STALLED_S + expected_s:
            self._night.host_stopped(self._passed_s, now_s)
        self._passed_s = now_s

    def _watch_samples(self, events: Sequence[Event]) -> None:
        """Raise `LinkLostError` when no new samples come."""
        now_s = self._clock.monotonic()
        if any(isinstance(event, Placed) for event in events):
            self._fresh_s, self._lost_s, self._tries = now_s, None, 0
        elif now_s - self._fresh_s > STALE_S:
            raise LinkLostError(f"no samples for {STALE_S:.0f} s, though the link is up")

    async def _ask(self) -> None:
        for missing in self._night.due(self._clock.monotonic()):
            try:
                async with self._clock.deadline(REQUEST_S):
                    await self._sensor.request(missing)
            except TimeoutError as error:
                raise LinkLostError(f"the sensor took no request for {REQUEST_S:.0f} s") from error
