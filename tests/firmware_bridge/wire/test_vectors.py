"""The test vectors of the profile, whose bytes and fields were written down by hand."""

import json
from dataclasses import asdict
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from firmware_bridge.readings import Defect
from firmware_bridge.wire.control import (
    CommandError,
    Response,
    Result,
    decode_command,
    decode_response,
    encode_command,
    encode_response,
)
from firmware_bridge.wire.decoder import Decoder
from firmware_bridge.wire.envelope import Unwrapper, wrap
from firmware_bridge.wire.frames import (
    ACC,
    EMG,
    Layout,
    RestartCause,
    SampleFrame,
    StatusFrame,
    encode_samples,
    encode_status,
)

VECTORS: dict[str, Any] = json.loads((files("firmware_bridge.wire") / "vectors.json").read_text("utf-8"))
Vector = dict[str, Any]


def each(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", VECTORS[kind], ids=lambda v: v.get("name") or v["hex"])


def decoder_of(vector: Vector) -> Decoder:
    layout = Layout(**vector["layout"])
    return Decoder({EMG: layout, ACC: layout})


def flags_of(frame: SampleFrame | StatusFrame, *names: str) -> list[str]:
    return [name for name in names if getattr(frame, name)]


@each("samples")
def test_samples_are_read(vector: Vector) -> None:
    decoder = decoder_of(vector)
    (frame,) = decoder.decode([bytes.fromhex(vector["hex"])])
    assert isinstance(frame, SampleFrame)
    read = {name: getattr(frame, name) for name in ("stream", "boot", "sequence", "counter", "ticks")}
    read |= {"counts": frame.counts.tolist(), "flags": flags_of(frame, "lead_off", "saturated", "stored")}
    assert read == vector["fields"]
    assert frame.counts.dtype == np.int32
    assert not decoder.defects


@each("samples")
def test_samples_are_written(vector: Vector) -> None:
    fields: Vector = dict(vector["fields"])
    fields |= {"counts": np.array(fields["counts"], np.int32)} | dict.fromkeys(fields.pop("flags"), True)
    written = encode_samples(SampleFrame(**fields), Layout(**vector["layout"]))
    # frames for reading only are valid, but longer than need be
    assert (written.hex() == vector["hex"].replace(" ", "")) != vector.get("decode_only", False)


@each("status")
def test_status_is_read_and_written(vector: Vector) -> None:
    frame = bytes.fromhex(vector["hex"])
    (status,) = Decoder({}).decode([frame])
    assert isinstance(status, StatusFrame)
    names = ("boot", "ticks", "battery_percent", "battery_mv", "temperature_c")
    read: Vector = {name: getattr(status, name) for name in names}
    read |= {"cause": status.cause.name.lower(), "flags": flags_of(status, "lead_off", "saturated", "charging")}
    assert read == vector["fields"]
    fields: Vector = dict(vector["fields"])
    fields |= {"cause": RestartCause[fields["cause"].upper()]} | dict.fromkeys(fields.pop("flags"), True)
    assert encode_status(StatusFrame(**fields)) == frame


@each("commands")
def test_commands_are_read_and_written(vector: Vector) -> None:
    frame = bytes.fromhex(vector["hex"])
    command, transaction = decode_command(frame)
    assert command.OPERATION.name.lower() == vector["operation"] == type(command).__name__.lower()
    assert (asdict(command), transaction) == (vector["fields"], vector["transaction"])
    assert encode_command(type(command)(**vector["fields"]), transaction) == frame


@each("responses")
def test_responses_are_read_and_written(vector: Vector) -> None:
    frame = bytes.fromhex(vector["hex"])
    (response,) = Decoder({}).decode([frame])
    assert isinstance(response, Response)
    assert response.operation.name.lower() == vector["operation"]
    assert response.transaction == vector["transaction"]
    assert response.result is Result[vector["result"].upper()]
    values = None if response.values is None else asdict(response.values)
    assert values == vector["values"] or values == {**vector["values"], "firmware": (1, 2, 3)}
    assert encode_response(response) == frame
    assert decode_response(frame) == response


@each("defective")
def test_defective_frames_are_counted_and_left_out(vector: Vector) -> None:
    decoder = decoder_of(vector)
    sound = bytes.fromhex(VECTORS["status"][0]["hex"])
    decoded = decoder.decode([sound, bytes.fromhex(vector["hex"]), sound])
    assert decoded == Decoder({}).decode([sound, sound])
    assert decoder.take_defects() == {Defect(vector["defect"]): 1}
    assert decoder.take_defects() == {}


@each("bad_commands")
def test_bad_commands_are_answered(vector: Vector) -> None:
    with pytest.raises(CommandError) as caught:
        decode_command(bytes.fromhex(vector["hex"]))
    assert caught.value.answer == (None if vector["answer"] is None else bytes.fromhex(vector["answer"]))


@each("serial")
def test_frames_are_wrapped_and_unwrapped(vector: Vector) -> None:
    frame, line = bytes.fromhex(vector["frame"]), bytes.fromhex(vector["line"])
    assert wrap(frame) == line
    unwrapper = Unwrapper()
    assert (unwrapper.feed(line), unwrapper.damaged) == ([frame], 0)


@each("bad_serial")
def test_damaged_pieces_are_counted(vector: Vector) -> None:
    unwrapper = Unwrapper()
    assert (unwrapper.feed(bytes.fromhex(vector["line"])), unwrapper.damaged) == ([], 1)


def test_every_kind_of_operation_and_defect_has_a_vector() -> None:
    operations = {"hello", "serial", "describe", "configure", "start", "stop", "report", "count", "abort"}
    assert {vector["operation"] for vector in VECTORS["commands"]} == operations
    assert {vector["operation"] for vector in VECTORS["responses"]} == operations
    frame_defects = {"damaged", "truncated", "unknown_version", "unknown_type"}  # the others need two frames
    assert {vector["defect"] for vector in VECTORS["defective"]} == frame_defects
