"""The head of the report: the count, or that there is none; whose night it was, and how much of it was seen."""

from dataclasses import dataclass
from datetime import timedelta
from math import floor

from nights.record import Missing, NightRecord
from nights.report.clock import Clock
from nights.report.palette import LOSS_COLOURS, USABLE
from nights.report.wording import LOSS_WORDS, counted, span
from signals import LEGS, MUSCLES, GapReason

MISSING_WORDS = {Missing.NO_USABLE_TIME: "no usable time"}
NO_ACCELERATION = "Scored without acceleration: movement could not be held against any episode."
NOT_SAID = "not stated"


@dataclass(frozen=True, slots=True)
class Share:
    """One part of the monitored time: what it was, how long, which share of the whole in percent, its colour."""

    words: str
    length: str
    percent: float
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What stands at the head of the page; `kind` is `counted`, `zero` or `missing`, which look different."""

    kind: str
    number: str
    noun: str
    whose: str
    facts: tuple[tuple[str, str], ...]
    usable: str
    shares: tuple[Share, ...]
    valid: str
    notices: tuple[str, ...]


def headline(record: NightRecord) -> Headline:
    """Say a record in the words of the head of the page."""
    recording = record.recording
    kind, number, noun = _count(record)
    notices = recording.remarks if recording.has_acceleration else (NO_ACCELERATION, *recording.remarks)
    return Headline(
        kind=kind,
        number=number,
        noun=noun,
        whose=recording.participant,
        facts=_facts(record),
        usable=_usable(record),
        shares=_shares(record),
        valid=_valid(record),
        notices=notices,
    )


def _count(record: NightRecord) -> tuple[str, str, str]:
    if record.missing is not None:
        return "missing", "No count", MISSING_WORDS[record.missing]
    number, noun = counted(record.cramp_count or 0, "cramp").split(" ", 1)
    return "counted" if record.cramp_count else "zero", number, noun


def _facts(record: NightRecord) -> tuple[tuple[str, str], ...]:
    """Night, leg, muscle and time, each said to be unknown where it is."""
    recording = record.recording
    night = NOT_SAID
    if recording.night is not None:
        morning = recording.night + timedelta(days=1)
        night = f"{recording.night.day} {recording.night:%B} to {morning.day} {morning:%B %Y}"
    leg = LEGS[recording.leg] if recording.leg else NOT_SAID
    muscle = MUSCLES.get(recording.muscle, recording.muscle) if recording.muscle else NOT_SAID
    return (
        ("Night", night),
        ("Leg", leg),
        ("Muscle", muscle),
        ("Recorded", _period(record)),
    )


def _period(record: NightRecord) -> str:
    """From when to when in local wall time, or for how long."""
    clock = Clock.of(record.recording)
    if clock.start is None:
        return f"{span(record.monitored_s)}, time of day not recorded"
    zone = f" ({record.recording.zone})" if record.recording.zone else " (zone not stated)"
    return f"{clock.text(0.0)[:-3]} – {clock.text(record.monitored_s)[:-3]}{zone}"


def _usable(record: NightRecord) -> str:
    if not record.monitored_s:
        return "Nothing was monitored"
    share = floor(1000 * record.usable_s / record.monitored_s) / 10  # never rounded up to all of it
    return f"{span(record.usable_s)} usable of {span(record.monitored_s)} monitored ({share:g} %)"


def _valid(record: NightRecord) -> str:
    if record.valid:
        return "A valid night"
    if record.missing is not None:
        return "Not a valid night: the count is missing, which is not the same as none"
    return "Not a valid night: too little usable time to stand for itself; the count covers only what was seen"


def _shares(record: NightRecord) -> tuple[Share, ...]:
    """Usable time first, then every loss that there was."""
    if not record.monitored_s:
        return ()
    parts = [("usable", record.usable_s, USABLE)]
    parts += [(LOSS_WORDS[r], record.lost_s.get(r, 0.0), LOSS_COLOURS[r]) for r in GapReason]
    return tuple(
        Share(words, span(length_s), 100 * length_s / record.monitored_s, colour)
        for words, length_s, colour in parts
        if length_s > 0
    )
