"""A virtual sensor on the terminal: its night, its faults, its carrier, and a line that says how it is."""

import asyncio
import signal
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.text import Text

from crampwatch.scoring import InputError
from crampwatch.simulating import profile_named
from firmware_bridge.host_clock import HostClock
from firmware_bridge.virtual.crystal import Crystal
from firmware_bridge.virtual.faults import BLE_KINDS, SERIAL_KINDS, FaultError, FaultScript
from firmware_bridge.virtual.hardware import Hardware
from firmware_bridge.virtual.pty import SerialCarrier
from firmware_bridge.virtual.sensor import State, VirtualSensor
from recordings import RecordedNight, open_recording
from simulation import Cohort, SimulatedNight

LINES_PER_S = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What `crampwatch sensors virtual` was asked for; its fields are the options."""

    night: Path | None
    emg: tuple[str, ...]
    acc: tuple[str, ...]
    simulate: str
    seed: int
    serial: Path | None
    ble: str | None
    address: str | None
    mtu: int
    faults: Path | None
    fault_seed: int
    n_faults: int
    speed: float
    drift_ppm: float
    keeps_s: float
    battery_h: float


def serve(wanted: Wanted) -> None:
    """Be the sensor until interrupted or terminated. Raises `InputError`, `RecordingError` for what cannot be."""
    sensor = sensor_of(wanted)
    carried, where = _carried(sensor, wanted)
    console = Console()
    console.print(f"A virtual sensor {where}. It waits for a bridge; Ctrl-C switches it off.", soft_wrap=True)
    with suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(_tell(sensor, carried, console))


def sensor_of(wanted: Wanted) -> VirtualSensor:
    """Return the sensor that was asked for, without a carrier."""
    night = _night(wanted)
    try:
        hardware = Hardware(
            keeps_s=wanted.keeps_s, battery_h=wanted.battery_h, crystal=Crystal(ppm=wanted.drift_ppm)
        )
        return VirtualSensor(night, HostClock(wanted.speed), hardware, _script(wanted, night.duration_s))
    except (FaultError, ValueError) as error:
        raise InputError(str(error)) from error


def _night(wanted: Wanted) -> RecordedNight | SimulatedNight:
    if wanted.night is not None:
        return open_recording(wanted.night, wanted.emg, wanted.acc)
    return Cohort(wanted.seed, 1, 1, profile_named(wanted.simulate)).night(0, 0)


def _script(wanted: Wanted, duration_s: float) -> FaultScript:
    """Return the faults of the file, and the random ones, of kinds that the carrier knows."""
    script = FaultScript(seed=wanted.fault_seed)
    if wanted.faults is not None:
        script = FaultScript.load(wanted.faults)
    kinds = BLE_KINDS if wanted.ble else SERIAL_KINDS
    drawn = FaultScript.random(wanted.fault_seed, duration_s, wanted.n_faults, kinds)
    return replace(script, faults=script.faults + drawn.faults)


def _carried(sensor: VirtualSensor, wanted: Wanted) -> tuple[Awaitable[None], str]:
    """Return what serves the sensor, and where it can be found."""
    if wanted.ble is not None and wanted.serial is not None:
        raise InputError("a sensor is on a serial port or on Bluetooth; give --serial or --ble")
    if wanted.serial is not None:
        if wanted.serial.exists() and not wanted.serial.is_symlink():
            raise InputError(f"{wanted.serial} exists; name a path that is free for the port")
        return SerialCarrier(sensor, wanted.serial).run(), f"at serial:{wanted.serial}"
    try:
        from firmware_bridge.virtual import ble  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise InputError("Bluetooth needs Bumble: pip install 'crampwatch[virtual-ble]'") from error
    address = wanted.address or ble.ADDRESS
    transport = str(wanted.ble)

    async def on_air() -> None:
        try:
            await ble.serve_on(sensor, transport, address, mtu=wanted.mtu)
        except ble.RadioError as error:
            raise InputError(str(error)) from error

    return on_air(), f"at ble:{address} on {transport}"


async def _tell(sensor: VirtualSensor, carried: Awaitable[None], console: Console) -> None:
    """Serve the sensor, and say how it is in a line that stays."""
    serving = asyncio.ensure_future(carried)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, serving.cancel)  # leaves no port behind
    told = 0
    with Live(console=console, auto_refresh=False) as live:
        while not serving.done():
            state = sensor.state()
            if state.faults_begun > told:
                told = state.faults_begun
                console.print(f"{_clock(state)} {state.latest_fault}")
            live.update(Text(line(state)), refresh=True)
            await asyncio.wait([serving], timeout=1 / LINES_PER_S)
    await serving


def line(state: State) -> str:
    """Say in one line how a sensor is."""
    if state.ended:
        doing = "night is over"
    elif state.sampling:
        doing = "sampling"
    else:
        doing = "waiting for START" if state.night_s == 0 else "not sampling"
    link = "linked" if state.linked else "NO LINK"
    return (
        f"{_clock(state)} {doing} · {link} · run {state.boot} · {state.frames_sent} sent, {state.frames_kept} kept"
        f" · {state.battery_percent} % · {state.faults_begun} faults"
    )


def _clock(state: State) -> str:
    return f"{timedelta(seconds=int(state.night_s))!s:>8}"
