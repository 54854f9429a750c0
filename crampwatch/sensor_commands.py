"""The commands `crampwatch sensors …`: sensors, real and virtual."""

from pathlib import Path
from typing import Annotated

import typer

from crampwatch.options import Acc, AsJson, Emg, reported

sensors_app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown", help="Sensors, real and virtual.")

PORT = Path("crampwatch-sensor")

Place = Annotated[str, typer.Argument(metavar="ADDRESS", help="Bluetooth address or URI that `scan` gives.")]


@sensors_app.command("scan")
@reported
def scan(
    *,
    seconds: Annotated[float, typer.Option(min=1, max=300, help="How long to listen.")] = 5.0,
    everything: Annotated[bool, typer.Option("--all", help="Also what is no sensor that we know.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the Bluetooth sensors in reach, the strongest first, with the URI for `bind` and `monitor`.

    A sensor that is linked to a computer or a phone does not advertise and is not heard.
    """
    from crampwatch import finding_sensors  # noqa: PLC0415 - imports stay out of --help

    finding_sensors.scan(seconds, everything=everything, as_json=as_json)


@sensors_app.command("pair")
@reported
def pair(
    place: Place,
    *,
    passkey: Annotated[bool, typer.Option("--passkey", help="Ask for the passkey that the sensor shows.")] = False,
) -> None:
    """Pair with a Bluetooth sensor, once; BlueZ keeps the keys.

    Examples: `crampwatch sensors pair C4:1F:5E:0B:00:01` · `crampwatch sensors pair C4:1F:5E:0B:00:01 --passkey`
    """
    from crampwatch import finding_sensors  # noqa: PLC0415 - imports stay out of --help

    finding_sensors.pair(place, passkey=passkey)


@sensors_app.command("info")
@reported
def info(place: Place, *, as_json: AsJson = False) -> None:
    """Open a sensor of any make and say what it delivers: device, streams, rates, battery, shortcomings.

    Examples: `crampwatch sensors info C4:1F:5E:0B:00:01` · `crampwatch sensors info serial:/dev/ttyUSB0 --json`
    """
    from crampwatch import finding_sensors  # noqa: PLC0415 - imports stay out of --help

    finding_sensors.info(place, as_json=as_json)


@sensors_app.command("forget")
@reported
def forget(place: Place) -> None:
    """Let this computer forget a Bluetooth sensor and its keys, as before pairing again."""
    from crampwatch import finding_sensors  # noqa: PLC0415 - imports stay out of --help

    finding_sensors.forget(place)


@sensors_app.command("virtual")
@reported
def virtual(  # noqa: PLR0913 - one parameter per option
    *,
    night: Annotated[Path | None, typer.Option(help="Recorded night to feed it (EDF, BDF, .night).")] = None,
    emg: Emg = None,
    acc: Acc = None,
    simulate: Annotated[
        str, typer.Option(help="Otherwise a simulated night of: older, young, clean, hard, no-cramps.")
    ] = "older",
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same simulated night.")] = 1,
    serial: Annotated[
        Path | None, typer.Option(help=f"Path to appear at as a serial port, {PORT} where nothing is said.")
    ] = None,
    ble: Annotated[
        str | None,
        typer.Option(help="Appear over Bluetooth, on this controller: usb:0, hci-socket:0, unix:SOCKET."),
    ] = None,
    address: Annotated[str | None, typer.Option(help="Bluetooth address to appear under.")] = None,
    mtu: Annotated[int, typer.Option(min=23, max=517, help="Largest ATT_MTU that it agrees to.")] = 247,
    faults: Annotated[Path | None, typer.Option(help="Fault script (TOML).")] = None,
    fault_seed: Annotated[int, typer.Option(min=0, help="Seed of random faults, see --n-faults.")] = 1,
    n_faults: Annotated[int, typer.Option(min=0, help="Number of random faults over the night.")] = 0,
    speed: Annotated[
        float, typer.Option(min=0.01, help="How much faster its time goes; give the bridge the same.")
    ] = 1,
    drift_ppm: Annotated[float, typer.Option(help="How much too fast its crystal runs.")] = 20.0,
    keeps_s: Annotated[float, typer.Option(min=1, help="How long it keeps samples to send again.")] = 600.0,
    battery_h: Annotated[float, typer.Option(min=0.01, help="How long its battery lasts.")] = 72.0,
) -> None:
    """Be a sensor: stream a night over a serial port or Bluetooth, with faults on purpose, until Ctrl-C.

    It speaks the CrampWatch sensor profile as firmware has to, and begins its night at the first START of a bridge.

    Examples: `crampwatch sensors virtual` and, in another terminal, `crampwatch monitor --sensor
    serial:crampwatch-sensor --participant P01` · `crampwatch sensors virtual --night night.edf --faults bad.toml` ·
    `crampwatch sensors virtual --simulate hard --seed 7 --n-faults 40 --speed 60` ·
    `crampwatch sensors virtual --ble usb:0`
    """
    from crampwatch.virtual_sensing import Wanted, serve  # noqa: PLC0415 - imports stay out of --help

    serve(
        Wanted(
            night=night,
            emg=tuple(emg or ()),
            acc=tuple(acc or ()),
            simulate=simulate,
            seed=seed,
            serial=serial or (None if ble else PORT),
            ble=ble,
            address=address,
            mtu=mtu,
            faults=faults,
            fault_seed=fault_seed,
            n_faults=n_faults,
            speed=speed,
            drift_ppm=drift_ppm,
            keeps_s=keeps_s,
            battery_h=battery_h,
        )
    )
