"""The parts of a study: sites, participants, periods, rules, endpoint. A key that is not known is refused."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from signals import Leg
from trial.study.pseudonyms import objection


def _pseudonym(value: str) -> str:
    if found := objection(value):
        raise ValueError(found)
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"there is no time zone {value!r}; name one as in Europe/Zurich") from error
    return value


Pseudonym = Annotated[str, AfterValidator(_pseudonym)]
Zone = Annotated[str, AfterValidator(_zone)]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,19}$")]


class Part(BaseModel):
    """What all parts of a study share: frozen, and a key that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class PeriodKind(StrEnum):
    """What a period is for; the endpoint is estimated in treatment, adjusted for the run-in."""

    RUN_IN = "run-in"
    TREATMENT = "treatment"
    FOLLOW_UP = "follow-up"


class Period(Part):
    """One stretch of nights in the order of the study, equally long for everybody who names no dates."""

    name: Identifier
    kind: PeriodKind
    nights: Annotated[int, Field(ge=1, le=3660)]
    """How many nights it has, counted from the evening on which it begins."""


class Site(Part):
    """One centre."""

    id: Identifier
    zone: Zone
    """IANA zone of its participants' nights, where a participant names no other."""


class Assigned(Part):
    """A sensor that a participant wears on one leg, from one evening to another, both included."""

    serial: Annotated[str, Field(min_length=1, max_length=40)]
    leg: Leg
    first_night: date | None = None
    last_night: date | None = None


class Event(Part):
    """Something that happened to a participant and that the analysis plan has a strategy for."""

    kind: Identifier
    first_night: date
    last_night: date | None = None
    """Last night concerned; absent where it lasts for good."""


class Dates(Part):
    """Evenings on which a participant's period began and ended, where they are not those of the plan."""

    first_night: date
    last_night: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_night < self.first_night:
            raise ValueError(f"the last night, {self.last_night}, lies before the first, {self.first_night}")
        return self


class Participant(Part):
    """One participant, by pseudonym."""

    id: Pseudonym
    site: Identifier
    first_night: date
    """Evening of the first night of the first period."""
    legs: Annotated[tuple[Leg, ...], Field(min_length=1, max_length=2)] = ("L", "R")
    zone: Zone | None = None
    devices: tuple[Assigned, ...] = ()
    periods: dict[str, Dates] = {}
    """Dates of single periods, by the period's name, where they differ from the plan."""
    events: tuple[Event, ...] = ()


class ValidityRules(Part):
    """When a night and a week stand for themselves. Partial nights enter the analysis by their exposure too."""

    usable_h: Annotated[float, Field(gt=0, le=24)] = 4.0
    usable_share: Annotated[float, Field(gt=0, le=1)] = 0.75
    nights_of_week: Annotated[int, Field(ge=1, le=7)] = 4
    """Valid nights that a valid week needs."""
    nights_of_run_in: Annotated[int, Field(ge=1)] = 10
    """Valid nights that the run-in needs for a baseline."""


Strategy = Literal["treatment-policy", "hypothetical", "composite", "while-on-treatment", "principal-stratum"]


class IntercurrentEvent(Part):
    """How the estimand treats one kind of event (ICH E9(R1)). What only hinders measuring is missing data."""

    kind: Identifier
    strategy: Strategy
    rationale: Annotated[str, Field(min_length=10)]


class Endpoint(Part):
    """What is compared, and what is varied to see whether the answer holds."""

    legs: Literal["muscles", "awakenings"] = "muscles"
    """Two cramps at once in both legs: `muscles` counts two, `awakenings` one. The other is reported beside it."""
    together_s: Annotated[float, Field(ge=0, le=600)] = 60.0
    """Cramps of the two legs that overlap, or begin less than this apart, are one awakening."""
    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    usable_h_sensitivity: tuple[float, ...] = (3.0, 5.0, 6.0)
    imputations: Annotated[int, Field(ge=2, le=1000)] = 50
    tipping_deltas: tuple[float, ...] = (1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
    """Factors by which the rate of a missing night in the treated arm is raised."""
    responder_reduction: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """Reduction of the rate against the run-in that makes a responder."""


class DetectorFigures(Part):
    """How well the scoring profile counts, as measured on nights with known truth, and where that stands."""

    source: Annotated[str, Field(min_length=1)]
    true_cramps: Annotated[int, Field(ge=1)]
    found: Annotated[int, Field(ge=1)]
    false_cramps: Annotated[int, Field(ge=0)]
    hours: Annotated[float, Field(gt=0)]
    """Usable hours in which the false cramps came."""

    @model_validator(mode="after")
    def _is_a_share(self) -> Self:
        if self.found > self.true_cramps:
            raise ValueError(f"{self.found} cramps found of {self.true_cramps} true ones")
        return self


class Review(Part):
    """Which episodes people read without knowing whose they are, and who these readers are."""

    readers: Annotated[tuple[Identifier, ...], Field(min_length=2)] = ("reader-1", "reader-2")
    """Two of them read every packet, each alone; a third name stands in for one who cannot go on."""
    third: Identifier = "reader-3"
    """Who reads what those two do not agree on, and nothing else."""
    counted_share: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of the counted cramps that are read."""
    near_miss_probability: Annotated[float, Field(ge=0, le=1)] = 0.1
    """An episode of cramp length that was not counted is a near miss from this probability of a cramp on."""
    near_miss_share: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Share of the near misses that are read."""

    @model_validator(mode="after")
    def _all_different(self) -> Self:
        names = (*self.readers, self.third)
        if len(set(names)) < len(names):
            raise ValueError(f"{', '.join(names)}: a reader is named twice")
        return self
