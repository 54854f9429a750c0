"""The evening's check through a real port: a sensor that sits well, and one whose electrode is off."""

import asyncio
from pathlib import Path

import pytest

from crampwatch.monitoring.checking import check_placement
from firmware_bridge.virtual.faults import Fault, FaultKind, FaultScript
from tests.crampwatch.monitoring.bedside import MadeNight, bedside

LOOSE = FaultScript((Fault(kind=FaultKind.LEAD_OFF, at_s=0.5, duration_s=1e6),))


@pytest.mark.parametrize(
    ("script", "verdict"), [(FaultScript(), "good night"), (LOOSE, "an electrode has no contact")]
)
def test_the_check_says_how_the_sensor_sits(tmp_path: Path, script: FaultScript, verdict: str) -> None:
    async def evening() -> list[str]:
        said: list[str] = []
        # on tiptoe from second 11 on: the check asks for it after ten quiet seconds
        source = MadeNight(3000.0, (11.5, 3000.0, 60.0))
        async with bedside(tmp_path, source, speed=3.0, scripts={"L": script}) as home:
            good = await check_placement(f"serial:{tmp_path / 'L'}", home.clock, said.append)
            assert good is (script is not LOOSE)
        return said

    said = asyncio.run(evening())
    assert "tiptoe" in " ".join(said)
    assert verdict in " ".join(said)
