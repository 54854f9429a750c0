"""The one place where sample indices become seconds, seconds become samples, and wall time becomes a night."""

from datetime import date, datetime, timedelta

NOON_H = 12


def seconds_at(sample: int, fs_hz: float) -> float:
    """Seconds from the start of the stream to the beginning of `sample`."""
    return sample / fs_hz


def sample_at(seconds: float, fs_hz: float) -> int:
    """Index of the sample nearest to `seconds` from the start of the stream."""
    return round(seconds * fs_hz)


def hop_samples(hop_s: float, fs_hz: float) -> int:
    """Return the whole number of samples nearest to `hop_s`, at least one.

    A hop of 50 ms is 56 samples (50.4 ms) at 1111 Hz. Times are always counted in samples, never in hops
    times `hop_s`, so that nothing drifts over a night.
    """
    return max(1, round(hop_s * fs_hz))


def night_of(local_start: datetime) -> date:
    """Return the night that a local wall time belongs to: noon to noon, named by the evening's date.

    >>> night_of(datetime(2026, 3, 29, 0, 30))
    datetime.date(2026, 3, 28)
    """
    day = local_start.date()
    return day if local_start.hour >= NOON_H else day - timedelta(days=1)
