"""What a study plans, complete and checked as a whole."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from trial.study.coherence import problems_of
from trial.study.parts import (
    DetectorFigures,
    Endpoint,
    Identifier,
    IntercurrentEvent,
    Part,
    Participant,
    Period,
    Review,
    Site,
    ValidityRules,
)


class Study(Part):
    """A study, complete. Who has which treatment stands in another file, which only unblinding reads."""

    name: Identifier
    title: Annotated[str, Field(min_length=1, max_length=200)]
    profile: str
    """Scoring profile whose counts are the endpoint."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Of everything random in the analysis (imputation, resampling)."""
    detector: DetectorFigures | None = None
    """Figures by which the result is also given without the detector's errors; absent: no such analysis."""
    validity: ValidityRules = ValidityRules()
    endpoint: Endpoint = Endpoint()
    review: Review = Review()
    intercurrent_events: tuple[IntercurrentEvent, ...] = ()
    periods: Annotated[tuple[Period, ...], Field(min_length=1)]
    sites: Annotated[tuple[Site, ...], Field(min_length=1)]
    participants: tuple[Participant, ...] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if found := problems_of(self):
            raise ValueError("\n".join(found))
        return self

    def zone_of(self, participant: Participant) -> str:
        """Return the zone of a participant's nights."""
        return participant.zone or next(site.zone for site in self.sites if site.id == participant.site)

    def nights_of(self, participant: Participant) -> Iterator[tuple[Period, date]]:
        """Give every night that is expected of a participant, with its period, in order."""
        first = participant.first_night
        for period in self.periods:
            dates = participant.periods.get(period.name)
            begin = dates.first_night if dates else first
            end = dates.last_night if dates else begin + timedelta(days=period.nights - 1)
            for day in range((end - begin).days + 1):
                yield period, begin + timedelta(days=day)
            first = end + timedelta(days=1)
