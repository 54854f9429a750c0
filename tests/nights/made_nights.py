"""Short nights with a planted truth, scored by the real scorer, for every test of `nights`."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from models import Profile
from nights import NightRecord, NightScorer, Recording
from signals import Channel, SampleBlock, Stream, night_of

FS_HZ, ACC_HZ = 1000.0, 52.0
REST_UV, CONTRACTION_UV = 3.0, 60.0
BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 28, 22, 30, tzinfo=BERLIN)
STREAMS = (
    Stream("emg", FS_HZ, (Channel("EMG L-GM", "EMG", "L", "GM"),)),
    Stream("acc", ACC_HZ, tuple(Channel(f"ACC L-{axis}", "ACC", "L", axis) for axis in "XYZ")),
)

Floats = NDArray[np.float64]


def recording(participant: str = "P01", sha256: str = "a" * 64, start: datetime | None = START) -> Recording:
    """Describe the left calf of a participant in the night in which summer time began."""
    return Recording(
        participant=participant,
        leg="L",
        muscle="GM",
        channel="EMG L-GM",
        night=None if start is None else night_of(start),
        start=start,
        zone=None if start is None else "Europe/Berlin",
        file="night.edf",
        sha256=sha256,
        fs_hz=FS_HZ,
        has_acceleration=True,
        remarks=("starts late",),
    )


def rest(minutes: float, seed: int = 1) -> Floats:
    """EMG at rest, shape (n,): white noise of 3 uV RMS."""
    return np.random.default_rng(seed).normal(0.0, REST_UV, round(minutes * 60 * FS_HZ))


def contract(emg_uv: Floats, onset_s: float, duration_s: float) -> Floats:
    """Return a copy of the EMG with a contraction of 60 uV RMS in it."""
    bursting = emg_uv.copy()
    first, end = round(onset_s * FS_HZ), round((onset_s + duration_s) * FS_HZ)
    bursting[first:end] = np.random.default_rng(round(onset_s)).normal(0.0, CONTRACTION_UV, end - first)
    return bursting


def scored(emg_uv: Floats, of: Recording | None = None, profile: Profile | None = None) -> NightRecord:
    """Score an EMG of the scored muscle, shape (n,), of a leg that lies still."""
    scorer = NightScorer(STREAMS, profile or Profile(name="test-1"))
    for block in _blocks(emg_uv):
        scorer.update(block)
    return scorer.finish(of or recording())


def _blocks(emg_uv: Floats) -> Iterator[SampleBlock]:
    n_acc = round(len(emg_uv) / FS_HZ * ACC_HZ)
    still_g = np.random.default_rng(7).normal(0.0, 0.002, (n_acc, 3)) + np.array([0.0, 0.0, 1.0])
    yield SampleBlock("acc", 0, still_g)
    yield SampleBlock("emg", 0, emg_uv[:, None])
