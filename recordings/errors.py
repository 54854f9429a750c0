"""Everything that can be wrong with a recorded night, as one tree of errors."""


class RecordingError(Exception):
    """A recording cannot be read or written; the message says what was found and what to do."""


class UnreadableRecordingError(RecordingError):
    """The file is missing, is no EDF or BDF, or its header or its data records are damaged."""


class DiscontinuousRecordingError(RecordingError):
    """The file has holes in time (EDF+D, BDF+D, or record onsets that jump)."""


class ChannelChoiceError(RecordingError):
    """The channels to use are absent or ambiguous; the message lists the channels of the file."""


class ScalingError(RecordingError):
    """Unit, physical range, digital range or rate of a channel cannot be used."""


class AnnotationError(RecordingError):
    """An annotation is not written as EDF+ says, or a gap annotation is incomplete."""


class EmptySignalError(RecordingError):
    """A chosen EMG channel holds only zeros."""


class WritingError(RecordingError):
    """Values cannot be written as EDF+ or BDF+."""


class UnknownSampleError(RecordingError):
    """No sample recording has this name."""


class StorageError(RecordingError):
    """A night file cannot be written now (disk full, gone, read-only, failing); trying again later may help."""


class FinishedNightError(RecordingError):
    """A night file is finished and never changes again."""
