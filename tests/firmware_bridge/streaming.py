"""A night through a virtual sensor, a pseudo-terminal and the bridge, as fast as the machine is."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import astuple, dataclass, field, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from crampwatch.lockstep import LockstepClock
from firmware_bridge.bridge import Bridge
from firmware_bridge.device_clock import Drift
from firmware_bridge.drivers.own import over_serial
from firmware_bridge.events import LinkDown, Opened, Placed, Released
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Defects, Setup
from firmware_bridge.sensor import Address
from firmware_bridge.virtual.faults import FaultScript
from firmware_bridge.virtual.hardware import Hardware
from firmware_bridge.virtual.pty import SerialCarrier
from firmware_bridge.virtual.sensor import VirtualSensor
from nights import NightScorer, Recording
from recordings.night_file import NightFile, NightHeader, StoredNight
from signals import CountBlock, Counts, Gap, Source, StreamItem

RATES = {"emg": 1000.0, "acc": 52.0}
AFTER_S = 60.0  # of the night: for the last samples to come, and for holes to be filled
AT_MOST_S = 900.0
BEGAN = datetime(2026, 3, 1, 21, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is streamed: how long, how fast, with which faults; `recovery_s` is what a new link may take."""

    source: Callable[[], Source]
    duration_s: float
    speed: float
    script: FaultScript
    keeps_s: float = 600.0
    recovery_s: float = 180.0


@dataclass(slots=True)
class Run:
    """One run of the sensor as it truly was."""

    boot: int
    began_s: float
    counts: dict[str, Counts]
    misnumbered: dict[str, list[tuple[int, int]]]


@dataclass(slots=True)
class Streamed:
    """All that the bridge said of the night, and what the live scorer made of it."""

    setup: Setup | None = None
    placed: list[CountBlock] = field(default_factory=list[CountBlock])
    released: list[CountBlock | Gap] = field(default_factory=list[CountBlock | Gap])
    known: dict[str, int] = field(default_factory=dict[str, int])  # up to where each stream is placed
    given: dict[str, int] = field(default_factory=dict[str, int])  # and released
    zero_s: float | None = None  # the host's clock at sample 0
    down: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])  # in s of the night
    link_losses: int = 0
    tries: int = 0
    defects: Counter[str] = field(default_factory=Counter[str])
    drift: Drift | None = None
    scorer: NightScorer | None = None
    scored: list[object] = field(default_factory=list[object])


def stream(plan: Plan, folder: Path, scorer: Callable[[Setup], NightScorer]) -> tuple[Streamed, list[Run]]:
    """Stream the night; return what the bridge said and what the sensor truly did.

    Both share one event loop and one clock, which waits where the machine is busy: what is found does not depend on
    how fast it is.
    """
    return asyncio.run(_night(plan, folder / "tty", scorer))


async def _night(plan: Plan, port: Path, scorer: Callable[[Setup], NightScorer]) -> tuple[Streamed, list[Run]]:
    clock = LockstepClock(plan.speed, BEGAN)
    sensor = VirtualSensor(plan.source(), clock, Hardware(keeps_s=plan.keeps_s), plan.script, remembers=True)
    carrier = asyncio.create_task(SerialCarrier(sensor, port).run())
    async with clock.running():
        streamed = await _listen(plan, port, scorer, clock)
    carrier.cancel()
    await asyncio.wait((carrier,))
    return streamed, [
        Run(
            boot,
            sensor.taken_s("emg", boot, 0.0),
            {name: sensor.sampled(name, boot) for name in RATES},
            {name: list(sensor.misnumbered(name, boot)) for name in RATES},
        )
        for boot in sensor.boots
    ]


