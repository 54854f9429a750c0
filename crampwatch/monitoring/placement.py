"""The evening's check: that the electrodes hold, that it is quiet, and that the muscle answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import welch

from signals import hop_samples
from signals.filters import band_pass

Floats = NDArray[np.float64]

BAND_HZ = (20.0, 450.0)
BAND_SHARE = 0.45  # of the rate, where that is too low for the band
ORDER = 4
WINDOW_S = 0.5  # of the RMS, as in the definition of a cramp
SETTLE_S = 1.0
REST_QUANTILE = 0.25
MAINS_HZ = (50.0, 60.0)
LINE_HZ = 1.5

FLOOR_MAX_UV = 15.0
"""Above this small contractions drown; AASM and WASM ask for rest below 10 to 15 uV."""
HUM_MAX_SHARE = 0.5
"""More than half of the power at multiples of 50 or 60 Hz: the skin was not cleaned, or a wire is loose."""
CONTRACTION_MIN_RATIO = 6.0
"""Twice the 3 x floor of a cramp; standing on tiptoe uses far more of the muscle than that."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is as it should be, and the words for it."""

    good: bool
    words: str


@dataclass(frozen=True, slots=True)
class Rest:
    """A quiet leg: typical 0.5-s RMS in uV, share of its power that is hum."""

    floor_uv: float
    hum_share: float


def rest_of(emg_uv: Floats, fs_hz: float) -> Rest:
    """Measure a quiet leg, shape (n,), at least 3 s of it."""
    level = _level_uv(emg_uv, fs_hz)
    return Rest(float(np.quantile(level, REST_QUANTILE)), _hum_share(emg_uv, fs_hz))


def rest_findings(emg_uv: Floats, fs_hz: float, *, lead_off_share: float) -> Iterator[Finding]:
    """Judge a quiet leg; `lead_off_share` is for how much of the time the sensor said that an electrode was off."""
    if lead_off_share > 0 or np.ptp(emg_uv) == 0:
        yield Finding(good=False, words="an electrode has no contact: press it on, or take a new one")
        return
    yield Finding(good=True, words="the electrodes hold")
    rest = rest_of(emg_uv, fs_hz)
    if rest.hum_share > HUM_MAX_SHARE:
        share = f"{100 * rest.hum_share:.0f} % of the signal is mains hum"
        yield Finding(good=False, words=f"{share}: clean the skin, press the electrodes on, keep chargers away")
    if rest.floor_uv > FLOOR_MAX_UV:
        words = f"the resting level is {rest.floor_uv:.1f} µV, above {FLOOR_MAX_UV:g}: relax, or clean the skin"
        yield Finding(good=False, words=words)
    else:
        yield Finding(good=True, words=f"the resting level is {rest.floor_uv:.1f} µV")


def contraction_finding(emg_uv: Floats, fs_hz: float, floor_uv: float) -> Finding:
    """Judge a contraction that was asked for, somewhere in (n,) samples, against the resting level."""
    ratio = float(_level_uv(emg_uv, fs_hz).max()) / max(floor_uv, np.finfo(float).tiny)
    if ratio >= CONTRACTION_MIN_RATIO:
        return Finding(good=True, words=f"on tiptoe the muscle is {ratio:.0f} times as strong as at rest")
    return Finding(
        good=False,
        words=(
            f"on tiptoe the signal is only {ratio:.1f} times as strong as at rest, not {CONTRACTION_MIN_RATIO:g}: "
            "is the sensor on the thickest part of the inner calf, and did you stand on tiptoe?"
        ),
    )


def verdict(findings: Sequence[Finding]) -> str:
    """Return the verdict on a placement in one line."""
    if all(finding.good for finding in findings):
        return "the sensor sits well: good night"
    return "NOT YET: put right what is said above and check again; what is recorded so may not count"


def _level_uv(emg_uv: Floats, fs_hz: float) -> Floats:
    """Return the RMS of consecutive windows after the filter has settled."""
    high_hz = min(BAND_HZ[1], BAND_SHARE * fs_hz)
    filtered = band_pass(BAND_HZ[0], high_hz, fs_hz, ORDER).update(emg_uv)[hop_samples(SETTLE_S, fs_hz) :]
    window = hop_samples(WINDOW_S, fs_hz)
    whole = filtered[: len(filtered) // window * window].reshape(-1, window)
    if not len(whole):
        raise ValueError(f"{len(emg_uv)} samples at {fs_hz} Hz are too few to judge; 2 s are needed")
    return np.sqrt((whole**2).mean(axis=1))


def _hum_share(emg_uv: Floats, fs_hz: float) -> float:
    """Return the larger share of the power within the band that lies at multiples of 50 Hz, or of 60 Hz."""
    frequencies, power = welch(emg_uv, fs_hz, nperseg=hop_samples(1.0, fs_hz))
    inside = (frequencies >= BAND_HZ[0]) & (frequencies <= min(BAND_HZ[1], BAND_SHARE * fs_hz))
    total = power[inside].sum()
    if total == 0:
        return 0.0
    shares: list[float] = []
    for mains_hz in MAINS_HZ:
        at_line = np.abs(frequencies - mains_hz * np.round(frequencies / mains_hz)) <= LINE_HZ
        shares.append(float(power[inside & at_line].sum() / total))
    return max(shares)
