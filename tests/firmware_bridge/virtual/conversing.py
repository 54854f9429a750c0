"""A bridge that speaks by hand, a night whose counts are known, and a clock that goes when told."""

from collections.abc import Iterator
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.host_clock import HostClock
from firmware_bridge.virtual.faults import Fault, FaultScript
from firmware_bridge.virtual.hardware import Hardware, Link
from firmware_bridge.virtual.sensor import VirtualSensor
from firmware_bridge.wire.commands import Command, Configure, Hello, Start
from firmware_bridge.wire.control import Response, encode_command
from firmware_bridge.wire.decoder import Decoder
from firmware_bridge.wire.frames import Layout, SampleFrame, StatusFrame
from signals import Channel, Gap, GapReason, SampleBlock, Stream, StreamItem

EMG_GAIN, ACC_GAIN = float(np.float32(1500 / 32768)), 4 / 32768
BLE, CABLE = Link(244, 400, session=True), Link(512, 177, session=False)
LAYOUTS = {"emg": Layout(1, 16), "acc": Layout(3, 16)}


def emg_counts(first: int, end: int) -> NDArray[np.int32]:
    """Return the EMG counts that the source holds, (n, 1): no two neighbours alike, none at a rail."""
    return ((np.arange(first, end) * 7919) % 60001 - 30000).astype(np.int32)[:, None]


def acc_counts(first: int, end: int) -> NDArray[np.int32]:
    """Return the acceleration counts that the source holds, (n, 3)."""
    return ((np.arange(first, end)[:, None] * np.array([31, 57, 91])) % 8191 - 4000).astype(np.int32)


class KnownNight:
    """A source whose values are whole counts; `gap` is a stretch of EMG samples that it lacks."""

    def __init__(self, duration_s: int, fs_hz: int = 1000, gap: tuple[int, int] | None = None) -> None:
        rail = 1500.0
        self.streams = (
            Stream("emg", fs_hz, (Channel("EMG L-GM", "EMG", "L", "GM", (-rail, rail)),)),
            Stream("acc", 52, tuple(Channel(f"ACC L-{a}", "ACC", "L", a, (-4.0, 4.0)) for a in "XYZ")),
        )
        self.start: datetime | None = None
        self._duration_s, self._gap = duration_s, gap

    def __iter__(self) -> Iterator[StreamItem]:
        """Deliver a second at a time."""
        fs_hz = round(self.streams[0].fs_hz)
        for second in range(self._duration_s):
            first, end = second * fs_hz, (second + 1) * fs_hz
            a, b = self._gap or (end, end)
            a, b = min(max(a, first), end), min(max(b, first), end)
            if first < a:
                yield SampleBlock("emg", first, _values(emg_counts(first, a), EMG_GAIN))
            if a < b:
                yield Gap("emg", a, b, GapReason.NOT_RECORDED)
            if b < end:
                yield SampleBlock("emg", b, _values(emg_counts(b, end), EMG_GAIN))
            yield SampleBlock("acc", 52 * second, _values(acc_counts(52 * second, 52 * second + 52), ACC_GAIN))


def _values(counts: NDArray[np.int32], gain: float) -> NDArray[np.float64]:
    return counts.astype(np.float64) * gain


class ToldClock(HostClock):
    """A clock whose time is what the test says."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 5000.0

    def monotonic(self) -> float:
        """Seconds, as told."""
        return self.now_s


class Conversation:
    """A sensor with a clock to turn, a bridge that decodes what comes, and everything that came."""

    def __init__(
        self,
        night: KnownNight | None = None,
        hardware: Hardware | None = None,
        faults: tuple[Fault, ...] = (),
        link: Link | None = BLE,
        layouts: dict[str, Layout] | None = None,
    ) -> None:
        self.clock = ToldClock()
        self.sensor = VirtualSensor(
            night or KnownNight(3600), self.clock, hardware, FaultScript(faults), remembers=True
        )
        self.decoder = Decoder(layouts or LAYOUTS)
        self.said: list[SampleFrame | StatusFrame | Response] = []
        self.faults: list[Fault] = []
        self._transaction = 0
        if link is not None:
            self.sensor.connected(link)

    def wait(self, seconds: float, steps: int = 1) -> list[SampleFrame | StatusFrame | Response]:
        """Let time pass and return what the sensor says meanwhile."""
        before = len(self.said)
        for _ in range(steps):
            self.clock.now_s += seconds / steps
            self.hear()
        return self.said[before:]

    def hear(self) -> None:
        """Take what is due."""
        due = self.sensor.due()
        self.faults += [item for item in due if isinstance(item, Fault)]
        self.said += self.decoder.decode([item for item in due if not isinstance(item, Fault)])
        assert not self.decoder.take_defects()

    def ask(self, command: Command) -> Response:
        """Give a command and return the response to it, the last thing that is said at once."""
        before = len(self.said)
        self._transaction += 1
        self.sensor.command(encode_command(command, self._transaction))
        self.hear()
        (response,) = [said for said in self.said[before:] if isinstance(said, Response)]
        assert response.transaction == self._transaction
        return response

    def begin(self, emg_hz: float = 1000, acc_hz: float = 52) -> None:
        """Say hello, configure both streams, start."""
        self.ask(Hello())
        self.ask(Configure("acc", acc_hz, 16))
        self.ask(Configure("emg", emg_hz, 16))
        self.ask(Start())

    def frames(self, stream: str = "emg", *, stored: bool = False) -> list[SampleFrame]:
        """Sample frames of a stream that came, in the order of coming."""
        return [s for s in self.said if isinstance(s, SampleFrame) and s.stream == stream and s.stored == stored]

    def counts(self, stream: str = "emg") -> dict[tuple[int, int], NDArray[np.int32]]:
        """Return all samples that came, by boot id and counter; the same twice must be the same."""
        found: dict[tuple[int, int], NDArray[np.int32]] = {}
        for frame in self.frames(stream) + self.frames(stream, stored=True):
            for i, row in enumerate(frame.counts):
                assert (found.setdefault((frame.boot, frame.counter + i), row) == row).all()
        return found
