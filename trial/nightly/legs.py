"""Every night that the study expects of every leg, with what came of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from nights.record import Provenance
from signals import Leg
from trial.nightly.results import SECONDS_PER_HOUR, Cramp, Result
from trial.nightly.spans import Span, length_s, union
from trial.study import Participant, Period, Study
from trial.study.parts import ValidityRules

DAYS_PER_WEEK = 7
NOT_RECEIVED = "not_received"
SHORT_RECORDING = "short_recording"


class NightState(StrEnum):
    """What became of an expected night. Only a missing one has no count."""

    VALID = "valid"
    SHORT = "short"  # counted and weighed by its exposure, but not a valid night
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegNight:
    """One expected night of one leg. `week` counts from 1 within its period.

    `cramps` is None exactly where the night is missing; `reason` then says why, and for a short night what took
    most of it. `results` are the ids of the logged results that it comes from, `left_out` of those that overlap one
    of them and saw less; `made_by` are the distinct things that made the former. `usable` are POSIX seconds.
    """

    participant: str
    site: str
    leg: Leg
    night: date
    period: Period
    week: int
    state: NightState
    reason: str | None
    cramps: tuple[Cramp, ...] | None
    usable: tuple[Span, ...]
    usable_s: float
    monitored_s: float
    results: tuple[int, ...]
    made_by: tuple[Provenance, ...]
    left_out: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if (self.cramps is None) != (self.state is NightState.MISSING) or (self.cramps is None) == bool(
            self.usable_s
        ):
            raise ValueError(
                f"{self.participant} {self.leg} {self.night}: {self.state} with {self.usable_s} s and cramps "
                f"{self.cramps}; a night is counted exactly where something of it was seen"
            )


def leg_nights(study: Study, results: Iterable[Result], rules: ValidityRules | None = None) -> Iterator[LegNight]:
    """Give every expected night of every leg in the order of the study; `rules` other than the study's for a test.

    A recording over two nights is divided at local noon of its participant; recordings of one night are added up,
    unless they overlap: then the one with more usable time is taken.
    """
    rules = rules or study.validity
    people = {participant.id: participant for participant in study.participants}
    received: dict[tuple[str, Leg, date], list[Result]] = {}
    for result in results:
        if result.participant in people:
            zone = ZoneInfo(study.zone_of(people[result.participant]))
            for part in result.by_night(zone):
                received.setdefault((part.participant, part.leg, part.night), []).append(part)
    for participant in study.participants:
        begun: dict[str, date] = {}
        for period, night in study.nights_of(participant):
            first = begun.setdefault(period.name, night)
            week = (night - first).days // DAYS_PER_WEEK + 1
            for leg in participant.legs:
                parts = received.get((participant.id, leg, night), [])
                yield _leg_night(participant, leg, (night, period, week), parts, rules)


def _leg_night(
    participant: Participant,
    leg: Leg,
    slot: tuple[date, Period, int],
    parts: list[Result],
    rules: ValidityRules,
) -> LegNight:
    taken, left_out = _apart(parts)
    usable_s = sum(part.usable_s for part in taken)
    monitored_s = sum(part.monitored_s for part in taken)
    long_enough = usable_s >= rules.usable_h * SECONDS_PER_HOUR and usable_s >= rules.usable_share * monitored_s
    state = NightState.MISSING if not usable_s else NightState.VALID if long_enough else NightState.SHORT
    cramps = sorted((cramp for part in taken for cramp in part.cramps), key=lambda cramp: cramp.onset_s)
    return LegNight(
        participant=participant.id,
        site=participant.site,
        leg=leg,
        night=slot[0],
        period=slot[1],
        week=slot[2],
        state=state,
        reason=None if state is NightState.VALID else _reason(taken),
        cramps=tuple(cramps) if usable_s else None,
        usable=union(span for part in taken for span in part.usable),
        usable_s=usable_s,
        monitored_s=monitored_s,
        results=tuple(part.id for part in taken),
        made_by=tuple(dict.fromkeys(part.made_by for part in taken)),
        left_out=left_out,
    )


def _apart(parts: list[Result]) -> tuple[list[Result], tuple[int, ...]]:
    """Return results that do not overlap, those that saw most first served, in order of time; and the ids left."""
    taken: list[Result] = []
    left_out: list[int] = []
    for part in sorted(parts, key=lambda part: (-part.usable_s, part.monitored, part.id)):
        begin, end = part.monitored
        if any(begin < other.monitored[1] and other.monitored[0] < end for other in taken):
            left_out.append(part.id)
        else:
            taken.append(part)
    return sorted(taken, key=lambda part: part.monitored), tuple(sorted(left_out))


def _reason(taken: list[Result]) -> str:
    """Name what took most of a night: a cause of loss, or that little or nothing was recorded."""
    if not taken:
        return NOT_RECEIVED
    lost = [(why, span) for part in taken for span, why in part.lost]
    seconds = {
        cause: length_s(span for why, span in lost if why == cause) for cause in sorted({why for why, _ in lost})
    }
    return max(seconds, key=lambda cause: seconds[cause]) if seconds else SHORT_RECORDING
