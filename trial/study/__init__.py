"""A study as it was planned: one TOML file, in which no arm stands."""

from trial.study.errors import StudyError
from trial.study.parts import Participant, Period, PeriodKind, Site
from trial.study.reading import read_study, schema_of_study
from trial.study.study import Study

__all__ = ["Participant", "Period", "PeriodKind", "Site", "Study", "StudyError", "read_study", "schema_of_study"]
