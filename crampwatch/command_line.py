"""The command line: `crampwatch COMMAND`."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crampwatch.audit_commands import audit_app, verify_command
from crampwatch.binding_commands import bind, list_bound, unbind
from crampwatch.evaluating import evaluate_command
from crampwatch.export_commands import export_nights
from crampwatch.log_commands import nights_app
from crampwatch.monitoring.command import monitor_command, watch_command
from crampwatch.options import (
    BAD_INPUT,
    DEFAULT_PROFILE,
    SOME_FAILED,
    Acc,
    AsJson,
    Database,
    Emg,
    Participant,
    Profile,
    Zone,
    open_log,
    reported,
)
from crampwatch.sensor_commands import sensors_app
from crampwatch.training.command import train_command
from crampwatch.trialling import trial_app
from crampwatch.validating import validate_command

if TYPE_CHECKING:
    from crampwatch.batch import Outcome
    from crampwatch.scoring import Request
    from nights.log import NightLog

RESULTS = Path("crampwatch-results")
DEMO = Path("crampwatch-demo")

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Counts nocturnal leg cramps from calf EMG and acceleration. Research software, not a medical device.",
    epilog="Start with `crampwatch demo`. Exit codes: 0 done, 1 bad input, 2 wrong usage, 3 some inputs failed.",
)
nights_app.command("export")(export_nights)
app.add_typer(nights_app, name="nights")
app.add_typer(audit_app, name="audit")
app.add_typer(trial_app, name="trial")
app.add_typer(sensors_app, name="sensors")
sensors_app.command("bind")(bind)
sensors_app.command("list")(list_bound)
sensors_app.command("unbind")(unbind)


@app.command()
@reported
def score(  # noqa: PLR0913 - one parameter per option
    paths: Annotated[list[Path], typer.Argument(help="Recordings (EDF, EDF+C, BDF, BDF+C) or folders of them.")],
    *,
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = RESULTS,
    db: Database = None,
    profile: Profile = DEFAULT_PROFILE,
    emg: Emg = None,
    acc: Acc = None,
    participant: Participant = None,
    zone: Zone = None,
    as_json: AsJson = False,
    report: Annotated[bool, typer.Option(help="Write the one-page HTML report.")] = True,
) -> None:
    """Count the cramps of recorded nights.

    Writes `NAME_events.tsv`, `NAME_night.json` and `NAME_report.html` for every recording, and adds it to the
    nightly log. Scoring a recording again by the same profile changes nothing there.

    Examples: `crampwatch score night.edf` · `crampwatch score study/ --out results --no-report` ·
    `crampwatch score psg.edf --emg "Leg/L=L-TA"`
    """
    from crampwatch.batch import progress_bar, score_all  # noqa: PLC0415 - imports stay out of --help
    from crampwatch.scoring import recordings_in  # noqa: PLC0415 - as above

    request = _request(profile, emg, acc, participant, zone, report=report)
    found = recordings_in(paths)
    log = open_log(db)
    documents: list[dict[str, Any]] = []
    failed = 0
    with progress_bar(wanted=True) as bar:
        for outcome in score_all(found, out, request, bar):
            document = _kept(outcome, log)
            failed += "error" in document
            documents.append(document)
            if not as_json:
                _tell(outcome, document.get("error"))
    log.close()
    if as_json:
        typer.echo(json.dumps(documents, indent=1, ensure_ascii=False, allow_nan=False))
    if failed:
        raise typer.Exit(BAD_INPUT if failed == len(found) else SOME_FAILED)


@app.command()
@reported
def simulate(
    out: Annotated[Path, typer.Option(help="Folder for the nights; it must be empty or new.")],
    *,
    wearers: Annotated[int, typer.Option(min=1, help="Number of people.")] = 1,
    nights: Annotated[int, typer.Option(min=1, help="Nights of each.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same nights.")] = 1,
    profile: Annotated[str, typer.Option(help="Kind of wearers: older, young, clean, hard, no-cramps.")] = "older",
) -> None:
    """Make up nights with known cramps.

    Writes `sub-001_night-01.edf` (EDF+C), `sub-001_night-01_truth.tsv` and so on, and `manifest.json`. The
    nights are simulated: no recording of a nocturnal cramp is public.

    Example: `crampwatch simulate --wearers 3 --nights 2 --seed 7 --out made-up --profile hard`
    """
    from crampwatch.simulating import profile_named, write_cohort  # noqa: PLC0415 - imports stay out of --help
    from simulation import Cohort  # noqa: PLC0415 - as above

    manifest = write_cohort(out, Cohort(seed, wearers, nights, profile_named(profile)))
    typer.echo(f"{len(manifest['nights'])} nights with {manifest['n_cramps']} cramps in {out}")


app.command("train")(reported(train_command))
app.command("evaluate")(reported(evaluate_command))
app.command("validate")(reported(validate_command))
app.command("monitor")(monitor_command)
app.command("watch")(watch_command)
app.command("verify")(verify_command)


@app.command()
@reported
def replay(  # noqa: PLR0913 - one parameter per option
    path: Annotated[Path, typer.Argument(help="A recording (EDF, EDF+C, BDF, BDF+C).")],
    *,
    speed: Annotated[str, typer.Option(help="Times as fast as it happened, or `max`.")] = "max",
    profile: Profile = DEFAULT_PROFILE,
    emg: Emg = None,
    acc: Acc = None,
    zone: Zone = None,
    as_json: AsJson = False,
) -> None:
    """Play a recorded night through the live path and print what it says, when it says it.

    `FLAG` is raised while a contraction that looks like a cramp is in progress; the episode with its label
    follows when it is over. Nothing is stored.
    """
    from crampwatch.replaying import replay as replayed  # noqa: PLC0415 - imports stay out of --help
    from crampwatch.telling import said_as_json, said_in_words  # noqa: PLC0415 - as above

    request = _request(profile, emg, acc, None, zone, report=False)
    for at_s, said in replayed(path, request, _factor(speed)):
        line = json.dumps(said_as_json(at_s, said), allow_nan=False) if as_json else said_in_words(at_s, said)
        typer.echo(line)


@app.command()
@reported
def demo(out: Annotated[Path, typer.Option(help="Folder for the results.")] = DEMO) -> None:
    """Make up a night, stream it from a virtual sensor to the monitor, count it, compare it with its truth.

    The night is simulated: no recording of a nocturnal cramp is public.
    """
    from crampwatch.demonstrating import compared, live, make_up  # noqa: PLC0415 - imports stay out of --help

    typer.echo("Simulating a short night of an older wearer (no recording of a nocturnal cramp is public) ...")
    night = make_up(out)
    typer.echo(f"{night.recording}: {night.words}\n\nA virtual sensor streams it, and the monitor says:")
    stored = live(night, out, lambda line: typer.echo(f"  {line}"))
    typer.echo("\nThe stored night, scored:")
    score([stored], out=out, db=f"sqlite:///{out.resolve() / 'nights.db'}")
    events, report = out / f"{stored.stem}_events.tsv", out / f"{stored.stem}_report.html"
    typer.echo(f"\nHeld against the truth of the simulation: {compared(events)}")
    typer.echo(f"Open the report in a browser: {report.resolve()}")


def _request(
    profile: str,
    emg: list[str] | None,
    acc: list[str] | None,
    participant: str | None,
    zone: str | None,
    *,
    report: bool,
) -> "Request":
    from crampwatch.scoring import Request, zone_named  # noqa: PLC0415 - imports stay out of --help
    from models import Profile as ScoringProfile  # noqa: PLC0415 - as above

    zone_named(zone)  # refused before anything is read
    return Request(
        profile=ScoringProfile.load(profile),
        emg=tuple(emg or ()),
        acc=tuple(acc or ()),
        participant=participant,
        zone=zone,
        report=report,
    )


def _kept(outcome: "Outcome", log: "NightLog") -> dict[str, Any]:
    """Add a result to the log; return what --json says of it, with `error` where it failed."""
    from nights.log import LogError  # noqa: PLC0415 - imports stay out of --help
    from nights.night_json import night_summary  # noqa: PLC0415 - as above

    if outcome.results is None:
        return {"path": str(outcome.path), "error": outcome.error}
    files = (outcome.results.events, outcome.results.night, outcome.results.report)
    document = {"path": str(outcome.path), "files": [str(file) for file in files if file]}
    try:
        added = log.add(outcome.results.record, datetime.now(UTC))
    except LogError as error:
        return {**document, "error": str(error)}
    return {
        **document,
        "log_id": added.night_id,
        "new_in_log": added.new,
        **night_summary(outcome.results.record),
    }


def _tell(outcome: "Outcome", error: str | None) -> None:
    """Print one outcome: results to stdout, failures to stderr."""
    from crampwatch.telling import details, headline  # noqa: PLC0415 - imports stay out of --help

    if outcome.results is None:
        typer.echo(f"{outcome.path}: NOT SCORED: {error}", err=True)
        return
    record = outcome.results.record
    typer.echo(headline(record))
    for line in details(record):
        typer.echo(f"  {line}")
    typer.echo(f"  {outcome.results.report or outcome.results.night}")
    if error:
        typer.echo(f"{outcome.path}: NOT IN THE LOG: {error}", err=True)


def _factor(speed: str) -> float | None:
    """Read --speed; None is as fast as it goes."""
    if speed == "max":
        return None
    try:
        factor = float(speed)
    except ValueError:
        factor = 0.0
    if not factor > 0:
        raise typer.BadParameter(f"{speed!r} is neither a number above 0 nor max", param_hint="--speed")
    return factor
