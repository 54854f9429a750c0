"""The commands `crampwatch monitor` and `crampwatch watch`."""

from pathlib import Path
from typing import Annotated

import typer

from crampwatch.monitoring.settings import MonitorSettings
from crampwatch.options import DEFAULT_PROFILE, Database, Profile, Zone, reported

NIGHTS = Path("crampwatch-nights")
STALE_S = MonitorSettings().heartbeat_stale_s
Notify = Annotated[
    list[str] | None,
    typer.Option(help="Where to send notices, a URL of apprise such as ntfy://my-topic; may be repeated."),
]
Out = Annotated[Path, typer.Option(help="Folder for night files, results and logs.")]


@reported
def monitor_command(  # noqa: PLR0913 - one parameter per option
    *,
    sensor: Annotated[list[str], typer.Option(help="Where a sensor is reached; twice for both legs.")],
    participant: Annotated[str, typer.Option(help="Pseudonym of the participant, to whom the sensors are bound.")],
    zone: Zone = None,
    out: Out = NIGHTS,
    profile: Profile = DEFAULT_PROFILE,
    db: Database = None,
    notify: Notify = None,
    notify_flags: Annotated[bool, typer.Option("--notify-flags", help="Send notices of flags, too.")] = False,
    check_placement: Annotated[bool, typer.Option("--check-placement", help="First check how they sit.")] = False,
    until: Annotated[str | None, typer.Option(help="Time of day to stop at, as in 07:30.")] = None,
    duration: Annotated[str | None, typer.Option("--for", help="How long to watch, as in 9h.")] = None,
    speed: Annotated[float, typer.Option(help="Only for made-up nights: how much faster time goes.")] = 1.0,
) -> None:
    """Watch sensors through the night: store, count, and say when something is wrong.

    Ctrl-C ends the night and scores it. Left running, a night ends and the next begins at noon.

    Example: `crampwatch monitor --sensor ble:C4:1F:5E:0B:00:01 --participant P01`
    """
    import asyncio  # noqa: PLC0415 - imports stay out of --help

    from crampwatch.monitoring.assembling import Wishes, watch_sensors  # noqa: PLC0415 - as above

    wishes = Wishes(
        sensors=tuple(sensor),
        participant=participant,
        zone=zone,
        out=out,
        profile=profile,
        db=db,
        notify=tuple(notify or ()),
        notify_flags=notify_flags,
        check_placement=check_placement,
        until=until,
        duration=duration,
        speed=speed,
    )
    asyncio.run(watch_sensors(wishes))


@reported
def watch_command(
    *,
    out: Out = NIGHTS,
    notify: Notify = None,
    stale: Annotated[float, typer.Option(help="Seconds without a sign of life until the alarm.")] = STALE_S,
) -> None:
    """Watch the monitor itself: raise the alarm when it hangs or has died.

    Run it as a process of its own beside `crampwatch monitor`, with the same --out.
    """
    from crampwatch.monitoring.companion import watch  # noqa: PLC0415 - imports stay out of --help
    from crampwatch.monitoring.heartbeat import place_of_heartbeat  # noqa: PLC0415 - as above
    from crampwatch.monitoring.notices import Notices  # noqa: PLC0415 - as above

    notices = Notices(notify or (), lambda words: typer.echo(words, err=True))
    for words in watch(place_of_heartbeat(out), stale, notices.send):
        typer.echo(f"\a{words}")
