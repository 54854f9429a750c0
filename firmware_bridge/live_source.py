"""A sensor as a synchronous `signals.Source`: a thread of its own runs the bridge."""

import asyncio
import queue
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import aclosing, suppress
from datetime import datetime
from types import TracebackType
from typing import Self

from firmware_bridge.bridge import Bridge
from firmware_bridge.events import Opened, Released
from firmware_bridge.host_clock import HostClock
from firmware_bridge.sensor import Sensor
from signals import CountBlock, CountedStream, Stream, StreamItem, sample_at

WAITING = 256
"""Batches that may wait to be taken; beyond it the bridge waits too, and the sensor keeps what it can."""
RETRY_S = 0.02

_Said = Opened | Released


class SensorSource:
    """What a sensor delivers, in uV and g, to whoever iterates; a context manager, within which it runs.

    Entering waits until the sensor is open, for as long as the bridge tries; it raises what `Bridge.run` raises.
    The source ends `duration_s` seconds after its first sample, or with the context. It can be iterated once: what
    is live cannot be had again.
    """

    def __init__(self, sensor: Sensor, clock: HostClock, duration_s: float | None = None) -> None:
        self._bridge = Bridge(sensor, clock)
        self._duration_s = duration_s
        self._said: queue.Queue[_Said] = queue.Queue(WAITING)
        self._threads = ThreadPoolExecutor(1, "sensor")
        self._running: Future[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._counted: dict[str, CountedStream] = {}
        self._iterated = False

    def __enter__(self) -> Self:
        self._running = self._threads.submit(lambda: asyncio.run(self._stream()))
        try:
            opened = self._next()
        except BaseException:
            self._close()
            raise
        if isinstance(opened, Opened):
            self._counted = {stream.name: stream for stream in opened.setup.streams}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    @property
    def streams(self) -> tuple[Stream, ...]:
        """The streams, `emg` first; known within the context."""
        if not self._counted:
            raise RuntimeError("the sensor is not open: use the source in a with statement")
        return tuple(stream.stream for stream in self._counted.values())

    @property
    def start(self) -> datetime | None:
        """UTC of sample 0; None before the first sample came."""
        return self._bridge.began

    def __iter__(self) -> Iterator[StreamItem]:
        if self._iterated:
            raise RuntimeError("a live sensor can be iterated once")
        self._iterated = True
        while (said := self._next()) is not None:
            for item in said.items if isinstance(said, Released) else ():
                yield self._counted[item.stream].physical(item) if isinstance(item, CountBlock) else item

    def _next(self) -> _Said | None:
        """Wait for what the thread says; None at its end. Raises what ended it."""
        if self._running is None:
            raise RuntimeError("the sensor is not open: use the source in a with statement")
        while True:
            ended = self._running.done()
            try:
                return self._said.get(timeout=RETRY_S)
            except queue.Empty:
                if ended:
                    self._running.result()
                    return None

    def _close(self) -> None:
        if self._running is not None and self._loop is not None and self._task is not None:
            with suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._task.cancel)
        self._threads.shutdown()

    async def _stream(self) -> None:
        """Pass on what the bridge releases."""
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        is_open = False
        async with aclosing(self._bridge.run()) as batches:
            async for events in batches:
                for event in events:
                    if isinstance(event, Opened) and not is_open:
                        is_open = True
                        await self._pass_on(event)
                    elif isinstance(event, Released):
                        await self._pass_on(event)
                        if self._is_last(event):
                            await self._pass_on(self._bridge.close_night())
                            return

    def _is_last(self, released: Released) -> bool:
        if self._duration_s is None or not self._counted:
            return False
        emg = next(iter(self._counted.values()))
        ends = [item.end for item in released.items if item.stream == emg.name]
        return bool(ends) and ends[-1] >= sample_at(self._duration_s, emg.fs_hz)

    async def _pass_on(self, said: _Said) -> None:
        while True:
            try:
                self._said.put_nowait(said)
            except queue.Full:
                await asyncio.sleep(RETRY_S)
            else:
                return
