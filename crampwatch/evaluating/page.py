"""The page of an evaluation: one HTML file that needs nothing else, in the look of the night report."""

from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined

from crampwatch.evaluating import plots
from crampwatch.evaluating.figures import (
    agreement_rows,
    calibration_rows,
    detection_rows,
    timing_rows,
    trial_rows,
)
from crampwatch.evaluating.pairing import Material
from crampwatch.evaluating.summary import group_rows, mimic_name
from crampwatch.evaluating.wording import PHASE_0, UNDEFINED, counted, percent, plain, rate, share
from models.evaluation import Evaluation
from models.evaluation.outcome import NightCounts
from nights.report.palette import ACCENT, BAND, HAIR, INK, MUTED

COLOURS = {"ink": INK, "muted": MUTED, "hair": HAIR, "band": BAND, "accent": ACCENT}
NIGHTS_SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A plot and what it shows; `image` is None where there is nothing to draw, and `without` says why."""

    title: str
    image: str | None
    shows: str
    without: str


def page_of(material: Material, evaluation: Evaluation) -> str:
    """Return the page; the same evaluation gives the same bytes."""
    every, seen = evaluation.all_cramps, evaluation.observable_cramps
    differing = [night for night in evaluation.nights if _differs(night)]
    return (
        _environment()
        .get_template("evaluation/page.html")
        .render(
            colours=COLOURS,
            made_by=material.made_by,
            only={"truth": material.only_in_truth, "prediction": material.only_in_predicted},
            evaluation=evaluation,
            every=every,
            notice=PHASE_0,
            undefined_word=UNDEFINED,
            counted=counted,
            percent=percent,
            plain=plain,
            share=share,
            rate=rate,
            mimic_name=mimic_name,
            detection=_side_by_side(
                detection_rows(every) + agreement_rows(every), detection_rows(seen) + agreement_rows(seen)
            ),
            trial=_side_by_side(trial_rows(every), trial_rows(seen)),
            timing=timing_rows(evaluation),
            calibration=calibration_rows(evaluation),
            groups=[
                ("Kind, as the truth says", group_rows(evaluation.by_kind)),
                ("Duration", group_rows(evaluation.by_duration)),
                ("Level over the resting floor", group_rows(evaluation.by_amplitude)),
            ],
            plots=_plots(evaluation),
            differing=differing[:NIGHTS_SHOWN],
            n_differing=len(differing),
        )
    )


def _environment() -> Environment:
    """Return the templates of this page and of the night report, whose style it shares."""
    return Environment(
        loader=PrefixLoader(
            {"night": PackageLoader("nights.report"), "evaluation": PackageLoader("crampwatch.evaluating")}
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _side_by_side(first: list[tuple[str, str]], second: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Join rows of the same names."""
    return [(name, one, other) for (name, one), (_, other) in zip(first, second, strict=True)]


def _differs(night: NightCounts) -> bool:
    """Tell whether a night is worth a look: anything but every cramp found once and nothing else."""
    return (
        night.missing is not None or night.matched != night.true_cramps or night.matched != night.predicted_cramps
    )


def _plots(evaluation: Evaluation) -> list[Plot]:
    return [
        Plot(
            title="Found and false, over all thresholds",
            image=plots.froc_plot(evaluation),
            shows="Free-response curve over the probability of a cramp; the dot is what was counted, with 95 % "
            "intervals. Grey lines: the aim, 95 % found at 0.02 false a night.",
            without="No curve: there is no true cramp, or an episode has no probability.",
        ),
        Plot(
            title="Do the counts agree?",
            image=plots.bland_altman_plot(evaluation),
            shows="Bland–Altman: a dot per pair of counts, larger for more nights, red where they differ. "
            "Solid: bias; dashed: limits of agreement.",
            without="No plot: no night has a count.",
        ),
        Plot(
            title="Does the probability hold?",
            image=plots.calibration_plot(evaluation),
            shows="Reliability of all episodes in ten bins, with 95 % intervals and numbers of episodes.",
            without="No plot: there is no episode, or one has no probability.",
        ),
        Plot(
            title="What do false cramps overlap?",
            image=plots.mimic_plot(evaluation),
            shows="False cramps by the true event that shares most of their time.",
            without="There was no false cramp.",
        ),
        *_time_plots(evaluation),
    ]


def _time_plots(evaluation: Evaluation) -> list[Plot]:
    return [
        Plot(
            title="How exact is the onset?",
            image=plots.onset_plot(evaluation),
            shows="Matched cramps; positive is late.",
            without="No plot: no cramp was matched.",
        ),
        Plot(
            title="How soon was the flag?",
            image=plots.latency_plot(evaluation),
            shows="First live flag of every flagged cramp, from its true onset.",
            without="No flag latency: there was no live replay beside the predictions, or it flagged no cramp.",
        ),
    ]
