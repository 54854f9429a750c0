"""BrainFlow, on its synthetic board and its player of recordings."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
from brainflow.board_shim import BoardIds, BoardShim
from brainflow.data_filter import DataFilter
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.drivers import brainflow as driver
from firmware_bridge.drivers import floats
from firmware_bridge.drivers.brainflow import Rows
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Reading, Setup
from firmware_bridge.sensor import LinkLostError, SensorError, sensor_at
from tests.firmware_bridge.drivers.readings import defects_of, has, in_pieces, receive_until, samples_of

SYNTHETIC = BoardIds.SYNTHETIC_BOARD.value
DESCR = BoardShim.get_board_descr(SYNTHETIC)


def test_the_synthetic_board_streams_and_counts_past_the_wrap_of_its_package_number() -> None:
    async def run() -> tuple[Setup, list[Reading]]:
        sensor = sensor_at("brainflow:SYNTHETIC_BOARD?emg=3&leg=R", HostClock())
        setup = await sensor.open()
        readings = await receive_until(sensor, has("acc", 300))
        await sensor.close()
        return setup, readings

    setup, readings = asyncio.run(run())
    assert [stream.fs_hz for stream in setup.streams] == [250.0, 250.0]
    assert setup.remarks[0].startswith("EMG is sampled at 250 Hz only")
    assert driver.LICENCE_REMARK not in setup.remarks
    emg = samples_of(readings, "emg")
    assert len(emg) == len(samples_of(readings, "acc")) >= 300
    if {epoch for epoch, _ in emg} == {0}:  # a computer that is too busy to read for a second begins an epoch
        assert sorted(emg) == [(0, i) for i in range(len(emg))]
    assert defects_of(readings) == {}


def recording(path: Path, rows: np.ndarray, packages: np.ndarray) -> str:
    """Write a recording as BrainFlow does: EMG channel 1 is 10 x the row in uV, acceleration row / 1000 g on X."""
    data = np.zeros((DESCR["num_rows"], len(rows)))
    data[DESCR["package_num_channel"]] = packages
    data[DESCR["emg_channels"][0]] = rows * 10
    data[DESCR["accel_channels"][0]] = rows / 1000
    data[DESCR["timestamp_channel"]] = 1_700_000_000 + np.arange(len(rows)) / 250
    DataFilter.write_file(data, str(path), "w")
    return f"brainflow:PLAYBACK_FILE_BOARD?master_board=SYNTHETIC_BOARD&file={path}"


def test_a_recording_with_lost_packages_has_a_hole_and_its_end_is_a_lost_link(tmp_path: Path) -> None:
    rows = np.array([*range(100), *range(120, 300)])
    uri = recording(tmp_path / "a.csv", rows, (rows + 200) % 256)

    async def run() -> list[Reading]:
        sensor = sensor_at(uri, HostClock())
        await sensor.open()
        readings = await receive_until(sensor, has("emg", 280))
        with pytest.raises(LinkLostError, match="PLAYBACK_FILE_BOARD has sent nothing for 5 s"):
            await sensor.receive()
        await sensor.close()
        return readings

    readings = asyncio.run(run())
    emg, acc = samples_of(readings, "emg"), samples_of(readings, "acc")
    assert sorted(c for _, c in emg) == rows.tolist()
    assert {c: row[0] * floats.EMG.gain for (_, c), row in emg.items()} == pytest.approx(
        {int(r): 10 * r for r in rows}
    )
    assert acc[0, 250][0] * floats.ACC[0].gain == pytest.approx(0.25)


def test_every_session_begins_an_epoch(tmp_path: Path) -> None:
    uri = recording(tmp_path / "b.csv", np.arange(20), np.arange(20))

    async def run() -> list[Reading]:
        sensor = sensor_at(uri, HostClock())
        readings: list[Reading] = []
        for _ in range(2):
            await sensor.open()
            readings += await receive_until(sensor, has("emg", 20))
            await sensor.close()
        return readings

    assert sorted(samples_of(asyncio.run(run()), "emg")) == [(e, i) for e in (0, 1) for i in range(20)]


@settings(deadline=None)
@given(st.lists(st.integers(0, 500), max_size=20))
def test_any_cut_of_the_rows_gives_the_same(cuts: list[int]) -> None:
    numbers = np.array([*range(250), *range(260, 520)])
    rows = Rows(256, 250.0)
    rows.reopen()
    pieces = [
        np.frombuffer(piece, np.int64) for piece in in_pieces((numbers % 256).tobytes(), [8 * cut for cut in cuts])
    ]
    found = [at + i for piece in pieces for part, at in rows.place(piece) for i in range(part.stop - part.start)]
    assert found == numbers.tolist()


@pytest.mark.parametrize(("silent_s", "epoch"), [(1.023, 0), (1.024, 1)])  # 256 / 250 Hz
def test_a_silence_of_a_whole_wrap_begins_an_epoch(silent_s: float, epoch: int) -> None:
    rows = Rows(256, 250.0)
    rows.reopen()
    rows.place(np.arange(5))
    rows.silent(silent_s)
    assert rows.epoch == epoch


def test_without_a_counter_rows_are_counted_as_they_come() -> None:
    rows = Rows(None, 500.0)
    rows.reopen()
    assert rows.place(np.zeros(5, np.int64)) == [(slice(0, 5), 0)]
    assert rows.place(np.array([7, 7])) == [(slice(0, 2), 5)]


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("brainflow:TOASTER", "BrainFlow knows no board 'TOASTER'"),
        ("brainflow:SHIMMER3_BOARD?serial_port=/dev/null", "gives 0 EMG channels for SHIMMER3_BOARD"),
        ("brainflow:SYNTHETIC_BOARD?emg=17", "gives 16 EMG channels"),
        ("brainflow:SYNTHETIC_BOARD?timeout=soon", "timeout=soon: write a number"),
        ("brainflow:CYTON_DAISY_BOARD?serial_port=/dev/null", "EMG at 125 Hz is too slow"),
    ],
)
def test_what_cannot_be_is_refused(uri: str, message: str) -> None:
    async def run() -> None:
        with pytest.raises(SensorError, match=message):
            await sensor_at(uri, HostClock()).open()

    asyncio.run(run())


@pytest.mark.parametrize("emg", ["0", "one", ""])
def test_an_emg_channel_that_is_none_is_refused(emg: str) -> None:
    with pytest.raises(SensorError, match="1 for the first"):
        sensor_at(f"brainflow:SYNTHETIC_BOARD?emg={emg}", HostClock())


def test_a_board_that_is_not_there_is_a_lost_link() -> None:
    async def run() -> None:
        with pytest.raises(LinkLostError, match="CYTON_BOARD does not start"):
            await sensor_at("brainflow:CYTON_BOARD?serial_port=/dev/does-not-exist", HostClock()).open()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("name", "master", "wired", "remarks"),
    [
        ("GANGLION_NATIVE_BOARD", "GANGLION_NATIVE_BOARD", False, [driver.UNCOUNTED_REMARK, driver.LICENCE_REMARK]),
        ("GANGLION_BOARD", "GANGLION_BOARD", True, [driver.UNCOUNTED_REMARK]),
        ("CYTON_BOARD", "CYTON_BOARD", True, []),
        ("PLAYBACK_FILE_BOARD", "CYTON_BOARD", False, []),
    ],
)
def test_a_radio_of_brainflows_own_and_a_missing_counter_are_said(
    name: str, master: str, *, wired: bool, remarks: list[str]
) -> None:
    assert list(driver.remarks_on_board(name, master, wired=wired)) == [driver.SILENCE_REMARK, *remarks]
