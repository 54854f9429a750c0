"""Diary and sensor of a study side by side, without arms."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from trial.concordance.agreement import NightAgreement, night_agreement
from trial.concordance.cramps import FeltBySeen, Offsets, Shares, felt_by_seen, offsets, shares, shares_by_week
from trial.concordance.errors import ConcordanceError
from trial.concordance.nights import ConcordanceNight, Standing, concordance_nights
from trial.concordance.resampling import REPLICATES
from trial.concordance.weekly import Week, WeeklyAgreement, weekly_agreement, weeks_of
from trial.diary import DiaryNight
from trial.nightly import ParticipantNight
from trial.study import Study

TOLERANCE_MIN = 30.0
SECONDS_PER_MIN = 60.0
LARGEST_TOLERANCE_MIN = 180.0

LIMITS = (
    "A cramp that was felt and not seen need not be one that the sensor missed: cramps of the foot, of the thigh "
    "or of a leg without a sensor are felt and cannot be seen. One that was seen and not written down may have "
    "been slept through. Neither side is the truth."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concordance:
    """How diary and sensor of a study agree.

    `standings` counts every expected night once, `unexpected` entries for nights that the study does not expect.
    """

    tolerance_min: float
    fewest_nights_of_week: int
    replicates: int
    seed: int
    standings: dict[str, int]
    unexpected: int
    felt_unmonitored: int
    nights_by_time: int
    by_night: NightAgreement
    by_cramp: Shares
    by_week_of_study: tuple[Shares, ...]
    felt_by_seen: tuple[FeltBySeen, ...]
    offsets: Offsets
    by_week: WeeklyAgreement
    nights: tuple[ConcordanceNight, ...]
    weeks: tuple[Week, ...]


def concordance_of(
    study: Study, nights: Sequence[ParticipantNight], diary: Sequence[DiaryNight], tolerance_min: float
) -> Concordance:
    """Compare the diary with the nights of a study; raises `ConcordanceError` where there is no diary at all."""
    if not diary:
        raise ConcordanceError(
            f"study {study.name} has no diary in this log; run crampwatch trial diary import first"
        )
    if not 0 < tolerance_min <= LARGEST_TOLERANCE_MIN:
        raise ConcordanceError(
            f"a tolerance of {tolerance_min:g} min is not above 0 and up to {LARGEST_TOLERANCE_MIN:g} min"
        )
    found = tuple(concordance_nights(study, nights, diary, tolerance_min * SECONDS_PER_MIN))
    compared = [night for night in found if night.standing is Standing.COMPARED]
    expected = {(night.participant, night.night) for night in found}
    standings = Counter(night.standing for night in found)
    weeks = weeks_of(found, study.validity.nights_of_week)
    return Concordance(
        tolerance_min=tolerance_min,
        fewest_nights_of_week=study.validity.nights_of_week,
        replicates=REPLICATES,
        seed=study.seed,
        standings={standing.value: standings[standing] for standing in Standing},
        unexpected=sum((entry.participant, entry.night) not in expected for entry in diary),
        felt_unmonitored=sum(night.felt_unmonitored or 0 for night in compared),
        nights_by_time=sum(bool(night.by_time) for night in compared),
        by_night=night_agreement(compared, study.seed),
        by_cramp=shares(compared, study.seed),
        by_week_of_study=shares_by_week(compared, study.seed),
        felt_by_seen=felt_by_seen(compared, study.seed),
        offsets=offsets(compared),
        by_week=weekly_agreement(weeks, study.seed),
        nights=found,
        weeks=tuple(weeks),
    )
