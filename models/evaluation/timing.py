"""How far off in time: onset, end and duration of found cramps, and how soon a flag was raised."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.evaluation.events import EvaluatedNight
from models.evaluation.intervals import Proportion, Rate, garwood, wilson
from models.evaluation.matching import Tolerance
from models.evaluation.outcome import NightOutcome


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, quartiles and the 5 % and 95 % quantiles of `n` values, in s; None without values."""

    n: int
    median_s: float | None
    q25_s: float | None
    q75_s: float | None
    p05_s: float | None
    p95_s: float | None


@dataclass(frozen=True, slots=True)
class TimingErrors:
    """Predicted minus true of every matched pair: positive is late, or too long."""

    onset: Spread
    end: Spread
    duration: Spread
    onset_errors_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class FlagLatency:
    """Live flags against true cramps, over the nights that have flags.

    `latency` is from true onset to the first flag of every flagged cramp; `unflagged` cramps are not in it.
    """

    n_nights: int
    latency: Spread
    flagged: Proportion
    unflagged: int
    false_per_night: Rate
    latencies_s: tuple[float, ...]


def spread(values_s: Sequence[float]) -> Spread:
    """Return the quantiles (linear interpolation, Hyndman & Fan type 7)."""
    if not values_s:
        return Spread(0, None, None, None, None, None)
    p05, q25, median, q75, p95 = (float(q) for q in np.quantile(values_s, [0.05, 0.25, 0.5, 0.75, 0.95]))
    return Spread(len(values_s), median, q25, q75, p05, p95)


def timing_errors(outcomes: Sequence[NightOutcome]) -> TimingErrors:
    """Return the errors of all matched pairs."""
    pairs = [
        (outcome.night.true_cramps[i].span, outcome.night.predicted_cramps[j].span)
        for outcome in outcomes
        for i, j in outcome.matching.pairs
    ]
    onsets_s = tuple(predicted.onset_s - true.onset_s for true, predicted in pairs)
    return TimingErrors(
        onset=spread(onsets_s),
        end=spread([predicted.end_s - true.end_s for true, predicted in pairs]),
        duration=spread([predicted.duration_s - true.duration_s for true, predicted in pairs]),
        onset_errors_s=onsets_s,
    )


def flag_latency(nights: Sequence[EvaluatedNight], tolerance: Tolerance) -> FlagLatency | None:
    """Return how soon flags were raised; None where no night has flags.

    The flag of a cramp is the first one raised from `before_s` before its onset to `after_s` after its end. A
    flag raised in no such stretch is false.
    """
    live = [night for night in nights if night.flags is not None and night.missing is None]
    if not live:
        return None
    latencies_s: list[float] = []
    n_cramps = n_false = 0
    for night in live:
        raised_s = sorted(flag.raised_s for flag in night.flags or ())
        around = [(cramp.span.onset_s, tolerance.extended(cramp.span)) for cramp in night.true_cramps]
        n_cramps += len(around)
        for onset_s, window in around:
            first_s = next((s for s in raised_s if window.onset_s <= s <= window.end_s), None)
            if first_s is not None:
                latencies_s.append(first_s - onset_s)
        n_false += sum(all(not w.onset_s <= s <= w.end_s for _, w in around) for s in raised_s)
    return FlagLatency(
        n_nights=len(live),
        latency=spread(latencies_s),
        flagged=wilson(len(latencies_s), n_cramps),
        unflagged=n_cramps - len(latencies_s),
        false_per_night=garwood(n_false, len(live)),
        latencies_s=tuple(latencies_s),
    )
