"""Every number of the detector that can change a result, in one frozen object."""

from dataclasses import dataclass, fields
from math import isfinite
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionSettings:
    """Settings of the detector; refused at construction where they contradict each other.

    Sources: glossary definitions of onset, end, bridging (docs/glossary.md); band after De Luca 2010
    (doi 10.1016/j.jbiomech.2010.01.027); the shortest movement of 0.5 s and the 10 s above which a
    contraction is no candidate leg movement after WASM 2016. Values without a source are marked "ours".
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}  # an unknown key in a profile is an error

    # score
    hop_s: float = 0.05  # ours; the grain of all times
    window_hops: int = 10  # the 0.5-s RMS of the definition of onset
    tick_hops: int = 20  # ours; the floor changes only between ticks of 1 s
    band_low_hz: float = 20.0  # De Luca 2010: below lies motion artefact
    band_high_hz: float = 450.0  # SENIAM: surface EMG ends near 500 Hz
    band_high_fraction: float = 0.45  # of the sampling rate, where that is lower than band_high_hz
    band_order: int = 4  # ours; Butterworth, per edge
    # resting floor
    floor_start_uv: float = 5.0  # ours; used until rest has been seen: 3 x 5 uV is the 15 uV of MATPLM's limit
    floor_min_uv: float = 0.5  # ours; no surface EMG front end is quieter
    floor_memory_s: float = 300.0  # ours; long against a cramp that builds over 3 min, short against settling
    floor_quantile: float = 0.25  # ours; of the resting seconds remembered
    floor_known_s: float = 30.0  # ours; rest that must have been seen before anything can be 3 x the floor
    reseat_s: float = 60.0  # ours; electrodes off for so long may sit differently afterwards
    # decide
    on_ratio: float = 3.0  # the definition
    off_ratio: float = 2.0  # ours; hysteresis
    # assemble
    bout_min_s: float = 0.5  # WASM 2016
    bridge_s: float = 10.0  # the definition: two bouts less than this apart are one cramp
    bridge_bout_s: float = 10.0  # WASM 2016: a bout longer than any leg movement takes up its neighbours
    burst_max_s: float = 2.5  # ours; bursts up to 0.7 s, two or three melted into one by the 0.5-s window
    train_pause_s: float = 1.0  # ours; bursts of 0.1-0.7 s at 1-2 Hz leave pauses of up to 0.9 s (Chervin 2003)
    train_bursts: int = 4  # AASM: that many make a train
    gap_bridge_s: float = 600.0  # ours; the longest cramp of the consensus (Hallegraeff 2017)
    open_max_s: float = 1800.0  # ours; activity this long means that the floor itself has changed
    flag_after_s: float = 10.0  # ours; first look at an open episode
    flag_every_s: float = 5.0  # ours; and again
    context_s: float = 10.0  # ours; movement looked at before and after an episode
    # signal quality
    settle_s: float = 0.25  # ours; filters after a gap or a lost electrode
    flat_uv: float = 0.1  # ours; peak to peak within a hop, below any converter noise
    rail_fraction: float = 1 / 4096  # one step of a 12-bit converter, the coarsest in use
    rail_share: float = 0.5  # ours; of a hop at a rail, from which the electrode is off
    pop_step_uv: float = 100.0  # ours; the least of the 0.1-5 mV that electrode pops have
    pop_ratio: float = 6.0  # ours; of the step to the level before it
    motion_min_uv: float = 30.0  # ours; RMS of what changes between 25-ms means, below 20 Hz
    motion_ratio: float = 10.0  # ours; power below 20 Hz to power in the band
    # mains
    mains_on: float = 30.0  # ours; line to neighbouring power: chance 1e-13 per line and look in noise
    mains_off: float = 5.0  # ours
    mains_width_hz: float = 3.0  # ours; of a notch, for lines up to 0.2 Hz off their nominal frequency
    mains_every_ticks: int = 30  # ours; looks at the spectrum (and at once when the power jumps)
    hum_lead_off_uv: float = 100.0  # ours; RMS of all lines from which an electrode is off ...
    hum_lead_off_share: float = 0.7  # ... if they hold this share of the power
    # acceleration
    gait_low_hz: float = 0.5  # ours; strides of slow to fast walking ...
    gait_high_hz: float = 3.0  # ... and their second harmonic
    still_g: float = 0.02  # ours; ten times the noise of the sensors in the sample recordings
    not_worn_s: float = 300.0  # ours; no contact and lying still for so long

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not (isfinite(value) and value > 0):
                raise ValueError(f"setting {field.name} is {value}; it must be a number above 0")
        for low, high in (
            ("off_ratio", "on_ratio"),
            ("band_low_hz", "band_high_hz"),
            ("gait_low_hz", "gait_high_hz"),
            ("mains_off", "mains_on"),
            ("floor_min_uv", "floor_start_uv"),
            ("window_hops", "tick_hops"),
        ):
            if not getattr(self, low) < getattr(self, high):
                raise ValueError(
                    f"setting {low} ({getattr(self, low)}) must lie below {high} ({getattr(self, high)})"
                )
        for name in ("floor_quantile", "rail_share", "hum_lead_off_share", "rail_fraction"):
            if not getattr(self, name) < 1:
                raise ValueError(f"setting {name} is {getattr(self, name)}; it is a share and must lie below 1")
        if self.off_ratio <= 1:
            raise ValueError(f"setting off_ratio is {self.off_ratio}; rest itself is 1, so it must lie above 1")
