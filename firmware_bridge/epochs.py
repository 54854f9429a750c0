"""Where the samples of a sensor's runs lie in the night."""

from bisect import bisect_right
from collections.abc import Mapping


class Epoch:
    """One run of the sensor: for each stream, which sample of the night its count 0 is.

    Where a count was found to lag behind the sensor's clock, it lies later from there on (`slip`): a run has parts.
    """

    def __init__(self, number: int, offsets: Mapping[str, int]) -> None:
        self.number = number
        self._starts: dict[str, list[int]] = {stream: [0] for stream in offsets}
        self._offsets: dict[str, list[int]] = {stream: [offset] for stream, offset in offsets.items()}
        self._stored: set[str] = set()

    def slip(self, stream: str, counter: int, samples: int) -> None:
        """Let the counts from `counter` on lie `samples` later than they did."""
        self._starts[stream].append(counter)
        self._offsets[stream].append(self._offsets[stream][-1] + samples)

    def restore(self, stream: str, counter: int, first_sample: int) -> None:
        """Learn where a stored block lies."""
        if stream not in self._stored:
            self._stored.add(stream)
            self._offsets[stream] = [first_sample - counter]
        elif self.sample_of(stream, counter) != first_sample:
            self.slip(stream, counter, first_sample - counter - self._offsets[stream][-1])

    def sample_of(self, stream: str, counter: int) -> int:
        """Return which sample of the night a count is; may be negative."""
        part = bisect_right(self._starts[stream], max(0, counter)) - 1
        return counter + self._offsets[stream][part]

    def latest_sample_of(self, stream: str, counter: int) -> int:
        """Return which sample a count would be in the run's latest part."""
        return counter + self._offsets[stream][-1]

    def counts_of(self, stream: str, first: int, end: int) -> list[tuple[int, int]]:
        """Return the counts of the samples `[first, end)`, one stretch for each part of the run that has some."""
        starts, found = self._starts[stream], list[tuple[int, int]]()
        for i, offset in enumerate(self._offsets[stream]):
            a = max(first - offset, starts[i])
            b = end - offset if i + 1 == len(starts) else min(end - offset, starts[i + 1])
            if a < b:
                found.append((a, b))
        return found

    def head_of(self, stream: str, end: int) -> int:
        """Return the count just past the samples before `end`."""
        return max(0, end - self._offsets[stream][-1])
