"""The evening's check against signals whose level, hum and contraction are planted."""

import numpy as np
import pytest
from numpy.typing import NDArray

from crampwatch.monitoring.placement import contraction_finding, rest_findings, rest_of, verdict

FS_HZ = 1000.0
Floats = NDArray[np.float64]


def noise(seconds: float, uv: float, seed: int = 0, fs_hz: float = FS_HZ) -> Floats:
    """White noise whose part within 20-450 Hz has an RMS of `uv`."""
    share = (min(450.0, 0.45 * fs_hz) - 20.0) / (fs_hz / 2)
    return np.random.default_rng(seed).normal(0, uv / np.sqrt(share), round(seconds * fs_hz))


def hum(seconds: float, amplitude_uv: float, hz: float) -> Floats:
    return amplitude_uv * np.sin(2 * np.pi * hz * np.arange(round(seconds * FS_HZ)) / FS_HZ)


@pytest.mark.parametrize("fs_hz", [200.0, 500.0, 1000.0, 2000.0])
def test_the_level_at_rest_is_that_of_the_band_whatever_the_rate(fs_hz: float) -> None:
    assert rest_of(noise(30.0, 3.0, fs_hz=fs_hz), fs_hz).floor_uv == pytest.approx(3.0, rel=0.1)


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_hum_is_found_by_its_share_of_the_power(mains_hz: float) -> None:
    # a sine of amplitude A has the power A^2 / 2; in noise of 3 uV its share is (A^2/2) / (A^2/2 + 9)
    for amplitude_uv in (2.0, 4.0, 8.0):
        expected = (amplitude_uv**2 / 2) / (amplitude_uv**2 / 2 + 9.0)
        share = rest_of(noise(20.0, 3.0) + hum(20.0, amplitude_uv, mains_hz), FS_HZ).hum_share
        assert share == pytest.approx(expected, abs=0.1)


def test_a_quiet_leg_with_contact_is_good() -> None:
    findings = list(rest_findings(noise(10.0, 3.0), FS_HZ, lead_off_share=0.0))
    assert all(finding.good for finding in findings)
    assert "good night" in verdict(findings)


@pytest.mark.parametrize(
    ("emg", "lead_off_share", "words"),
    [
        (noise(10.0, 3.0), 0.01, "no contact"),
        (np.zeros(10_000), 0.0, "no contact"),
        (noise(10.0, 3.0) + hum(10.0, 12.0, 50.0), 0.0, "mains hum"),
        (noise(10.0, 16.0), 0.0, "above 15"),
    ],
)
def test_what_is_wrong_with_a_quiet_leg_is_said(emg: Floats, lead_off_share: float, words: str) -> None:
    findings = list(rest_findings(emg, FS_HZ, lead_off_share=lead_off_share))
    assert words in " ".join(finding.words for finding in findings if not finding.good)
    assert "NOT YET" in verdict(findings)


@pytest.mark.parametrize(("times", "good"), [(1.0, False), (5.0, False), (7.5, True), (30.0, True)])
def test_a_contraction_on_purpose_must_stand_out(times: float, *, good: bool) -> None:
    emg = noise(8.0, 3.0)
    emg[4000:6500] *= times
    finding = contraction_finding(emg, FS_HZ, rest_of(noise(10.0, 3.0, seed=1), FS_HZ).floor_uv)
    assert finding.good is good
