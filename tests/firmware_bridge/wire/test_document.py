"""PROTOCOL.md says the same numbers as the code."""

from pathlib import Path

import pytest

from firmware_bridge.wire import gatt
from firmware_bridge.wire.control import FEWEST_FRAMES_PER_S, LIVE_PERCENT, Operation, Result
from firmware_bridge.wire.envelope import LONGEST_ENVELOPE
from firmware_bridge.wire.frames import LONGEST_FRAME, FrameType, RestartCause

TEXT = (Path(__file__).parents[3] / "firmware_bridge" / "PROTOCOL.md").read_text("utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line[:2] == "| "]


@pytest.mark.parametrize("operation", Operation)
def test_operations(operation: Operation) -> None:
    assert f"{operation:#04x} {operation.name}" in {row[0] for row in ROWS}


def test_results() -> None:
    begin = next(i for i, row in enumerate(ROWS) if row[0] == "result") + 1
    table = [row for row in ROWS[begin:] if len(row) == 3]
    numbers = [int(number) for row in table for number in row[0].split(",") if number.strip().isdigit()]
    names = [name.strip() for row in table for name in row[1].split(",") if row[0][0].isdigit()]
    longer = {"no records": "no records found", "not completed": "procedure not completed"}
    ours = {result.value: result.name.replace("_", " ").lower() for result in Result}
    assert dict(zip(numbers, names, strict=True)) == {n: longer.get(name, name) for n, name in ours.items()}


def test_frame_types() -> None:
    words = {"EMG samples": "EMG", "acceleration samples": "ACC"}
    numbers = {words.get(row[1], row[1].upper()): int(row[0]) for row in ROWS if row[-1] in ("sensor", "bridge")}
    assert numbers == {kind.name: kind.value for kind in FrameType}


def test_reasons_of_a_restart() -> None:
    for cause in RestartCause:
        assert f"{cause.value} {cause.name.lower().replace('_', ' ').replace('brown ', 'brown-')}" in TEXT


def test_uuids() -> None:
    assert [row[1].strip("`") for row in ROWS if row[1].startswith("`bdc1")] == [
        gatt.SERVICE,
        gatt.DATA,
        gatt.CONTROL,
    ]
    for name in (
        "DEVICE_INFORMATION",
        "MODEL_NUMBER",
        "SERIAL_NUMBER",
        "FIRMWARE_REVISION",
        "BATTERY",
        "BATTERY_LEVEL",
    ):
        assert f"0x{getattr(gatt, name)[4:8].upper()}" in TEXT
    ours = {gatt.SERVICE[8:], gatt.DATA[8:], gatt.CONTROL[8:]}
    assert ours == {"-81a1-48ef-8bb5-90abe3015dc4"}  # one base, made at random once


def test_limits() -> None:
    assert f"1 to {LONGEST_FRAME} bytes" in TEXT
    assert f"longer than {LONGEST_ENVELOPE} bytes is damaged" in TEXT
    assert f"max({FEWEST_FRAMES_PER_S} × 1000" in TEXT
    assert f"× {LIVE_PERCENT} %" in TEXT
