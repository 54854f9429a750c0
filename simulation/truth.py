"""What is true of a simulated night: every event with onset and end by the project's definition."""

from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, sosfilt

from simulation.happenings import Happening, Rendered
from simulation.kinds import MINOR, MUSCULAR, TRIAL_TYPE, Kind
from simulation.randomness import Floats

RATIO = 3.0  # the definition: 0.5-s RMS above 3 x the floor
WINDOW_S = 0.5
BRIDGE_S = 10.0  # the definition: less than this apart is one cramp
CRAMP_MIN_S = 15.0  # the definition
HOP_S = 0.01
BAND_HZ = (20.0, 450.0)
BAND_FRACTION = 0.45


@dataclass(frozen=True, slots=True)
class TrueEvent:
    """One true event; times in s from the start of the recording.

    `trial_type` is a label of the project, a reason of a gap, or `minor`; `kind` what really happened.
    `onset_s` and `duration_s` follow the definition where the event ever meets it on the scored channel, and
    are those of the drive otherwise (`drive_onset_s`, `drive_duration_s`). `peak_ratio` is the highest 0.5-s
    RMS, floor included, over the floor; NaN where no muscle is active. `head` and `felt` are those of a cramp.
    """

    onset_s: float
    duration_s: float
    trial_type: str
    kind: Kind
    drive_onset_s: float
    drive_duration_s: float
    peak_ratio: float
    head: str | None
    felt: bool | None

    @property
    def end_s(self) -> float:
        """End."""
        return self.onset_s + self.duration_s


@dataclass(frozen=True, slots=True)
class Course:
    """The 0.5-s RMS of one channel, floor included, over the floor; `at_s` is the end of each window."""

    at_s: Floats
    ratio: Floats


def course_of(clean_uv: Floats, floor_uv: float, fs_hz: float) -> Course:
    """Measure a clean EMG (n,) against a floor that is independent of it: sqrt(rms² + floor²) / floor."""
    band = (BAND_HZ[0], min(BAND_HZ[1], BAND_FRACTION * fs_hz))
    window, hop = round(WINDOW_S * fs_hz), max(1, round(HOP_S * fs_hz))
    padded = np.concatenate([np.asarray(clean_uv, np.float64), np.zeros(window)])
    filtered: Floats = sosfilt(butter(4, band, "bandpass", fs=fs_hz, output="sos"), padded)
    energy = np.concatenate([np.zeros(window + 1), np.cumsum(filtered**2)])
    ends = np.arange(hop, len(padded) + 1, hop)
    power = np.maximum(0.0, energy[ends + window] - energy[ends]) / window
    return Course(ends / fs_hz, np.sqrt(power + floor_uv**2) / floor_uv)


def true_events(rendered: Rendered, gain: float, floor_uv: float, fs_hz: float) -> tuple[TrueEvent, ...]:
    """Return what one happening gives by the definition: mostly one event, for a cramp with long pauses several."""
    happening = rendered.happening
    if rendered.muscle_uv is None or happening.kind not in MUSCULAR:
        return (_event(happening, happening.onset_s, happening.end_s, TRIAL_TYPE[happening.kind], np.nan),)
    course = course_of(rendered.muscle_uv[0] * np.float64(gain), floor_uv, fs_hz)
    above = course.ratio >= RATIO
    peak = float(course.ratio.max())
    label = TRIAL_TYPE[happening.kind]
    if not above.any():
        fallback = MINOR if happening.kind is Kind.CRAMP else label
        return (_event(happening, happening.onset_s, happening.end_s, fallback, peak),)
    bouts = _bouts(course, above)
    if happening.kind is not Kind.CRAMP:
        start, end = happening.onset_s + bouts[0][0], happening.onset_s + bouts[-1][1]
        return (_event(happening, start, max(end, start + HOP_S), label, peak),)
    return tuple(
        _event(
            happening, happening.onset_s + a, happening.onset_s + b, label if b - a >= CRAMP_MIN_S else MINOR, peak
        )
        for a, b in _joined(bouts)
    )


def _bouts(course: Course, above: np.ndarray) -> list[tuple[float, float]]:
    """Stretches above the ratio: from the end of the first window to the start of the last one."""
    edges = np.flatnonzero(np.diff(above, prepend=False, append=False))
    bouts: list[tuple[float, float]] = []
    for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        start = float(course.at_s[a]) - HOP_S
        bouts.append((start, max(start + HOP_S, float(course.at_s[b - 1]) - WINDOW_S)))
    return bouts


def _joined(bouts: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Join bouts of one cramp that are less than 10 s apart."""
    joined = bouts[:1]
    for start, end in bouts[1:]:
        if start - joined[-1][1] < BRIDGE_S:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _event(happening: Happening, start_s: float, end_s: float, label: str, peak: float) -> TrueEvent:
    return TrueEvent(
        onset_s=start_s,
        duration_s=end_s - start_s,
        trial_type=label,
        kind=happening.kind,
        drive_onset_s=happening.onset_s,
        drive_duration_s=happening.duration_s,
        peak_ratio=peak,
        head=happening.head,
        felt=happening.felt,
    )
