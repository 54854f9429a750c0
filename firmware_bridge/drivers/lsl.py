"""A Lab Streaming Layer stream of any maker: `lsl:NAME?acc=NAME&by=name&channel=LABEL&leg=L&muscle=GM`.

Needs the extra `lsl`. `by` says what the names are: `name` (default), `type` or `source_id` of the streams.
Labels, kinds and units are read from the description of the stream (github.com/sccn/xdf/wiki/EMG-Meta-Data); a unit
that is not known is refused, never guessed. The sample counter is made of LSL's time stamps, see `lsl_timeline`. A
stream with a source id is found again by LSL itself after its program was restarted.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.drivers import floats
from firmware_bridge.drivers.lsl_description import Columns, acc_columns, emg_columns
from firmware_bridge.drivers.lsl_timeline import Session, Timeline
from firmware_bridge.drivers.wearing import Wearing, read_wearing, remarks_on_rate
from firmware_bridge.drivers.worker import Worker
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Chunk, Defect, Defects, Device, Missing, Reading, Setup
from firmware_bridge.sensor import Address, LinkLostError, SensorError
from signals import GapReason

RESOLVE_S = 5.0
ANOTHER_S = 1.0
PULL_S = 0.2
PULL_SAMPLES = 8192
BUFFER_S = 60
BY = ("name", "type", "source_id")


@dataclass(frozen=True, slots=True)
class Pulled:
    """Samples (all channels) of one inlet with their stamps, and when they were pulled."""

    inlet: "Inlet"
    samples: NDArray[np.float64]
    stamps_s: NDArray[np.float64]
    received_s: float


@dataclass(frozen=True, slots=True)
class Inlet:
    """One stream that is open: pylsl's inlet, what to take of it, and where its samples lie."""

    stream: str
    pylsl: Any
    columns: Columns
    timeline: Timeline

    def pull(self, timeout_s: float, clock: HostClock) -> Pulled:
        """Return what has come, after waiting for the first; blocks."""
        samples, stamps_s = self.pylsl.pull_chunk(
            timeout=timeout_s, max_samples=PULL_SAMPLES, min_samples=1, as_numpy=True
        )
        return Pulled(self, samples, stamps_s, clock.monotonic())


