"""`trial simulate`: a made-up trial with a known truth, and the whole way of a study on it."""

import json
import os
import shlex
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crampwatch.options import opened
from crampwatch.trialling.shared import trial_command

if TYPE_CHECKING:
    from trial.simulated import SimulatedTrial


@trial_command
def simulate(
    out: Annotated[Path, typer.Option(help="Folder for the trial; it must be empty or new.")],
    *,
    like: Annotated[str, typer.Option(help="What it is like: k2, the vitamin K2 trial of 2024.")] = "k2",
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same trial.")] = 1,
    run: Annotated[bool, typer.Option(help="Also run it, from `check` to `analyse`.")] = True,
) -> None:
    """Make up a trial with a known truth and run it from `check` to `analyse`, command by command.

    Writes `study.toml`, `allocation.csv`, `diary.csv`, and the nights into `nights.db`; then says what the sensor
    and what the diary conclude. No participant of it exists, and no signal was scored: its counts come from planted
    rates and from the errors that the detector was found to have on simulated nights.
    """
    from crampwatch.scoring import InputError  # noqa: PLC0415 - imports stay out of --help
    from trial.simulated import PLANS, simulate_trial  # noqa: PLC0415 - as above

    if like not in PLANS:
        raise typer.BadParameter(f"{like!r} is none of {', '.join(PLANS)}", param_hint="--like")
    if out.exists() and any(out.iterdir()):
        raise InputError(f"{out} is not empty; name a new folder")
    out.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{(out / 'nights.db').resolve()}"
    plan = PLANS[like]
    trial = simulate_trial(plan, seed)
    _write(trial, out, url)
    typer.echo(
        f"{len(trial.study.participants)} participants, {len(trial.results)} nights in {out}; "
        f"the true rate ratio is {plan.true_ratio:.3f}.\n\n$ export CRAMPWATCH_DB={url}"
    )
    last = sorted(night.night for night in trial.truth)[len(trial.truth) // 2]
    with _as_default_log(url):
        for words in commands(out, last):
            typer.echo(f"$ crampwatch trial {shlex.join(words)}")
            if run:
                _run(words)
    if run:
        typer.echo(_conclusion(out, plan.true_ratio))


def commands(out: Path, last_night: date) -> list[list[str]]:
    """Return what is run after `crampwatch trial`, in order; `last_night` is one in the middle, to look at."""
    from trial.simulated.trial import CONTROL  # noqa: PLC0415 - imports stay out of --help

    study, key = f"{out}/study.toml", f"{out}/key.pem"
    unblind = ["--allocation", f"{out}/allocation.csv", "--control", CONTROL]
    return [
        ["check", study],
        ["diary", "import", study, f"{out}/diary.csv"],
        ["status", study, "--night", last_night.isoformat()],
        ["endpoint", study, "--out", f"{out}/endpoint"],
        ["concordance", study],
        ["key", key],
        ["lock", study, "--key", key],
        ["prove", study],
        ["analyse", study, *unblind, "--out", f"{out}/analysis"],
        ["concordance", study, *unblind, "--out", f"{out}/concordance"],
    ]


def _write(trial: "SimulatedTrial", out: Path, url: str) -> None:
    from crampwatch.batch import progress_bar  # noqa: PLC0415 - imports stay out of --help
    from trial.simulated.writing import write_trial  # noqa: PLC0415 - as above

    with opened(url) as engine, progress_bar(wanted=True) as bar:
        task = bar.add_task("nights", total=len(trial.results))
        write_trial(trial, out, engine, datetime.now(UTC), lambda done, _: bar.update(task, completed=done))


@contextmanager
def _as_default_log(url: str) -> Generator[None]:
    """Let every command use this log, as the line that is printed lets a shell."""
    from nights.log.database import DATABASE_VARIABLE  # noqa: PLC0415 - imports stay out of --help

    before = os.environ.get(DATABASE_VARIABLE)
    os.environ[DATABASE_VARIABLE] = url
    try:
        yield
    finally:
        os.environ.pop(DATABASE_VARIABLE)
        if before is not None:
            os.environ[DATABASE_VARIABLE] = before


def _run(words: list[str]) -> None:
    """Run a command as a shell would; one that fails ends this one too."""
    from crampwatch.trialling import trial_app  # noqa: PLC0415 - it holds this command

    code = trial_app(args=words, prog_name="crampwatch trial", standalone_mode=False)
    if code:
        raise typer.Exit(code)
    typer.echo()


def _conclusion(out: Path, truth: float) -> str:
    from trial.report.wording import between, number  # noqa: PLC0415 - imports stay out of --help

    analysis: dict[str, Any] = json.loads((out / "analysis" / "analysis.json").read_text("utf-8"))["analysis"]
    both = json.loads((out / "concordance" / "concordance.json").read_text("utf-8"))["endpoints"]
    diary: dict[str, float] = next(one["ratio"] for one in both if one["source"] == "diary")
    sensor: dict[str, float] = analysis["primary"]
    corrected: dict[str, float | None] = analysis["corrected"]
    limits = between(corrected["ratio_low"], corrected["ratio_high"])
    return (
        f"Planted rate ratio                 {truth:.3f}\n"
        f"the sensor sees                    {number(sensor['value'])} ({between(sensor['low'], sensor['high'])})\n"
        f"  without the detector's errors    {number(corrected['ratio'])} ({limits})\n"
        f"the diary alone would have seen    {number(diary['value'])} ({between(diary['low'], diary['high'])})\n"
        "One made-up trial shows nothing by itself; benchmarks/trial_repeated.py repeats it 500 times."
    )
