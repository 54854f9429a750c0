"""The night record: everything that is said of one leg in one night, and by what it was made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models import LegMovements, ScoredEpisode
from signals import Gap, GapReason, Leg


class Missing(StrEnum):
    """Why a night has no count. A missing count is never a zero."""

    NO_USABLE_TIME = "no_usable_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """The sensor's battery when it was first and last heard of in a night: how full, full at 1, and its voltage.

    None is what the sensor did not say.
    """

    start_share: float | None
    end_share: float | None
    start_v: float | None
    end_v: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What was scored: whose leg, when, from which file, as the person who scored it said.

    `participant` is a pseudonym. `night` is the evening's local date (noon to noon), `start` the local time
    of the first sample, aware where `zone` (IANA) is known; all three are None where the recording hides them.
    `sha256` identifies the file's content; `remarks` are what the reader had to say about it. `battery` is None
    where the recording has no word on it.
    """

    participant: str
    leg: Leg | None
    muscle: str | None
    channel: str
    night: date | None
    start: datetime | None
    zone: str | None
    file: str
    sha256: str
    fs_hz: float
    has_acceleration: bool
    remarks: tuple[str, ...] = ()
    battery: Battery | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """By what a result was made; stands in every row of every output."""

    software: str
    profile: str
    profile_hash: str
    model: str
    config_hash: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NightRecord:
    """One leg, one night.

    `cramp_count` is None exactly where `missing` says why. `usable_s` is the exposure: worn, electrodes in
    contact, no gap, not saturated, resting floor known. `valid` is the rule of `ValidNight`; a night that is
    not valid keeps its count and its exposure. `too_short` counts bouts below 0.5 s, which are no movement.
    """

    recording: Recording
    provenance: Provenance
    monitored_s: float
    usable_s: float
    lost_s: Mapping[GapReason, float]
    gaps: tuple[Gap, ...]
    episodes: tuple[ScoredEpisode, ...]
    cramp_count: int | None
    missing: Missing | None
    valid: bool
    leg_movements: LegMovements
    too_short: int
    mains_hz: tuple[float, ...]

    def __post_init__(self) -> None:
        if (self.cramp_count is None) == (self.missing is None):
            raise ValueError(
                f"count {self.cramp_count} and missing {self.missing}: a night has a count or a reason for none"
            )

    @property
    def periodic_onsets_s(self) -> frozenset[float]:
        """Onsets of the leg movements that belong to a periodic series, from the start of the recording."""
        return frozenset(onset for series in self.leg_movements.series for onset in series.onsets_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidNight:
    """When a night is long enough to stand for itself; a setting of the study, not of the scoring.

    Default: 4 h usable and 75 % of the monitored period (design; sensitivity analyses use 3, 5 and 6 h).
    """

    usable_h: float = 4.0
    usable_share: float = 0.75

    def holds(self, usable_s: float, monitored_s: float) -> bool:
        """Whether so much usable time makes a valid night."""
        seconds_per_hour = 3600.0
        return usable_s >= self.usable_h * seconds_per_hour and usable_s >= self.usable_share * monitored_s
