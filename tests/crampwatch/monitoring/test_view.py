"""What people see: a level beside its floor, and a row for each sensor."""

import asyncio
import io
import math
from pathlib import Path

import pytest
from rich.console import Console

from crampwatch.monitoring.view import BAR, PlainScreen, TableScreen, bar, table_of
from tests.crampwatch.monitoring.bedside import MadeNight, bedside


@pytest.mark.parametrize(
    ("level_uv", "floor_uv", "filled"),
    [(3.0, 3.0, 0), (30.0, 3.0, BAR // 2), (300.0, 3.0, BAR), (3000.0, 3.0, BAR), (1.0, 3.0, 0)],
)
def test_the_bar_is_logarithmic_from_the_floor_to_a_hundred_times_it(
    level_uv: float, floor_uv: float, filled: int
) -> None:
    assert bar(level_uv, floor_uv).count("█") == filled


def test_the_bar_marks_three_times_the_floor_and_says_when_there_is_nothing() -> None:
    quiet = bar(3.0, 3.0)
    assert quiet.index("|") == round(BAR * math.log(3) / math.log(100))
    assert quiet.endswith("3 µV")
    assert bar(math.nan, 3.0) == bar(3.0, 0.0) == "no signal"


def test_a_sensor_has_a_row_with_its_state_its_night_and_its_counts(tmp_path: Path) -> None:
    async def night() -> str:
        async with bedside(tmp_path, MadeNight(240.0, (60.0, 90.0, 60.0)), speed=20.0) as home:
            home.start()
            await home.until(lambda: home.screen.said("cramp of"))
            console = Console(width=200, record=True, file=io.StringIO())
            with TableScreen(console) as screen:
                screen.line("22:00:00  something has happened")
                screen.show(tuple(home.stations.values()))
                console.print(table_of(tuple(home.stations.values())))
            await home.end()
            return console.export_text()

    text = asyncio.run(night())
    assert "P01 left" in text
    assert "1 cramps of 1 episodes, 1 flags" in text
    assert "100 %" in text
    assert "something has happened" in text


def test_without_a_terminal_there_are_lines_as_they_are(tmp_path: Path) -> None:
    with (tmp_path / "out.txt").open("w") as file:
        PlainScreen(Console(file=file)).line("22:00:00  P01 L: [OK] :smile: " + "x" * 200)
    assert (tmp_path / "out.txt").read_text("utf-8") == "22:00:00  P01 L: [OK] :smile: " + "x" * 200 + "\n"
