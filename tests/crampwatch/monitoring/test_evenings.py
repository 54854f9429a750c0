"""Nights from local noon to local noon, also where the clocks change, and the end that was asked for."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crampwatch.monitoring.evenings import end_from, noon_after, zone_here
from crampwatch.scoring import InputError

ZURICH = ZoneInfo("Europe/Zurich")


def local(text: str, zone: ZoneInfo = ZURICH) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "noon"),
    [
        ("2026-01-15T11:59:59", "2026-01-15T12:00:00"),
        ("2026-01-15T12:00:00", "2026-01-16T12:00:00"),  # noon itself begins the next night
        ("2026-01-15T23:30:00", "2026-01-16T12:00:00"),
        ("2026-01-16T00:30:00", "2026-01-16T12:00:00"),
        ("2026-12-31T22:00:00", "2027-01-01T12:00:00"),
    ],
)
def test_a_night_ends_at_the_next_local_noon(now: str, noon: str) -> None:
    assert noon_after(local(now), ZURICH) == local(noon)


@pytest.mark.parametrize(
    ("evening", "hours"),
    [("2026-03-28", 23), ("2026-10-24", 25), ("2026-06-01", 24)],  # EU: clocks change on 29 March and 25 October
)
def test_a_night_in_which_clocks_change_has_23_or_25_hours(evening: str, hours: int) -> None:
    begun = local(f"{evening}T12:00:00")
    assert noon_after(begun, ZURICH) - begun == timedelta(hours=hours)


def test_the_zone_is_the_bedrooms_not_that_of_utc() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    now = datetime(2026, 1, 15, 6, 29, tzinfo=UTC)  # 11:59 there
    assert noon_after(now, kolkata) == datetime(2026, 1, 15, 6, 30, tzinfo=UTC)


def test_the_end_is_the_next_such_time_or_after_so_long() -> None:
    now = local("2026-01-15T22:00:00")
    assert end_from("07:30", None, now, ZURICH) == local("2026-01-16T07:30:00")
    assert end_from("22:00", None, now, ZURICH) == local("2026-01-16T22:00:00")
    assert end_from("22:01", None, now, ZURICH) == local("2026-01-15T22:01:00")
    assert end_from(None, "8h", now, ZURICH) == now + timedelta(hours=8)
    assert end_from(None, "1.5h", now, ZURICH) == now + timedelta(minutes=90)
    assert end_from(None, "90min", now, ZURICH) == now + timedelta(minutes=90)
    assert end_from(None, "30s", now, ZURICH) == now + timedelta(seconds=30)
    assert end_from(None, None, now, ZURICH) is None


@pytest.mark.parametrize(
    ("until", "duration", "message"),
    [
        ("7", "8h", "not both"),
        ("half past seven", None, "as in 07:30"),
        (None, "8", "as in 8h"),
        (None, "-1h", "as in 8h"),
        (None, "0h", "as in 8h"),
        (None, "h", "as in 8h"),
    ],
)
def test_an_end_that_is_none_is_refused(until: str | None, duration: str | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        end_from(until, duration, local("2026-01-15T22:00:00"), ZURICH)


def test_the_computers_zone_is_taken_where_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/St_Johns")
    assert zone_here(None) == "America/St_Johns"
    assert zone_here("Europe/Zurich") == "Europe/Zurich"
    with pytest.raises(InputError, match="no time zone 'Mars'"):
        zone_here("Mars")
