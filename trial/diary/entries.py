"""What a participant wrote of one night, as it lies in the log."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from nights.log.schema import DiaryEntry


@dataclass(frozen=True, slots=True)
class DiaryNight:
    """One night as it was written down. A night that nothing was written of has no entry; 0 is zero cramps felt.

    `times_local` are the times of some or all of the cramps, `HH:MM` on the participant's clock, in the order of
    the night (noon to noon); `severity` is the worst of the night from 0 to 10. `source` and `line` say where it
    came from.
    """

    participant: str
    night: date
    cramps: int
    times_local: tuple[str, ...]
    severity: float | None
    source: str
    line: int


def diary_of(connection: Connection, study_name: str) -> list[DiaryNight]:
    """Return all entries of a study, in the order of participants and nights."""
    wanted = select(DiaryEntry.__table__).where(DiaryEntry.study == study_name)
    found = [
        DiaryNight(
            participant=row["participant"],
            night=row["night"],
            cramps=row["cramps"],
            times_local=tuple(row["times_local"]),
            severity=row["severity"],
            source=row["source"],
            line=row["line"],
        )
        for row in connection.execute(wanted).mappings()
    ]
    return sorted(found, key=lambda entry: (entry.participant, entry.night))
