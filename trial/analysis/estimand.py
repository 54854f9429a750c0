"""What intercurrent events do to the nights that are analysed (ICH E9(R1)), as the study planned it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from trial.nightly import NightState, ParticipantNight
from trial.study import Study

LEFT_OUT = "left_out"  # reason of a night that the estimand does not ask about


@dataclass(frozen=True, slots=True)
class Concerned:
    """How many participants and nights an intercurrent event concerns, and what was done about them."""

    kind: str
    strategy: str
    participants: int
    nights: int


def under_the_estimand(study: Study, nights: Iterable[ParticipantNight]) -> Iterator[ParticipantNight]:
    """Give the nights as the estimand asks about them.

    `treatment-policy` and `composite` leave every night as it is (a composite's participant counts as no responder
    instead); `hypothetical` makes the nights of the event missing, as if to be imputed; `while-on-treatment` leaves
    them out altogether; `principal-stratum` leaves out the whole participant, which is no longer a randomised
    comparison.
    """
    strategies = {event.kind: event.strategy for event in study.intercurrent_events}
    people = {participant.id: participant for participant in study.participants}
    for night in nights:
        events = people[night.participant].events
        found = {
            strategies[event.kind] for event in events if _holds(event.first_night, event.last_night, night.night)
        }
        excluded = any(strategies[event.kind] == "principal-stratum" for event in events)
        if excluded or "while-on-treatment" in found:
            continue
        yield _unseen(night) if "hypothetical" in found else night


def concerned(study: Study, nights: Iterable[ParticipantNight]) -> list[Concerned]:
    """Return how often each intercurrent event of the study happened, in its order."""
    expected = [(night.participant, night.night) for night in nights]
    found: list[Concerned] = []
    for planned in study.intercurrent_events:
        spans = [
            (participant.id, event.first_night, event.last_night)
            for participant in study.participants
            for event in participant.events
            if event.kind == planned.kind
        ]
        n_nights = sum(
            any(who == participant and _holds(first, last, night) for who, first, last in spans)
            for participant, night in expected
        )
        found.append(Concerned(planned.kind, planned.strategy, len({who for who, _, _ in spans}), n_nights))
    return found


def _holds(first: date, last: date | None, night: date) -> bool:
    return first <= night and (last is None or night <= last)


def _unseen(night: ParticipantNight) -> ParticipantNight:
    """Return the night as if nothing of it had been seen."""
    legs = tuple(
        replace(
            leg,
            state=NightState.MISSING,
            reason=LEFT_OUT,
            cramps=None,
            usable=(),
            usable_s=0.0,
        )
        for leg in night.legs
    )
    return replace(
        night, state=NightState.MISSING, legs=legs, muscle_cramps=None, leg_s=0.0, awakenings=None, seen_s=0.0
    )
