"""Diaries: what participants wrote down of their nights, read, checked and kept with the log."""

from trial.diary.entries import DiaryNight, diary_of

__all__ = ["DiaryNight", "diary_of"]
