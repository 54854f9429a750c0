"""One contract for all sources: recorded, simulated, live."""

import asyncio
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest

from firmware_bridge.drivers.own import over_serial
from firmware_bridge.host_clock import HostClock
from firmware_bridge.live_source import SensorSource
from firmware_bridge.sensor import Address, SensorError
from firmware_bridge.virtual.faults import Fault, FaultKind, FaultScript
from firmware_bridge.virtual.pty import SerialCarrier
from firmware_bridge.virtual.sensor import VirtualSensor
from recordings import open_recording
from recordings.samples import sample_path
from signals import Gap, SampleBlock, StreamItem, sample_at
from simulation import Cohort
from tests.contracts.source import hold
from tests.firmware_bridge.played_sensor import PlayedSensor
from tests.made_up import acc_stream, emg_stream, lying, muscle

SPEED = 30.0
LIVE_S = 40


class MadeUp:
    """A minute and a half of a muscle at rest."""

    streams = (emg_stream(), acc_stream())
    start = None

    def __iter__(self) -> Iterator[StreamItem]:
        yield SampleBlock("emg", 0, muscle(90))
        yield SampleBlock("acc", 0, lying(90))


@contextmanager
def served(path: Path, script: FaultScript) -> Generator[VirtualSensor]:
    """Run a virtual sensor behind a pseudo-terminal, in a thread of its own."""
    sensor = VirtualSensor(MadeUp(), HostClock(SPEED), script=script)
    stop = threading.Event()

    async def serve() -> None:
        carrier = asyncio.create_task(SerialCarrier(sensor, path).run())
        await asyncio.to_thread(stop.wait)
        carrier.cancel()
        await asyncio.wait((carrier,))

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        yield sensor
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize(("name", "emg"), [("composite_night.edf", ()), ("treadmill_walk.edf", ("EMG GM=L-GM",))])
def test_a_recorded_night_holds_the_contract(name: str, emg: tuple[str, ...]) -> None:
    hold(open_recording(sample_path(name), emg))


def test_a_simulated_night_holds_the_contract() -> None:
    hold(Cohort(3, 1, 1).night(0, 0), 20)


def test_a_live_sensor_on_a_cable_holds_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "tty"
    script = FaultScript(
        (Fault(kind=FaultKind.DROP, at_s=5.0, frames=7), Fault(kind=FaultKind.FLIP, at_s=12.0, frames=5))
    )
    clock = HostClock(SPEED)
    sensor = over_serial(Address.parse(f"serial:{path}?leg=L"), clock)
    with served(path, script), SensorSource(sensor, clock, duration_s=LIVE_S) as source:
        items = hold(source, 100_000, repeatable=False)
        ends = {item.stream: item.end for item in items}
        assert not any(isinstance(item, Gap) for item in items)
        for stream in source.streams:
            assert ends[stream.name] >= sample_at(LIVE_S - 1, stream.fs_hz)
        assert source.start is None  # the night is closed


def test_a_live_source_can_be_left_at_any_time_and_iterated_once(tmp_path: Path) -> None:
    path = tmp_path / "tty"
    clock = HostClock(SPEED)
    with (
        served(path, FaultScript()),
        SensorSource(over_serial(Address.parse(f"serial:{path}"), clock), clock) as source,
    ):
        assert len(list(islice(source, 3))) == 3
        assert source.start is not None
        with pytest.raises(RuntimeError, match="iterated once"):
            next(iter(source))


def test_a_live_source_raises_what_ends_the_bridge() -> None:
    source = SensorSource(PlayedSensor(SensorError("no EMG channel")), HostClock())
    with pytest.raises(RuntimeError, match="with statement"):
        source.streams  # noqa: B018 - the look-up is the test
    with pytest.raises(SensorError, match="no EMG channel"), source:
        pass
