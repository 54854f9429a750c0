"""What a night file keeps beside samples: notes, and anchors that tie samples to the clocks."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

PERCENT = 100
SLACK_S, SLACK_PPM = 5.0, 500.0  # how far one run of the monotonic clock may be from the count of samples


class NoteKind(StrEnum):
    """What a note is about."""

    STATUS = "status"  # of the sensor: battery, temperature, restart
    LINK = "link"  # up, down, and why
    STATE = "state"  # OK, WARNING, FAULT
    FLAG = "flag"  # what the live detector said
    DEFECTS = "defects"  # frames that could not be used
    REMARK = "remark"  # stands in every result of the night


@dataclass(frozen=True, slots=True)
class Note:
    """A text at a time (UTC, as the host had it)."""

    kind: NoteKind
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BatteryLevel:
    """How full the sensor's battery was, full at 1, and its voltage; None where the sensor does not say."""

    share: float | None
    volts: float | None


def battery_in_words(level: BatteryLevel) -> str:
    """Say a level as a note of the sensor's status begins: `battery 87 %, 3.91 V`."""
    known = [] if level.share is None else [f"{round(level.share * PERCENT)} %"]
    known += [] if level.volts is None else [f"{level.volts:g} V"]
    return f"battery {', '.join(known) or 'not said'}"


def battery_levels(notes: Iterable[Note]) -> Iterator[BatteryLevel]:
    """Give the levels of the battery that notes tell, in their order."""
    for note in notes:
        if note.kind is NoteKind.STATUS and note.text.startswith("battery "):
            percent, volts = re.search(r"\b(\d+) %", note.text), re.search(r"\b(\d+(?:\.\d+)?) V\b", note.text)
            if percent or volts:
                yield BatteryLevel(
                    int(percent[1]) / PERCENT if percent else None, float(volts[1]) if volts else None
                )


@dataclass(frozen=True, slots=True)
class ClockAnchor:
    """When a sample of `emg` was taken: on the host's monotonic clock, and in its UTC.

    `synchronised`: the host's UTC was known to be right (NTP), so that it can be believed.
    """

    sample: int
    monotonic_s: float
    utc: datetime
    synchronised: bool = False


def began_at(anchors: Sequence[ClockAnchor], fs_hz: float) -> datetime | None:
    """Return the UTC of sample 0; None without an anchor.

    The last synchronised anchor says what time it was, else the last one: a computer without a clock of its own
    learns the time during the night. From there back to sample 0 it is the monotonic clock that counts, as far as
    the first anchor is of the same run of it (the host did not restart), else the samples at their nominal rate.
    """
    if not anchors:
        return None
    best = next((a for a in reversed(anchors) if a.synchronised), anchors[-1])
    first = anchors[0]
    by_count_s = (best.sample - first.sample) / fs_hz
    by_clock_s = best.monotonic_s - first.monotonic_s
    same_run = abs(by_clock_s - by_count_s) <= SLACK_S + SLACK_PPM * 1e-6 * abs(by_count_s)
    elapsed_s = (by_clock_s if same_run else by_count_s) + first.sample / fs_hz
    return best.utc.astimezone(UTC) - timedelta(seconds=elapsed_s)
