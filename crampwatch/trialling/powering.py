"""`trial power`: how many participants a trial needs, by simulation."""

import json
import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crampwatch.options import AsJson
from crampwatch.trialling.shared import trial_command

if TYPE_CHECKING:
    from trial.power import Answers, Block
    from trial.power.points import RunAll

K2_RATIO = 0.264  # of `trial.simulated.K2`, named here so that --help imports nothing


@trial_command
def power(  # noqa: PLR0913 - one parameter per option
    *,
    out: Annotated[Path, typer.Option(help="Folder for power.json, assumptions.toml and the plots; empty or new.")],
    assumptions: Annotated[
        Path | None,
        typer.Option(help="TOML file of what differs from a trial like that of vitamin K2; see docs/power.md."),
    ] = None,
    ratio: Annotated[
        float, typer.Option(help="True rate ratio, treated over control; 1 for no effect.")
    ] = K2_RATIO,
    wanted: Annotated[float, typer.Option("--power", min=0.5, max=0.99, help="The power to reach.")] = 0.9,
    n: Annotated[
        str | None, typer.Option(help="Sizes of the control arm to look at, as in 40,60,80; else one is searched.")
    ] = None,
    trials: Annotated[int, typer.Option(min=100, help="Simulated trials for each size.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same numbers.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Say how many participants a trial needs, counted by the sensor and by a diary, and what it would then see.

    Whole trials are made up and analysed as planned, beside the closed form of Zhu and Lakkis (2014). What is
    varied is an option; what is assumed stands in a file, which goes into the protocol.
    """
    from crampwatch.trialling.power_tables import power_tables  # noqa: PLC0415 - imports stay out of --help
    from trial.power import Design, PowerError, Simulator, read_design, study_power  # noqa: PLC0415 - as above
    from trial.power.writing import Asked, document_of, write_power  # noqa: PLC0415 - as above

    if out.exists() and any(out.iterdir()):
        raise PowerError(f"{out} is not empty; name a new folder")
    design = (read_design(assumptions) if assumptions else Design()).with_ratio(ratio)
    given = _sizes(n)
    with _on_all_cores() as run_all:
        study = study_power(design, Simulator(run_all, seed), wanted=wanted, trials=trials, given=given)
    asked = Asked(ratio=ratio, power=wanted, trials=trials, seed=seed, n=given)
    written = write_power(study, design, asked, out)
    if as_json:
        typer.echo(json.dumps(document_of(study, design, asked), indent=1, allow_nan=False))
    else:
        power_tables(study, design, asked)
        typer.echo(f"\nIn {out}: {', '.join(path.name for path in written)}.")


def _sizes(text: str | None) -> tuple[int, ...]:
    try:
        return tuple(sorted({int(word) for word in text.split(",")})) if text else ()
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no list of whole numbers, as in 40,60,80", param_hint="--n"
        ) from error


@contextmanager
def _on_all_cores() -> "Generator[RunAll]":
    """Give what runs blocks of trials on all cores, in fresh interpreters, and shows how far it is."""
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - imports stay out of --help
    from multiprocessing import get_context  # noqa: PLC0415 - as above

    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - as above

    from crampwatch.batch import progress_bar  # noqa: PLC0415 - as above
    from trial.power import run  # noqa: PLC0415 - as above

    with (
        progress_bar(wanted=True) as bar,
        ProcessPoolExecutor(
            os.cpu_count() or 1, mp_context=get_context("spawn"), initializer=threadpool_limits, initargs=(1,)
        ) as pool,
    ):
        task = bar.add_task("trials", total=None)

        def run_all(blocks: "Sequence[Block]") -> "Iterator[dict[str, Answers]]":
            if blocks:
                label = f"{blocks[0].n_control} controls, ratio {blocks[0].design.plan.true_ratio:.2f}"
                bar.reset(task, description=label, total=len(blocks))
            for answers in pool.map(run, blocks):
                bar.advance(task)
                yield answers

        yield run_all
