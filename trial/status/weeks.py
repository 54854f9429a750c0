"""Seven nights of one leg at a glance: how long it was seen, what wear cost of it, what the battery lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from nights.log.schema import Night, VersionNight
from signals import GapReason
from trial.nightly import LegNight
from trial.nightly.results import SECONDS_PER_HOUR

NIGHT_OF_8_H = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a logged result tells of wear and battery, as in the glossary; None is what it does not tell."""

    monitored_s: float
    not_worn_s: float
    lead_off_s: float
    battery_start_share: float | None
    battery_end_share: float | None
    battery_start_v: float | None
    battery_end_v: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Up to seven expected nights of one leg.

    `usable_h` is the mean over them, 0 for a missing one. The shares are of the monitored time, None where nothing
    was monitored. `drain_share` and `drain_v` are what the battery lost in 8 h of monitoring, None where no
    recording tells; one at whose end it was fuller than at its start was charged meanwhile, and tells nothing.
    """

    nights: int
    usable_h: float
    not_worn_share: float | None
    lead_off_share: float | None
    drain_share: float | None
    drain_v: float | None


def told_by_results(connection: Connection, study: str, number: int) -> dict[int, Told]:
    """Return what the results of a version of a study tell of wear and battery, by their ids."""
    wanted = (
        select(
            Night.id,
            Night.monitored_s,
            Night.lost_s,
            Night.battery_start_share,
            Night.battery_end_share,
            Night.battery_start_v,
            Night.battery_end_v,
        )
        .join(VersionNight, VersionNight.night_id == Night.id)
        .where(VersionNight.study == study, VersionNight.number == number)
    )
    return {
        row.id: Told(
            monitored_s=row.monitored_s,
            not_worn_s=row.lost_s.get(GapReason.NOT_WORN, 0.0),
            lead_off_s=row.lost_s.get(GapReason.LEAD_OFF, 0.0),
            battery_start_share=row.battery_start_share,
            battery_end_share=row.battery_end_share,
            battery_start_v=row.battery_start_v,
            battery_end_v=row.battery_end_v,
        )
        for row in connection.execute(wanted)
    }


def week_of(nights: Sequence[LegNight], told: Mapping[int, Told]) -> Week | None:
    """Return what these nights come to; None where there are none."""
    if not nights:
        return None
    of = [told[number] for number in sorted({number for night in nights for number in night.results})]
    monitored_s = sum(one.monitored_s for one in of)
    return Week(
        nights=len(nights),
        usable_h=sum(night.usable_s for night in nights) / SECONDS_PER_HOUR / len(nights),
        not_worn_share=sum(one.not_worn_s for one in of) / monitored_s if monitored_s else None,
        lead_off_share=sum(one.lead_off_s for one in of) / monitored_s if monitored_s else None,
        drain_share=_drain([(one.battery_start_share, one.battery_end_share, one.monitored_s) for one in of]),
        drain_v=_drain([(one.battery_start_v, one.battery_end_v, one.monitored_s) for one in of]),
    )


def _drain(levels: Sequence[tuple[float | None, float | None, float]]) -> float | None:
    """Return what was lost in 8 h, over recordings whose levels are known; each is start, end, length in s."""
    known = [(a - b, s) for a, b, s in levels if a is not None and b is not None and a >= b and s > 0]
    if not known:
        return None
    return sum(lost for lost, _ in known) / sum(s for _, s in known) * NIGHT_OF_8_H * SECONDS_PER_HOUR
