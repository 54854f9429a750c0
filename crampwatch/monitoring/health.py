"""OK, WARNING or FAULT, and why: what is wrong with one sensor's night, judged from what is known of it now."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from crampwatch.monitoring.settings import MonitorSettings
from crampwatch.telling import length
from signals import GapReason


class State(IntEnum):
    """How bad it is; the higher the worse."""

    OK = 0
    WARNING = 1
    FAULT = 2


class Cause(StrEnum):
    """What is wrong."""

    CLOCK_NOT_SET = "clock_not_set"
    SENSOR_REFUSED = "sensor_refused"  # it cannot be used until somebody does what the words say
    PROGRAM = "program"  # an error in this program
    NO_SAMPLES = "no_samples"  # no link, or one over which nothing comes
    DISK = "disk"
    DISK_NEARLY_FULL = "disk_nearly_full"
    LEAD_OFF = "lead_off"
    SATURATED = "saturated"
    NOT_WORN = "not_worn"
    FLOOR_UNKNOWN = "floor_unknown"
    BATTERY_LOW = "battery_low"
    BACK_FILL = "back_fill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a sensor now. Durations in s, None where it does not apply or is not known.

    `unusable` is why the detector cannot use what comes, for `unusable_s`. `behind_s` is how much has come in
    that the detector has not got yet, since something before it is still asked for. `storing` says in words what
    the disk refuses.
    """

    utc: datetime
    refused: str | None = None
    failed: str | None = None
    link_down: str | None = None
    silent_s: float = 0.0
    storing: str | None = None
    unsaved_s: float = 0.0
    disk_free_mb: float | None = None
    unusable: GapReason | None = None
    unusable_s: float = 0.0
    battery_percent: int | None = None
    behind_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong, how bad it is, and the words for it."""

    cause: Cause
    state: State
    words: str


def troubles(facts: Facts, settings: MonitorSettings) -> tuple[Trouble, ...]:
    """Return all that is wrong, the worst first, of equals in the order of `Cause`."""
    found = [trouble for look in _LOOKS for trouble in look(facts, settings)]
    return tuple(sorted(found, key=lambda trouble: (-trouble.state, list(Cause).index(trouble.cause))))


def worst(found: tuple[Trouble, ...]) -> State:
    """Return the state that these troubles make."""
    return max((trouble.state for trouble in found), default=State.OK)


def in_words(found: tuple[Trouble, ...]) -> str:
    """Say what is wrong in one line."""
    return "; ".join(trouble.words for trouble in found) or "all is well"


def _lasting(cause: Cause, seconds: float, warning_s: float, fault_s: float, words: str) -> Iterator[Trouble]:
    """Give the trouble that has lasted so long, if it has lasted long enough to be one."""
    if seconds >= warning_s:
        state = State.FAULT if seconds >= fault_s else State.WARNING
        yield Trouble(cause, state, f"{words} for {length(seconds)}")


def _computer(facts: Facts, settings: MonitorSettings) -> Iterator[Trouble]:
    if facts.utc < settings.clock_not_before:
        words = f"the computer's clock says {facts.utc:%Y-%m-%d}; connect it to the network or set the date"
        yield Trouble(Cause.CLOCK_NOT_SET, State.FAULT, words)
    if facts.failed:
        yield Trouble(Cause.PROGRAM, State.FAULT, facts.failed)
    if facts.storing:
        words = f"NOT STORED for {length(facts.unsaved_s)}, kept in memory: {facts.storing}"
        yield Trouble(Cause.DISK, State.FAULT, words)
    if facts.disk_free_mb is not None and facts.disk_free_mb < settings.disk_warning_mb:
        words = f"{facts.disk_free_mb:.0f} MB left on the disk; make room"
        yield Trouble(Cause.DISK_NEARLY_FULL, State.WARNING, words)


def _link(facts: Facts, settings: MonitorSettings) -> Iterator[Trouble]:
    if facts.refused:
        yield Trouble(Cause.SENSOR_REFUSED, State.FAULT, facts.refused)
        return
    limits = settings.silent_warning_s, settings.silent_fault_s
    words = "the link is up, but the sensor has sent no samples"
    if facts.link_down is not None:
        limits = 0.0, settings.silent_fault_s
        words = f"no link ({facts.link_down}) and no samples"
    yield from _lasting(Cause.NO_SAMPLES, facts.silent_s, *limits, words)
    if facts.link_down is None:
        limits = settings.behind_warning_s, settings.behind_fault_s
        words = "missing samples are being fetched, so that the count is behind"
        yield from _lasting(Cause.BACK_FILL, facts.behind_s, *limits, words)


_UNUSABLE = {
    GapReason.LEAD_OFF: (Cause.LEAD_OFF, "an electrode is off"),
    GapReason.SATURATED: (
        Cause.SATURATED,
        "the signal is at its limit (loose electrode, a charger near)",
    ),
    GapReason.NOT_WORN: (Cause.NOT_WORN, "the sensor is not worn"),
    GapReason.FLOOR_UNKNOWN: (Cause.FLOOR_UNKNOWN, "no resting level yet: the muscle is not quiet"),
}


def _signal(facts: Facts, settings: MonitorSettings) -> Iterator[Trouble]:
    if facts.unusable is None or facts.unusable not in _UNUSABLE:
        return
    cause, words = _UNUSABLE[facts.unusable]
    if cause is Cause.FLOOR_UNKNOWN:
        limits = settings.floor_warning_s, settings.floor_fault_s
    else:
        limits = settings.lead_off_warning_s, settings.lead_off_fault_s
    yield from _lasting(cause, facts.unusable_s, *limits, words)


def _battery(facts: Facts, settings: MonitorSettings) -> Iterator[Trouble]:
    percent = facts.battery_percent
    if percent is not None and percent <= settings.battery_warning_percent:
        state = State.FAULT if percent <= settings.battery_fault_percent else State.WARNING
        yield Trouble(Cause.BATTERY_LOW, state, f"the sensor's battery is at {percent} %; charge it")


_LOOKS: tuple[Callable[[Facts, MonitorSettings], Iterator[Trouble]], ...] = (_computer, _link, _signal, _battery)
