"""The figures of an evaluation as rows of a name and a saying, for text and page alike."""

from crampwatch.evaluating.wording import (
    UNDEFINED,
    bias,
    by_participant,
    correlation,
    envelope,
    limits,
    percent,
    plain,
    rate,
    seconds,
    share,
)
from models.evaluation import Evaluation
from models.evaluation.summary import DetectionSummary

Rows = list[tuple[str, str]]


def detection_rows(of: DetectionSummary) -> Rows:
    """Say how many cramps were found and how many were false."""
    return [
        ("sensitivity", share(of.sensitivity)),
        ("  by participant (bootstrap)", by_participant(of.sensitivity_by_participant, in_percent=True)),
        ("false cramps per night", rate(of.false_per_night, "nights")),
        ("  by participant (bootstrap)", by_participant(of.false_per_night_by_participant, in_percent=False)),
        ("false cramps per 8 h usable", rate(of.false_per_8h_usable, "× 8 h")),
        ("precision", share(of.precision)),
        ("missed / merged", f"{of.missed} / {of.merged}"),
        ("fragments", str(of.fragments)),
    ]


def agreement_rows(of: DetectionSummary) -> Rows:
    """Say how the counts of nights agree."""
    agreement = of.agreement
    return [
        ("cramps, true / counted", f"{agreement.true_cramps} / {agreement.predicted_cramps}"),
        ("nights with the same count", share(agreement.exact)),
        ("ICC(2,1), absolute agreement", correlation(agreement.icc)),
        ("bias per night, counted minus true", bias(agreement.bland_altman)),
        ("limits of agreement", limits(agreement.bland_altman)),
    ]


def trial_rows(of: DetectionSummary) -> Rows:
    """Say what a trial would see."""
    trial = of.trial
    return [
        ("true rate ratio", plain(trial.true_ratio)),
        ("rate ratio of the counts", envelope(trial.observed_ratio, trial.low, trial.high)),
        ("true among counted, untreated arm", percent(trial.precision_untreated)),
        ("true among counted, treated arm", percent(trial.precision_treated)),
    ]


def timing_rows(evaluation: Evaluation) -> Rows:
    """Say how far off found cramps are, and how soon flags came."""
    timing, flags = evaluation.timing, evaluation.flags
    rows = [
        ("onset error", seconds(timing.onset)),
        ("end error", seconds(timing.end)),
        ("duration error", seconds(timing.duration)),
    ]
    if flags is None:
        return [*rows, ("flag latency", f"{UNDEFINED} (no live replay given)")]
    return [
        *rows,
        ("flag latency", seconds(flags.latency)),
        ("cramps flagged", share(flags.flagged)),
        ("false flags per night", rate(flags.false_per_night, "nights")),
    ]


def calibration_rows(evaluation: Evaluation) -> Rows:
    """Say how far the probabilities hold."""
    held = evaluation.calibration
    if held is None:
        return [("Brier score", UNDEFINED)]
    return [
        ("Brier score", plain(held.brier, 4)),
        ("Brier score of the base rate", plain(held.brier_of_base_rate, 4)),
        ("episodes, of which cramps", f"{held.n_episodes}, {held.n_cramps}"),
    ]
