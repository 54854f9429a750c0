"""From what was asked for on the command line to a monitor that runs."""

import fcntl
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from crampwatch.binding_commands import open_register, place_of
from crampwatch.monitoring.checking import check_placement
from crampwatch.monitoring.evenings import end_from, zone_here
from crampwatch.monitoring.finishing import Finisher
from crampwatch.monitoring.heartbeat import place_of_heartbeat
from crampwatch.monitoring.journal import NOT_IN_NAMES
from crampwatch.monitoring.notices import Notices
from crampwatch.monitoring.service import Monitor
from crampwatch.monitoring.settings import MonitorSettings
from crampwatch.monitoring.station import Station
from crampwatch.monitoring.surroundings import Surroundings
from crampwatch.monitoring.view import PlainScreen, TableScreen
from crampwatch.scoring import InputError, Request
from firmware_bridge.host_clock import HostClock
from firmware_bridge.sensor import SensorError, sensor_at
from models import Profile
from nights.log import Binding, default_url
from nights.log.sensors import ending
from signals import LEGS

Sensors = Sequence[tuple[str, Binding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """The options of `crampwatch monitor`."""

    sensors: tuple[str, ...]
    participant: str
    zone: str | None
    out: Path
    profile: str
    db: str | None
    notify: tuple[str, ...]
    notify_flags: bool
    check_placement: bool
    until: str | None
    duration: str | None
    speed: float


async def watch_sensors(wishes: Wishes) -> None:
    """Check what there is to check, then watch until the end.

    Raises `InputError`, `ProfileError` or `LogError` for what cannot be, before anything is begun.
    """
    if not wishes.speed > 0:
        raise InputError(f"--speed {wishes.speed:g}: it must be above 0")
    clock, console = HostClock(wishes.speed), Console()
    zone = ZoneInfo(zone_here(wishes.zone))
    end = end_from(wishes.until, wishes.duration, clock.utc(), zone)
    profile, db = Profile.load(wishes.profile), wishes.db or default_url()
    sensors = bound(wishes.sensors, wishes.participant, db)
    for uri, _ in sensors:
        _refuse_bad(uri, clock)
    _make_folder(wishes.out)
    with ExitStack() as stack:
        for _, binding in sensors:
            stack.enter_context(_alone(wishes.out, binding))
        if wishes.check_placement:
            await _check(sensors, clock, console)
        screen = stack.enter_context(TableScreen(console)) if console.is_terminal else PlainScreen(console)
        around = Surroundings(
            clock=clock,
            zone=zone,
            profile=profile,
            out=wishes.out,
            db=db,
            settings=MonitorSettings(),
            finisher=Finisher(wishes.out, db, Request(profile=profile)),
            notices=Notices(wishes.notify, lambda words: screen.line(f"notice {words}")),
            notify_flags=wishes.notify_flags,
            shown=screen.line,
        )
        stations = [Station(uri, binding, around) for uri, binding in sensors]
        await Monitor(stations, around, screen, place_of_heartbeat(wishes.out), end).run()


def bound(uris: Sequence[str], participant: str, db: str) -> Sensors:
    """Return the sensors with their bindings; raises `InputError` for one that is not the participant's."""
    with open_register(db) as register:
        found = [(uri, register.of(place_of(uri))) for uri in uris]
    sensors: list[tuple[str, Binding]] = []
    for uri, binding in found:
        place = place_of(uri)
        how = f"crampwatch sensors bind {place} --participant {participant} --leg L (or R)"
        if binding is None:
            raise InputError(f"{place} is bound to nobody, so nobody knows whose cramps these are; bind it: {how}")
        if binding.participant != participant:
            raise InputError(
                f"{place} is bound to {binding.participant}, not to {participant}; if it has changed hands: "
                f"{ending(place)}, then {how}"
            )
        if any(other.leg == binding.leg for _, other in sensors):
            raise InputError(
                f"two sensors for the {LEGS[binding.leg]} leg of {participant}; one leg has one sensor"
            )
        sensors.append((uri, binding))
    return sensors


def _refuse_bad(uri: str, clock: HostClock) -> None:
    """Say now, and not in the middle of the night, that a URI leads nowhere."""
    try:
        sensor_at(uri, clock)
    except SensorError as error:
        raise InputError(str(error)) from error


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out {out} cannot be made: {error.strerror}") from error


async def _check(sensors: Sensors, clock: HostClock, console: Console) -> None:
    for uri, binding in sensors:
        console.print(f"The {LEGS[binding.leg]} leg of {binding.participant}:")
        try:
            await check_placement(
                uri, clock, lambda words: console.print(words, highlight=False, markup=False, emoji=False)
            )
        except SensorError as error:
            raise InputError(str(error)) from error


@contextmanager
def _alone(out: Path, binding: Binding) -> Generator[None]:
    """Hold a leg's lock, which goes with the process; `InputError` where another monitor has it."""
    path = out / f".{NOT_IN_NAMES.sub('-', f'{binding.participant}_{binding.leg}')}.lock"
    try:
        file = path.open("w", encoding="utf-8")
    except OSError as error:
        raise InputError(f"--out {out} cannot be written: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(
                f"another monitor records the {LEGS[binding.leg]} leg of {binding.participant} into {out} already"
            ) from error
        yield
