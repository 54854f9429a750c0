"""The body under the sensor: a source of samples, read forward, as the converter finds it at each moment."""

from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from signals import Gap, Source, Stream, StreamItem

Floats = NDArray[np.float64]


class Feed:
    """Reads a source once, from the beginning, by stream and sample index.

    Holds what has been read of one stream while another is asked for: about one block of the source, as long as no
    stream is left behind (`skip`).
    """

    def __init__(self, source: Source) -> None:
        self.streams: dict[str, Stream] = {stream.name: stream for stream in source.streams}
        self._items: Iterator[StreamItem] | None = iter(source)
        self._waiting: dict[str, deque[StreamItem]] = {name: deque() for name in self.streams}
        self._read_to = dict.fromkeys(self.streams, 0)

    def available(self, stream: str, end: int) -> int:
        """Read on until sample `end` of the stream is there; return how far it goes, less only at its end."""
        while self._read_to[stream] < end and self._items is not None:
            item = next(self._items, None)
            if item is None:
                self._items = None
            else:
                self._waiting[item.stream].append(item)
                self._read_to[item.stream] = item.end
        return min(end, self._read_to[stream])

    def take(self, stream: str, first: int, end: int) -> tuple[Floats, NDArray[np.bool_]]:
        """Return samples `[first, end)`, shape (n, n_channels), and which of them the source has.

        Fewer at the end of the source. What lies before `end` is forgotten. Where the source has a gap the values
        are 0.
        """
        end = max(first, self.available(stream, end))
        values = np.zeros((end - first, len(self.streams[stream].channels)))
        present = np.zeros(end - first, dtype=np.bool_)
        for item in self._waiting[stream]:
            a, b = max(first, item.first_sample), min(end, item.end)
            if a < b and not isinstance(item, Gap):
                values[a - first : b - first] = item.values[a - item.first_sample : b - item.first_sample]
                present[a - first : b - first] = True
        self.skip(stream, end)
        return values, present

    def skip(self, stream: str, end: int) -> None:
        """Forget what lies before `end`."""
        waiting = self._waiting[stream]
        while waiting and waiting[0].end <= end:
            waiting.popleft()
