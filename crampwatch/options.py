"""What the commands share: their options, the log that they open, and how bad input ends them."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Annotated, ParamSpec

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from nights.log import NightLog

P = ParamSpec("P")

BAD_INPUT, SOME_FAILED = 1, 3
DEFAULT_PROFILE = "calf-1-learned"  # that of `models`, named here so that --help imports nothing

Profile = Annotated[str, typer.Option(help="Scoring profile: a shipped name or the path of a TOML file.")]
Emg = Annotated[
    list[str] | None,
    typer.Option(
        help="Label of an EMG channel, as in the file; the first is scored, others are co-recorded. "
        "`LABEL=L-GM` also says leg and muscle."
    ),
]
Acc = Annotated[
    list[str] | None,
    typer.Option(help="Labels of the acceleration axes X, Y, Z (three times), or the prefix that they share."),
]
Participant = Annotated[str | None, typer.Option(help="Pseudonym; otherwise the file's patient code or name.")]
Zone = Annotated[str | None, typer.Option(help="IANA time zone of the recording's clock, such as Europe/Zurich.")]
Database = Annotated[str | None, typer.Option(help="URL of the nightly log, where not the default one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON to stdout.")]


def reported(command: Callable[P, None]) -> Callable[P, None]:
    """Let bad input end a command with a message and exit code 1 instead of a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from crampwatch.scoring import InputError  # noqa: PLC0415 - imports stay out of --help
        from models import ProfileError  # noqa: PLC0415 - as above
        from nights.log import LogError  # noqa: PLC0415 - as above
        from recordings import RecordingError  # noqa: PLC0415 - as above

        try:
            command(*args, **kwargs)
        except (InputError, ProfileError, RecordingError, LogError) as error:
            typer.echo(f"crampwatch: {error}", err=True)
            raise typer.Exit(BAD_INPUT) from error

    return run


def open_log(db: str | None) -> "NightLog":
    """Open the nightly log at a URL, or the default one."""
    from nights.log import NightLog, default_url  # noqa: PLC0415 - imports stay out of --help

    return NightLog(db or default_url())


@contextmanager
def opened(db: str | None) -> "Generator[Engine]":
    """Open the database of the nightly log, at a URL or the default one; close it whatever comes of that."""
    from nights.log import default_url  # noqa: PLC0415 - imports stay out of --help
    from nights.log.database import open_database  # noqa: PLC0415 - as above

    engine = open_database(db or default_url())
    try:
        yield engine
    finally:
        engine.dispose()
