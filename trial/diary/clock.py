"""From a time on the wearer's clock to moments: twice a year a time comes twice, or never."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from signals.time import NOON_H


def moments_of(night: date, clock: time, zone: ZoneInfo) -> tuple[float, ...]:
    """Return when the clock showed this time in a night, in POSIX seconds, the earlier first.

    A night is noon to noon: 12:00 is its first minute. Two moments where the clock was put back over that time,
    none where it was put forward over it.
    """
    day = night if clock.hour >= NOON_H else night + timedelta(days=1)
    found: set[float] = set()
    for fold in (0, 1):
        shown = datetime.combine(day, clock, zone).replace(fold=fold)
        moment = shown.astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == shown.replace(tzinfo=None):
            found.add(moment.timestamp())
    return tuple(sorted(found))
