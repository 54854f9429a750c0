"""The demo: a made-up night from the sensor to the comparison with its truth, through every part of the program."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from crampwatch.evaluating.pairing import material_of
from crampwatch.lockstep import LockstepClock
from crampwatch.monitoring.finishing import Finisher
from crampwatch.monitoring.heartbeat import FILE_NAME
from crampwatch.monitoring.notices import Notices
from crampwatch.monitoring.service import Monitor
from crampwatch.monitoring.settings import MonitorSettings
from crampwatch.monitoring.station import Station
from crampwatch.monitoring.surroundings import Surroundings
from crampwatch.monitoring.view import Unseen
from crampwatch.scoring import Request
from crampwatch.simulating import write_simulated
from firmware_bridge.virtual.faults import Fault, FaultKind, FaultScript
from firmware_bridge.virtual.hardware import Hardware
from firmware_bridge.virtual.pty import SerialCarrier
from firmware_bridge.virtual.sensor import VirtualSensor
from models import DEFAULT_PROFILE, Profile
from models.evaluation import EvaluationSettings, evaluate
from nights.log import SensorRegister
from recordings import open_recording
from signals import Leg
from simulation import PROFILES, Cohort, SimulatedNight

SEED = 108  # the first whose night has what the demo wants to show; chosen by its truth, not by what is counted

OLDER = PROFILES["older"]
WEARER = replace(
    OLDER,
    name="demo",
    rates=replace(
        OLDER.rates, cramps=2.0, plm_chance=1.0, plm_per_h=15.0, lead_off=1.0, dropouts_per_h=0.0, bathroom=2.0
    ),
    body=replace(OLDER.body, sleep_h=(0.6, 0.7)),
)
"""An older wearer with many cramps, periodic leg movements and a loose electrode, for forty minutes."""

LINK_LOST_S = 40.0  # during the first cramp, five seconds after its onset
INTO_CRAMP_S = 5.0
SPEED = 60.0
ZONE = "UTC"
ENOUGH_S = 30.0  # of the end of the night, which need not come
SHOWN = ("link up:", "link lost:", "begins:", "FLAG:", "cramp of", "fetched")


@dataclass(frozen=True, slots=True)
class MadeUp:
    """The night of the demo: as files, what is in it in words, when it begins, whose leg, where the link breaks."""

    recording: Path
    truth: Path
    words: str
    began: datetime
    leg: Leg
    duration_s: float
    link_lost_s: float


def make_up(out: Path) -> MadeUp:
    """Simulate the night and write it with its truth into the folder `out`."""
    night = Cohort(SEED, 1, 1, WEARER).night(0, 0)
    out.mkdir(parents=True, exist_ok=True)
    row = write_simulated(night, out)
    recording = open_recording(out / row["recording"])
    onset_s = min(event.onset_s for event in night.truth if event.kind.value == "cramp")
    return MadeUp(
        out / row["recording"],
        out / row["truth"],
        _contents(night),
        (recording.start or datetime.now(UTC)).replace(tzinfo=UTC),
        night.person.leg,
        recording.duration_s,
        onset_s + INTO_CRAMP_S,
    )


def live(night: MadeUp, out: Path, say: Callable[[str], None]) -> Path:
    """Stream the night from a virtual sensor to a monitor, which says what it sees; return the night file.

    Beside it lies the truth under the same name.
    """
    for old in (*out.glob("demo_*.night"), *out.glob("demo_*_log.jsonl")):
        old.unlink()
    asyncio.run(_watch(night, out, say))
    stored = next(out.glob("demo_*.night"))
    shutil.copy(night.truth, out / f"{stored.stem}_truth.tsv")
    return stored


def compared(events: Path) -> str:
    """Say how the count compares with the truth."""
    truth = events.with_name(events.name.replace("_events.tsv", "_truth.tsv"))
    material = material_of(truth, events, allow_unpaired=False)
    of = evaluate(material.nights, EvaluationSettings()).all_cramps
    return f"{of.true_cramps} true cramps, {of.matched} of them found, {of.false_cramps} false"


async def _watch(night: MadeUp, out: Path, say: Callable[[str], None]) -> None:
    clock = LockstepClock(SPEED, night.began)
    port = out / "sensor"
    script = FaultScript((Fault(kind=FaultKind.LINK_LOSS, at_s=night.link_lost_s, duration_s=LINK_LOST_S),))
    sensor = VirtualSensor(open_recording(night.recording), clock, Hardware(keeps_s=3600.0), script)
    station, around = _station(f"serial:{port.resolve()}", night, out, clock, say)
    monitor = Monitor([station], around, Unseen(), out / FILE_NAME, None)
    carrier = asyncio.create_task(SerialCarrier(sensor, port).run())
    async with clock.running():
        watching = asyncio.create_task(monitor.run())
        while not watching.done() and _counted_s(station) < night.duration_s - ENOUGH_S:  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.05)
        monitor.stop()
        await watching
    carrier.cancel()
    await asyncio.wait([carrier])


def _station(
    uri: str, night: MadeUp, out: Path, clock: LockstepClock, say: Callable[[str], None]
) -> tuple[Station, Surroundings]:
    profile, db = Profile.load(DEFAULT_PROFILE), f"sqlite:///{out.resolve() / 'nights.db'}"
    with SensorRegister(db) as register:
        binding = register.bind(uri, "demo", night.leg, datetime.now(UTC))

    def shown(line: str) -> None:
        if any(words in line for words in SHOWN):
            say(line)

    around = Surroundings(
        clock=clock,
        zone=ZoneInfo(ZONE),
        profile=profile,
        out=out,
        db=db,
        settings=MonitorSettings(),
        finisher=Finisher(out, db, Request(profile=profile, report=False)),
        notices=Notices((), say),
        notify_flags=False,
        shown=shown,
    )
    return Station(uri, binding, around), around


def _counted_s(station: Station) -> float:
    night = station.keeper.night
    return night.counted_s if night else 0.0


def _contents(night: SimulatedNight) -> str:
    kinds = [event.kind.value for event in night.truth]
    named = {"cramp": "cramps", "plm": "periodic leg movements", "turning": "turns", "walking": "walks"}
    named |= {"lead_off": "electrode losses"}
    parts = [f"{kinds.count(kind)} {words}" for kind, words in named.items()]
    return f"{night.duration_s / 3600:.1f} h with " + ", ".join(parts)
