"""What makes uV and g of a Shimmer3's counts.

EMG: ADS1292R data sheet (SBAS502), tables 14 to 17; in 16-bit mode the firmware drops the highest bit, which
doubles the gain (exg.c; ShimmerBluetooth.cs). Acceleration: g = R^-1 K^-1 (u - b) with offset b, sensitivity K per
m/s^2 and alignment R, of which 21 bytes are kept in the sensor: three i16 each for b and K, nine i8 for 100 R,
big-endian.
"""

from dataclasses import dataclass

import numpy as np

from signals import Scale

GAINS = {0: 6, 1: 1, 2: 2, 3: 3, 4: 4, 5: 8, 6: 12}
REFERENCES_V = (2.42, 4.033)
DATA_RATES_HZ = (125, 250, 500, 1000, 2000, 4000, 8000)
EMG_REGISTERS = bytes.fromhex("00 A0 10 69 60 20 00 00 02 03")
"""The maker's registers of chip 1 for EMG, without the data rate: gain 12, both channels, right-leg drive."""
UNUSED_REGISTERS = bytes.fromhex("00 A0 10 E1 E1 00 00 00 02 01")

G0 = 9.80665
MIDDLE = 2**11
DEFAULT_OFFSET, DEFAULT_SENSITIVITY = 2253.0, 92.0  # KXTC9-2050, the newer of the two accelerometers
DEFAULT_ALIGNMENT = np.array([[0.0, -1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
STRAIGHT = 0.1


def data_rate_setting(fs_hz: float) -> int:
    """Return the setting of the converter's own rate for a sampling rate: the lowest that is not below it."""
    return next(i for i, rate in enumerate(DATA_RATES_HZ) if rate >= fs_hz)


def exg_registers(fs_hz: float) -> bytes:
    """Return the ten registers of chip 1 for EMG at a sampling rate."""
    return bytes([data_rate_setting(fs_hz)]) + EMG_REGISTERS[1:]


def exg_scale(registers: bytes, channel: int, bits: int) -> Scale:
    """Return the scale of channel 1 or 2. Raises `ValueError` for registers that cannot be."""
    setting = registers[2 + channel] >> 4 & 7
    if setting not in GAINS:
        raise ValueError(f"gain setting {setting} does not exist")
    reference_v = REFERENCES_V[registers[1] >> 4 & 1]
    if bits == 16:  # noqa: PLR2004 - the highest bit is dropped
        return Scale(reference_v * 1e6 / (2 * GAINS[setting]) / (2**15 - 1), bits=16)
    return Scale(reference_v * 1e6 / GAINS[setting] / (2**23 - 1), bits=24)


@dataclass(frozen=True, slots=True)
class AccCalibration:
    """For X, Y, Z in this order: which of the three channels it is (0 to 2) and the scale of its counts - 2048."""

    channels: tuple[int, int, int]
    scales: tuple[Scale, Scale, Scale]
    remarks: tuple[str, ...] = ()

    @classmethod
    def read(cls, data: bytes) -> "AccCalibration":
        """Read the sensor's 21 bytes; where they are blank, the accelerometer's nominal values."""
        numbers = np.frombuffer(data, ">i2", 6).astype(np.float64)
        alignment = np.frombuffer(data, "i1", 9, 12).reshape(3, 3) / 100
        if (numbers[3:] <= 0).any() or abs(np.linalg.det(alignment)) < STRAIGHT:
            return cls._of(
                np.full(3, DEFAULT_OFFSET),
                np.full(3, DEFAULT_SENSITIVITY),
                DEFAULT_ALIGNMENT,
                ("the accelerometer has no calibration in its memory: nominal values of the KXTC9-2050 are used",),
            )
        return cls._of(numbers[:3], numbers[3:], alignment, ())

    @classmethod
    def _of(
        cls,
        offset: np.ndarray[tuple[int], np.dtype[np.float64]],
        sensitivity: np.ndarray[tuple[int], np.dtype[np.float64]],
        alignment: np.ndarray[tuple[int, int], np.dtype[np.float64]],
        remarks: tuple[str, ...],
    ) -> "AccCalibration":
        inverse = np.linalg.inv(alignment)
        channels = np.abs(inverse).argmax(axis=1)
        signs = np.sign(inverse[np.arange(3), channels])
        straight = np.zeros((3, 3))
        straight[np.arange(3), channels] = signs
        if len(set(channels.tolist())) < 3 or np.abs(inverse - straight).max() > STRAIGHT:  # noqa: PLR2004 - axes
            remarks = (
                *remarks,
                "the accelerometer is mounted askew by more than 6 degrees; its axes are not turned",
            )
        gains = signs / (sensitivity[channels] * G0)
        offsets = gains * (MIDDLE - offset[channels])
        x, y, z = (Scale(float(g), float(o), bits=12) for g, o in zip(gains, offsets, strict=True))
        i, j, k = (int(channel) for channel in channels)
        return cls((i, j, k), (x, y, z), remarks)
