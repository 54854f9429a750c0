"""The commands `crampwatch nights …`: a look into the nightly log."""

from datetime import datetime
from typing import Annotated

import typer

from crampwatch.options import AsJson, Database, open_log, reported

nights_app = typer.Typer(no_args_is_help=True, help="Look into the nightly log.")


@nights_app.command("list")
@reported
def list_nights(
    *,
    participant: Annotated[str | None, typer.Option(help="Only this participant.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this night on.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Up to this night.")] = None,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """List the nights of the log, one line per result."""
    from crampwatch.telling import nights_as_json, nights_in_words  # noqa: PLC0415 - imports stay out of --help

    with open_log(db) as log:
        rows = log.nights(participant, since.date() if since else None, until.date() if until else None)
    typer.echo(nights_as_json(rows) if as_json else nights_in_words(rows))


@nights_app.command("show")
@reported
def show_night(
    night_id: Annotated[int, typer.Argument(help="The number that `nights list` gives.")],
    *,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show one result with its episodes and gaps."""
    from crampwatch.telling import night_as_json, night_in_words  # noqa: PLC0415 - imports stay out of --help

    with open_log(db) as log:
        night, episodes, gaps = log.night(night_id)
    typer.echo(night_as_json(night, episodes, gaps) if as_json else night_in_words(night, episodes, gaps))
