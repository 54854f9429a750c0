"""What people see on the terminal: a line per event, and on a real terminal a table that is kept up to date."""

import math
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from crampwatch.monitoring.health import State
from crampwatch.monitoring.station import Station
from crampwatch.telling import length

COLOURS = {State.OK: "green", State.WARNING: "yellow", State.FAULT: "bold white on red"}
LINES = 12
BAR = 24
BAR_TOP = 100.0  # times the floor, at the right end of the bar; logarithmic from 1
CRAMP_RATIO = 3.0


class Unseen:
    """No screen."""

    def show(self, stations: Sequence[Station]) -> None:
        """Show nothing."""


class PlainScreen(Unseen):
    """Lines only, for what is no terminal: a file, the journal of systemd."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def line(self, text: str) -> None:
        """Print an event."""
        self._console.print(text, highlight=False, markup=False, emoji=False, soft_wrap=True)


class TableScreen:
    """A table with a row for each sensor, and the last events below; use it in a `with` statement."""

    def __init__(self, console: Console) -> None:
        self._lines: deque[str] = deque(maxlen=LINES)
        self._live = Live(console=console, auto_refresh=False, transient=False)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def line(self, text: str) -> None:
        """Keep an event for the next picture."""
        self._lines.append(text)

    def show(self, stations: Sequence[Station]) -> None:
        """Draw the picture anew."""
        lines = Text("\n".join(self._lines), style="dim", no_wrap=True, overflow="ellipsis")
        self._live.update(Group(table_of(stations), lines), refresh=True)


def table_of(stations: Sequence[Station]) -> Table:
    """Return the state of all sensors as a table."""
    table = Table(expand=True)
    for column in ("sensor", "state", "link", "battery", "level", "floor", "usable", "counted"):
        table.add_column(column)
    for station in stations:
        status = station.condition.status
        percent = status.battery_percent if status else None
        announced = station.announcer
        table.add_row(
            station.name,
            Text(f"{announced.state.name}: {announced.words}", style=COLOURS[announced.state]),
            station.condition.link,
            "?" if percent is None else f"{percent} %",
            *_night(station),
        )
    return table


def _night(station: Station) -> tuple[str, str, str, str]:
    """Return level, floor, usable time and counts; nothing where there is no night yet."""
    if station.keeper.night is None:
        return "", "", "no samples yet", ""
    seen = station.keeper.night.glance()
    counts = f"{seen.cramps} cramps of {seen.episodes} episodes, {seen.flags} flags"
    usable = f"{length(seen.usable_s)} of {length(seen.monitored_s)}"
    return bar(seen.level_uv, seen.floor_uv), f"{seen.floor_uv:.1f} µV", usable, counts


def bar(level_uv: float, floor_uv: float) -> str:
    """Draw how many times its floor a level is, from once to a hundred times; `|` is three, a cramp's limit."""
    ratio = level_uv / floor_uv if floor_uv > 0 else math.nan
    if not math.isfinite(ratio):
        return "no signal"
    filled = _place(ratio)
    cells = ["█" if cell < filled else " " for cell in range(BAR)]
    cells[_place(CRAMP_RATIO)] = "|" if filled <= _place(CRAMP_RATIO) else "█"
    return f"{''.join(cells)} {level_uv:.0f} µV"


def _place(ratio: float) -> int:
    share = math.log(max(ratio, 1.0)) / math.log(BAR_TOP)
    return min(BAR, round(share * BAR))
