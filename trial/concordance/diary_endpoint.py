"""The diary as if it were the endpoint: the same tables, estimand and rows as of the sensor."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from trial.analysis.allocation import Allocation
from trial.analysis.dataset import dataset_of
from trial.analysis.estimand import under_the_estimand
from trial.analysis.models import Counts, Ratio, negative_binomial
from trial.diary import DiaryNight
from trial.endpoint.rows import WEEK_OF_NIGHTS_H
from trial.nightly import NightState, ParticipantNight, leg_nights, participant_nights
from trial.nightly.legs import DAYS_PER_WEEK
from trial.nightly.results import SECONDS_PER_HOUR
from trial.study import Study

NIGHT_S = WEEK_OF_NIGHTS_H / DAYS_PER_WEEK * SECONDS_PER_HOUR


def diary_nights(study: Study, diary: Iterable[DiaryNight]) -> Iterator[ParticipantNight]:
    """Give every expected night as the diary has it; one without an entry is missing.

    An entry is a valid night of eight hours, so that seven of them are a week of exposure: a diary knows no other
    length. It counts as many cramps of muscles as awakenings, namely those that were written down.
    """
    written = {(entry.participant, entry.night): entry.cramps for entry in diary}
    for night in participant_nights(study, leg_nights(study, [])):
        cramps = written.get((night.participant, night.night))
        yield (
            night
            if cramps is None
            else replace(
                night,
                state=NightState.VALID,
                muscle_cramps=cramps,
                awakenings=cramps,
                leg_s=NIGHT_S,
                seen_s=NIGHT_S,
            )
        )


def diary_counts(study: Study, diary: Iterable[DiaryNight], allocation: Allocation) -> Counts:
    """Return participant-weeks of treatment as the diary has them, to be fitted by `negative_binomial`.

    Exposure in weeks is the number of nights with an entry over seven; covariates are those of the sensor's
    analysis, the baseline being the diary's own run-in.
    """
    return dataset_of(study, list(under_the_estimand(study, diary_nights(study, diary))), allocation).counts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What one source of counts concludes: what went into the model, and the rate ratio, treated over control."""

    source: str
    n_participants: int
    n_weeks: int
    cramps: int
    exposure_weeks: float
    dispersion: float
    ratio: Ratio


def both_endpoints(
    study: Study, nights: Sequence[ParticipantNight], diary: Sequence[DiaryNight], allocation: Allocation
) -> tuple[Endpoint, Endpoint]:
    """Return what the sensor and what the diary alone would have concluded, by the same primary model.

    Raises `AnalysisError` where one of them has too little for it.
    """
    sensor = dataset_of(study, list(under_the_estimand(study, nights)), allocation).counts()
    alpha = study.endpoint.alpha
    return _endpoint("sensor", sensor, alpha), _endpoint("diary", diary_counts(study, diary, allocation), alpha)


def _endpoint(source: str, counts: Counts, alpha: float) -> Endpoint:
    fit = negative_binomial(counts)
    return Endpoint(
        source=source,
        n_participants=counts.n_clusters,
        n_weeks=len(counts.count),
        cramps=int(counts.count.sum()),
        exposure_weeks=float(counts.exposure.sum()),
        dispersion=fit.dispersion or 0.0,
        ratio=fit.ratio("treated", alpha),
    )
