"""Numbers that describe one episode; every classifier sees these and nothing else."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from detection import Episode, Movement

Floats = NDArray[np.float64]
NAN = float("nan")

WINDOW_HOPS = 5  # the 250-ms windows of the duty cycle
MODULATION_HZ = (0.3, 4.0)  # ALMA, foot tremor, high-frequency leg movements (AASM, WASM)
TREND_HOPS = 67  # 3.3 s, one period of the slowest modulation: slower courses are no rhythm
LOUD_QUANTILE = 0.95
HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementLimits:
    """From which acceleration a second counts as moved, and as a stride."""

    moving_g: float
    gait_g: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """One episode in numbers; NaN is undefined (no second muscle, no accelerometer, too short).

    Times in s, levels in uV RMS, ratios to the resting floor. `duty` is the share of observed 250-ms windows
    above 3 x the floor; `modulation_depth` the depth of a 0.3-4 Hz modulation of the envelope (1 is full);
    `frequency_hz` the root-mean-square frequency (Hjorth 1970) and `frequency_shift_hz` how much it rises
    from the first to the last third; `coactivation` the level of the loudest other muscle over its own floor,
    relative to that of the scored one. `still_s` is the part of the episode that no movement explains,
    `lead_s` the time from onset to the first movement; `turn_deg` the change of the direction of gravity from
    before to after.
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
    still_s: float
    lead_s: float
    dynamic_g: float
    gait_share: float
    turn_deg: float
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
    depth, modulation_hz = _modulation(envelope.power_uv2, hop_s)
    frequency, shift = _frequency(envelope.frequency_hz, episode.active())
    still, lead, dynamic, gait, turn = _moved(episode, limits)
    rise, decay = _slopes(level, hop_s)
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
        duty=_duty(envelope.power_uv2, known, episode.on_ratio * floor),
        modulation_depth=depth,
        modulation_hz=modulation_hz,
        frequency_hz=frequency,
        frequency_shift_hz=shift,
        coactivation=_coactivation(episode),
        still_s=still,
        lead_s=lead,
        dynamic_g=dynamic,
        gait_share=gait,
        turn_deg=turn,
        interval_s=NAN if previous_onset_s is None else episode.start_s - previous_onset_s,
        artefact_share=float(envelope.artefact.mean()),
        saturated_share=float(envelope.saturated.mean()),
    )


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


def _coactivation(episode: Episode) -> float:
    """Level over floor of the loudest other muscle relative to the scored one, median over active hops."""
    active = episode.active()
    level = episode.envelope.level_uv
    if len(level) == 1 or not active.any():
        return NAN
    relative = level[:, active] / np.array(episode.floor_uv)[:, None]
    others = (
        np.nanmedian(relative[1:] / relative[0], axis=1) if np.isfinite(relative[1:]).any() else np.array([NAN])
    )
    return float(np.nanmax(others)) if np.isfinite(others).any() else NAN


def _moved(episode: Episode, limits: MovementLimits) -> tuple[float, float, float, float, float]:
    """Still seconds, lead before the first movement, largest dynamic acceleration, share of gait, turn."""
    movement = episode.movement
    if movement is None:
        return NAN, NAN, NAN, NAN, NAN
    during = movement.between(episode.start_s, episode.end_s)
    if not len(during.dynamic_g):  # shorter than the grain of a row: take the rows that it touches
        during = movement.between(episode.start_s - movement.row_s, episode.end_s + movement.row_s)
    if not np.isfinite(during.dynamic_g).any():
        return NAN, NAN, NAN, NAN, NAN
    moving = (during.dynamic_g >= limits.moving_g) | (during.gait_g >= limits.gait_g)
    still = np.isfinite(during.dynamic_g) & ~moving
    lead = float(np.argmax(moving) * movement.row_s) if moving.any() else episode.duration_s
    strides = during.gait_g[np.isfinite(during.gait_g)] >= limits.gait_g
    return (
        float(still.sum() * movement.row_s),
        lead,
        float(np.nanmax(during.dynamic_g)),
        float(strides.mean()),
        _turn_deg(movement, episode),
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