class LabStream:
    """EMG, and acceleration where it is named, from LSL. It keeps nothing that could be asked for again."""

    def __init__(self, address: Address, clock: HostClock) -> None:
        wearing, options = read_wearing(address, by="name", acc=None, channel=None)
        self._by, self._acc, self._channel = options["by"] or "", options["acc"], options["channel"]
        if self._by not in BY:
            raise SensorError(f"by={self._by}: write one of {', '.join(BY)}")
        self._wearing: Wearing = wearing
        self._name = address.place
        self._clock = clock
        self._worker: Worker[list[Pulled]] = Worker("lsl")
        self._inlets: tuple[Inlet, ...] = ()
        self._epoch = -1
        self._session = Session()
        self._lost: type[Exception] = LinkLostError
        self._defects: Counter[Defect] = Counter()

    async def open(self) -> Setup:
        """Find the streams and connect. Raises `LinkLostError` where there is none yet, `SensorError`."""
        try:
            return await self._worker.run(self._connect)
        except BaseException:
            await self.close()
            raise

    async def receive(self) -> Sequence[Reading]:
        """Return the readings of what has come. Raises `LinkLostError`."""
        readings: list[Reading] = []
        while not readings:
            if not self._inlets:
                raise LinkLostError(f"the LSL stream {self._name!r} is not open")
            try:
                for pulled in await self._worker.fetch(self._pull):
                    readings += self._readings(pulled)
            except self._lost as error:
                raise LinkLostError(f"the LSL stream {self._name!r} is gone") from error
        if self._defects:
            readings.append(Defects(dict(self._defects)))
            self._defects.clear()
        return readings

    async def request(self, missing: Missing) -> None:
        """Never called: LSL keeps nothing once it was pulled."""

    async def close(self) -> None:
        """Leave the streams."""
        await self._worker.drop()
        inlets, self._inlets = self._inlets, ()
        for inlet in inlets:
            await self._worker.run(inlet.pylsl.close_stream)

    def _pull(self) -> list[Pulled]:
        """Wait for EMG, then take what acceleration there is; blocks."""
        first, *others = self._inlets
        pulled = [first.pull(PULL_S, self._clock), *(inlet.pull(0.0, self._clock) for inlet in others)]
        return [item for item in pulled if len(item.stamps_s)]

    def _readings(self, pulled: Pulled) -> list[Reading]:
        inlet = pulled.inlet
        readings: list[Reading] = []
        values = np.asarray(pulled.samples[:, inlet.columns.indices], np.float64) * inlet.columns.factors
        for part, counter in inlet.timeline.place(pulled.stamps_s):
            for run in floats.finite_runs(values[part]):
                counts = floats.counted(values[part][run], inlet.columns.step)
                at = counter + run.start
                readings.append(
                    Chunk(inlet.stream, self._epoch, at, counts, pulled.received_s, began=GapReason.LINK_LOST)
                )
        if bad := int((~np.isfinite(values).all(axis=1)).sum()):
            self._defects[Defect.DAMAGED] += bad
        return readings

    def _connect(self) -> Setup:
        try:
            import pylsl  # noqa: PLC0415 - an extra that need not be installed
        except ImportError as error:
            raise SensorError("Lab Streaming Layer needs the extra: pip install 'crampwatch[lsl]'") from error
        self._lost = pylsl.util.LostError
        self._epoch, self._session = self._epoch + 1, Session()
        emg, info = self._inlet(pylsl, "emg", self._name)
        remarks = remarks_on_rate(info.nominal_srate())
        streams = [self._wearing.emg(info.nominal_srate(), floats.EMG)]
        inlets = [emg]
        if self._acc is not None:
            acc, acc_info = self._inlet(pylsl, "acc", self._acc)
            streams.append(self._wearing.acc(acc_info.nominal_srate(), floats.ACC))
            inlets.append(acc)
        self._inlets = tuple(inlets)
        return Setup(
            device=Device(make=f"LSL {info.type()}", address=info.source_id() or info.name()),
            streams=tuple(streams),
            remarks=(*remarks, *(() if self._acc else ("no stream of acceleration was named (acc=)",))),
        )

    def _inlet(self, pylsl: Any, stream: str, name: str) -> tuple[Inlet, Any]:
        """Find one stream, connect, read its description; blocks."""
        if not pylsl.resolve_byprop(self._by, name, 1, RESOLVE_S):
            raise LinkLostError(f"no LSL stream has the {self._by} {name!r}")
        found = pylsl.resolve_byprop(self._by, name, 2, ANOTHER_S)  # a second one may take longer to answer
        if len(found) != 1:
            which = ", ".join(sorted(f"{info.name()} ({info.source_id() or 'no source id'})" for info in found))
            raise SensorError(
                f"{len(found)} LSL streams have the {self._by} {name!r}: {which}; name it by source_id"
            )
        inlet = pylsl.StreamInlet(
            found[0],
            max_buflen=BUFFER_S,
            recover=bool(found[0].source_id()),
            processing_flags=pylsl.proc_clocksync,  # stamps of this computer's clock, whatever computers send
        )
        try:
            info = inlet.info(RESOLVE_S)
            columns = emg_columns(info, self._channel) if stream == "emg" else acc_columns(info)
            inlet.open_stream(RESOLVE_S)
        except (pylsl.util.TimeoutError, pylsl.util.LostError) as error:
            raise LinkLostError(f"the LSL stream {name!r} does not answer") from error
        return Inlet(stream, inlet, columns, Timeline(info.nominal_srate(), self._session)), info


def inlet(address: Address, clock: HostClock) -> LabStream:
    """Make the sensor at `lsl:NAME`. Raises `SensorError` for a bad option."""
    return LabStream(address, clock)
