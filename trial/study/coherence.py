"""What no single field shows: whether the parts of a study fit together."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from trial.study.parts import Participant, PeriodKind

if TYPE_CHECKING:
    from trial.study.study import Study


def problems_of(study: "Study") -> list[str]:
    """Return everything in which the parts of a study contradict each other, one sentence each."""
    found = [
        *_twice("site", (site.id for site in study.sites)),
        *_twice("period", (period.name for period in study.periods)),
        *_twice("participant", (participant.id for participant in study.participants)),
        *_twice("intercurrent event", (event.kind for event in study.intercurrent_events)),
    ]
    if not any(period.kind is PeriodKind.TREATMENT for period in study.periods):
        found.append("no period is of kind 'treatment'; the endpoint is estimated in one")
    found += _devices_shared(study)
    for participant in study.participants:
        found += [f"participant {participant.id}: {problem}" for problem in _problems_of(study, participant)]
    return found


def _twice(what: str, names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{what} {name!r} is there twice"
        seen.add(name)


def _problems_of(study: "Study", participant: Participant) -> Iterator[str]:
    if participant.site not in {site.id for site in study.sites}:
        yield f"site {participant.site!r} is not among the sites"
        return
    names = {period.name for period in study.periods}
    unknown = sorted(set(participant.periods) - names)
    if unknown:
        yield f"periods {', '.join(unknown)} are not among {', '.join(sorted(names))}"
    if len(set(participant.legs)) != len(participant.legs):
        yield "a leg is named twice"
    for before, after in pairwise(night for _, night in study.nights_of(participant)):
        if after <= before:
            yield f"two periods share the night of {after}; let one end before the next begins"
            break
    yield from _problems_of_events(participant, {event.kind for event in study.intercurrent_events})
    for device in participant.devices:
        if device.leg not in participant.legs:
            yield f"sensor {device.serial} is for leg {device.leg}, which is not monitored"


def _problems_of_events(participant: Participant, kinds: set[str]) -> Iterator[str]:
    for event in participant.events:
        if event.kind not in kinds:
            yield f"event {event.kind!r} has no strategy; add it to [[intercurrent_events]]"
        if event.last_night is not None and event.last_night < event.first_night:
            yield f"event {event.kind!r} ends on {event.last_night}, before it begins"


def _devices_shared(study: "Study") -> Iterator[str]:
    """Find sensors that two legs would wear at once."""
    worn: dict[str, list[tuple[date, date, str]]] = {}
    for participant in study.participants:
        for device in participant.devices:
            span = (device.first_night or date.min, device.last_night or date.max)
            worn.setdefault(device.serial, []).append((*span, f"{participant.id} {device.leg}"))
    for serial, spans in sorted(worn.items()):
        for (_, until, one), (begin, _, other) in pairwise(sorted(spans)):
            if begin <= until:
                yield f"sensor {serial} is assigned to {one} and to {other} at once, on {begin}"
