"""What a reader sees of an episode, and nothing else: numbers of the contraction, and its signals where given."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from nights.log import EpisodeRow, NightRow
from nights.log.log import logged_nights
from trial.review.packets import StoredPacket

Floats = NDArray[np.float64]

DIGITS = 3
"""Significant digits of what is shown: enough to judge by, too few to find an episode again by."""

DECIMALS = 6
"""Decimals beyond which a value is the error of its computation, which would tell of the time of day."""

SHOWN: dict[str, str] = {
    "duration_s": "length",
    "longest_bout_s": "longest stretch above the onset level",
    "n_bouts": "stretches above the onset level",
    "gap_s": "not recorded within it",
    "floor_uv": "resting floor: the level at rest before it",
    "median_uv": "median level",
    "peak_uv": "highest level",
    "median_ratio": "median level over that floor",
    "peak_ratio": "highest level over that floor",
    "rise_s": "build-up: from onset to half the loud level",
    "decay_s": "from the last half of the loud level to the end",
    "duty": "share of 250-ms windows above the onset level",
    "modulation_depth": "rhythm: depth of a modulation at 0.3-4 Hz (1 is full)",
    "modulation_hz": "rhythm: its strongest frequency",
    "frequency_hz": "frequency of the EMG (root mean square)",
    "frequency_shift_hz": "rise of that frequency from first to last third",
    "coactivation": "other muscle: level over its floor, relative to this one",
    "crosstalk": "other muscle: how far it only hears this one (1 is wholly)",
    "still_s": "movement: seconds that no movement explains",
    "lead_s": "movement: from onset to the first one",
    "dynamic_g": "movement: largest acceleration within a second",
    "typical_g": "movement: median acceleration",
    "gait_share": "movement: share of seconds with strides",
    "walked_before_s": "movement: seconds with strides in the ten before",
    "turn_deg": "movement: change of posture from before to after",
    "artefact_share": "share that is artefact",
    "saturated_share": "share at the limit of the converter",
}
"""The features of an episode that a reader sees, with what they are called.

Left out are those that tell of the program or of the place in the night: `interval_s`, `rest_seen_s`,
`observed_s` and `own_coactivation`, which say the same as others here or nothing about the contraction.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signals:
    """The signals around an episode; time 0 is the first sample, `onset_s` after which the episode begins.

    `emg_uv` has shape (n_samples, n_channels), the muscle in question first; `acc_g` shape (n_samples, 3) with X
    along the shank, None without an accelerometer. NaN where nothing was recorded.
    """

    onset_s: float
    emg_uv: Floats
    emg_fs_hz: float
    acc_g: Floats | None = None
    acc_fs_hz: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlindPacket:
    """One episode as a reader sees it. A feature that is None was not measured."""

    code: str
    features: dict[str, float | None]
    signals: Signals | None = field(default=None)

    @property
    def duration_s(self) -> float:
        """Length of the episode."""
        return self.features["duration_s"] or 0.0


def blinded(code: str, episode: EpisodeRow) -> BlindPacket:
    """Return an episode of the log as a reader sees it."""
    known = episode.features | {"duration_s": episode.duration_s}
    return BlindPacket(code=code, features={name: _short(known.get(name)) for name in SHOWN})


def episodes_of(
    connection: Connection, packets: Sequence[StoredPacket]
) -> Iterator[tuple[StoredPacket, NightRow, EpisodeRow]]:
    """Give packets with the night and the episode that each stands for, in the order of the log.

    Not for a reader's eyes.
    """
    of_night: dict[int, list[StoredPacket]] = {}
    for packet in packets:
        of_night.setdefault(packet.night_id, []).append(packet)
    for night, episodes, _ in logged_nights(connection, sorted(of_night)):
        by_number = {episode.number: episode for episode in episodes}
        for packet in of_night[night.id]:
            yield packet, night, by_number[packet.number]


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{round(value, DECIMALS):.{DIGITS}g}")
