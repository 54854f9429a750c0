"""A small study, worked out by hand, that every exporter is held against.

A-001 (Zurich, both legs), run-in of two nights and treatment of two:

| night | left | right |
|---|---|---|
| Fri 27 Mar | 8 h from 22:00, two cramps at 1 h and 3 h | 8 h, one cramp at 1 h: simultaneous with the left one |
| Sat 28 Mar, 23 h long | 8 h from 22:00 (+01:00) to 07:00 (+02:00), a cramp at 5 h: 04:00 (+02:00) | not received |
| Sun 29 Mar | 8 h, none: a zero | 8 h, none: a zero |
| Mon 30 Mar | 8 h without contact: missing, `lead_off` | not received |

B-002 (Lisbon, left leg) has only 2 h of the first night, short, without a cramp; nothing of the others.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from tests.trial.studies import MADE_BY, ZURICH, person, seen, study_of
from trial.diary import DiaryNight
from trial.exports.data import StudyData
from trial.nightly import Result, leg_nights, participant_nights
from trial.records import Version
from trial.study import Study
from trial.study.parts import Assigned

FIRST = date(2026, 3, 27)
AT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
LISBON = ZoneInfo("Europe/Lisbon")
ARMS = {"A-001": "verum", "B-002": "placebo"}


def at_ten(day: int, zone: ZoneInfo = ZURICH) -> datetime:
    return datetime(2026, 3, day, 22, tzinfo=zone)


def made_study() -> Study:
    both = person("A-001", FIRST, legs=("L", "R"))
    both = both.model_copy(update={"devices": (Assigned(serial="CW-0008", leg="L"),)})
    return study_of(both, person("B-002", FIRST, site="B"), run_in=2, treatment=2)


def made_results() -> tuple[Result, ...]:
    return (
        seen(at_ten(27), 8, (1.0, 3.0), number=1),
        seen(at_ten(27), 8, (1.0,), leg="R", number=2),
        seen(at_ten(28), 8, (5.0,), number=3),
        seen(at_ten(29), 8, number=4),
        seen(at_ten(29), 8, leg="R", number=5),
        seen(at_ten(30), 8, lost_h=((0.0, 8.0, "lead_off"),), number=6),
        seen(at_ten(27, LISBON), 2, participant="B-002", number=7),
    )


def made_data(*, unblinded: bool = False, locked: bool = False) -> StudyData:
    study, results = made_study(), made_results()
    return StudyData(
        study=study,
        version=Version(1, MADE_BY.profile, MADE_BY.profile_hash, MADE_BY.software),
        results=results,
        nights=tuple(participant_nights(study, leg_nights(study, results))),
        diary=(
            DiaryNight("A-001", FIRST, 2, ("23:10", "01:05"), 7.0, "diary.csv", 2),
            DiaryNight("A-001", date(2026, 3, 29), 0, (), None, "diary.csv", 3),
        ),
        arm_of=ARMS if unblinded else None,
        at=AT,
        locked=locked,
    )
