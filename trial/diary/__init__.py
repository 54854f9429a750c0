"""Diaries: what participants wrote down of their nights, read, checked and kept with the log."""

from trial.diary.entries import DiaryNight, diary_of
from trial.diary.errors import DiaryError
from trial.diary.importing import Imported, import_diary
from trial.diary.reading import DiaryFile, read_diary
from trial.diary.redcap import RedcapFields, read_fields

__all__ = [
    "DiaryError",
    "DiaryFile",
    "DiaryNight",
    "Imported",
    "RedcapFields",
    "diary_of",
    "import_diary",
    "read_diary",
    "read_fields",
]
