"""docs/drivers.md: its example is installed as somebody else's package and run; its addresses exist."""

import asyncio
import importlib
import re
import struct
from pathlib import Path

import pytest

from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Defect, Reading
from firmware_bridge.sensor import LinkLostError, schemes, sensor_at
from tests.firmware_bridge.drivers.peers.port import Port
from tests.firmware_bridge.drivers.readings import defects_of, has, receive_until, samples_of

PAGE = (Path(__file__).parents[3] / "docs" / "drivers.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def packet(first: int) -> bytes:
    body = struct.pack("<BI10h", 0xA5, first, *range(first, first + 10))
    return body + bytes([sum(body) % 256])


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install the example as a wheel would: its module, and beside it the metadata with the entry point."""
    (tmp_path / "tenfold.py").write_text(block("python"), "utf-8")
    metadata = tmp_path / "tenfold-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: tenfold\nVersion: 1.0\n")
    _, _, lines = block("toml").partition('"crampwatch.sensors"]\n')
    (metadata / "entry_points.txt").write_text("[crampwatch.sensors]\n" + lines.replace('"', ""))
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    return tmp_path


def test_the_example_runs_as_a_package_of_somebody_else(installed: Path) -> None:
    async def run() -> list[Reading]:
        port = Port(installed / "port")
        port.plug_in()
        sensor = sensor_at(f"tenfold+serial:{port.path}?leg=L&muscle=SO", HostClock())
        setup = await sensor.open()
        assert setup.streams[0].channels[0].name == "EMG L-SO"
        port.say(packet(0) + packet(10)[:7])
        port.say(packet(10)[7:] + b"garbage" + packet(30) + packet(30))
        readings = await receive_until(sensor, has("emg", 30))
        port.unplug()
        with pytest.raises(LinkLostError):
            await receive_until(sensor, lambda _: False)
        await sensor.close()
        return readings

    readings = asyncio.run(run())
    assert samples_of(readings, "emg") == {(0, i): (i,) for i in [*range(20), *range(30, 40)]}
    assert defects_of(readings) == {Defect.DAMAGED: 1, Defect.CONTRADICTORY: 1}


def test_the_example_is_short_enough_to_be_read() -> None:
    assert len(block("python").splitlines()) <= 85


def test_every_scheme_of_another_make_is_on_the_page_and_the_other_way_round() -> None:
    named = set(re.findall(r"\| `([a-z0-9+]+):", PAGE))
    assert named == set(schemes()) - {"ble", "serial"}
