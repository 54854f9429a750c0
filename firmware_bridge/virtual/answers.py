"""What a sensor answers to commands that only ask: who it is, what it can, what it holds."""

from firmware_bridge.virtual.device import Device
from firmware_bridge.virtual.hardware import Link
from firmware_bridge.wire.commands import Count, Describe, Hello, Serial
from firmware_bridge.wire.frames import ACC, EMG, VERSION
from firmware_bridge.wire.operations import Result
from firmware_bridge.wire.values import Held, Identity, SerialNumber, Values

Answer = tuple[Result, Values | None]
Question = Hello | Serial | Describe | Count


def answer(question: Question, device: Device, link: Link) -> Answer:
    """Return result and values of a command that only asks."""
    match question:
        case Hello():
            spoken = question.lowest <= VERSION <= question.highest
            return (Result.SUCCESS, _identity(device, link)) if spoken else (Result.OPERATOR_NOT_SUPPORTED, None)
        case Serial():
            return Result.SUCCESS, SerialNumber(device.hardware.serial)
        case Describe():
            description = device.configuration.describe(question)
            return (Result.OPERAND_INVALID if description is None else Result.SUCCESS), description
        case Count():
            return _held(device, question.stream)


def _identity(device: Device, link: Link) -> Identity:
    streams = device.feed.streams
    return Identity(
        version=VERSION,
        boot=device.boot,
        firmware=device.hardware.firmware,
        keeps_s=int(device.hardware.keeps_s),
        frames_per_s=link.frames_per_s,
        emg_channels=len(streams[EMG].channels) if EMG in streams else 0,
        acc_channels=len(streams[ACC].channels) if ACC in streams else 0,
    )


def _held(device: Device, stream: str) -> Answer:
    ring = device.run.rings.get(stream) if device.run else None
    if device.run is None or not ring:
        return Result.NO_RECORDS, None
    oldest, newest = ring[ring.sequences[0]], ring[ring.sequences[-1]]
    return Result.SUCCESS, Held(device.run.boot, oldest.counter, newest.counter + len(newest.counts) - 1)
