"""The evaluation in words, for a terminal."""

from collections.abc import Sequence

from crampwatch.evaluating.figures import (
    Rows,
    agreement_rows,
    calibration_rows,
    detection_rows,
    timing_rows,
    trial_rows,
)
from crampwatch.evaluating.pairing import Material
from crampwatch.evaluating.wording import PHASE_0, UNDEFINED, counted, rate, share
from models.evaluation import Evaluation
from models.evaluation.breakdowns import CrampGroup, Mimic


def in_words(material: Material, evaluation: Evaluation) -> str:
    """Return the whole evaluation as text."""
    seen, every = evaluation.observable_cramps, evaluation.all_cramps
    lines = [
        *headline(material, evaluation),
        *_section("Every true cramp, lost time included", detection_rows(every) + agreement_rows(every)),
        *_section("Without cramps wholly in lost time", detection_rows(seen) + agreement_rows(seen)),
        *_section("Time", timing_rows(evaluation)),
        *_section("Probabilities", calibration_rows(evaluation)),
        *_section("Trial, every true cramp", trial_rows(every)),
        *_section("Sensitivity by kind of cramp", group_rows(evaluation.by_kind)),
        *_section("Sensitivity by duration", group_rows(evaluation.by_duration)),
        *_section("Sensitivity by level over the floor", group_rows(evaluation.by_amplitude)),
        *_section("False cramps by what they overlap", mimic_rows(evaluation.by_mimic)),
        *_section("By usable share of the night", quality_rows(evaluation)),
    ]
    return "\n".join(lines)


def headline(material: Material, evaluation: Evaluation) -> list[str]:
    """Say what was evaluated, by what it was made, and what was left out."""
    hidden = evaluation.not_observable
    lines = [
        (
            f"{counted(evaluation.n_nights, 'night')} of {counted(evaluation.n_participants, 'participant')}, "
            f"{evaluation.n_nights_with_count} with a count, {evaluation.n_nights_without_true_cramp} of these "
            "without a true cramp"
        ),
        f"predictions by {material.made_by}",
        PHASE_0,
    ]
    if evaluation.missing_nights:
        lines.append(f"no count, not in any agreement: {', '.join(evaluation.missing_nights)}")
    if hidden.n:
        lines.append(
            f"not observable (wholly in lost time): {hidden.n} true cramps, {hidden.by_truth} by the truth, "
            f"{hidden.by_prediction_only} by the prediction's word only, {hidden.found} found all the same"
        )
    for side, names in (("truth", material.only_in_truth), ("prediction", material.only_in_predicted)):
        if names:
            lines.append(f"LEFT OUT, {side} only: {', '.join(names)}")
    return lines


def group_rows(groups: Sequence[CrampGroup]) -> Rows:
    """Say the sensitivity of every group."""
    return [(group.group, share(group.sensitivity)) for group in groups]


def mimic_rows(mimics: Sequence[Mimic]) -> Rows:
    """Say what false cramps overlap."""
    return [
        (mimic_name(mimic), f"{mimic.false_cramps}" + (f"; {share(mimic.per_event)}" if mimic.per_event else ""))
        for mimic in mimics
    ]


def mimic_name(mimic: Mimic) -> str:
    """Say a sort of event by label and kind."""
    label = mimic.label.replace("_", " ")
    return label if mimic.kind is None else f"{label}: {mimic.kind.replace('_', ' ')}"


def quality_rows(evaluation: Evaluation) -> Rows:
    """Say both errors by signal quality."""
    return [
        (
            f"{group.group}, {counted(group.n_nights, 'night')}",
            f"found {share(group.sensitivity)}; false per night {rate(group.false_per_night, 'nights')}",
        )
        for group in evaluation.by_quality
    ]


def _section(title: str, rows: Rows) -> list[str]:
    """Return a title and aligned rows; a section without rows says so."""
    width = max((len(name) for name, _ in rows), default=0)
    body = [f"  {name.ljust(width)}  {saying}" for name, saying in rows] or [f"  {UNDEFINED}"]
    return ["", title, *body]
