"""Small studies and results for tests, in plain numbers."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from nights.record import Provenance
from signals import Leg, night_of
from trial.nightly import Cramp, Result
from trial.study import Participant, Period, PeriodKind, Site, Study

ZURICH = ZoneInfo("Europe/Zurich")
HOUR_S = 3600.0
MADE_BY = Provenance(
    software="crampwatch 0.1.0", profile="calf-1", profile_hash="0" * 16, model="rules-1", config_hash="0" * 16
)


def study_of(*participants: Participant, run_in: int = 7, treatment: int = 14) -> Study:
    return Study(
        name="TEST",
        title="A test",
        profile="calf-1",
        periods=(
            Period(name="run-in", kind=PeriodKind.RUN_IN, nights=run_in),
            Period(name="treatment", kind=PeriodKind.TREATMENT, nights=treatment),
        ),
        sites=(Site(id="A", zone="Europe/Zurich"), Site(id="B", zone="Europe/Lisbon")),
        participants=participants,
    )


def person(
    name: str = "A-001",
    first: date = date(2026, 3, 2),
    legs: tuple[Leg, ...] = ("L",),
    site: str = "A",
    zone: str | None = None,
) -> Participant:
    return Participant(id=name, site=site, first_night=first, legs=legs, zone=zone)


def seen(  # noqa: PLR0913 - one parameter per fact of a recording
    begin: datetime,
    hours: float,
    cramps_at_h: tuple[float, ...] = (),
    *,
    lost_h: tuple[tuple[float, float, str], ...] = (),
    participant: str = "A-001",
    leg: Leg = "L",
    number: int = 1,
) -> Result:
    """Return a recording that begins at an aware moment; times within it in hours from there."""
    a = begin.timestamp()
    lost = tuple(((a + x * HOUR_S, a + y * HOUR_S), why) for x, y, why in lost_h)
    edges = [a, *(t for span, _ in lost for t in span), a + hours * HOUR_S]
    usable = tuple((x, y) for x, y in zip(edges[::2], edges[1::2], strict=True) if x < y)
    return Result(
        id=number,
        participant=participant,
        leg=leg,
        night=night_of(begin),
        monitored=(a, a + hours * HOUR_S),
        usable=usable,
        lost=lost,
        cramps=tuple(Cramp(leg=leg, onset_s=a + h * HOUR_S, duration_s=60.0, intensity=10.0) for h in cramps_at_h),
        made_by=MADE_BY,
    )
