"""What every export is made of: one version of a study, its results, its nights and its diary."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from trial.diary import DiaryNight
from trial.nightly import ParticipantNight, Result
from trial.records import Version
from trial.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyData:
    """One version of a study, complete.

    `nights` has every expected night in the order of the study, `results` what they come from, by id; `arm_of` is
    None as long as the study is blinded; `at` is when the export is made, aware; `locked`: the version is locked,
    and was proved to be what was locked.
    """

    study: Study
    version: Version
    results: tuple[Result, ...]
    nights: tuple[ParticipantNight, ...]
    diary: tuple[DiaryNight, ...]
    arm_of: Mapping[str, str] | None
    at: datetime
    locked: bool = False
