"""Sensors on the terminal: which are in reach, pairing with one, what one delivers, forgetting it."""

import asyncio
import json
import re
import sys
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from crampwatch.scoring import InputError
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Setup, Status
from firmware_bridge.sensor import Address, LinkLostError, Sensor, SensorError, sensor_at

if TYPE_CHECKING:
    from firmware_bridge.carriers.scanning import Sighting

STATUS_S = 5.0
"""How long to wait for a word on battery and temperature; sensors of the profile say it every second."""
PASSKEY_DIGITS = 6
_BLUETOOTH = re.compile(r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}")

T = TypeVar("T")


def scan(seconds: float, *, everything: bool, as_json: bool) -> None:
    """Print which sensors are in reach. Raises `InputError` without Bluetooth."""
    from firmware_bridge.carriers.scanning import scan as heard_in  # noqa: PLC0415 - bleak takes a second to import

    heard = _done(heard_in(seconds))
    shown = [each for each in heard if everything or each.uri]
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in shown], indent=1, ensure_ascii=False))
        return
    for each in shown:
        typer.echo(_line(each))
    if not shown:
        others = f" {len(heard)} other devices were heard; --all shows them." if heard else ""
        typer.echo(
            f"No sensor was heard within {seconds:g} s. Is it switched on, near, and not linked to another "
            f"computer or a phone? A sensor that is linked does not advertise.{others}"
        )


def pair(place: str, *, passkey: bool) -> None:
    """Pair with a sensor. Raises `InputError` where it cannot be."""
    from firmware_bridge.carriers.pairing import pair as pair_with  # noqa: PLC0415 - bleak takes a second to import

    address = bluetooth_address(place)
    _done(pair_with(address, _ask_passkey if passkey else None))
    typer.echo(f"{address} is paired; BlueZ keeps the keys.")


def forget(place: str) -> None:
    """Forget a sensor. Raises `InputError` where there is nothing to forget."""
    from firmware_bridge.carriers.pairing import forget as forget_it  # noqa: PLC0415 - bleak takes a second to import

    address = bluetooth_address(place)
    _done(forget_it(address))
    typer.echo(f"{address} is forgotten. Let the sensor forget this computer too before pairing again.")


def info(place: str, *, as_json: bool) -> None:
    """Open a sensor and print what it delivers and how it is. Raises `InputError` where that fails."""
    uri = f"ble:{place}" if _BLUETOOTH.fullmatch(place.upper()) else place
    try:
        sensor = sensor_at(uri, HostClock())
    except SensorError as error:
        raise InputError(str(error)) from error
    setup, status = _done(_ask(sensor))
    if as_json:
        typer.echo(json.dumps({"uri": uri, **_document(setup, status)}, indent=1, ensure_ascii=False))
    else:
        typer.echo("\n".join([uri, *_words(setup, status)]))


def bluetooth_address(place: str) -> str:
    """Return the Bluetooth address of `C4:1F:…` or of a URI such as `ble:C4:1F:…`. Raises `InputError`."""
    address = place.upper()
    with suppress(SensorError):
        address = address if _BLUETOOTH.fullmatch(address) else Address.parse(place).place.upper()
    if not _BLUETOOTH.fullmatch(address):
        raise InputError(f"{place!r} is no Bluetooth address; write it as in C4:1F:5E:0B:00:01")
    return address


def _done(work: Coroutine[Any, Any, T]) -> T:
    """Run what talks to a sensor; what it raises becomes `InputError`."""
    try:
        return asyncio.run(work)
    except (LinkLostError, SensorError) as error:
        raise InputError(str(error)) from error


async def _ask(sensor: Sensor) -> tuple[Setup, Status | None]:
    """Return a sensor's setup and its first status, if it says one."""
    try:
        setup = await sensor.open()
        with suppress(TimeoutError):  # many makes say nothing about themselves
            async with asyncio.timeout(STATUS_S):
                while True:
                    for reading in await sensor.receive():
                        if isinstance(reading, Status):
                            return setup, reading
        return setup, None
    finally:
        await sensor.close()


async def _ask_passkey() -> int:
    """Ask on the terminal for the passkey that the sensor shows."""
    while True:
        typer.echo("Passkey that the sensor shows: ", nl=False)
        answer = (await _line_typed()).strip()
        if len(answer) == PASSKEY_DIGITS and answer.isdecimal():
            return int(answer)
        typer.echo(f"A passkey has {PASSKEY_DIGITS} digits.")


async def _line_typed() -> str:
    """Wait for a line of the terminal without a thread, which nothing could end."""
    loop = asyncio.get_running_loop()
    typed: asyncio.Future[str] = loop.create_future()
    loop.add_reader(sys.stdin, lambda: typed.done() or typed.set_result(sys.stdin.readline()))
    try:
        return await typed
    finally:
        loop.remove_reader(sys.stdin)


def _line(heard: "Sighting") -> str:
    make = heard.make or "unknown make"
    return f"{heard.uri or heard.address}  {heard.rssi_dbm} dBm  {make}{f'  {heard.name}' if heard.name else ''}"


def _document(setup: Setup, status: Status | None) -> dict[str, Any]:
    streams = [
        {"name": s.name, "fs_hz": s.fs_hz, "channels": [c.label for c in s.channels], "bits": s.scales[0].bits}
        for s in setup.streams
    ]
    said = {name: value for name, value in asdict(status).items() if name != "received_s"} if status else None
    return {
        "device": asdict(setup.device),
        "streams": streams,
        "keeps_s": setup.keeps_s,
        "remarks": list(setup.remarks),
        "status": said,
    }


def _words(setup: Setup, status: Status | None) -> list[str]:
    device = setup.device
    said = [f"serial number {device.serial}"] if device.serial else []
    said += [f"firmware {device.firmware}"] if device.firmware else []
    lines = [f"  {', '.join([device.make, *said])}"]
    for stream in setup.streams:
        labels = ", ".join(channel.label for channel in stream.channels)
        lines.append(f"  {stream.name}: {labels}, {stream.fs_hz:g} Hz, {stream.scales[0].bits} bits")
    keeps = (
        f"{setup.keeps_s:g} s to be asked for again" if setup.keeps_s else "nothing: what a lost link costs is lost"
    )
    lines.append(f"  keeps {keeps}")
    if status and status.battery_percent is not None:
        lines.append(f"  battery {status.battery_percent} %")
    return lines + [f"  note: {remark}" for remark in setup.remarks]
