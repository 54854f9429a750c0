"""Two participants over four nights with everything in them that can go wrong; expectations are worked by hand.

The clock of A-001 (Zurich) is put back on 25 October 2026 at 03:00. Nights by their evening:

======  ============================================  ========================================
        A-001, both legs, sensor CW-0007 on the left  A-002, left leg, in Lisbon
======  ============================================  ========================================
22 Oct  run-in: both legs cramp at once, 23:00        run-in: electrode off all night
23 Oct  8 h without a cramp                           3 h without a cramp: short
24 Oct  left 02:30 summer time, right 02:59:30        not received
25 Oct  not received                                  8 h, 3 h lost, one cramp: short
======  ============================================  ========================================
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from tests.trial.studies import ZURICH, person, seen, study_of
from trial.diary import DiaryNight
from trial.exports.cdisc.model import Table, Value
from trial.exports.cdisc.tables import tables_of
from trial.exports.data import StudyData
from trial.nightly import Result, leg_nights, participant_nights
from trial.records import Version
from trial.study import Study
from trial.study.parts import Assigned

FIRST = date(2026, 10, 22)
LISBON = ZoneInfo("Europe/Lisbon")
ARMS = {"A-001": "vitamin", "A-002": "dummy pill"}
VERSION = Version(1, "calf-1", "0" * 16, "crampwatch 0.1.0")
AT = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
DIARY = (
    DiaryNight("A-001", date(2026, 10, 22), 1, ("23:05",), None, "diary.csv", 2),
    DiaryNight("A-001", date(2026, 10, 23), 0, (), None, "diary.csv", 3),
    DiaryNight("A-001", date(2026, 10, 24), 2, ("02:31",), 7.5, "diary.csv", 4),
)
Record = dict[str, Value]


def study() -> Study:
    first = person("A-001", FIRST, ("L", "R")).model_copy(
        update={"devices": (Assigned(serial="CW-0007", leg="L"),)}
    )
    return study_of(first, person("A-002", FIRST, site="B"), run_in=1, treatment=3)


def results() -> list[Result]:
    def evening(day: int, zone: ZoneInfo = ZURICH) -> datetime:
        return datetime(2026, 10, day, 22, tzinfo=zone)

    before_the_clock_goes_back = (4 * 3600 + 59 * 60 + 30) / 3600
    return [
        seen(evening(22), 8, (1.0,), leg="L", number=1),
        seen(evening(22), 8, (1.0,), leg="R", number=2),
        seen(evening(23), 8, leg="L", number=3),
        seen(evening(23), 8, leg="R", number=4),
        seen(evening(24), 8, (4.5,), leg="L", number=5),
        seen(evening(24), 8, (before_the_clock_goes_back,), leg="R", number=6),
        seen(evening(22, LISBON), 8, lost_h=((0, 8, "lead_off"),), participant="A-002", number=7),
        seen(evening(23, LISBON), 3, participant="A-002", number=8),
        seen(evening(25, LISBON), 8, (1.0,), lost_h=((5, 8, "link_lost"),), participant="A-002", number=9),
    ]


def data(
    arm_of: dict[str, str] | None = None, of: list[Result] | None = None, diary: tuple[DiaryNight, ...] = DIARY
) -> StudyData:
    found = results() if of is None else of
    return StudyData(
        study=study(),
        version=VERSION,
        results=tuple(found),
        nights=tuple(participant_nights(study(), leg_nights(study(), found))),
        diary=diary,
        arm_of=arm_of,
        at=AT,
    )


def table(name: str, of: StudyData | None = None) -> Table:
    return next(one for one in tables_of(of or data()) if one.dataset.name == name)


def records(name: str, of: StudyData | None = None, **where: Value) -> list[Record]:
    """Return the records of a data set in which the variables named have the values given."""
    found = table(name, of)
    names = [variable.name for variable in found.dataset.variables]
    rows = [dict(zip(names, row, strict=True)) for row in found.rows]
    return [row for row in rows if all(row[key] == value for key, value in where.items())]


def columns(rows: list[Record], *names: str) -> list[tuple[Value, ...]]:
    return [tuple(row[name] for name in names) for row in rows]
