"""Commands, responses and the arithmetic of rates (PROTOCOL.md, "Commands and responses", "Which rate fits")."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from firmware_bridge.readings import Defect
from firmware_bridge.wire.commands import (
    Abort,
    Command,
    Configure,
    Count,
    Describe,
    Hello,
    Report,
    Serial,
    Start,
    Stop,
)
from firmware_bridge.wire.defective import DefectiveFrameError
from firmware_bridge.wire.frames import VERSION, FrameType, Layout
from firmware_bridge.wire.operations import Operation, Result
from firmware_bridge.wire.values import Description, Granted, Held, Identity, Sent, SerialNumber, Values

STATUS_FRAMES_PER_S = 1
LIVE_PERCENT = 75  # of the link's frames for live ones; the rest is for stored frames and responses
FEWEST_FRAMES_PER_S = 4  # of each stream, so that no sample waits longer than 250 ms

_COMMAND, _RESPONSE = VERSION << 4 | FrameType.COMMAND, VERSION << 4 | FrameType.RESPONSE
_COMMAND_HEAD, _RESPONSE_HEAD = 3, 4
_HIGHEST_MHZ = (1 << 32) - 1


class CommandError(ValueError):
    """A command that cannot be carried out; `answer` is the frame to send back, None where none can be."""

    def __init__(self, message: str, answer: bytes | None) -> None:
        super().__init__(message)
        self.answer = answer


_COMMANDS: dict[int, type[Command]] = {
    kind.OPERATION: kind for kind in (Hello, Serial, Describe, Configure, Start, Stop, Report, Count, Abort)
}
_VALUES: dict[Operation, type[Values]] = {
    Operation.HELLO: Identity,
    Operation.SERIAL: SerialNumber,
    Operation.DESCRIBE: Description,
    Operation.CONFIGURE: Granted,
    Operation.REPORT: Sent,
    Operation.COUNT: Held,
}


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to a command; `values` where the operation and result have some."""

    operation: Operation
    transaction: int
    result: Result = Result.SUCCESS
    values: Values | None = None


def encode_command(command: Command, transaction: int) -> bytes:
    """Return the bytes of a command. Raises `ValueError` for a field out of its range."""
    try:
        return bytes((_COMMAND, command.OPERATION, transaction)) + command.pack()
    except struct.error as error:
        raise ValueError(f"a field of {command} is out of range: {error}") from error


def decode_command(frame: bytes) -> tuple[Command, int]:
    """Return the command and its transaction. Raises `CommandError` for anything else, whatever the bytes."""
    if len(frame) < _COMMAND_HEAD or frame[0] != _COMMAND:
        raise CommandError(f"{frame[:_COMMAND_HEAD].hex()} does not begin a command of version {VERSION}", None)
    _, operation, transaction = frame[:_COMMAND_HEAD]
    kind = _COMMANDS.get(operation)
    if kind is None:
        raise CommandError(
            f"there is no operation {operation:#04x}",
            bytes((_RESPONSE, operation, transaction, Result.OPERATION_NOT_SUPPORTED)),
        )
    try:
        return kind.unpack(frame[_COMMAND_HEAD:]), transaction
    except (ValueError, struct.error) as error:
        raise CommandError(
            f"{kind.__name__.upper()}: {error}",
            bytes((_RESPONSE, operation, transaction, Result.OPERAND_INVALID)),
        ) from error


def encode_response(response: Response) -> bytes:
    """Return the bytes of a response. Raises `ValueError` for a field out of its range or foreign values."""
    expected = _values_of(response.operation, response.result)
    if type(response.values) is not (type(None) if expected is None else expected):
        raise ValueError(f"{response} has values other than those of its operation and result")
    head = bytes((_RESPONSE, response.operation, response.transaction, response.result))
    try:
        return head + (b"" if response.values is None else response.values.pack())
    except (struct.error, OverflowError) as error:
        raise ValueError(f"a field of {response} is out of range: {error}") from error


def decode_response(frame: bytes) -> Response:
    """Return the response in the bytes; raises `DefectiveFrameError` for anything else."""
    if len(frame) < _RESPONSE_HEAD:
        raise DefectiveFrameError(Defect.TRUNCATED)
    first, operation, transaction, result = frame[:_RESPONSE_HEAD]
    try:
        kind = _values_of(Operation(operation), Result(result))
    except ValueError as error:
        raise DefectiveFrameError(Defect.DAMAGED) from error
    body = frame[_RESPONSE_HEAD:]
    if kind is not None and len(body) < kind.LEAST_BYTES:
        raise DefectiveFrameError(Defect.TRUNCATED)
    if first != _RESPONSE or (kind is None and body):
        raise DefectiveFrameError(Defect.DAMAGED)
    try:
        values = None if kind is None else kind.unpack(body)
    except (ValueError, struct.error) as error:
        raise DefectiveFrameError(Defect.DAMAGED) from error
    return Response(Operation(operation), transaction, Result(result), values)


def _values_of(operation: Operation, result: Result) -> type[Values] | None:
    if result is Result.SUCCESS or (operation is Operation.CONFIGURE and result is Result.RATE_DOES_NOT_FIT):
        return _VALUES.get(operation)
    return None


def fits(
    payload_bytes: int, frames_per_s: int, layouts: Mapping[str, Layout], rates_hz: Mapping[str, float], stream: str
) -> float:
    """Return the highest rate, in Hz, that `stream` can have on a link; 0 where none fits.

    The link carries `frames_per_s` frames a second of `payload_bytes` bytes each. `layouts` has the streams that
    are on and `stream`; `rates_hz` the rates in force, of which that of `stream` does not count. Integer
    arithmetic in 1/1000, as in PROTOCOL.md, so that a sensor gets the same numbers.
    """
    free = frames_per_s * LIVE_PERCENT * 10 - STATUS_FRAMES_PER_S * 1000
    for other, rate_hz in rates_hz.items():
        if other != stream and rate_hz:
            rows = layouts[other].rows_within(payload_bytes)
            if not rows:
                return 0.0
            free -= max(FEWEST_FRAMES_PER_S * 1000, -(-round(rate_hz * 1000) // rows))
    if free < FEWEST_FRAMES_PER_S * 1000:
        return 0.0
    return min(free * layouts[stream].rows_within(payload_bytes), _HIGHEST_MHZ) / 1000
