"""Recorded nights: the night file, written and read; EDF and BDF (plain, +C) as a `Source`; small real samples."""

from recordings.annotations import Annotation
from recordings.edf import EdfNight
from recordings.errors import FinishedNightError, RecordingError, StorageError
from recordings.opening import RecordedNight, open_recording, sha256_of
from recordings.writer import write_edf

__all__ = [
    "Annotation",
    "EdfNight",
    "FinishedNightError",
    "RecordedNight",
    "RecordingError",
    "StorageError",
    "open_recording",
    "sha256_of",
    "write_edf",
]
