"""How a running study stands: who sent what, what is missing and why, and who sent nothing last night."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from trial.nightly import LegNight, NightState
from trial.nightly.legs import DAYS_PER_WEEK
from trial.nightly.results import SECONDS_PER_HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class LegStatus:
    """One leg of one participant up to last night.

    `why` counts the nights that are not valid by reason; `last_seen` is the last night of which something was seen.
    `silent` says that last night was expected and nothing came.
    """

    participant: str
    site: str
    leg: str
    expected: int
    received: int
    valid: int
    why: tuple[tuple[str, int], ...]
    last_seen: date | None
    silent: bool
    usable_h_last_week: float


def status_of(nights: Iterable[LegNight], last_night: date) -> list[LegStatus]:
    """Return how every leg stands that was to be monitored up to `last_night`, in the order of the study.

    `usable_h_last_week` is the mean of the last seven expected nights, 0 for a missing one: a falling figure shows
    electrodes or habits that give way before a night is lost.
    """
    legs: dict[tuple[str, str], list[LegNight]] = {}
    for night in nights:
        if night.night <= last_night:
            legs.setdefault((night.participant, night.leg), []).append(night)
    return [_status(of_leg, last_night) for of_leg in legs.values()]


def _status(nights: list[LegNight], last_night: date) -> LegStatus:
    last_week = nights[-DAYS_PER_WEEK:]
    seen = [night for night in nights if night.state is not NightState.MISSING]
    return LegStatus(
        participant=nights[0].participant,
        site=nights[0].site,
        leg=nights[0].leg,
        expected=len(nights),
        received=sum(bool(night.results) for night in nights),
        valid=sum(night.state is NightState.VALID for night in nights),
        why=tuple(sorted(Counter(night.reason for night in nights if night.reason).items())),
        last_seen=seen[-1].night if seen else None,
        silent=nights[-1].night == last_night and not nights[-1].results,
        usable_h_last_week=sum(night.usable_s for night in last_week) / SECONDS_PER_HOUR / len(last_week),
    )
