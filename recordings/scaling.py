"""From the numbers in a file to uV and g, by the file's own unit and ranges and by nothing else."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recordings.errors import ScalingError
from recordings.header import Header, SignalHeader
from signals.channels import Modality
from signals.source import Stream

BEYOND_DIGITAL = 2.0**32  # more than any digital value of a file
STANDARD_GRAVITY = 9.80665  # m/s2 in 1 g (3rd CGPM, 1901)

# the micro sign (U+00B5) and the Greek mu (U+03BC) both occur
UV_PER: dict[str, float] = {"uV": 1.0, "\u00b5V": 1.0, "\u03bcV": 1.0, "mV": 1e3, "V": 1e6}
G_PER: dict[str, float] = {
    "g": 1.0,
    "mg": 1e-3,
    "m/s2": 1 / STANDARD_GRAVITY,
    "m/s^2": 1 / STANDARD_GRAVITY,
    "m/s\u00b2": 1 / STANDARD_GRAVITY,
    "m/s/s": 1 / STANDARD_GRAVITY,
}
FACTORS: dict[Modality, dict[str, float]] = {"EMG": UV_PER, "ACC": G_PER}
RATES_HZ: dict[Modality, tuple[float, float]] = {"EMG": (200.0, 2048.0), "ACC": (24.0, 2048.0)}
"""What can be scored at all; the sensors that deliver such rates stand in docs/drivers.md."""
STANDARD_RATES_HZ: dict[Modality, tuple[float, float]] = {"EMG": (500.0, 2000.0), "ACC": (25.0, 104.0)}
"""What the profiles were made for (500 Hz loses 0.8 % of accuracy, 200 Hz 2 to 56 %: Li 2010, Phinyomark 2018)."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """How digital values become uV or g: `digital * step + zero`; `rails` are the ends of the range, ascending."""

    step: float
    zero: float
    rails: tuple[float, float]

    def apply(self, digital: NDArray[np.int16] | NDArray[np.int32], out: NDArray[np.float64]) -> None:
        """Write the scaled `digital` into `out`, both of shape (n,)."""
        np.multiply(digital, self.step, out=out)
        np.add(out, self.zero, out=out)


def scaling_of(header: Header, signal: SignalHeader, modality: Modality) -> Scaling:
    """Return the scaling of a chosen signal.

    Raises `ScalingError` where unit, physical range, digital range or rate cannot be used.
    """
    where = f"{header.path}: channel {signal.label!r}"
    factors = FACTORS[modality]
    if signal.unit not in factors:
        raise ScalingError(
            f"{where} has the unit {signal.unit!r}; {modality} needs one of {', '.join(factors)}. "
            "Write the unit into the file, it is never guessed from the amplitude."
        )
    low_hz, high_hz = RATES_HZ[modality]
    if not low_hz <= header.fs_hz(signal) <= high_hz:
        raise ScalingError(
            f"{where} has {header.fs_hz(signal):g} Hz; {modality} needs {low_hz:g} to {high_hz:g} Hz."
        )
    low, high = _numbers(where, "physical", signal.physical_range)
    digital = _numbers(where, "digital", signal.digital_range)
    if digital[0] >= digital[1]:
        raise ScalingError(
            f"{where} has an empty digital range, {digital[0]:g} to {digital[1]:g}; the lower must come first."
        )
    physical = (low * factors[signal.unit], high * factors[signal.unit])
    step = (physical[1] - physical[0]) / (digital[1] - digital[0])
    if step == 0 or not math.isfinite(step * BEYOND_DIGITAL):
        raise ScalingError(f"{where} has an empty or boundless physical range, {low:g} to {high:g} {signal.unit}.")
    return Scaling(step, physical[0] - step * digital[0], (min(physical), max(physical)))


def rate_remarks(streams: Sequence[Stream]) -> tuple[str, ...]:
    """Say which streams have rates that the scoring profiles were not made for."""
    found: list[str] = []
    for stream in streams:
        modality = stream.channels[0].modality
        low_hz, high_hz = STANDARD_RATES_HZ[modality]
        if not low_hz <= stream.fs_hz <= high_hz:
            made_for = f"the scoring profiles were made for {low_hz:g} to {high_hz:g} Hz"
            found.append(f"{modality} at {stream.fs_hz:g} Hz; {made_for}")
    return tuple(found)


def _numbers(where: str, what: str, texts: tuple[str, str]) -> tuple[float, float]:
    try:
        low, high = float(texts[0]), float(texts[1])
    except ValueError:
        raise ScalingError(
            f"{where} has a {what} range of {texts[0]!r} to {texts[1]!r}, not two numbers."
        ) from None
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ScalingError(f"{where} is NaN-scaled: its {what} range is {texts[0]} to {texts[1]}.")
    return low, high
