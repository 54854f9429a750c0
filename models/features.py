"""Numbers that describe one episode; every classifier sees these and nothing else."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from detection import Episode, Movement
from models.coactivation import coactivation_of

Floats = NDArray[np.float64]
NAN = float("nan")

WINDOW_HOPS = 5  # the 250-ms windows of the duty cycle
MODULATION_HZ = (0.3, 4.0)  # ALMA, foot tremor, high-frequency leg movements (AASM, WASM)
TREND_HOPS = 67  # 3.3 s, one period of the slowest modulation: slower courses are no rhythm
LOUD_QUANTILE = 0.95
HALF = 0.5
UNDISTURBED_MIN_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementLimits:
    """From which acceleration a second counts as moved, and as a stride."""

    moving_g: float
    gait_g: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """One episode in numbers; NaN is undefined (no second muscle, no accelerometer, too short).

    Times in s, levels in uV RMS, ratios to the resting floor. `frequency_hz` is the root-mean-square frequency
    (Hjorth 1970), `frequency_shift_hz` how much it rises from the first to the last third.

    Measured on the longest stretch without movement, where there is one of 5 s: `duty`, the share of observed
    250-ms windows above 3 x the floor; `modulation_depth`, the depth of a 0.3-4 Hz modulation of the envelope
    (1 is full), and `modulation_hz`, its strongest frequency; `coactivation`, `own_coactivation`
    and `crosstalk` as in `models.coactivation`.

    From acceleration: `still_s` is the part of the episode that no movement explains, `lead_s` the time from
    onset to the first movement, `dynamic_g` the highest and `typical_g` the median standard deviation within a
    second, `turn_deg` the change of the direction of gravity from before to after, `walked_before_s` the seconds
    with strides in the context before.
    """

    duration_s: float
    observed_s: float
    gap_s: float
    longest_bout_s: float
    n_bouts: int
    floor_uv: float
    rest_seen_s: float
    peak_uv: float
    median_uv: float
    peak_ratio: float
    median_ratio: float
    rise_s: float
    decay_s: float
    duty: float
    modulation_depth: float
    modulation_hz: float
    frequency_hz: float
    frequency_shift_hz: float
    coactivation: float
    own_coactivation: float
    crosstalk: float
    still_s: float
    lead_s: float
    dynamic_g: float
    typical_g: float
    gait_share: float
    turn_deg: float
    walked_before_s: float
    interval_s: float
    artefact_share: float
    saturated_share: float


def features_of(episode: Episode, limits: MovementLimits, previous_onset_s: float | None) -> Features:
    """Describe an episode; `previous_onset_s` is the onset of the episode before, None for the first."""
    envelope = episode.envelope
    level = envelope.level_uv[0]
    known = np.isfinite(level)
    loud = level[known] if known.any() else np.array([NAN])
    floor = episode.floor_uv[0]
    hop_s = envelope.hop_samples / episode.fs_hz
    moved = _moved(episode, limits)
    part = _undisturbed(episode, limits, hop_s)
    depth, modulation_hz = _modulation(envelope.power_uv2[part], hop_s)
    frequency, shift = _frequency(envelope.frequency_hz, episode.active())
    rise, decay = _slopes(level, hop_s)
    others = coactivation_of(episode, part)
    return Features(
        duration_s=episode.duration_s,
        observed_s=episode.observed_s,
        gap_s=episode.gap_s,
        longest_bout_s=episode.longest_bout_s,
        n_bouts=episode.n_bouts,
        floor_uv=floor,
        rest_seen_s=episode.rest_seen_s,
        peak_uv=float(loud.max()),
        median_uv=float(np.median(loud)),
        peak_ratio=float(loud.max() / floor),
        median_ratio=float(np.median(loud) / floor),
        rise_s=rise,
        decay_s=decay,
        duty=_duty(envelope.power_uv2[part], known[part], episode.on_ratio * floor),
        modulation_depth=depth,
        modulation_hz=modulation_hz,
        frequency_hz=frequency,
        frequency_shift_hz=shift,
        coactivation=others.relative,
        own_coactivation=others.own,
        crosstalk=others.heard,
        still_s=moved.still_s,
        lead_s=moved.lead_s,
        dynamic_g=moved.dynamic_g,
        typical_g=moved.typical_g,
        gait_share=moved.gait_share,
        turn_deg=moved.turn_deg,
        walked_before_s=moved.walked_before_s,
        interval_s=NAN if previous_onset_s is None else episode.start_s - previous_onset_s,
        artefact_share=float(envelope.artefact.mean()),
        saturated_share=float(envelope.saturated.mean()),
    )


def _undisturbed(episode: Episode, limits: MovementLimits, hop_s: float) -> slice:
    """Return the hops of the longest stretch without movement, all where that is shorter than 5 s or unknown.

    A cramp often ends in standing up and walking; what it was before must not be judged by that.
    """
    hops = len(episode.envelope.power_uv2)
    if episode.movement is None:
        return slice(0, hops)
    rows = episode.movement
    moving = (rows.dynamic_g >= limits.moving_g) | (rows.gait_g >= limits.gait_g)  # NaN: not known to move
    at_s = episode.start_s + (np.arange(hops) + HALF) * hop_s
    row = np.clip((at_s / rows.row_s).astype(int) - rows.first_row, 0, max(0, len(moving) - 1))
    still = ~moving[row] if len(moving) else np.ones(hops, bool)
    edges = np.flatnonzero(np.diff(still, prepend=False, append=False))
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return slice(0, hops)
    longest = int(np.argmax(ends - starts))
    if (ends[longest] - starts[longest]) * hop_s < UNDISTURBED_MIN_S:
        return slice(0, hops)
    return slice(int(starts[longest]), int(ends[longest]))


def _duty(power_uv2: Floats, known: NDArray[np.bool_], on_uv: float) -> float:
    """Share of the observed 250-ms windows at or above the onset level; one window where there is no more."""
    power = power_uv2[known]
    if len(power) < WINDOW_HOPS:
        return float(np.sqrt(power.mean()) >= on_uv) if len(power) else NAN
    windows = power[: len(power) // WINDOW_HOPS * WINDOW_HOPS].reshape(-1, WINDOW_HOPS)
    return float((np.sqrt(windows.mean(axis=1)) >= on_uv).mean())


def _slopes(level: Floats, hop_s: float) -> tuple[float, float]:
    """Measure the time from onset to half the loud level, and from its last half to the end."""
    if not np.isfinite(level).any():
        return NAN, NAN
    half = np.flatnonzero(level >= HALF * np.nanquantile(level, LOUD_QUANTILE))
    return float(half[0] * hop_s), float((len(level) - 1 - half[-1]) * hop_s)


def _modulation(power_uv2: Floats, hop_s: float) -> tuple[float, float]:
    """Depth and frequency of the modulation of the envelope between 0.3 and 4 Hz.

    The envelope (RMS per hop) is divided by its course over 3.3 s; the depth is that of a sine with the same
    power in the band. Undefined below two periods of the slowest modulation.
    """
    if len(power_uv2) < 2 * TREND_HOPS:
        return NAN, NAN
    envelope = np.sqrt(power_uv2)
    padded = np.pad(envelope, (TREND_HOPS // 2, TREND_HOPS // 2), mode="reflect")
    trend = sliding_window_view(padded, TREND_HOPS).mean(axis=1)
    relative = envelope / np.maximum(trend, np.finfo(float).tiny) - 1
    spectrum = np.abs(np.fft.rfft(relative)) ** 2 * 2 / len(relative) ** 2
    frequencies = np.fft.rfftfreq(len(relative), hop_s)
    band = (frequencies >= MODULATION_HZ[0]) & (frequencies <= MODULATION_HZ[1])
    return float(np.sqrt(2 * spectrum[band].sum())), float(frequencies[band][spectrum[band].argmax()])


def _frequency(frequency_hz: Floats, active: NDArray[np.bool_]) -> tuple[float, float]:
    """Median frequency of the active hops, and its rise from their first to their last third."""
    values = frequency_hz[active & np.isfinite(frequency_hz)]
    third = len(values) // 3
    if not third:
        return (float(np.median(values)) if len(values) else NAN), NAN
    return float(np.median(values)), float(np.median(values[-third:]) - np.median(values[:third]))


@dataclass(frozen=True, slots=True)
class _Moved:
    """What the accelerometer says of an episode; see `Features` for the fields."""

    still_s: float = NAN
    lead_s: float = NAN
    dynamic_g: float = NAN
    typical_g: float = NAN
    gait_share: float = NAN
    turn_deg: float = NAN
    walked_before_s: float = NAN


def _moved(episode: Episode, limits: MovementLimits) -> _Moved:
    """Measure movement; all fields undefined without acceleration during the episode."""
    movement = episode.movement
    if movement is None:
        return _Moved()
    during = movement.between(episode.start_s, episode.end_s)
    if not len(during.dynamic_g):  # shorter than the grain of a row: take the rows that it touches
        during = movement.between(episode.start_s - movement.row_s, episode.end_s + movement.row_s)
    observed = np.isfinite(during.dynamic_g)
    if not observed.any():
        return _Moved()
    strides = during.gait_g >= limits.gait_g
    before = movement.between(0.0, episode.start_s)
    moving = (during.dynamic_g >= limits.moving_g) | strides
    return _Moved(
        still_s=float((observed & ~moving).sum() * movement.row_s),
        lead_s=float(np.argmax(moving) * movement.row_s) if moving.any() else episode.duration_s,
        dynamic_g=float(np.nanmax(during.dynamic_g)),
        typical_g=float(np.nanmedian(during.dynamic_g)),
        gait_share=float(strides[observed].mean()),
        turn_deg=_turn_deg(movement, episode),
        walked_before_s=float((before.gait_g >= limits.gait_g).sum() * movement.row_s),
    )


def _turn_deg(movement: Movement, episode: Episode) -> float:
    """Angle between the direction of gravity before and after the episode."""
    before = movement.between(0.0, episode.start_s).gravity_g
    after = movement.between(episode.end_s, movement.end_s).gravity_g
    before, after = before[np.isfinite(before[:, 0])], after[np.isfinite(after[:, 0])]
    if not len(before) or not len(after):
        return NAN
    a, b = np.median(before, axis=0), np.median(after, axis=0)
    cosine = a @ b / max(float(np.linalg.norm(a) * np.linalg.norm(b)), np.finfo(float).tiny)
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
