"""Participants as subjects: their identifiers, reference dates, and arms where those are known."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from trial.exports.cdisc import terms
from trial.exports.cdisc.model import Row
from trial.exports.data import StudyData
from trial.study import Participant, Period, PeriodKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One participant. `treatment` has the evenings of the first and last planned night of treatment, if any.

    `arm` and its number by the alphabet are None as long as the study is blinded.
    """

    participant: Participant
    usubjid: str
    zone: ZoneInfo
    first: date
    last: date
    treatment: tuple[date, date] | None
    arm: str | None
    arm_number: int | None

    @property
    def reference(self) -> date:
        """Day from which study days are counted: that of the first planned night of treatment, or else of all."""
        return self.treatment[0] if self.treatment else self.first

    def study_day(self, day: date) -> int:
        """Return the day of the study; there is no day 0 (SDTMIG 3.4, 4.4.4)."""
        days = (day - self.reference).days
        return days + 1 if days >= 0 else days

    def local(self, at_s: float) -> datetime:
        """Return a moment on the subject's clock."""
        return datetime.fromtimestamp(at_s, self.zone)


def subjects_of(data: StudyData) -> dict[str, Subject]:
    """Return all participants of the study by their pseudonyms, in its order."""
    arms = sorted(set(data.arm_of.values())) if data.arm_of is not None else []
    return {participant.id: _subject(data, participant, arms) for participant in data.study.participants}


def demographics(data: StudyData, subjects: dict[str, Subject]) -> list[Row]:
    """Return the records of DM."""
    return [
        {
            "STUDYID": data.study.name,
            "DOMAIN": "DM",
            "USUBJID": subject.usubjid,
            "SUBJID": subject.participant.id,
            "RFSTDTC": subject.reference.isoformat(),
            "RFENDTC": subject.last.isoformat(),
            "SITEID": subject.participant.site,
            "ARMCD": f"ARM{subject.arm_number}" if subject.arm_number else None,
            "ARM": subject.arm,
            "ARMNRS": None if subject.arm else terms.BLINDED,
        }
        for subject in subjects.values()
    ]


def week_name(period: Period, week: int) -> str:
    """Return what a week of a period is called as an analysis visit."""
    return f"{period.name.upper()} WEEK {week}"


def _subject(data: StudyData, participant: Participant, arms: list[str]) -> Subject:
    nights = list(data.study.nights_of(participant))
    treatment = [night for period, night in nights if period.kind is PeriodKind.TREATMENT]
    arm = data.arm_of[participant.id] if data.arm_of is not None else None
    return Subject(
        participant=participant,
        usubjid=f"{data.study.name}-{participant.id}",
        zone=ZoneInfo(data.study.zone_of(participant)),
        first=nights[0][1],
        last=nights[-1][1],
        treatment=(treatment[0], treatment[-1]) if treatment else None,
        arm=arm,
        arm_number=arms.index(arm) + 1 if arm is not None else None,
    )
