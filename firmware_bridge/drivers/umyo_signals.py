"""What the two ways to a uMyo have in common: its converters, and what is to be said of them.

Sources: firmware ultimaterobotics/uMyo d3a14b3 (adc_read.c, main.c, lsm6ds3.c) and the schematic of the board v3.1.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from firmware_bridge.drivers.counting import measured_rate_hz
from firmware_bridge.readings import Defect, Defects
from firmware_bridge.sensor import LinkLostError, SensorError
from signals import Counts, Scale

NOMINAL_HZ = 1150.0
"""What the maker's programs assume; the firmware's own comment says about 1116 Hz ((5 + 2) us x 128)."""
RATES_HZ = (1050.0, 1250.0)
"""What can be a uMyo's rate; anything else is a fault of the measurement."""
MEASURED_S = 10.0
SILENT_S = 20.0
"""How long to wait for what `MEASURED_S` needs."""

GAIN = 80  # AD8293G80, the only amplifier
UV_PER_COUNT = 0.6e6 * 6 / 2**14 / GAIN  # SAADC: reference 0.6 V, gain 1/6, 14 bits
MIDDLE = 2**13
BELOW_ZERO = -256
EMG = Scale(UV_PER_COUNT, bits=14)
LIMITS = (455, 14_563)
"""0.1 V from either supply (0 and 3.3 V): beyond, the amplifier is at its limit, the converter (3.6 V) is not."""

_G_PER_COUNT = 0.061e-3  # LSM6DS3 at +-2 g, data sheet table 3
ACC = (Scale(_G_PER_COUNT), Scale(_G_PER_COUNT), Scale(_G_PER_COUNT))

SCALE_REMARK = (
    "the scale of the EMG (2.75 uV per count) is computed from the circuit diagram; the maker gives none and no"
    " unit is calibrated"
)


def plausible_rate_hz(counts: Sequence[int], received_s: Sequence[float], unit: str) -> float:
    """Return the rate in whole Hz of counts that came then. Raises `LinkLostError` where no uMyo has it."""
    rate_hz = float(round(measured_rate_hz(counts, received_s)))
    if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
        raise LinkLostError(
            f"uMyo {unit} seems to sample at {rate_hz:g} Hz, which is none of its rates"
            f" ({RATES_HZ[0]:g} to {RATES_HZ[1]:g}); a poor link does that: bring it nearer"
        )
    return rate_hz


def read_rate(text: str | None) -> float | None:
    """Return the rate given in a URI. Raises `SensorError` for one that no uMyo has."""
    if text is None:
        return None
    try:
        rate_hz = float(text)
    except ValueError:
        rate_hz = 0.0
    if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
        raise SensorError(f"rate={text}: a uMyo samples at {RATES_HZ[0]:g} to {RATES_HZ[1]:g} Hz")
    return rate_hz


def rate_remark(rate_hz: float, *, measured: bool) -> str:
    """Say where the sampling rate comes from."""
    if measured:
        return f"the sampling rate, {rate_hz:g} Hz, was measured by this computer's clock over {MEASURED_S:g} s"
    return f"the sampling rate, {rate_hz:g} Hz, was given with the sensor's address"


def within(raw: Counts, end: int) -> Counts | None:
    """Return raw counts held to `[0, end)`; None for counts that the converter cannot give.

    At 0 V a single-ended converter reads a little less than 0.
    """
    if raw.min() < BELOW_ZERO or raw.max() >= end:
        return None
    return np.maximum(raw, 0)


def at_limit(raw: Counts) -> bool:
    """Return whether the amplifier was at its limit in any of the raw counts (0 to 16 383)."""
    return bool(raw.min() <= LIMITS[0] or raw.max() >= LIMITS[1])


def taken(defects: Counter[Defect]) -> list[Defects]:
    """Return the defects as a reading, none where there are none, and forget them."""
    if not defects:
        return []
    reading = Defects(dict(defects))
    defects.clear()
    return [reading]
