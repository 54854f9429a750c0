"""Recorded nights: read EDF, EDF+C, BDF and BDF+C as a `Source`, write EDF+C and BDF+C, small real samples."""

from recordings.annotations import Annotation
from recordings.edf import EdfNight, open_recording
from recordings.errors import RecordingError
from recordings.writer import write_edf

__all__ = ["Annotation", "EdfNight", "RecordingError", "open_recording", "write_edf"]
