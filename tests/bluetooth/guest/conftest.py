"""What the tests in the guest have: bluetoothd, an adapter to pull out, and the air."""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import subprocess
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from bleak import BleakScanner
from bleak.exc import BleakError

RIG = Path(__file__).parent.parent / "rig"
EXCHANGE = Path("/run/exchange")
LONGEST_S = 120.0
T = TypeVar("T")


class Rig:
    """The guest's Bluetooth: what a person would do with hands, and systemd with processes."""

    def __init__(self) -> None:
        self._addresses = (f"C4:1F:5E:0B:00:{number:02X}" for number in itertools.count(1))
        self._steering = _port("steering").open("r+b", buffering=0)
        self._log = (EXCHANGE / "bluetoothd.log").open("ab")
        self._adapter = subprocess.Popen([f"{os.environ['CRAMPWATCH_RIG']}/vhci", _port("adapter")])  # noqa: S603 - the rig's own
        self.start_bluetoothd()
        wait_for_bluetooth()
        self._whole = True

    def start_bluetoothd(self) -> None:
        """Start the service."""
        command = ["bluetoothd", "--nodetach", "--configfile", RIG / "bluetoothd.conf"]
        self._bluetoothd = subprocess.Popen(command, stdout=self._log, stderr=self._log)  # noqa: S603 - the rig's own

    def stop_bluetoothd(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop the service, or kill it."""
        self._bluetoothd.send_signal(how)
        self._bluetoothd.wait()

    def pull_adapter(self) -> None:
        """Pull the adapter out."""
        self._whole = False
        self.do("unplug")
        self._adapter.send_signal(signal.SIGUSR1)

    def plug_adapter(self) -> None:
        """Plug an adapter in."""
        self._adapter.send_signal(signal.SIGUSR2)

    def add(self, kind: str, **settings: Any) -> str:
        """Put a sensor of a kind in the air; return its address, one that no test had before."""
        address = next(self._addresses)
        self.do("add", address=address, kind=kind, **settings)
        return address

    def ask(self, address: str, which: str, **how: Any) -> Any:
        """Let a sensor do something of its own."""
        return self.do("ask", address=address, which=which, **how)

    def restore(self) -> None:
        """Empty the air and bring back what the test took away."""
        self.do("clear")
        if self._bluetoothd.poll() is not None:
            self.start_bluetoothd()
            self._whole = False
        if not self._whole:
            self.plug_adapter()
            wait_for_bluetooth()
            self._whole = True

    def do(self, what: str, **how: Any) -> Any:
        """Let something happen in the air."""
        self._steering.write(json.dumps({"do": what, **how}).encode() + b"\n")
        answer = b""
        while not answer.endswith(b"\n"):
            answer += self._steering.read(65536)
        said = json.loads(answer)
        assert "error" not in said, said["error"]
        return said.get("value")

    def close(self) -> None:
        """End what was started."""
        for process in (self._bluetoothd, self._adapter):
            process.kill()
            process.wait()
        self._steering.close()
        self._log.close()


def _port(name: str) -> Path:
    """Return the virtio port of a name."""
    ports = Path("/sys/class/virtio-ports").iterdir()
    return Path("/dev") / next(port.name for port in ports if (port / "name").read_text().strip() == name)


def wait_for_bluetooth() -> None:
    """Wait until a scan can be started."""

    async def wait() -> None:
        while True:
            with contextlib.suppress(BleakError):
                async with BleakScanner():
                    return
            await asyncio.sleep(0.1)

    run(wait())


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a test, but not for ever."""

    async def limited() -> T:
        async with asyncio.timeout(LONGEST_S):
            return await coroutine

    return asyncio.run(limited())


@pytest.fixture(scope="session")
def machine() -> Iterator[Rig]:
    """Set up the one rig of all tests."""
    rig = Rig()
    yield rig
    rig.close()


@pytest.fixture
def rig(machine: Rig) -> Iterator[Rig]:
    """Give a test the rig with nothing in the air and everything running."""
    yield machine
    machine.restore()
