"""The validation as a page of Markdown, written by the command and by nobody else."""

from collections.abc import Iterator, Mapping, Sequence

from crampwatch.evaluating.figures import agreement_rows, detection_rows, timing_rows, trial_rows
from crampwatch.evaluating.predictions import MadeBy
from crampwatch.evaluating.summary import group_rows, mimic_name, mimic_rows
from crampwatch.evaluating.wording import PHASE_0, rate, share
from crampwatch.validating.conditions import Condition
from models.evaluation import Evaluation
from models.evaluation.breakdowns import Mimic

Evaluations = Mapping[tuple[str, MadeBy], Evaluation]
"""By condition and by what made the predictions."""

WEAKNESSES = "What lies behind these figures is explained in [weaknesses](weaknesses.md)."

HEAD = """# Validation

Written by `crampwatch validate`; do not edit. All nights are simulated ([simulation](simulation.md)). Nothing is
trained or tuned on the seeds of these cohorts, but they are not untouched: an earlier version of the learned model
was measured on them before, and its figures were known when this one was made. Every figure is defined in
[evaluation](evaluation.md)."""

TARGETS = """The project aims at a sensitivity of 95 % or more, 0.02 false cramps a night or fewer, an ICC of the
counts of 0.95 or more and a median flag latency of 12 s or less on the test cohort. The table says where it
stands, not where it should."""


def validation_page(conditions: Sequence[Condition], makers: Sequence[MadeBy], evaluations: Evaluations) -> str:
    """Return the page: the test cohort in full, then one line per shifted condition and profile."""
    test, *shifted = conditions
    lines = [HEAD, "", PHASE_0, "", "## Test cohort", "", _nights(test, evaluations[test.name, makers[0]])]
    lines += ["", TARGETS, "", *_compared(test, makers, evaluations)]
    for maker in makers:
        lines += ["", f"### What `{maker.profile}` misses and what it takes for a cramp", ""]
        lines += _named("sensitivity by duration", group_rows(evaluations[test.name, maker].by_duration))
        lines += _named(
            "sensitivity by level over the floor", group_rows(evaluations[test.name, maker].by_amplitude)
        )
        lines += _false_by_mimic(evaluations[test.name, maker].by_mimic)
    if shifted:
        lines += [
            "",
            "## Shifted conditions",
            "",
            "Each is the test cohort's kind of wearer with one thing changed.",
        ]
        lines += ["", *_shifted(shifted, makers, evaluations)]
    lines += ["", WEAKNESSES]
    lines += ["", "## Made by", "", *(f"- {maker}" for maker in makers), ""]
    return "\n".join(lines)


def _nights(condition: Condition, evaluation: Evaluation) -> str:
    seeds = ", ".join(f"seed {c.seed}: {c.wearers} wearers of {c.nights} nights" for c in condition.cohorts)
    return (
        f"{evaluation.n_nights} nights of {evaluation.n_participants} wearers, "
        f"{evaluation.n_nights_without_true_cramp} without a cramp: {condition.words} ({seeds})."
    )


def _compared(condition: Condition, makers: Sequence[MadeBy], evaluations: Evaluations) -> Iterator[str]:
    """One row per figure, one column per profile."""
    yield "| every true cramp, lost time included | " + " | ".join(f"`{maker.profile}`" for maker in makers) + " |"
    yield "|---|" + "---|" * len(makers)
    columns = [
        [
            *detection_rows(evaluation.all_cramps),
            *agreement_rows(evaluation.all_cramps),
            *timing_rows(evaluation),
            *trial_rows(evaluation.all_cramps),
        ]
        for evaluation in (evaluations[condition.name, maker] for maker in makers)
    ]
    for rows in zip(*columns, strict=True):
        yield f"| {rows[0][0].strip()} | " + " | ".join(said for _, said in rows) + " |"


def _named(title: str, rows: Sequence[tuple[str, str]]) -> list[str]:
    said = "; ".join(f"{name.strip()}: {value}" for name, value in rows) or "none"
    return [f"- {title}: {said}"]


def _false_by_mimic(mimics: Sequence[Mimic]) -> list[str]:
    """Say which sorts of event false cramps overlap and how many of these there were; those with none by name."""
    taken = [mimic for mimic in mimics if mimic.false_cramps]
    spared = [mimic_name(mimic) for mimic in mimics if not mimic.false_cramps]
    lines = _named("false cramps by what they overlap", mimic_rows(taken))
    return [*lines, f"- no false cramp overlaps: {', '.join(spared) or 'nothing else'}"]


def _shifted(shifted: Sequence[Condition], makers: Sequence[MadeBy], evaluations: Evaluations) -> Iterator[str]:
    yield "| condition | profile | sensitivity | false cramps per night |"
    yield "|---|---|---|---|"
    for condition in shifted:
        for maker in makers:
            of = evaluations[condition.name, maker].all_cramps
            said = f"{share(of.sensitivity)} | {rate(of.false_per_night, 'nights')}"
            yield f"| {condition.name}: {condition.words} | `{maker.profile}` | {said} |"
