"""Other makes on the real stack: found, opened by their drivers, and every count as the sensor sent it."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from crampwatch.command_line import app
from firmware_bridge.carriers.scanning import scan
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Chunk
from firmware_bridge.sensor import sensor_at
from tests.bluetooth.guest.conftest import Rig, run
from tests.firmware_bridge.drivers.peers.bitalino import Board

UMYO_MIDDLE, BITALINO_MIDDLE = 8192, 512  # of their converters of 14 and 10 bits


async def emg_of(uri: str, n: int) -> list[Chunk]:
    """Open a sensor by its driver and take so many EMG samples."""
    sensor = sensor_at(uri, HostClock())
    await sensor.open()
    chunks: list[Chunk] = []
    while sum(len(chunk.counts) for chunk in chunks) < n:
        chunks += [r for r in await sensor.receive() if isinstance(r, Chunk) and r.stream == "emg"]
    await sensor.close()
    return chunks


def test_a_umyo_streams(rig: Rig) -> None:
    chunks = run(emg_of(f"umyo+ble:{rig.add('umyo')}?leg=L", 2000))
    for chunk in chunks:
        sent = 8000 + np.arange(chunk.counter, chunk.end) * 37 % 1000 - 500  # as umyo_ble.made_up_emg
        assert np.array_equal(chunk.counts[:, 0], sent - UMYO_MIDDLE)


def test_a_bitalino_streams(rig: Rig) -> None:
    chunks = run(emg_of(f"bitalino+ble:{rig.add('bitalino')}?leg=L", 500))
    board = Board()
    board.ports = (0,)
    cycle = [board.values(sample)[0] - BITALINO_MIDDLE for sample in range(1024)]
    for chunk in chunks:  # its four-bit count says nothing after a pause of the computer: it begins anew
        at = cycle.index(int(chunk.counts[0, 0]))
        assert (
            chunk.counts[:, 0].tolist() == np.take(cycle, range(at, at + len(chunk.counts)), mode="wrap").tolist()
        )


def test_a_scan_knows_the_makes_and_gives_their_uris(rig: Rig) -> None:
    wanted = {"profile": "ble", "umyo": "umyo+ble", "bitalino": "bitalino+ble"}
    uris = {f"{scheme}:{rig.add(kind)}" for kind, scheme in wanted.items()}
    rig.add("bench")
    seen = set[str | None]()
    for _ in range(5):
        seen |= {each.uri for each in run(scan(2.0))}
        if seen >= {*uris, None}:
            break
    assert seen >= {*uris, None}  # what has just gone may still be heard


def test_the_commands_find_pair_ask_and_forget(rig: Rig) -> None:
    address = rig.add("profile")

    def said(*words: str, status: int = 0) -> str:
        result = CliRunner().invoke(app, ["sensors", *words])
        assert result.exit_code == status, result.output
        return result.output

    assert f"ble:{address}  -50 dBm  CrampWatch profile" in said("scan", "--seconds", "2")
    assert f"crampwatch sensors pair {address}" in said("info", address, status=1)
    assert f"{address} is paired" in said("pair", f"ble:{address}")
    document = json.loads(said("info", address, "--json"))
    assert document["device"]["address"] == address
    assert document["streams"][0]["fs_hz"] == pytest.approx(1000)
    assert document["status"]["battery_percent"] == 100
    assert f"{address} is forgotten" in said("forget", address)
    assert "nothing to forget" in said("forget", address, status=1)


def test_the_commands_say_what_is_wrong_with_the_bluetooth_of_the_computer(rig: Rig) -> None:
    rig.stop_bluetoothd()
    for words in (["scan"], ["pair", "C4:1F:5E:0B:00:01"], ["info", "C4:1F:5E:0B:00:01"]):
        result = CliRunner().invoke(app, ["sensors", *words])
        assert result.exit_code == 1
        assert "sudo systemctl enable --now bluetooth" in result.output
