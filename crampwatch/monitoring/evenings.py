"""When a night begins and ends on the clock at the bedside: from local noon to local noon."""

import os
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from crampwatch.scoring import InputError, zone_named
from signals import night_of

NOON = time(12)
LOCALTIME = Path("/etc/localtime")
ZONES = "zoneinfo/"


def noon_after(utc: datetime, zone: ZoneInfo) -> datetime:
    """Return the end of the night that `utc` lies in, in UTC: the next local noon, 23 to 25 hours after the last.

    Noon itself belongs to the night that begins.
    """
    evening = night_of(utc.astimezone(zone))
    return datetime.combine(evening + timedelta(days=1), NOON, zone).astimezone(UTC)


def zone_here(given: str | None) -> str:
    """Return the name of the zone that was given, or else that of this computer.

    Raises `InputError` where the name is none, or the computer does not say its zone.
    """
    name = given or os.environ.get("TZ", "").removeprefix(":") or _linked()
    if not name:
        raise InputError("this computer does not say its time zone; give one with --zone, as in Europe/Zurich")
    zone_named(name)
    return name


def _linked() -> str:
    """Read the zone off the link that systems keep: /etc/localtime -> …/zoneinfo/Europe/Zurich."""
    try:
        target = str(LOCALTIME.resolve(strict=True))
    except OSError:
        return ""
    return target.partition(ZONES)[2]


def end_from(until: str | None, duration: str | None, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when to stop, in UTC: at the next HH:MM, or after a time such as 8h, 90min or 30s; None for never.

    Raises `InputError` where both are given or one is not such.
    """
    if until and duration:
        raise InputError("give --until or --for, not both")
    if duration:
        return now + _length(duration)
    if not until:
        return None
    try:
        clock = time.fromisoformat(until)
    except ValueError as error:
        raise InputError(f"--until {until!r}: write the time of day, as in 07:30") from error
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), clock, zone).astimezone(UTC)
    later = datetime.combine(local.date() + timedelta(days=1), clock, zone).astimezone(UTC)
    return today if today > now else later


def _length(text: str) -> timedelta:
    units = {"h": 3600.0, "min": 60.0, "s": 1.0}
    for unit, seconds in units.items():
        number = text.removesuffix(unit)
        if number != text and number.replace(".", "", 1).isdecimal() and float(number) > 0:
            return timedelta(seconds=float(number) * seconds)
    raise InputError(f"--for {text!r}: write a length of time, as in 8h, 90min or 30s")
