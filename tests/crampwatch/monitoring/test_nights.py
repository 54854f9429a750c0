"""Whole nights through a real pseudo-terminal: stored once, counted as `score` counts, whatever happens."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from crampwatch.monitoring.evenings import noon_after
from crampwatch.scoring import Request, score_recording, silent
from firmware_bridge.virtual.faults import Fault, FaultKind, FaultScript
from models import DEFAULT_PROFILE, Profile
from nights.log import NightLog
from tests.crampwatch.monitoring.bedside import ZONE, Bedside, MadeNight, bedside, stored

CRAMP = (60.0, 90.0, 60.0)
SPEED = 30.0


def events_in(home: Bedside, event: str) -> list[dict[str, object]]:
    (path,) = (home.folder / "out").glob("P01_L_*_log.jsonl")
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [line for line in lines if line["event"] == event]


def test_a_night_is_stored_flagged_counted_and_scored_as_its_file_is(tmp_path: Path) -> None:
    async def night() -> Bedside:
        async with bedside(tmp_path, MadeNight(240.0, CRAMP), speed=SPEED) as home:
            home.start()
            await home.until_counted(170.0)
            await home.end()
            (boot,) = home.sensors["L"].boots
            file = home.files()[0]
            assert file.finished
            for stream in ("emg", "acc"):
                kept = stored(file, stream)
                assert np.array_equal(kept, home.sensors["L"].sampled(stream, boot)[: len(kept)])
            return home

    home = asyncio.run(night())
    (flag,) = events_in(home, "flag")
    assert flag["onset_s"] == pytest.approx(60.0, abs=0.1)
    assert events_in(home, "wrong") == []  # live and stored give the same record
    (file,) = home.files()
    profile = Profile.load(DEFAULT_PROFILE)
    again = score_recording(file.path, tmp_path / "again", Request(profile=profile, report=False), silent)
    assert again.record.cramp_count == 1
    live = home.folder / "out" / file.path.stem
    assert again.events.read_bytes() == live.with_name(f"{live.name}_events.tsv").read_bytes()
    assert again.night.read_bytes() == live.with_name(f"{live.name}_night.json").read_bytes()
    with NightLog(home.around.db) as log:
        (row,) = log.nights("P01")
    assert (row.cramp_count, row.leg, row.zone) == (1, "L", "Europe/Zurich")
    assert (row.battery_start_share, row.battery_end_share) == (1.0, 1.0)  # four minutes of 72 hours
    assert (row.battery_start_v, row.battery_end_v) == (4.2, 4.2)


def test_one_leg_in_trouble_never_touches_the_other(tmp_path: Path) -> None:
    dead = FaultScript((Fault(kind=FaultKind.UNPLUG, at_s=40.0, duration_s=1e6),))

    async def night() -> None:
        source = MadeNight(300.0, CRAMP)
        async with bedside(tmp_path, source, speed=SPEED, scripts={"L": FaultScript(), "R": dead}) as home:
            home.start()
            await home.until_counted(235.0)
            left, right = home.stations["L"].announcer, home.stations["R"].announcer
            assert (left.state.name, right.state.name) == ("OK", "FAULT")
            assert "no link" in right.words
            await home.end()
            assert not home.screen.said("P01 L: FAULT")
            assert home.files("L")[0].duration_s > 230.0
            assert 5.0 < home.files("R")[0].duration_s < 45.0
            with NightLog(home.around.db) as log:
                counts = {row.leg: row.cramp_count for row in log.nights()}
            assert counts["L"] == 1

    asyncio.run(night())


def test_at_noon_a_night_ends_and_the_next_begins_without_losing_a_sample(tmp_path: Path) -> None:
    async def night() -> None:
        async with bedside(tmp_path, MadeNight(240.0), speed=SPEED) as home:
            noon = noon_after(home.clock.utc(), ZONE)
            home.clock.ahead = noon - home.clock.utc() - timedelta(seconds=60)
            home.start()
            await home.until(lambda: home.screen.said("usable of"))  # the first night is scored
            await home.until_counted(60.0)
            await home.end()
            first, second = home.files()
            assert first.finished
            assert second.finished
            assert second.header.night - first.header.night == timedelta(days=1)
            (boot,) = home.sensors["L"].boots
            for stream in ("emg", "acc"):
                before, after = stored(first, stream), stored(second, stream)
                taken = home.sensors["L"].sampled(stream, boot)
                assert np.array_equal(before, taken[: len(before)])
                # all streams begin at one instant: what one of them was ahead at noon stands in both nights
                twice = next(n for n in range(1000) if np.array_equal(after[:50], taken[len(before) - n :][:50]))
                assert np.array_equal(after, taken[len(before) - twice :][: len(after)])
            assert first.gaps() == second.gaps() == ()

    asyncio.run(night())


def test_a_monitor_that_is_started_again_goes_on_and_says_nothing_twice(tmp_path: Path) -> None:
    async def night() -> None:
        async with bedside(tmp_path, MadeNight(260.0, CRAMP), speed=SPEED) as home:
            home.start()
            await home.until(lambda: home.screen.said("FLAG"))
            await home.end(finish=False)
            assert not home.files()[0].finished
            home.start()
            await home.until_counted(190.0)
            await home.end()
            (file,) = home.files()
            (boot,) = home.sensors["L"].boots
            kept = stored(file)
            assert np.array_equal(kept, home.sensors["L"].sampled("emg", boot)[: len(kept)])
            assert file.gaps() == ()
            assert sum("FLAG" in line for line in home.screen.lines) == 1
            assert sum("cramp of" in line for line in home.screen.lines) == 1
            assert home.screen.said("1 cramp, ")

    asyncio.run(night())


def test_a_night_of_long_ago_is_finished_and_scored_at_the_next_start(tmp_path: Path) -> None:
    async def night() -> None:
        async with bedside(tmp_path, MadeNight(240.0, CRAMP), speed=SPEED) as home:
            home.start()
            await home.until_counted(120.0)
            await home.end(finish=False)
            home.clock.ahead = timedelta(days=1)
            home.start()
            await home.until(lambda: home.screen.said("1 cramp, "))
            await home.end()
            assert home.files()[0].finished

    asyncio.run(night())
