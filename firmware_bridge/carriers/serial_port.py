"""A serial port as a link: bytes with their time of arrival, out of the event loop, no thread per read."""

import asyncio
import os
import termios
from contextlib import suppress

import serial

from firmware_bridge.host_clock import HostClock
from firmware_bridge.sensor import LinkLostError, SensorError

OPEN_S = 30.0
"""A port over Bluetooth Classic (`/dev/rfcomm0`) connects while it is opened, which takes up to 20 s."""
SEND_S = 5.0
READ_BYTES = 65_536
HELD_BYTES = 1_048_576
"""What may wait for `receive`; beyond it the port is not read, so that memory stays bounded."""

Failures = (serial.SerialException, OSError, termios.error)
"""All that a port that went away raises; `termios.error` is not an OSError."""


class SerialLink:
    """One serial port, opened exclusively; may be opened again after `close`.

    `send` and `receive` may run in different tasks. No modem line is touched: ports without them refuse.
    """

    def __init__(self, path: str, baud: int, clock: HostClock) -> None:
        self._path = path
        self._baud = baud
        self._clock = clock
        self._port: serial.Serial | None = None
        self._fd = -1
        self._reading = False
        self._held = bytearray()
        self._received_s = 0.0
        self._cause: str | None = None
        self._news = asyncio.Event()

    async def open(self) -> None:
        """Open the port. Raises `LinkLostError` where that fails now, `SensorError` for a rate it cannot have."""
        await self.close()
        opening = asyncio.get_running_loop().run_in_executor(None, self._new_port)
        try:
            async with self._clock.deadline(OPEN_S):
                port = await asyncio.shield(opening)
        except BaseException as error:
            opening.add_done_callback(_close_late)
            if isinstance(error, TimeoutError):
                raise LinkLostError(f"{self._path} did not open within {OPEN_S:.0f} s") from error
            if isinstance(error, ValueError):
                raise SensorError(f"{self._path} cannot run at {self._baud} baud: {error}") from error
            if isinstance(error, Failures):
                raise LinkLostError(f"{self._path} cannot be opened: {error}") from error
            raise
        self._port, self._fd = port, port.fileno()
        self._held.clear()
        self._cause = None
        self._news.clear()
        self._watch()

    async def receive(self) -> tuple[bytes, float]:
        """Return all bytes that have come, at least one, and when the last of them came.

        Raises `LinkLostError` when the port is gone, after all that came before has been returned.
        """
        while not self._held:
            if self._cause is not None:
                raise LinkLostError(self._cause)
            self._news.clear()
            await self._news.wait()
        data = bytes(self._held)
        self._held.clear()
        if self._port is not None and self._cause is None and not self._reading:
            self._watch()
        return data, self._received_s

    async def send(self, data: bytes) -> None:
        """Send all of `data`. Raises `LinkLostError` where the port is gone or takes nothing for `SEND_S`."""
        rest = memoryview(data)
        try:
            async with self._clock.deadline(SEND_S):
                while rest:
                    if self._port is None or self._cause is not None:
                        raise LinkLostError(self._cause or f"{self._path} is not open")
                    try:
                        rest = rest[os.write(self._fd, rest) :]
                    except BlockingIOError:
                        await self._writable()
        except TimeoutError as error:
            raise LinkLostError(f"{self._path} took nothing for {SEND_S:.0f} s") from error
        except Failures as error:
            self._lose(error)
            raise LinkLostError(f"{self._path} is gone: {error}") from error

    async def close(self) -> None:
        """Close the port; never raises. A `receive` that waits ends with `LinkLostError`."""
        port, self._port = self._port, None
        if port is None:
            return
        self._unwatch()
        self._cause = self._cause or f"{self._path} was closed"
        self._news.set()
        _close(port)

    def _new_port(self) -> serial.Serial:
        return serial.Serial(self._path, self._baud, timeout=0, exclusive=True)

    def _watch(self) -> None:
        asyncio.get_running_loop().add_reader(self._fd, self._read)
        self._reading = True

    def _unwatch(self) -> None:
        if self._reading:
            asyncio.get_running_loop().remove_reader(self._fd)
            self._reading = False

    def _read(self) -> None:
        try:
            data = os.read(self._fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(error)
            return
        if not data:
            self._lose(OSError("end of file"))
            return
        self._received_s = self._clock.monotonic()
        self._held += data
        if len(self._held) >= HELD_BYTES:
            self._unwatch()
        self._news.set()

    def _lose(self, error: Exception) -> None:
        self._unwatch()
        self._cause = f"{self._path} is gone: {error}"
        self._news.set()

    async def _writable(self) -> None:
        loop = asyncio.get_running_loop()
        ready = loop.create_future()
        loop.add_writer(self._fd, lambda: ready.done() or ready.set_result(None))
        try:
            await ready
        finally:
            loop.remove_writer(self._fd)


def _close(port: serial.Serial) -> None:
    with suppress(*Failures):  # what is not sent yet would keep a dead port open for half a minute
        port.reset_output_buffer()
    with suppress(*Failures):  # it is gone: there is nothing left to close
        port.close()


def _close_late(opening: "asyncio.Future[serial.Serial]") -> None:
    """Close a port that opened after nobody waited for it any more."""
    if not opening.cancelled() and opening.exception() is None:
        _close(opening.result())
