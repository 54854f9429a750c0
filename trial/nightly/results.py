"""One logged result as the trial sees it: on the time line, with what was seen and what was counted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models import Label
from nights.log import EpisodeRow, GapRow, NightRow
from nights.record import Provenance
from signals import Leg, night_of
from signals.time import NOON_H
from trial.nightly.spans import Span, cut, length_s, union, without

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cramp:
    """One counted cramp: onset in POSIX seconds, length, and median level in multiples of the resting floor."""

    leg: Leg
    onset_s: float
    duration_s: float
    intensity: float | None

    @property
    def end_s(self) -> float:
        """When it was over."""
        return self.onset_s + self.duration_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one recording, or its part within one night, says of one leg.

    `monitored` is the time from its first to its last sample, `usable` the spans of it in which a cramp would have
    been seen, both in POSIX seconds; `lost` the other spans with their causes. Cramps are in order of onset.
    `made_by` names software, profile, model and configuration.
    """

    id: int
    participant: str
    leg: Leg
    night: date
    monitored: Span
    usable: tuple[Span, ...]
    lost: tuple[tuple[Span, str], ...]
    cramps: tuple[Cramp, ...]
    made_by: Provenance

    @property
    def usable_s(self) -> float:
        """Exposure in s."""
        return length_s(self.usable)

    @property
    def monitored_s(self) -> float:
        """Seconds from the first to the last sample."""
        return self.monitored[1] - self.monitored[0]

    def by_night(self, zone: ZoneInfo) -> Iterator["Result"]:
        """Give the parts of a recording that goes on past noon, one for each night; a cramp is where it begins."""
        begin, end = self.monitored
        while begin < end:
            night = night_of(datetime.fromtimestamp(begin, zone))
            noon = datetime.combine(night + timedelta(days=1), time(NOON_H), zone).timestamp()
            until = min(end, noon)
            yield replace(
                self,
                night=night,
                monitored=(begin, until),
                usable=cut(self.usable, begin, until),
                lost=tuple((part, why) for span, why in self.lost for part in cut([span], begin, until)),
                cramps=tuple(cramp for cramp in self.cramps if begin <= cramp.onset_s < until),
            )
            begin = until


def result_of(
    row: NightRow, episodes: Sequence[EpisodeRow], gaps: Sequence[GapRow], zone: ZoneInfo
) -> Result | None:
    """Place a logged result on the time line; None where it does not say its leg or when it began.

    A start without a distance from UTC is read as local time of the recording's zone, or else of `zone`, the
    participant's.
    """
    if row.start_local is None or row.leg is None:
        return None
    start = datetime.fromisoformat(row.start_local)
    if start.tzinfo is None:
        start = start.replace(tzinfo=ZoneInfo(row.zone) if row.zone else zone)
    begin = start.astimezone(UTC).timestamp()
    leg: Leg = "L" if row.leg == "L" else "R"
    monitored = (begin, begin + row.monitored_s)
    lost = tuple(
        ((begin + gap.onset_s, begin + gap.onset_s + gap.duration_s), gap.reason)
        for gap in sorted(gaps, key=lambda gap: gap.onset_s)
    )
    usable = without(monitored, union(span for span, _ in lost)) if row.cramp_count is not None else ()
    return Result(
        id=row.id,
        participant=row.participant,
        leg=leg,
        night=night_of(start),
        monitored=monitored,
        usable=usable,
        lost=lost,
        cramps=tuple(
            Cramp(
                leg=leg,
                onset_s=begin + episode.onset_s,
                duration_s=episode.duration_s,
                intensity=episode.features.get("median_ratio"),
            )
            for episode in sorted(episodes, key=lambda episode: episode.onset_s)
            if episode.label == Label.CRAMP
        ),
        made_by=Provenance(
            software=row.software,
            profile=row.profile,
            profile_hash=row.profile_hash,
            model=row.model,
            config_hash=row.config_hash,
        ),
    )
