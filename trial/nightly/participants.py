"""Both legs of a night together: how many muscles cramped, and how many awakenings that may have been."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from trial.nightly.legs import LegNight, NightState
from trial.nightly.results import Cramp
from trial.nightly.spans import length_s, union
from trial.study import Period, Study


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantNight:
    """One night of one participant over all monitored legs.

    `muscle_cramps` counts the cramps of each leg, over `leg_s` seconds of usable time summed over legs.
    `awakenings` counts cramps of the two legs that come together as one, over `seen_s` seconds in which at least
    one leg was seen. Both counts are None exactly where no leg was seen. `state` is the best of the legs'.
    """

    participant: str
    site: str
    night: date
    period: Period
    week: int
    state: NightState
    legs: tuple[LegNight, ...]
    muscle_cramps: int | None
    leg_s: float
    awakenings: int | None
    seen_s: float


def participant_nights(study: Study, nights: Iterable[LegNight]) -> Iterator[ParticipantNight]:
    """Give the nights of participants, from those of their legs in the order of the study."""
    for _, legs in groupby(nights, key=lambda night: (night.participant, night.night)):
        yield _together(tuple(legs), study.endpoint.together_s)


def _together(legs: tuple[LegNight, ...], together_s: float) -> ParticipantNight:
    first = legs[0]
    counted = [leg.cramps for leg in legs if leg.cramps is not None]
    cramps = sorted((cramp for of_leg in counted for cramp in of_leg), key=lambda cramp: cramp.onset_s)
    order = list(NightState)
    return ParticipantNight(
        participant=first.participant,
        site=first.site,
        night=first.night,
        period=first.period,
        week=first.week,
        state=min((leg.state for leg in legs), key=order.index),
        legs=legs,
        muscle_cramps=len(cramps) if counted else None,
        leg_s=sum(leg.usable_s for leg in legs),
        awakenings=len(awakening_onsets(cramps, together_s)) if counted else None,
        seen_s=length_s(union(span for leg in legs for span in leg.usable)),
    )


def awakening_onsets(cramps: Sequence[Cramp], together_s: float) -> list[float]:
    """Return when each awakening began, in POSIX seconds, from cramps in order of onset.

    Cramps of two legs are one awakening that overlap or begin less than `together_s` apart. Two cramps of one leg
    are always two: the definition of a cramp has joined already what is one.
    """
    onsets: list[float] = []
    waking: list[Cramp] = []  # the cramps of the awakening that is being gathered
    for cramp in cramps:
        legs = {other.leg for other in waking}
        near = waking and (cramp.onset_s < waking[-1].end_s or cramp.onset_s - waking[-1].onset_s < together_s)
        if near and cramp.leg not in legs:
            waking.append(cramp)
        else:
            onsets.append(cramp.onset_s)
            waking = [cramp]
    return onsets
