"""Whether the lines of a diary fit the study; everything that does not is said at once, by line."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from signals import night_of
from signals.time import NOON_H
from trial.diary.clock import moments_of
from trial.diary.entries import DiaryNight
from trial.diary.lines import Line
from trial.study import Study

CLOCK = re.compile(r"(?:(\d{4}-\d{2}-\d{2})[ T])?([0-2]\d):([0-5]\d)", re.ASCII)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
COUNT = re.compile(r"\d{1,4}", re.ASCII)
NUMBER = re.compile(r"\d{1,2}(?:\.\d+)?", re.ASCII)
HOURS = 24
WORST = 10.0


def entries_of(study: Study, lines: Iterable[Line], source: str) -> tuple[list[DiaryNight], list[str]]:
    """Return the entries in the order of the file, and what is wrong, one sentence each with its line.

    An entry is there only where nothing is wrong with its line.
    """
    zones = {person.id: ZoneInfo(study.zone_of(person)) for person in study.participants}
    nights = {person.id: {night for _, night in study.nights_of(person)} for person in study.participants}
    first_line: dict[tuple[str, date], int] = {}
    entries: list[DiaryNight] = []
    found: list[str] = []
    for line in lines:
        problems: list[str] = []
        night = _night(line, nights, problems)
        cramps = _cramps(line, problems)
        times = _times(line, night, zones.get(line.participant), problems)
        if cramps is not None and len(times) > cramps:
            problems.append(f"{len(times)} times for {cramps} cramps; a cramp has one time")
        severity = _severity(line, problems)
        if night is not None:
            earlier = first_line.setdefault((line.participant, night), line.number)
            if earlier != line.number:
                problems.append(f"{line.participant} {night} is there already, on line {earlier}")
        found += [f"line {line.number}: {problem}" for problem in problems]
        if not problems and night is not None and cramps is not None:
            entries.append(
                DiaryNight(line.participant, night, cramps, times, severity, source=source, line=line.number)
            )
    return entries, found


def _night(line: Line, nights: dict[str, set[date]], problems: list[str]) -> date | None:
    night = None
    try:
        night = date.fromisoformat(line.night) if DATE.fullmatch(line.night) else None
    except ValueError:  # a date that no calendar has, such as 2026-02-30: said below
        night = None
    if night is None:
        problems.append(f"night {line.night!r} is no date; write the evening's, as in 2026-03-02")
    if line.participant not in nights:
        problems.append(f"participant {line.participant!r} is not in the study")
        return None
    if night is not None and night not in nights[line.participant]:
        of = nights[line.participant]
        problems.append(
            f"{night} is no night of {line.participant} in the study, whose nights are {min(of)} to {max(of)}"
        )
    return night


def _cramps(line: Line, problems: list[str]) -> int | None:
    if COUNT.fullmatch(line.cramps):
        return int(line.cramps)
    hint = "leave the line out if nothing was written down" if not line.cramps else "write 0, 1, 2, …"
    problems.append(f"count {line.cramps!r} is no whole number from 0 on; {hint}")
    return None


def _times(line: Line, night: date | None, zone: ZoneInfo | None, problems: list[str]) -> tuple[str, ...]:
    """Return the times of a line as `HH:MM` in the order of the night."""
    clocks: list[time] = []
    for text in (part.strip() for part in line.times.split(";")):
        if not text:
            continue
        parts = CLOCK.fullmatch(text)
        if parts is None or int(parts[2]) >= HOURS:
            problems.append(f"time {text!r} is no time of day; write times as in 23:40;04:10")
            continue
        clock = time(int(parts[2]), int(parts[3]))
        clocks.append(clock)
        if night is None:
            continue
        if parts[1] is not None and not _in_night(parts[1], clock, night):
            problems.append(f"time {text!r} is not within the night of {night}, noon to noon")
        elif zone is not None and not moments_of(night, clock, zone):
            problems.append(f"time {text!r} did not exist in {zone} that night: the clock was put forward")
    return tuple(f"{clock:%H:%M}" for clock in sorted(clocks, key=lambda clock: (clock.hour < NOON_H, clock)))


def _in_night(day: str, clock: time, night: date) -> bool:
    try:
        return night_of(datetime.combine(date.fromisoformat(day), clock)) == night
    except ValueError:  # no date of any calendar
        return False


def _severity(line: Line, problems: list[str]) -> float | None:
    if not line.severity:
        return None
    if NUMBER.fullmatch(line.severity) and float(line.severity) <= WORST:
        return float(line.severity)
    problems.append(f"severity {line.severity!r} is no number from 0 to {WORST:g}")
    return None
