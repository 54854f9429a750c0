"""A disk that is full or gone: counting goes on, loudly, and storing as soon as there is room."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.crampwatch.monitoring.bedside import Bedside, MadeNight, bedside, stored
from tests.recordings.night_file.disks import Disk, can_mount, limited, mounted

SPEED = 20.0
CRAMP = (60.0, 90.0, 60.0)


@pytest.fixture(params=["limited", *(["mounted"] if can_mount() else [])])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    with mounted(folder, kib=4096) if request.param == "mounted" else limited(folder) as made:
        yield made


async def through_a_full_disk(home: Bedside, disk: Disk, *, free_at_s: float) -> None:
    """Let the disk be full from second 40, in which a cramp comes, until `free_at_s`."""
    home.start()
    await home.until_counted(40.0)
    disk.fill()
    await home.until(lambda: home.screen.said("FAULT: NOT STORED"))
    await home.until_counted(free_at_s)
    assert home.screen.said("FLAG")
    disk.free()
    await home.until(lambda: "NOT STORED" not in home.stations["L"].announcer.words)


def test_a_full_disk_costs_nothing_as_long_as_memory_lasts(tmp_path: Path, disk: Disk) -> None:
    async def night() -> None:
        source = MadeNight(260.0, CRAMP)
        async with bedside(tmp_path, source, speed=SPEED, out=disk.folder, disk_retry_s=0.2) as home:
            await through_a_full_disk(home, disk, free_at_s=120.0)
            await home.until_counted(150.0)
            await home.end()
            (file,) = home.files()
            kept = stored(file)
            (boot,) = home.sensors["L"].boots
            assert len(kept) >= 150_000
            assert np.array_equal(kept, home.sensors["L"].sampled("emg", boot)[: len(kept)])
            assert file.gaps() == ()
            assert home.screen.said("1 cramp, ")
            assert not home.screen.said("differs")

    asyncio.run(night())


def test_when_memory_is_full_counting_still_goes_on_and_what_the_file_lacks_is_said(
    tmp_path: Path, disk: Disk
) -> None:
    async def night() -> None:
        source = MadeNight(260.0, CRAMP)
        out, memory_mb = disk.folder, 0.05  # 10 s of the night
        async with bedside(tmp_path, source, speed=SPEED, out=out, disk_retry_s=0.2, memory_mb=memory_mb) as home:
            await through_a_full_disk(home, disk, free_at_s=120.0)
            await home.until_counted(150.0)
            await home.end()
            (file,) = home.files()
            assert len(stored(file)) < 130_000
            assert home.screen.said("0 cramps, ")  # of the file, which cannot show what it does not hold
            assert home.screen.said("the live count differs from that of the file")
            assert home.screen.said("were never stored: P01_L")

    asyncio.run(night())
