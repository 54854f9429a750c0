"""A night for the virtual sensor: noise and a leg that moves a little, one hour of it."""

from collections.abc import Iterator
from datetime import datetime

from signals import SampleBlock, Stream, StreamItem
from tests.made_up import acc_stream, emg_stream, lying, muscle

PIECE_S = 10.0
PIECES = 360


class Night:
    """A source of EMG at 1000 Hz and acceleration at 52 Hz; the same seed gives the same samples."""

    def __init__(self, seed: int) -> None:
        self.streams: tuple[Stream, ...] = (emg_stream(), acc_stream())
        self.start: datetime | None = None
        self._seed = seed

    def __iter__(self) -> Iterator[StreamItem]:
        """Make it up piece by piece."""
        for piece in range(PIECES):
            seed = self._seed * PIECES + piece
            values = muscle(PIECE_S, seed=seed), lying(PIECE_S, seed=seed + 1)
            for stream, made in zip(self.streams, values, strict=True):
                yield SampleBlock(stream.name, piece * len(made), made)
