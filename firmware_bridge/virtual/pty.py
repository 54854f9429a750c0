"""The serial carrier of the virtual sensor: a pseudo-terminal in the place of a USB port."""

import asyncio
import errno
import os
import termios
import tty
from collections import deque
from pathlib import Path

from firmware_bridge.virtual.air import Air
from firmware_bridge.virtual.faults import Fault, FaultKind
from firmware_bridge.virtual.hardware import Link
from firmware_bridge.virtual.sensor import VirtualSensor
from firmware_bridge.wire.envelope import LONGEST_ENVELOPE, Unwrapper, wrap
from firmware_bridge.wire.frames import LONGEST_FRAME

BAUD = 921_600
FRAMES_PER_S = BAUD // 10 // LONGEST_ENVELOPE
WAKE_S = 0.02  # of the machine's own time, whatever the clock's speed
MOST_WAITING = 1 << 20  # bytes that nobody fetches; a UART overruns much sooner
READ_BYTES = 4096


class SerialCarrier:
    """Brings a sensor to a path in the file system that behaves as a serial port does.

    `path` becomes a symbolic link to the pseudo-terminal. Unplugging removes both; plugging in makes a new
    terminal behind the same path. Nobody need listen: what is sent meanwhile is lost, as on a real port.
    """

    def __init__(self, sensor: VirtualSensor, path: Path) -> None:
        self.path = path
        self._sensor = sensor
        self._air = Air(sensor.script.seed, wrap)
        self._unwrapper = Unwrapper()
        self._master: int | None = None
        self._open = False
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0

    async def run(self) -> None:
        """Serve until cancelled; the path is gone afterwards."""
        try:
            while True:
                self._work()
                await asyncio.sleep(WAKE_S)
        finally:
            self._unplug()

    def _work(self) -> None:
        """Do what is due, and see whether somebody has opened or closed the port."""
        for item in self._sensor.due():
            if isinstance(item, Fault):
                self._carry_out(item)
            elif self._open:
                self._queue(item)
        if self._master is None:
            if self._sensor.reachable:
                self._plug_in()
        elif not self._open:
            self._read()
        self._write()

    def _carry_out(self, fault: Fault) -> None:
        if self._open:
            self._air.begin(fault)
        if fault.kind is FaultKind.UNPLUG:
            self._unplug()

    def _plug_in(self) -> None:
        """Make a new terminal and let the path lead to it."""
        master, slave = os.openpty()
        tty.setraw(slave, termios.TCSANOW)  # else it echoes what comes before it is opened
        name = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(master, False)
        self._master = master
        beside = self.path.with_name(f".{self.path.name}.new")
        beside.unlink(missing_ok=True)
        beside.symlink_to(name)
        beside.replace(self.path)

    def _unplug(self) -> None:
        if self._master is None:
            return
        self._hang_up()
        self.path.unlink(missing_ok=True)
        os.close(self._master)
        self._master = None

    def _read(self) -> None:
        """Read what the bridge has written; on Linux, reading fails with EIO while nobody has the port open."""
        assert self._master is not None, "read without a terminal"  # noqa: S101 - a bug, no input
        try:
            data = os.read(self._master, READ_BYTES)
        except BlockingIOError:
            data = b""
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            self._hang_up()
            return
        if not self._open:
            self._pick_up()
        for frame in self._unwrapper.feed(data):
            self._sensor.command(frame)
        if data:
            self._work()

    def _pick_up(self) -> None:
        """Somebody has opened the port."""
        assert self._master is not None, "picked up without a terminal"  # noqa: S101 - a bug, no input
        self._open = True
        self._unwrapper = Unwrapper()
        self._waiting.append(b"\0")  # ends whatever the bridge may have begun to read
        self._waiting_bytes = 1
        self._sensor.connected(Link(LONGEST_FRAME, FRAMES_PER_S, session=False))
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def _hang_up(self) -> None:
        """Nobody has the port open any more: what is on its way is lost."""
        if not self._open or self._master is None:
            return
        self._open = False
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._master)  # it would be called without end
        loop.remove_writer(self._master)
        self._waiting.clear()
        self._waiting_bytes = 0
        self._air.clear()
        self._sensor.disconnected()

    def _queue(self, frame: bytes) -> None:
        for piece in self._air.through(frame):
            if self._waiting_bytes + len(piece) <= MOST_WAITING:
                self._waiting.append(piece)
                self._waiting_bytes += len(piece)

    def _write(self) -> None:
        """Write as much as the terminal takes, and the rest as soon as it takes more."""
        if not self._open or self._master is None:
            return
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.remove_writer(self._master)
            return
        data = b"".join(self._waiting)
        try:
            written = os.write(self._master, data)
        except BlockingIOError:
            written = 0
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            self._hang_up()
            return
        self._waiting.clear()
        self._waiting_bytes = len(data) - written
        if self._waiting_bytes:
            self._waiting.append(data[written:])
            loop.add_writer(self._master, self._write)
        else:
            loop.remove_writer(self._master)
