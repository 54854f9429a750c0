"""What the commands of a trial share: their options, and how what can go wrong ends them."""

import getpass
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec

import typer

from crampwatch.options import BAD_INPUT, reported

if TYPE_CHECKING:
    from nights.log.audit import Actor

P = ParamSpec("P")

StudyFile = Annotated[Path, typer.Argument(help="The study, a TOML file; `crampwatch trial init` makes one.")]
By = Annotated[str | None, typer.Option(help="Who acts, for the audit trail; otherwise the account's name.")]
InRole = Annotated[
    str, typer.Option("--role", help="In what role: coordinator, reviewer, statistician, administrator.")
]
VersionNumber = Annotated[
    int | None, typer.Option("--version", min=1, help="Version of the study, where it has several.")
]


def trial_command(command: Callable[P, None]) -> Callable[P, None]:
    """Let bad input, and a missing extra, end a command with a message and exit code 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from trial.errors import TrialError  # noqa: PLC0415 - imports stay out of --help

        try:
            reported(command)(*args, **kwargs)
        except ModuleNotFoundError as error:
            typer.echo(f"crampwatch: {error.name} is not installed: pip install 'crampwatch[trial]'", err=True)
            raise typer.Exit(BAD_INPUT) from error
        except TrialError as error:
            typer.echo("\n".join(f"crampwatch: {line}" for line in str(error).split("\n")), err=True)
            raise typer.Exit(BAD_INPUT) from error

    return run


def actor(by: str | None, role: str) -> "Actor":
    """Return who acts; raises `typer.BadParameter` for a role that there is not."""
    from nights.log.audit import Actor, Role  # noqa: PLC0415 - imports stay out of --help

    if role not in set(Role):
        raise typer.BadParameter(f"{role!r} is none of {', '.join(Role)}", param_hint="--role")
    return Actor(by or getpass.getuser(), Role(role))
