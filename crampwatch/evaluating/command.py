"""The command line of `crampwatch evaluate`, ready for typer; the work is imported when it runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from models.evaluation import EvaluationSettings

DEFAULT_SEED = 20260101


def evaluate_command(  # noqa: PLR0913 - one parameter per option
    truth: Annotated[Path, typer.Argument(help="NAME_truth.tsv (or NAME_events.tsv), or a folder of them.")],
    predicted: Annotated[Path, typer.Argument(help="NAME_events.tsv as written by `score`, or a folder of them.")],
    *,
    out: Annotated[Path | None, typer.Option(help="Folder for evaluation.json and evaluation.html.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON to stdout.")] = False,
    before: Annotated[float, typer.Option(min=0, help="Tolerance before a true cramp, s.")] = 10.0,
    after: Annotated[float, typer.Option(min=0, help="Tolerance after a true cramp, s.")] = 30.0,
    treated: Annotated[float, typer.Option(help="True cramps a week in the treated arm of a trial.")] = 0.96,
    untreated: Annotated[float, typer.Option(help="True cramps a week in its other arm.")] = 3.63,
    replicates: Annotated[int, typer.Option(min=1, help="Replicates of the bootstrap.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = DEFAULT_SEED,
    allow_unpaired: Annotated[
        bool, typer.Option("--allow-unpaired", help="Leave out nights that only one side has; they are listed.")
    ] = False,
) -> None:
    """Hold predicted cramps against their truth.

    Nights are paired by NAME. Prints every figure with its interval; with `--out` it also writes
    `evaluation.json` and `evaluation.html`, a page with plots. For flag latencies, put the output of
    `crampwatch replay --json` beside the predictions as `NAME_replay.jsonl`.

    Example: `crampwatch evaluate cohort/ crampwatch-results/ --out evaluation`
    """
    from crampwatch.evaluating.document import as_json as json_text  # noqa: PLC0415 - imports stay out of --help
    from crampwatch.evaluating.document import document_of  # noqa: PLC0415 - as above
    from crampwatch.evaluating.pairing import material_of  # noqa: PLC0415 - as above
    from crampwatch.evaluating.summary import in_words  # noqa: PLC0415 - as above
    from models.evaluation import evaluate  # noqa: PLC0415 - as above

    settings = _settings(before, after, treated, untreated, replicates, seed)
    material = material_of(truth, predicted, allow_unpaired=allow_unpaired)
    evaluation = evaluate(material.nights, settings)
    document = json_text(document_of(material, evaluation))
    if out is not None:
        from crampwatch.evaluating.page import page_of  # noqa: PLC0415 - matplotlib takes half a second

        _write(out, document, page_of(material, evaluation))
    typer.echo(document.rstrip() if as_json else in_words(material, evaluation))


def _settings(
    before_s: float, after_s: float, treated: float, untreated: float, replicates: int, seed: int
) -> "EvaluationSettings":
    from crampwatch.scoring import InputError  # noqa: PLC0415 - imports stay out of --help
    from models.evaluation import EvaluationSettings, Tolerance, TrialRates  # noqa: PLC0415 - as above

    try:
        return EvaluationSettings(
            tolerance=Tolerance(before_s, after_s),
            trial=TrialRates(treated_per_week=treated, untreated_per_week=untreated),
            replicates=replicates,
            seed=seed,
        )
    except ValueError as error:
        raise InputError(str(error)) from error


def _write(out: Path, document: str, page: str) -> None:
    from nights.outputs import write_whole  # noqa: PLC0415 - imports stay out of --help

    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / "evaluation.json", document)
    write_whole(out / "evaluation.html", page)
