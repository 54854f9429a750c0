"""Raw signals around the episodes of a night, read from the recording a second time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models import Label, ScoredEpisode
from nights import NightRecord
from nights.report import Excerpt
from signals import SampleBlock, Source, Stream, sample_at, seconds_at

MARGIN_S = 15.0


class Cutting:
    """A window `[first, end)` of one stream, NaN until its samples come by."""

    def __init__(self, stream: Stream, start_s: float, end_s: float) -> None:
        self.stream = stream
        self.first = max(0, sample_at(start_s, stream.fs_hz))
        self.values: NDArray[np.float64] = np.full(
            (sample_at(end_s, stream.fs_hz) - self.first, len(stream.channels)), np.nan
        )
        self.seen = 0  # samples up to the last that came by: the recording may end within the margin

    def take(self, block: SampleBlock) -> None:
        """Copy what the block has of the window."""
        a, b = max(block.first_sample, self.first), min(block.end, self.first + len(self.values))
        if block.stream == self.stream.name and a < b:
            self.values[a - self.first : b - self.first] = block.values[
                a - block.first_sample : b - block.first_sample
            ]
            self.seen = b - self.first

    def cut(self) -> NDArray[np.float64]:
        """Return the window up to where the recording ends."""
        return self.values[: self.seen]


def excerpts_of(source: Source, record: NightRecord) -> list[Excerpt]:
    """Cut an excerpt around every counted cramp; reads the source only where there is one."""
    cramps = [scored for scored in record.episodes if scored.label is Label.CRAMP]
    if not cramps:
        return []
    windows = cut_windows(source, [(s.episode.start_s - MARGIN_S, s.episode.end_s + MARGIN_S) for s in cramps])
    return [_excerpt(scored, cuttings) for scored, cuttings in zip(cramps, windows, strict=True)]


def cut_windows(source: Source, spans_s: Sequence[tuple[float, float]]) -> list[list[Cutting]]:
    """Cut spans, seconds from the start of the recording, out of every stream of a source, in one pass."""
    windows = [[Cutting(stream, start_s, end_s) for stream in source.streams] for start_s, end_s in spans_s]
    for item in source:
        if isinstance(item, SampleBlock):
            for cuttings in windows:
                for cutting in cuttings:
                    cutting.take(item)
    return windows


def _excerpt(scored: ScoredEpisode, cuttings: list[Cutting]) -> Excerpt:
    emg, acc = cuttings[0], (cuttings[1] if len(cuttings) > 1 else None)
    return Excerpt(
        episode=scored,
        start_s=seconds_at(emg.first, emg.stream.fs_hz),
        emg_uv=emg.cut(),
        emg_fs_hz=emg.stream.fs_hz,
        channels=tuple(channel.name for channel in emg.stream.channels),
        acc_g=acc.cut() if acc else None,
        acc_fs_hz=acc.stream.fs_hz if acc else None,
    )
