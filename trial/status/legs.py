"""How every leg of a running study stands on the last night that is over for its wearer."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from signals import Leg, night_of
from trial.nightly import LegNight, NightState
from trial.nightly.legs import DAYS_PER_WEEK
from trial.status.weeks import Told, Week, week_of
from trial.study import Study

GONE_NIGHTS = 14
LOW_SHARE = 0.15  # a night takes 15 to 40 % of a full battery: a somewhat longer one would have ended early
FALL_H = 1.0
DRAIN_RISE_SHARE = 0.1


class Attention(StrEnum):
    """Why somebody should call, the most urgent first."""

    SILENT = "silent"  # nothing came of the last night
    BATTERY_LOW = "battery_low"  # in the last morning of which it is known
    FEW_VALID = "few_valid"  # of the last seven nights fewer are valid than a valid week needs
    WEAR_FALLING = "wear_falling"  # an hour a night less was seen than in the week before
    BATTERY_AGEING = "battery_ageing"  # 8 h take a tenth of a battery more than in the week before
    GONE = "gone"  # nothing came for more than two weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class LegStatus:
    """One leg of one participant up to `last_night`, the last one that is over.

    `why` counts the nights that are not valid by reason. `last_seen` is the last night of which something was
    seen, `silent_nights` how many expected nights up to the last one brought no recording. `last_week` are the last
    seven expected nights, `week_before` the seven before them, None where there were none. `battery_share` and
    `battery_v` are those of the last morning of which they are known. `attention` is empty where nobody need call,
    and once the last expected night has passed (`over`).
    """

    participant: str
    site: str
    leg: Leg
    last_night: date
    over: bool
    expected: int
    received: int
    valid: int
    short: int
    missing: int
    why: tuple[tuple[str, int], ...]
    last_seen: date | None
    silent_nights: int
    last_week: Week
    week_before: Week | None
    battery_share: float | None
    battery_v: float | None
    attention: tuple[Attention, ...]


def last_nights(study: Study, now: datetime) -> dict[str, date]:
    """Return by participant the last night that is over where he or she lives; a night is over at local noon."""
    return {
        person.id: night_of(now.astimezone(ZoneInfo(study.zone_of(person)))) - timedelta(days=1)
        for person in study.participants
    }


def status_of(
    study: Study, nights: Iterable[LegNight], last: Mapping[str, date], told: Mapping[int, Told]
) -> list[LegStatus]:
    """Return how every leg stands of which a night was expected by `last`, the most urgent first.

    `last` are the last nights to look at by participant, `told` what the results of `nights` tell by their ids.
    What is equally urgent stands in the order of the study.
    """
    legs: dict[tuple[str, Leg], list[LegNight]] = {}
    for night in nights:
        legs.setdefault((night.participant, night.leg), []).append(night)
    found: list[LegStatus] = []
    for (participant, _), of_leg in legs.items():
        due = [night for night in of_leg if night.night <= last[participant]]
        if due:
            over = of_leg[-1].night < last[participant]
            found.append(_status(study, due, last[participant], told, over=over))
    return sorted(found, key=_urgency)


def _urgency(leg: LegStatus) -> tuple[int, int]:
    order = list(Attention)
    return min((order.index(one) for one in leg.attention), default=len(order)), -leg.silent_nights


def _status(
    study: Study, nights: Sequence[LegNight], last_night: date, told: Mapping[int, Told], *, over: bool
) -> LegStatus:
    states = Counter(night.state for night in nights)
    silent = next((k for k, night in enumerate(reversed(nights)) if night.results), len(nights))
    recent, before = nights[-DAYS_PER_WEEK:], nights[-2 * DAYS_PER_WEEK : -DAYS_PER_WEEK]
    last_week, week_before = week_of(recent, told), week_of(before, told)
    assert last_week is not None  # noqa: S101 - there is a night
    of = [told[number] for night in nights for number in night.results]
    shares = [one.battery_end_share for one in of if one.battery_end_share is not None] or [None]
    volts = [one.battery_end_v for one in of if one.battery_end_v is not None] or [None]
    valid = sum(night.state is NightState.VALID for night in recent)
    few = valid < study.validity.nights_of_week and len(recent) == DAYS_PER_WEEK
    battery_low = shares[-1] is not None and shares[-1] <= LOW_SHARE
    return LegStatus(
        participant=nights[0].participant,
        site=nights[0].site,
        leg=nights[0].leg,
        last_night=last_night,
        over=over,
        expected=len(nights),
        received=sum(bool(night.results) for night in nights),
        valid=states[NightState.VALID],
        short=states[NightState.SHORT],
        missing=states[NightState.MISSING],
        why=tuple(sorted(Counter(night.reason for night in nights if night.reason).items())),
        last_seen=next((night.night for night in reversed(nights) if night.cramps is not None), None),
        silent_nights=silent,
        last_week=last_week,
        week_before=week_before,
        battery_share=shares[-1],
        battery_v=volts[-1],
        attention=()
        if over
        else tuple(_attention(silent, last_week, week_before, battery_low=battery_low, few_valid=few)),
    )


def _attention(
    silent: int, last: Week, before: Week | None, *, battery_low: bool, few_valid: bool
) -> Iterator[Attention]:
    """Give why somebody should call, the most urgent first; trends only of whole weeks."""
    if silent > GONE_NIGHTS:
        yield Attention.GONE
        return
    if silent:
        yield Attention.SILENT
    if battery_low:
        yield Attention.BATTERY_LOW
    if few_valid:
        yield Attention.FEW_VALID
    if before is None or before.nights < DAYS_PER_WEEK:
        return
    if before.usable_h - last.usable_h >= FALL_H:
        yield Attention.WEAR_FALLING
    if (
        last.drain_share is not None
        and before.drain_share is not None
        and last.drain_share - before.drain_share >= DRAIN_RISE_SHARE
    ):
        yield Attention.BATTERY_AGEING
