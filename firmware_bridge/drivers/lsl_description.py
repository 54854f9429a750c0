"""What a Lab Streaming Layer stream says of itself, read strictly."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.drivers import floats
from firmware_bridge.sensor import SensorError

G0 = 9.80665
EMG_UNITS = {
    **dict.fromkeys(("nanovolts", "nanovolt", "nv"), 1e-3),
    **dict.fromkeys(("microvolts", "microvolt", "uv", "µv", "μv"), 1.0),
    **dict.fromkeys(("millivolts", "millivolt", "mv"), 1e3),
    **dict.fromkeys(("volts", "volt", "v"), 1e6),
}
ACC_UNITS = {
    **dict.fromkeys(("g", "standard gravity"), 1.0),
    **dict.fromkeys(("mg", "milli-g", "millig"), 1e-3),
    **dict.fromkeys(("m/s^2", "m/s2", "m/s²", "m/s/s", "meters per second squared"), 1 / G0),
}
NO_NUMBERS = (0, 3)  # lsl_channel_format_t: undefined, string


@dataclass(frozen=True, slots=True)
class Described:
    """One channel as the description has it; empty where it says nothing."""

    label: str
    unit: str
    kind: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Which channels of a stream are taken, what makes uV or g of them, and the step of the counts."""

    indices: tuple[int, ...]
    factors: NDArray[np.float64]
    step: float


def emg_columns(info: Any, label: str | None) -> Columns:
    """Return the EMG channel: the one labelled so, else the first of the kind EMG, else the only one.

    Raises `SensorError` where there is none such, or its unit is not known.
    """
    channels = _channels(info)
    if label is not None:
        matches = [i for i, channel in enumerate(channels) if channel.label == label]
    else:
        matches = [i for i, channel in enumerate(channels) if channel.kind.upper() == "EMG"][:1]
        if not matches and len(channels) == 1:
            matches = [0]
    if len(matches) != 1:
        known = ", ".join(channel.label or "?" for channel in channels)
        raise SensorError(f"LSL stream {info.name()!r}: say which channel is the EMG, channel=LABEL, of {known}")
    return Columns((matches[0],), np.array([_factor(info, channels[matches[0]], EMG_UNITS)]), floats.EMG_STEP_UV)


def acc_columns(info: Any) -> Columns:
    """Return X, Y, Z: the channels whose labels end so, in that order, else all three of a stream of three.

    Raises `SensorError` where there are none such, or a unit is not known.
    """
    channels = _channels(info)
    accs = [i for i, channel in enumerate(channels) if channel.kind.upper() in ("ACC", "ACCELEROMETER")]
    among = accs or list(range(len(channels)))
    axes = [[i for i in among if channels[i].label.upper().endswith(axis)] for axis in "XYZ"]
    if all(len(axis) == 1 for axis in axes):
        indices = tuple(axis[0] for axis in axes)
    elif len(among) == 3:  # noqa: PLR2004 - X, Y, Z
        indices = tuple(among)
    else:
        raise SensorError(f"LSL stream {info.name()!r} has no three channels of acceleration labelled X, Y, Z")
    factors = [_factor(info, channels[i], ACC_UNITS) for i in indices]
    return Columns(indices, np.array(factors), floats.ACC_STEP_G)


def _channels(info: Any) -> list[Described]:
    """Return the channels. Raises `SensorError` for a stream without a steady rate or without numbers."""
    if not info.nominal_srate() > 0:
        raise SensorError(f"LSL stream {info.name()!r} has no steady rate; samples without one cannot be counted")
    if info.channel_format() in NO_NUMBERS:
        raise SensorError(f"LSL stream {info.name()!r} carries no numbers")
    channels: list[Described] = []
    node = info.desc().child("channels").child("channel")
    for _ in range(info.channel_count()):
        channels.append(Described(*(str(node.child_value(key)) for key in ("label", "unit", "type"))))
        node = node.next_sibling("channel")
    return channels


def _factor(info: Any, channel: Described, units: dict[str, float]) -> float:
    factor = units.get(channel.unit.strip().lower())
    if factor is None:
        raise SensorError(
            f"LSL stream {info.name()!r}: channel {channel.label!r} has the unit {channel.unit!r}, which is not"
            f" known; the description must give one of {', '.join(units)}"
        )
    return factor
