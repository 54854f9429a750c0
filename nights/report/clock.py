"""The clock of a night: seconds from the start of the recording as local wall time, or as time since the start."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from nights.record import Recording

STEPS_S = (5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600)
TICKS_MAX = 11
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class Clock:
    """Local wall time where `start` is known, else hours since the start.

    An aware `start` is carried on in `zone`, so that a night in which the clocks change reads as they did.
    """

    start: datetime | None
    zone: str | None

    @classmethod
    def of(cls, recording: Recording) -> "Clock":
        """Return the clock of a recording."""
        return cls(recording.start, recording.zone)

    def at(self, seconds: float) -> datetime | None:
        """Local wall time of a moment; None where the time of day was not recorded."""
        if self.start is None:
            return None
        passed = timedelta(seconds=seconds)
        if self.start.tzinfo is None:
            return self.start + passed
        return (self.start.astimezone(UTC) + passed).astimezone(
            ZoneInfo(self.zone) if self.zone else self.start.tzinfo
        )

    def text(self, seconds: float) -> str:
        """Say a moment to the second: `02:14:07`, or `+3:14:07` since the start."""
        local = self.at(seconds)
        if local is not None:
            return f"{local + timedelta(microseconds=500_000):%H:%M:%S}"
        whole = round(seconds)
        return f"+{whole // HOUR_S}:{whole // MINUTE_S % MINUTE_S:02d}:{whole % MINUTE_S:02d}"

    def ticks(self, end_s: float) -> list[tuple[float, str]]:
        """Return at most 12 round moments in `[0, end_s]` with their names, for an axis of time."""
        step_s = next((step for step in STEPS_S if end_s <= step * TICKS_MAX), DAY_S)
        local = self.at(0.0)
        first_s = 0.0 if local is None else -_second_of_day(local) % step_s
        moments: list[tuple[float, str]] = []
        while first_s + len(moments) * step_s <= end_s:
            moment_s = first_s + len(moments) * step_s
            text = self.text(moment_s)
            moments.append((moment_s, text[:-3] if step_s >= MINUTE_S else text))
        return moments


def _second_of_day(local: datetime) -> float:
    return local.hour * HOUR_S + local.minute * MINUTE_S + local.second + local.microsecond / 1e6
