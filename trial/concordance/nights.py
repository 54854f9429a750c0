"""Every expected night with what was felt and what was seen, or why the two cannot be compared."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from nights.record import Provenance
from trial.concordance.matching import match
from trial.diary import DiaryNight
from trial.diary.clock import moments_of
from trial.nightly import NightState, ParticipantNight
from trial.nightly.legs import DAYS_PER_WEEK
from trial.nightly.participants import awakening_onsets
from trial.nightly.results import SECONDS_PER_HOUR
from trial.nightly.spans import Span, cut, union
from trial.study import PeriodKind, Study


class Standing(StrEnum):
    """Whether a night is compared, and if not, why: every expected night has exactly one."""

    COMPARED = "compared"
    PARTLY_MONITORED = "partly_monitored"  # an entry, but a leg that was seen too little to be a valid night
    NOT_MONITORED = "not_monitored"  # an entry, and nothing seen
    NO_DIARY = "no_diary"  # something seen, and no entry
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcordanceNight:
    """One expected night of one participant; `week` counts from 1 from the participant's first night.

    `felt` is what was written down, `seen` the awakenings that the sensors saw in `seen_h` hours (`leg_h` summed
    over legs); None where there is no entry, or nothing was seen. The other counts are None unless the night is
    compared: `felt_and_seen` pairs, `felt_only` and `seen_only` what is left over, and `felt_unmonitored`, felt at
    a time when no sensor would have seen it, which is held against neither. `by_time` says that cramps were paired
    by time, `offsets_s` how much later they were written down to have been than seen.
    """

    participant: str
    site: str
    night: date
    period: str
    kind: PeriodKind
    week: int
    standing: Standing
    felt: int | None
    seen: int | None
    felt_and_seen: int | None
    felt_only: int | None
    seen_only: int | None
    felt_unmonitored: int | None
    by_time: bool | None
    seen_h: float
    leg_h: float
    offsets_s: tuple[float, ...]
    made_by: tuple[Provenance, ...]

    @property
    def felt_monitored(self) -> int:
        """Cramps that were felt when a sensor would have seen them, or at no time that was written down."""
        return (self.felt_and_seen or 0) + (self.felt_only or 0)


@dataclass(frozen=True, slots=True)
class _Held:
    """What comparing the cramps of one night gives."""

    pairs: int
    unmonitored: int
    by_time: bool
    offsets_s: tuple[float, ...]


def concordance_nights(
    study: Study, nights: Iterable[ParticipantNight], diary: Iterable[DiaryNight], tolerance_s: float
) -> Iterator[ConcordanceNight]:
    """Give every expected night, in the order of `nights`.

    A night is compared where it has an entry and every monitored leg has a valid night by the rules of the study.
    """
    written = {(entry.participant, entry.night): entry for entry in diary}
    people = {person.id: person for person in study.participants}
    first = {person.id: next(iter(study.nights_of(person)))[1] for person in study.participants}
    for night in nights:
        entry = written.get((night.participant, night.night))
        standing = _standing(night, entry)
        held = None
        if standing is Standing.COMPARED and entry is not None:
            zone = ZoneInfo(study.zone_of(people[night.participant]))
            held = _compared(night, entry, zone, study.endpoint.together_s, tolerance_s)
        seen = night.awakenings
        yield ConcordanceNight(
            participant=night.participant,
            site=night.site,
            night=night.night,
            period=night.period.name,
            kind=night.period.kind,
            week=(night.night - first[night.participant]).days // DAYS_PER_WEEK + 1,
            standing=standing,
            felt=entry.cramps if entry else None,
            seen=seen,
            felt_and_seen=held.pairs if held else None,
            felt_only=entry.cramps - held.pairs - held.unmonitored if held and entry else None,
            seen_only=seen - held.pairs if held and seen is not None else None,
            felt_unmonitored=held.unmonitored if held else None,
            by_time=held.by_time if held else None,
            seen_h=night.seen_s / SECONDS_PER_HOUR,
            leg_h=night.leg_s / SECONDS_PER_HOUR,
            offsets_s=held.offsets_s if held else (),
            made_by=tuple(dict.fromkeys(made_by for leg in night.legs for made_by in leg.made_by)),
        )


def _standing(night: ParticipantNight, entry: DiaryNight | None) -> Standing:
    if entry is None:
        return Standing.NEITHER if night.awakenings is None else Standing.NO_DIARY
    if night.awakenings is None:
        return Standing.NOT_MONITORED
    whole = all(leg.state is NightState.VALID for leg in night.legs)
    return Standing.COMPARED if whole else Standing.PARTLY_MONITORED


def _compared(
    night: ParticipantNight, entry: DiaryNight, zone: ZoneInfo, together_s: float, tolerance_s: float
) -> _Held:
    """Pair cramps with a time by time, and then those without one with as many as are left."""
    cramps = sorted((cramp for leg in night.legs for cramp in leg.cramps or ()), key=lambda cramp: cramp.onset_s)
    seen = awakening_onsets(cramps, together_s)
    felt = [moments_of(entry.night, time.fromisoformat(clock), zone) for clock in entry.times_local]
    pairs = match(felt, seen, tolerance_s)
    usable = union(span for leg in night.legs for span in leg.usable)
    paired = {pair.felt for pair in pairs}
    unmonitored = sum(
        not any(_is_near(usable, moment, tolerance_s) for moment in moments)
        for place, moments in enumerate(felt)
        if place not in paired
    )
    untimed = min(entry.cramps - len(felt), len(seen) - len(pairs))
    return _Held(len(pairs) + untimed, unmonitored, bool(felt), tuple(pair.offset_s for pair in pairs))


def _is_near(usable: tuple[Span, ...], moment: float, tolerance_s: float) -> bool:
    return bool(cut(usable, moment - tolerance_s, moment + tolerance_s))
