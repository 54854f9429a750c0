"""What was appended to a night file and is not yet on the disk."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from recordings.night_file.notes import ClockAnchor, Note
from recordings.night_file.rows import Row, block_row, merged, sealed
from signals import CountBlock, Gap


@dataclass(slots=True)
class Batch:
    """Blocks, gaps, notes and anchors in the order in which they came."""

    blocks: list[CountBlock] = field(default_factory=list[CountBlock])
    gaps: list[Gap] = field(default_factory=list[Gap])
    notes: list[Note] = field(default_factory=list[Note])
    anchors: list[ClockAnchor] = field(default_factory=list[ClockAnchor])

    def __bool__(self) -> bool:
        return bool(self.blocks or self.gaps or self.notes or self.anchors)

    @property
    def n_bytes(self) -> int:
        """Bytes that the counts take in memory."""
        return sum(block.counts.nbytes for block in self.blocks)

    def rows(self) -> dict[str, list[Row]]:
        """Return the rows to insert, by table; blocks that join on to each other are one row."""
        return {
            "blocks": [block_row(block) for block in merged(self.blocks)],
            "gaps": [sealed((gap.stream, gap.first_sample, gap.end, gap.reason.value)) for gap in self.gaps],
            "notes": [sealed((note.at.isoformat(), note.kind.value, note.text)) for note in self.notes],
            "anchors": [
                sealed((a.sample, float(a.monotonic_s), a.utc.isoformat(), int(a.synchronised)))
                for a in self.anchors
            ],
        }


class Pending:
    """A batch that one thread fills while another one takes it away."""

    def __init__(self, channels: dict[str, int]) -> None:
        self._channels = channels
        self._lock = threading.Lock()
        self._batch = Batch()
        self._n_bytes = 0

    @property
    def n_bytes(self) -> int:
        """Bytes of counts that wait."""
        return self._n_bytes

    def append(self, blocks: Iterable[CountBlock], gaps: Iterable[Gap]) -> None:
        """Add blocks and gaps; raises ValueError for one of an unknown stream or with other channels."""
        blocks, gaps = list(blocks), list(gaps)
        for stream in (*(block.stream for block in blocks), *(gap.stream for gap in gaps)):
            if stream not in self._channels:
                raise ValueError(f"the night file has no stream {stream!r}; it has {', '.join(self._channels)}")
        for block in blocks:
            if block.counts.shape[1] != self._channels[block.stream]:
                raise ValueError(
                    f"a block of stream {block.stream!r} has {block.counts.shape[1]} channels, the night file has "
                    f"{self._channels[block.stream]}"
                )
        with self._lock:
            self._batch.blocks += blocks
            self._batch.gaps += gaps
            self._n_bytes += sum(block.counts.nbytes for block in blocks)

    def note(self, note: Note) -> None:
        """Add a note."""
        with self._lock:
            self._batch.notes.append(note)

    def anchor(self, anchor: ClockAnchor) -> None:
        """Add a clock anchor."""
        with self._lock:
            self._batch.anchors.append(anchor)

    def take(self) -> Batch:
        """Take away all that waits."""
        with self._lock:
            taken, self._batch, self._n_bytes = self._batch, Batch(), 0
        return taken

    def put_back(self, taken: Batch) -> None:
        """Put back what was taken, before what came since."""
        with self._lock:
            newer = self._batch
            self._batch = Batch(
                taken.blocks + newer.blocks,
                taken.gaps + newer.gaps,
                taken.notes + newer.notes,
                taken.anchors + newer.anchors,
            )
            self._n_bytes = self._batch.n_bytes
