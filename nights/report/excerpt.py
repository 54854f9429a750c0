"""What a report shows of a recording: the raw signals around one counted cramp."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models import ScoredEpisode

AXES = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Excerpt:
    """Raw signals from about 15 s before to 15 s after a counted cramp; NaN where nothing was recorded.

    `start_s` is the time of the first sample of both signals, from the start of the recording. `emg_uv` has
    shape (n_samples, n_channels), the scored muscle first, `channels` its names; `acc_g` has shape
    (n_samples, 3), X along the shank. Without an accelerometer `acc_g` and `acc_fs_hz` are None.

    Raises
    ------
    ValueError
        Where the shapes do not fit, a rate is not above 0, or only one of `acc_g` and `acc_fs_hz` is given.
    """

    episode: ScoredEpisode
    start_s: float
    emg_uv: NDArray[np.float64]
    emg_fs_hz: float
    channels: tuple[str, ...]
    acc_g: NDArray[np.float64] | None = None
    acc_fs_hz: float | None = None

    def __post_init__(self) -> None:
        if self.emg_uv.ndim != 2 or self.emg_uv.shape[1] != len(self.channels):  # noqa: PLR2004 - samples by channels
            raise ValueError(f"EMG has shape {self.emg_uv.shape}; (n_samples, {len(self.channels)}) is needed")
        if not len(self.emg_uv) or not self.channels:
            raise ValueError("an excerpt needs at least one sample of one EMG channel")
        if not self.emg_fs_hz > 0:
            raise ValueError(f"EMG has a rate of {self.emg_fs_hz} Hz; it must be above 0")
        if (self.acc_g is None) != (self.acc_fs_hz is None):
            raise ValueError("acceleration and its rate belong together; one of them is missing")
        if self.acc_g is not None and (self.acc_g.ndim != 2 or self.acc_g.shape[1] != AXES):  # noqa: PLR2004 - as above
            raise ValueError(f"acceleration has shape {self.acc_g.shape}; (n_samples, {AXES}) is needed")
        if self.acc_fs_hz is not None and not self.acc_fs_hz > 0:
            raise ValueError(f"acceleration has a rate of {self.acc_fs_hz} Hz; it must be above 0")
