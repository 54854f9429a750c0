"""Every way in which the primary question was looked at, as rows of one table and of the forest plot."""

from collections.abc import Iterator
from dataclasses import dataclass

from trial.analysis.analysis import Analysis


@dataclass(frozen=True, slots=True)
class Look:
    """One rate ratio with its limits and on how many participants and nights it rests; None where there is none.

    `group` is the kind of question: primary, model, nights, reading, missing, detector. The nights of an imputation
    are all that were expected.
    """

    group: str
    name: str
    participants: int
    nights: int
    ratio: float | None
    low: float | None
    high: float | None
    p: float | None
    why_not: str | None = None


GROUPS = {
    "primary": "Primary",
    "model": "Other models, same nights",
    "nights": "Only nights long enough",
    "reading": "Other readings of the same nights",
    "missing": "Missed nights imputed",
    "detector": "Detector's errors taken out",
}


def looks(found: Analysis) -> Iterator[Look]:
    """Give the primary result, then every sensitivity analysis."""
    people, nights, one = found.n_participants, found.n_nights, found.primary
    yield Look("primary", "Negative binomial", people, nights, one.value, one.low, one.high, one.p)
    for other in found.sensitivity:
        of = (other.group, other.name, other.n_participants, other.n_nights)
        if (ratio := other.ratio) is None:
            yield Look(*of, None, None, None, None, other.why_not)
        else:
            yield Look(*of, ratio.value, ratio.low, ratio.high, ratio.p)
    for imputed in found.tipping:
        ratio, name = imputed.ratio, f"treated arm's missed nights × {imputed.delta:g}"
        yield Look(
            "missing", name, imputed.n_participants, imputed.n_nights, ratio.value, ratio.low, ratio.high, ratio.p
        )
    if (c := found.corrected) is not None:
        name, why = "corrected for misses and false alarms", "false alarms alone may explain an arm's count"
        limits = (c.ratio, c.ratio_low, c.ratio_high) if c.ratio is not None else (None, None, None)
        yield Look("detector", name, people, nights, *limits, None, None if c.ratio is not None else why)
