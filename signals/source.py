"""The `Source` protocol: whatever delivers a stream, live or from a file, looks like this."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from signals.blocks import StreamItem
from signals.channels import Channel


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of a source: its name (`emg`, `acc`), its rate, and its channels in the order of the columns."""

    name: str
    fs_hz: float
    channels: tuple[Channel, ...]

    def __post_init__(self) -> None:
        if not self.fs_hz > 0:
            raise ValueError(f"stream {self.name!r} has a rate of {self.fs_hz} Hz; it must be above 0")
        if not self.channels:
            raise ValueError(f"stream {self.name!r} has no channels")


class Source(Protocol):
    """A night of streams.

    Iterating gives the items of all streams, each stream's items in order and without a hole: what is not a
    `SampleBlock` is a `Gap`. Different streams may be cut and interleaved in any way. The first channel of
    the stream `emg` is the muscle that is scored; the stream `acc`, where present, has three channels.
    """

    @property
    def streams(self) -> tuple[Stream, ...]:
        """The streams, `emg` first."""
        ...

    @property
    def start(self) -> datetime | None:
        """Local wall time of sample 0; aware where the zone is known; None where the source does not say."""
        ...

    def __iter__(self) -> Iterator[StreamItem]:
        """Deliver the items of all streams from the beginning."""
        ...
