"""The sensor at a serial port: a real pseudo-terminal, and a plain pyserial peer that speaks by hand."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from serial import Serial, SerialException

from firmware_bridge.host_clock import HostClock
from firmware_bridge.virtual.faults import Fault, FaultKind, FaultScript
from firmware_bridge.virtual.pty import SerialCarrier
from firmware_bridge.virtual.sensor import VirtualSensor
from firmware_bridge.wire.commands import Command, Configure, Hello, Report, Start
from firmware_bridge.wire.control import Response, encode_command
from firmware_bridge.wire.decoder import Decoder
from firmware_bridge.wire.envelope import Unwrapper, wrap
from firmware_bridge.wire.frames import SampleFrame, StatusFrame
from firmware_bridge.wire.operations import Result
from firmware_bridge.wire.values import Sent
from tests.firmware_bridge.virtual.conversing import LAYOUTS, KnownNight, emg_counts

PATIENCE_S = 20.0


class Peer:
    """The other end of the line."""

    def __init__(self, path: Path) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not path.exists():
            assert time.monotonic() < deadline, "the port did not appear"
            time.sleep(0.01)
        self.port = Serial(str(path), timeout=0.02, exclusive=True)
        self.unwrapper, self.decoder = Unwrapper(), Decoder(LAYOUTS)
        self.heard: list[SampleFrame | StatusFrame | Response] = []

    def listen_until(self, satisfied: Callable[[], bool]) -> None:
        """Read until something is true."""
        deadline = time.monotonic() + PATIENCE_S
        while not satisfied():
            assert time.monotonic() < deadline, self.heard[-5:]
            data = self.port.read(max(1, self.port.in_waiting))
            self.heard += self.decoder.decode(self.unwrapper.feed(data))

    def ask(self, command: Command, transaction: int) -> Response:
        """Give a command and wait for the response."""
        self.port.write(b"\0" + wrap(encode_command(command, transaction)))
        self.listen_until(lambda: any(answer.transaction == transaction for answer in self.responses))
        return next(answer for answer in self.responses if answer.transaction == transaction)

    def begin(self) -> None:
        """Say hello, configure, start."""
        for transaction, command in enumerate(
            (Hello(), Configure("acc", 52, 16), Configure("emg", 1000, 16), Start())
        ):
            assert self.ask(command, transaction).result is Result.SUCCESS

    @property
    def responses(self) -> list[Response]:
        """All responses so far."""
        return [said for said in self.heard if isinstance(said, Response)]

    @property
    def frames(self) -> list[SampleFrame]:
        """All EMG frames so far."""
        return [said for said in self.heard if isinstance(said, SampleFrame) and said.stream == "emg"]


def at_port(tmp_path: Path, talk: Callable[[Path, VirtualSensor], None], *faults: Fault, speed: float = 20) -> None:
    """Serve a sensor at a port while a thread talks to it."""
    path = tmp_path / "port"
    sensor = VirtualSensor(KnownNight(3600), HostClock(speed), script=FaultScript(faults, seed=1), remembers=True)

    async def serve() -> None:
        serving = asyncio.create_task(SerialCarrier(sensor, path).run())
        try:
            await asyncio.to_thread(talk, path, sensor)
        finally:
            serving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await serving

    asyncio.run(serve())
    assert not path.is_symlink()


def assert_known(frames: list[SampleFrame]) -> None:
    for frame in frames:
        assert np.array_equal(frame.counts, emg_counts(frame.counter, frame.counter + len(frame.counts)))


def test_a_conversation_over_the_line(tmp_path: Path) -> None:
    def talk(path: Path, _sensor: VirtualSensor) -> None:
        peer = Peer(path)
        peer.begin()
        peer.listen_until(lambda: len(peer.frames) > 200)
        assert [frame.sequence for frame in peer.frames] == list(range(len(peer.frames)))
        assert peer.ask(Report("emg", 1, 2490, 4979), 77).values == Sent(10)  # frames of 249 samples
        stored = [frame for frame in peer.frames if frame.stored]
        assert [frame.counter for frame in stored] == [249 * i for i in range(10, 20)]
        assert_known(peer.frames)
        assert not peer.decoder.take_defects()
        assert peer.unwrapper.damaged == 0
        peer.port.close()

    at_port(tmp_path, talk)


def test_nobody_need_listen(tmp_path: Path) -> None:
    def talk(path: Path, sensor: VirtualSensor) -> None:
        first = Peer(path)
        first.begin()
        first.listen_until(lambda: len(first.frames) > 20)
        first.port.close()
        left_s = sensor.state().night_s
        while sensor.state().linked or sensor.state().night_s < left_s + 60:
            time.sleep(0.02)
        second = Peer(path)
        second.begin()
        second.listen_until(lambda: len(second.frames) > 20)
        fresh = second.frames
        assert fresh[0].counter / 1000 > left_s + 59  # nothing stale
        held = first.frames[-1].counter + 249
        assert second.ask(Report("emg", 1, held, fresh[0].counter - 1), 99).result is Result.SUCCESS
        together = {frame.sequence for frame in first.frames + second.frames}
        assert together >= set(range(fresh[0].sequence))
        assert_known(second.frames)
        second.port.close()

    at_port(tmp_path, talk)


def test_unplugging_takes_the_port_away_and_plugging_in_brings_it_back(tmp_path: Path) -> None:
    def talk(path: Path, sensor: VirtualSensor) -> None:
        peer = Peer(path)
        peer.begin()
        with pytest.raises((SerialException, OSError)):
            peer.listen_until(lambda: False)
        assert not path.exists()
        peer.port.close()
        back = Peer(path)  # waits for it
        assert sensor.state().night_s >= 35
        back.begin()
        back.listen_until(lambda: len(back.frames) > 20)
        assert_known(back.frames)
        assert sensor.boots == (1,)
        back.port.close()

    at_port(tmp_path, talk, Fault(kind=FaultKind.UNPLUG, at_s=5, duration_s=30))


def test_damage_is_noticed_and_reading_goes_on(tmp_path: Path) -> None:
    kinds = (FaultKind.FLIP, FaultKind.TRUNCATE, FaultKind.GARBAGE, FaultKind.DROP, FaultKind.DUPLICATE)
    faults = [Fault(kind=kind, at_s=5.0 + 5 * i, frames=4) for i, kind in enumerate(kinds)]

    def talk(path: Path, _sensor: VirtualSensor) -> None:
        peer = Peer(path)
        peer.begin()
        peer.listen_until(lambda: bool(peer.frames) and peer.frames[-1].counter > 40_000)
        assert_known(peer.frames)
        assert peer.unwrapper.damaged > 0
        sequences = [frame.sequence for frame in peer.frames]
        assert len(set(sequences)) < len(sequences)
        assert sequences[-20:] == list(range(sequences[-1] - 19, sequences[-1] + 1))
        assert set(range(sequences[-1])) - set(sequences)
        peer.port.close()

    at_port(tmp_path, talk, *faults)


def test_garbage_from_the_bridge_is_ignored(tmp_path: Path) -> None:
    def talk(path: Path, _sensor: VirtualSensor) -> None:
        peer = Peer(path)
        peer.port.write(bytes(range(256)) * 5 + b"\0" + b"\x05\x18\x01\x01\x01\0")
        assert peer.ask(Hello(), 3).result is Result.SUCCESS
        assert len(peer.responses) == 1
        peer.port.close()

    at_port(tmp_path, talk)
