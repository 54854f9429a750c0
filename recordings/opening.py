"""Opening a recorded night of any kind."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from recordings.edf import EdfNight
from recordings.errors import ChannelChoiceError
from recordings.night_file import StoredNight, content_sha256, is_night_file
from signals import Source


class RecordedNight(Source, Protocol):
    """A night in a file: a `Source` that can be iterated any number of times, and what the file says of it.

    `participant` and `zone` (IANA) are None where the file does not say; `remarks` are what is wrong with the file
    but does not hinder reading it.
    """

    @property
    def path(self) -> Path:
        """The file."""
        ...

    @property
    def participant(self) -> str | None:
        """Pseudonym of the wearer."""
        ...

    @property
    def zone(self) -> str | None:
        """Time zone of the bedside."""
        ...

    @property
    def duration_s(self) -> float:
        """Seconds from sample 0 to the end."""
        ...

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is to be said of the file in every result."""
        ...


def open_recording(path: Path, emg: Sequence[str] = (), acc: Sequence[str] = ()) -> RecordedNight:
    """Open a recorded night; content, not the name's ending, decides what it is: a night file, EDF or BDF.

    `emg` and `acc` name the channels to use, see `recordings.montage.choose`; a night file says itself which
    channel is scored, and naming others is refused. Raises `RecordingError`.
    """
    if not is_night_file(path):
        return EdfNight(path, emg, acc)
    if emg or acc:
        raise ChannelChoiceError(f"{path} is a night file, which says itself which channels are scored; name none")
    return StoredNight(path)


def sha256_of(path: Path) -> str:
    """Return what identifies a recording: SHA-256 (hex) of an EDF or BDF file, of the content of a night file.

    The content of a night file is the same before and after it is brought into one file. Raises `RecordingError`
    for a night file that cannot be read.
    """
    if is_night_file(path):
        return content_sha256(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