async def _listen(plan: Plan, port: Path, scorer: Callable[[Setup], NightScorer], clock: HostClock) -> Streamed:
    bridge = Bridge(over_serial(Address.parse(f"serial:{port}"), clock), clock)
    streamed = Streamed()
    ends_s: float | None = None
    lost_s = clock.monotonic()
    async with aclosing(bridge.run()) as batches:
        async for events in batches:
            now_s = clock.monotonic()
            for event in events:
                _note(streamed, event, scorer)
                if isinstance(event, LinkDown):
                    lost_s = min(lost_s, event.since_s) if event.tries > 1 else event.since_s
                elif isinstance(event, Opened) and streamed.zero_s is not None:
                    streamed.down.append((lost_s - streamed.zero_s, now_s - streamed.zero_s))
            if streamed.placed and ends_s is None:
                ends_s = now_s + plan.duration_s + AFTER_S
            if ends_s is not None and now_s > ends_s and (_is_settled(streamed) or now_s > ends_s + AT_MOST_S):
                break
    _note(streamed, bridge.close_night(), scorer)
    streamed.drift = bridge.drift
    return streamed


def _note(streamed: Streamed, event: object, scorer: Callable[[Setup], NightScorer]) -> None:
    if isinstance(event, Opened) and streamed.scorer is None:
        streamed.setup, streamed.scorer = event.setup, scorer(event.setup)
    elif isinstance(event, Placed):
        streamed.placed.append(event.block)
        if streamed.zero_s is None:
            streamed.zero_s = event.block.received_s - event.block.end / RATES[event.block.stream]
        streamed.known[event.block.stream] = max(streamed.known.get(event.block.stream, 0), event.block.end)
    elif isinstance(event, Released):
        streamed.released.extend(event.items)
        streamed.given.update({item.stream: item.end for item in event.items})
        for item in physical(streamed, event.items):
            assert streamed.scorer is not None
            streamed.scored.extend(streamed.scorer.update(item))
    elif isinstance(event, LinkDown):
        streamed.tries += 1
        streamed.link_losses += event.tries == 1
    elif isinstance(event, Defects):
        streamed.defects.update({defect.value: n for defect, n in event.counts.items()})


def physical(streamed: Streamed, items: tuple[CountBlock | Gap, ...]) -> Iterator[StreamItem]:
    """Return released items in uV and g."""
    assert streamed.setup is not None
    streams = {stream.name: stream for stream in streamed.setup.streams}
    for item in items:
        yield streams[item.stream].physical(item) if isinstance(item, CountBlock) else item


def _is_settled(streamed: Streamed) -> bool:
    """Tell whether nothing is held back."""
    return streamed.known == streamed.given


def store(streamed: Streamed, path: Path) -> StoredNight:
    """Write the night file as the monitor does, and open it."""
    assert streamed.setup is not None
    header = NightHeader(
        participant="P-01",
        leg="L",
        zone="Europe/Zurich",
        night=date(2026, 3, 1),
        began=BEGAN,
        streams=streamed.setup.streams,
        software="crampwatch",
    )
    night = NightFile.create(path, header)
    for first in range(0, len(streamed.placed), 1000):
        night.append(streamed.placed[first : first + 1000])
        night.commit()
    night.append((), [item for item in streamed.released if isinstance(item, Gap)])
    night.finish()
    night.close()
    return StoredNight(path)


def recording() -> Recording:
    """Return what the record says of the recording; the same live and replayed."""
    return Recording(
        participant="P-01",
        leg="L",
        muscle="GM",
        channel="EMG L-GM",
        night=date(2026, 3, 1),
        start=None,
        zone=None,
        file="",
        sha256="",
        fs_hz=1000.0,
        has_acceleration=True,
    )


def as_bytes(value: object) -> Iterator[bytes]:
    """Give every field of a result, to the last bit."""
    if isinstance(value, np.ndarray):
        yield value.tobytes()
    elif isinstance(value, list | tuple):
        for part in value:  # pyright: ignore[reportUnknownVariableType] - leaves of any type
            yield from as_bytes(part)  # pyright: ignore[reportUnknownArgumentType] - as above
    elif is_dataclass(value) and not isinstance(value, type):
        yield from as_bytes(astuple(value))
    else:
        yield repr(value).encode()
