"""The commands `crampwatch sensors bind|list|unbind`: whose sensor is whose."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from crampwatch.options import AsJson, Database, reported
from crampwatch.trialling.shared import By, InRole, actor

if TYPE_CHECKING:
    from nights.log import SensorRegister
    from nights.log.audit import Actor
    from signals import Leg

Uri = Annotated[str, typer.Argument(help="Where the sensor is reached, as in ble:C4:1F:5E:0B:00:01.")]


@reported
def bind(  # noqa: PLR0913 - one parameter per option
    uri: Uri,
    *,
    participant: Annotated[str, typer.Option(help="Pseudonym of the participant.")],
    leg: Annotated[str, typer.Option(help="Leg that the sensor is worn on: L or R.")],
    why: Annotated[str, typer.Option(help="Reason, for the audit trail.")] = "bound",
    db: Database = None,
    by: By = None,
    role: InRole = "coordinator",
) -> None:
    """Say that a sensor belongs to a participant and a leg; `monitor` takes no other.

    A participant who does so at home says `--role participant`.

    Example: `crampwatch sensors bind ble:C4:1F:5E:0B:00:01 --participant P01 --leg L`
    """
    from signals import LEGS  # noqa: PLC0415 - imports stay out of --help

    of = _leg(leg)
    with open_register(db, actor(by, role)) as register:
        bound = register.bind(place_of(uri), participant, of, datetime.now(UTC), why)
    typer.echo(f"{bound.uri} is bound to {bound.participant}, {LEGS[bound.leg]} leg")


@reported
def list_bound(*, db: Database = None, as_json: AsJson = False) -> None:
    """List the sensors that are bound."""
    from signals import LEGS  # noqa: PLC0415 - imports stay out of --help

    with open_register(db) as register:
        bound = register.all()
    if as_json:
        typer.echo(json.dumps([asdict(binding) for binding in bound], indent=1, default=str))
        return
    for binding in bound:
        serial = f", serial number {binding.serial}" if binding.serial else ""
        typer.echo(f"{binding.uri}  {binding.participant}  {LEGS[binding.leg]} leg{serial}")
    if not bound:
        typer.echo("No sensor is bound.")


@reported
def unbind(
    uri: Uri,
    *,
    why: Annotated[str, typer.Option(help="Reason, for the audit trail.")],
    db: Database = None,
    by: By = None,
    role: InRole = "coordinator",
) -> None:
    """End a binding. Recorded nights keep the participant that they were recorded for.

    Example: `crampwatch sensors unbind ble:C4:1F:5E:0B:00:01 --why "P01 has finished"`
    """
    with open_register(db, actor(by, role)) as register:
        register.unbind(place_of(uri), datetime.now(UTC), why)
    typer.echo(f"{uri} is bound to nobody")


def place_of(uri: str) -> str:
    """Return the URI without its options, which is what a binding is made to; `InputError` where it is none."""
    from crampwatch.scoring import InputError  # noqa: PLC0415 - imports stay out of --help
    from firmware_bridge.sensor import Address, SensorError  # noqa: PLC0415 - as above

    try:
        address = Address.parse(uri)
    except SensorError as error:
        raise InputError(str(error)) from error
    return f"{address.scheme}:{address.place}"


def open_register(db: str | None, by: "Actor | None" = None) -> "SensorRegister":
    """Open the register of sensors beside the nightly log at a URL, or the default one; without `by` to read it."""
    from nights.log import SensorRegister, default_url  # noqa: PLC0415 - imports stay out of --help
    from nights.log.audit import SOFTWARE  # noqa: PLC0415 - as above

    return SensorRegister(db or default_url(), by or SOFTWARE)


def _leg(given: str) -> "Leg":
    if given == "L" or given == "R":  # noqa: PLR1714 - so that the type checker follows
        return given
    raise typer.BadParameter(f"{given!r} is neither L nor R", param_hint="--leg")
