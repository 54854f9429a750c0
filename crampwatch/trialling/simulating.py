"""`trial simulate`: a made-up trial with a known truth, to follow the way of a study on."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from crampwatch.trialling.shared import database, trial_command

LIKE = ("k2",)


@trial_command
def simulate(
    out: Annotated[Path, typer.Option(help="Folder for the trial; it must be empty or new.")],
    *,
    like: Annotated[str, typer.Option(help="What it is like: k2, the vitamin K2 trial of 2024.")] = "k2",
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same trial.")] = 1,
) -> None:
    """Make up a trial: `study.toml`, `allocation.csv`, `diary.csv`, and its nights in `nights.db`.

    No participant of it exists, and no signal was scored: its counts come from planted rates and from the errors
    that the detector was found to have on simulated nights.
    """
    from crampwatch.batch import progress_bar  # noqa: PLC0415 - imports stay out of --help
    from crampwatch.scoring import InputError  # noqa: PLC0415 - as above
    from trial.simulated import K2, simulate_trial  # noqa: PLC0415 - as above
    from trial.simulated.writing import write_trial  # noqa: PLC0415 - as above

    if like not in LIKE:
        raise typer.BadParameter(f"{like!r} is none of {', '.join(LIKE)}", param_hint="--like")
    if out.exists() and any(out.iterdir()):
        raise InputError(f"{out} is not empty; name a new folder")
    out.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{(out / 'nights.db').resolve()}"
    trial = simulate_trial(K2, seed)
    engine = database(url)
    with progress_bar(wanted=True) as bar:
        task = bar.add_task("nights", total=len(trial.results))
        write_trial(trial, out, engine, datetime.now(UTC), lambda done, _: bar.update(task, completed=done))
    engine.dispose()
    study = out / "study.toml"
    typer.echo(
        f"{len(trial.study.participants)} participants, {len(trial.results)} nights in {out}; "
        f"the true rate ratio is {K2.true_ratio:.3f}. Go on with:\n"
        f"  export CRAMPWATCH_DB={url}\n"
        f"  crampwatch trial status {study} --night 2026-06-30\n"
        f"  crampwatch trial key {out}/key.pem\n"
        f"  crampwatch trial lock {study} --key {out}/key.pem\n"
        f"  crampwatch trial analyse {study} --allocation {out}/allocation.csv --control placebo"
    )
