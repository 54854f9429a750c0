"""Whose recording it is: by what the file says, held against the study, or by a map; never by a guess."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from recordings.header import read_header
from recordings.labels import place_of
from recordings.night_file import StoredNight, is_night_file
from recordings.startdate import participant_of
from signals import Leg
from signals.channels import CALF_MUSCLES
from trial.errors import TrialError
from trial.study import Participant, Study

_SUBJECT = re.compile(r"(?:^|/)sub-([0-9A-Za-z]+)(?=[_/.]|$)")


class BelongingError(TrialError):
    """It cannot be said whose recording it is; the message says why."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a map says of a recording; a leg or zone that it leaves out is None."""

    participant: str
    leg: Leg | None
    zone: str | None


@dataclass(frozen=True, slots=True)
class Wearing:
    """One leg of one participant in a recording, and the EMG channels to open it by (none: it says so itself)."""

    participant: str
    leg: Leg
    zone: str
    emg: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """What a file says: whose it is, the EMG channels of each leg, the scored one first, sensor and night."""

    participant: str | None
    channels: Mapping[Leg | None, tuple[str, ...]]
    serial: str | None
    night: date | None


def wearings_of(path: Path, url: str, study: Study, mapped: Sequence[Mapped]) -> tuple[Wearing, ...]:
    """Return the monitored legs in a recording at `path`, which was found at `url`.

    `mapped` is what a map says of it, and goes before what the file says. Raises `BelongingError` where anything
    contradicts the study or itself, or is not said, and `RecordingError` where the file cannot be read.
    """
    said = _said_by(path)
    if mapped:
        found = tuple(_by_map(said, study, row) for row in mapped)
        if len({wearing.emg for wearing in found}) < len(found):
            raise BelongingError("has one channel, of which the map says two legs")
        return found
    participant = _participant(said, url, study)
    if None in said.channels:
        raise BelongingError(f"{said.channels[None][0]!r} does not say which leg it is of; name the leg in a map")
    legs: list[Leg] = [leg for leg in participant.legs if leg in said.channels]
    if not legs:
        there = ", ".join(sorted(leg or "?" for leg in said.channels))
        raise BelongingError(
            f"is of leg {there} of {participant.id}, of whom {', '.join(participant.legs)} is watched"
        )
    for leg in legs:
        _check_sensor(said, study, participant, leg)
    zone = study.zone_of(participant)
    return tuple(Wearing(participant.id, leg, zone, said.channels[leg]) for leg in legs)


def _by_map(said: _Said, study: Study, row: Mapped) -> Wearing:
    participant = _of_study(study, row.participant)
    if row.leg in said.channels or (row.leg is not None and len(said.channels) == 1):
        leg, emg = row.leg, said.channels.get(row.leg) or next(iter(said.channels.values()))
    elif row.leg is None and len(said.channels) == 1:
        leg, emg = next(iter(said.channels.items()))
    else:
        leg, emg = None, ()
    if leg is None:
        there = ", ".join(sorted(known or "?" for known in said.channels))
        raise BelongingError(
            f"the map says leg {row.leg or '(none)'}, the file has {there}; name the leg in the map"
        )
    if leg not in participant.legs:
        raise BelongingError(f"the map says leg {leg} of {participant.id}, of whom it is not watched")
    return Wearing(participant.id, leg, row.zone or study.zone_of(participant), emg)


def _participant(said: _Said, url: str, study: Study) -> Participant:
    """Return whose recording it is by its own word and by its place; they must not contradict each other."""
    subjects = set(_SUBJECT.findall(url))
    if said.participant is None and not subjects:
        raise BelongingError("says no participant and lies under no sub-<id>; name the participant in a map")
    if said.participant is not None:
        found = _of_study(study, said.participant)
    else:
        by_place = [one for one in study.participants if _label(one.id) in subjects]
        if len(by_place) != 1:
            names = ", ".join(f"sub-{name}" for name in sorted(subjects))
            raise BelongingError(f"lies under {names}, which is {len(by_place)} participants of study {study.name}")
        found = by_place[0]
    if subjects - {_label(found.id)}:
        names = ", ".join(f"sub-{name}" for name in sorted(subjects))
        raise BelongingError(f"says that it is of {found.id} and lies under {names}; name the participant in a map")
    return found


def _of_study(study: Study, name: str) -> Participant:
    for participant in study.participants:
        if participant.id == name:
            return participant
    raise BelongingError(f"is said to be of {name}, who is no participant of study {study.name}")


def _label(participant: str) -> str:
    """Return the BIDS label of a pseudonym: letters and digits only, without `sub-` before it."""
    return re.sub("[^0-9A-Za-z]", "", participant.removeprefix("sub-"))


def _check_sensor(said: _Said, study: Study, participant: Participant, leg: Leg) -> None:
    """Refuse a sensor that the study gives to another leg in that night."""
    if said.serial is None or said.night is None:
        return
    worn = set(_worn(study, said.serial, said.night))
    known = {device.serial for device in participant.devices}
    if (worn or known) and (participant.id, leg) not in worn:
        whose = ", ".join(f"{name} {side}" for name, side in sorted(worn)) or "nobody"
        raise BelongingError(
            f"is of sensor {said.serial}, in the night of {said.night} that of {whose} by the study, "
            f"and says that it is of {participant.id} {leg}"
        )


def _worn(study: Study, serial: str, night: date) -> Iterator[tuple[str, Leg]]:
    for participant in study.participants:
        for device in participant.devices:
            begun = device.first_night is None or device.first_night <= night
            if device.serial == serial and begun and (device.last_night is None or night <= device.last_night):
                yield participant.id, device.leg


def _said_by(path: Path) -> _Said:
    if is_night_file(path):
        header = StoredNight(path).header
        return _Said(header.participant, {header.leg: ()}, header.device_serial, header.night)
    header, _ = read_header(path)
    places = [(signal.label, place_of(signal.label)) for signal in header.ordinary]
    emg = [(label, place) for label, place in places if place is not None and place.modality == "EMG"]
    calves = [(label, place) for label, place in emg if place.site in CALF_MUSCLES]
    channels: dict[Leg | None, tuple[str, ...]] = {}
    for label, place in calves or emg:
        if place.leg in channels:
            raise BelongingError(
                f"has several channels that could be scored: {channels[place.leg][0]!r}, {label!r}"
            )
        other = (name for name, at in emg if (at.leg, at.site) == (place.leg, "TA") and name != label)
        channels[place.leg] = (label, *other)
    if not channels:
        listed = ", ".join(repr(label) for label, _ in places) or "none"
        raise BelongingError(f"has no channel that is labelled as EMG of a leg; its channels: {listed}")
    return _Said(participant_of(header), channels, None, None)
