"""When a file says that it began, and whose recording it says that it is."""

import re
from datetime import datetime, timedelta
from decimal import Decimal

from recordings.header import DATE, PATIENT, RECORDING, TIME, Header

CLIP_YEAR = 85  # EDF+ 2.1.3.2: yy from 85 is 19yy, below 20yy
HIDDEN = ("01.01.85", "00.00.00")  # what a blanked start looks like
NOT_GIVEN = ("", "X")  # EDF+ 2.1.3.3: a subfield that is not known

_THREE_NUMBERS = re.compile(r"(\d{1,2})[.:'\-/ ](\d{1,2})[.:'\-/ ](\d{1,2})")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_LONG_DATE = re.compile(r"(\d{1,2})-([A-Z]{3})-((?:19|20)\d{2})")


def participant_of(header: Header) -> str | None:
    """Return the patient code of an EDF+ or BDF+ file.

    None where the code is blanked, and for plain EDF and BDF, whose free text may be a name.
    """
    code = header.text(PATIENT).partition(" ")[0] if header.plus else ""
    return None if code in NOT_GIVEN else code


def start_of(header: Header, offset_s: Decimal) -> tuple[datetime | None, tuple[str, ...]]:
    """Return the local wall time of sample 0, and what is to be remarked on it.

    `offset_s` is the onset of the first data record (EDF+ 2.2.4: the fraction of the second at the start).
    None where the file hides the start: 'Startdate X' (EDF+ 2.1.3.4), or 01.01.85 at 00.00.00.
    """
    words = header.text(RECORDING).split(" ")
    long_text = words[1] if words[0] == "Startdate" and len(words) > 1 else None
    if long_text == "X" or (header.text(DATE), header.text(TIME)) == HIDDEN:
        return None, ()
    short = _moment(_short_date(header.text(DATE)), header.text(TIME))
    start = short if long_text is None else _moment(_long_date(long_text), header.text(TIME))
    if start is None:
        said = f"{long_text or header.text(DATE)!r} at {header.text(TIME)!r}"
        return None, (f"the start in the header, {said}, is no date and time; the night has no wall time",)
    remarks: tuple[str, ...] = ()
    if short is not None and short != start:
        remarks = (f"the header gives two start dates, {short.date()} and {start.date()}; the second is used",)
    return start + timedelta(seconds=float(offset_s)), remarks


def _short_date(text: str) -> tuple[int, int, int] | None:
    found = _THREE_NUMBERS.fullmatch(text)
    if found is None:
        return None
    day, month, year = (int(number) for number in found.groups())
    return (year + (1900 if year >= CLIP_YEAR else 2000), month, day)


def _long_date(text: str) -> tuple[int, int, int] | None:
    found = _LONG_DATE.fullmatch(text.upper())
    if found is None or found[2] not in _MONTHS:
        return None
    return int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1])


def _moment(date: tuple[int, int, int] | None, time: str) -> datetime | None:
    clock = _THREE_NUMBERS.fullmatch(time)
    if date is None or clock is None:
        return None
    hour, minute, second = (int(number) for number in clock.groups())
    try:
        return datetime(*date, hour, minute, second)  # noqa: DTZ001 - EDF knows no zone
    except ValueError:  # numbers, but not of a calendar: the caller remarks on it
        return None
