"""The supervisor of one sensor through a night: it opens, watches, asks again, and never gives up."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime

from firmware_bridge.events import Event, Released
from firmware_bridge.host_clock import HostClock
from firmware_bridge.sensor import Sensor
from signals import CountBlock, Gap


class Bridge:
    """One sensor, supervised: readings in, events out.

    Leave `run` by cancelling the task that iterates it, or close the iterator (`contextlib.aclosing`): that closes
    the sensor. `run` may be called again, and `close_night` between two batches of events.
    """

    def __init__(self, sensor: Sensor, clock: HostClock) -> None:
        self._sensor = sensor
        self._clock = clock

    @property
    def began(self) -> datetime | None:
        """UTC of sample 0 of the night; None before the first sample came, fixed from then on."""
        raise NotImplementedError

    def restore(self, blocks: Iterable[CountBlock], gaps: Iterable[Gap], began: datetime) -> Iterator[Released]:
        """Feed a stored night back, before `run`: yields what can be released of it, as if it came now.

        Must be iterated to its end. What the stored night lacks is asked for once the sensor is open. `blocks` and
        `gaps` may come in any order that is in order within each stream; memory is constant then.
        """
        raise NotImplementedError

    def run(self) -> AsyncIterator[Sequence[Event]]:
        """Open the sensor and deliver what comes, for ever; each batch in the order in which it happened."""
        raise NotImplementedError

    def close_night(self) -> Released:
        """End the night: what is still missing becomes gaps, what was held back is released.

        The next sample that comes is sample 0 of a new night.
        """
        raise NotImplementedError
