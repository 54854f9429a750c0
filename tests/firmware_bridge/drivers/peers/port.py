"""A pseudo-terminal that stands for a serial port, at a path that stays the same when it is unplugged."""

import asyncio
import os
import tty
from collections.abc import Callable
from pathlib import Path


class Port:
    """The device's end. `answer` gets what the computer sends and returns what the device says to it."""

    def __init__(self, path: Path, answer: Callable[[bytes], bytes] = lambda _: b"") -> None:
        self.path = path
        self._answer = answer
        self._master = self._slave = -1

    def plug_in(self) -> None:
        """Make the port."""
        self._master, self._slave = os.openpty()  # the slave stays open: no end of file while nobody else has it
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self._slave))
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def unplug(self) -> None:
        """Take it away, as the plug out of its socket."""
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._slave)
        os.close(self._master)
        self.path.unlink()

    def say(self, data: bytes) -> None:
        """Send to the computer."""
        assert os.write(self._master, data) == len(data)

    def _read(self) -> None:
        if answer := self._answer(os.read(self._master, 4096)):
            self.say(answer)
