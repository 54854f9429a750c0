"""How every site of a running study stands, from how its legs do."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from trial.status.legs import Attention, LegStatus
from trial.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStatus:
    """One site: its participants and legs of which a night was expected by now, `under_way` those that go on.

    `why` counts the nights that are not valid by reason, `attention` the legs to be called about by reason, both
    with what does not occur left out. The hours are means of the legs under way, None where there are none.
    """

    site: str
    participants: int
    legs: int
    under_way: int
    expected: int
    received: int
    valid: int
    short: int
    missing: int
    why: tuple[tuple[str, int], ...]
    attention: tuple[tuple[str, int], ...]
    usable_h_last_week: float | None
    usable_h_week_before: float | None


def sites_of(study: Study, legs: Sequence[LegStatus]) -> list[SiteStatus]:
    """Return how the sites stand, in the order of the study; one without a participant too."""
    return [_site(site.id, [leg for leg in legs if leg.site == site.id]) for site in study.sites]


def _site(name: str, legs: Sequence[LegStatus]) -> SiteStatus:
    why: Counter[str] = Counter()
    for leg in legs:
        why.update(dict(leg.why))
    attention = Counter(one for leg in legs for one in leg.attention)
    under_way = [leg for leg in legs if not leg.over]
    return SiteStatus(
        site=name,
        participants=len({leg.participant for leg in legs}),
        legs=len(legs),
        under_way=len(under_way),
        expected=sum(leg.expected for leg in legs),
        received=sum(leg.received for leg in legs),
        valid=sum(leg.valid for leg in legs),
        short=sum(leg.short for leg in legs),
        missing=sum(leg.missing for leg in legs),
        why=tuple(sorted(why.items())),
        attention=tuple((one.value, attention[one]) for one in Attention if attention[one]),
        usable_h_last_week=_mean([leg.last_week.usable_h for leg in under_way]),
        usable_h_week_before=_mean([leg.week_before.usable_h for leg in under_way if leg.week_before]),
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
