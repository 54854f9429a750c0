"""What the bridge and a sensor of the CrampWatch profile agree on before samples flow."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from firmware_bridge.drivers.own_ticks import TICK_HZ
from firmware_bridge.drivers.wearing import LEAST_EMG_HZ, Wearing, remarks_on_rate
from firmware_bridge.readings import Device, Setup
from firmware_bridge.sensor import LinkLostError, SensorError
from firmware_bridge.wire.commands import Command, Configure, Describe, Hello, Serial
from firmware_bridge.wire.control import Response
from firmware_bridge.wire.frames import ACC, EMG, VERSION, Layout
from firmware_bridge.wire.operations import Result
from firmware_bridge.wire.values import Description, Granted, Identity, SerialNumber
from signals import MUSCLES, Channel, CountedStream, Scale

Ask = Callable[[Command], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked of the sensor: rates in Hz (`acc_hz` 0 for none), bits of a sample, differences or plain."""

    wearing: Wearing
    emg_hz: float = 1000.0
    acc_hz: float = 52.0
    bits: int = 16
    coded: bool = False


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the sensor will send: the setup, and how the rows of each stream look."""

    setup: Setup
    layouts: dict[str, Layout]
    boot: int


async def agree(ask: Ask, address: str, wish: Wish, before: Agreement | None) -> Agreement:
    """Ask who the sensor is and settle what it sends; the same as `before`, where there was a link before.

    Raises `SensorError` where that cannot be had, `LinkLostError` where this link does not carry what the one
    before did.
    """
    identity = await _identity(ask)
    serial = (await ask(Serial())).values
    device = Device(
        make="CrampWatch",
        address=address,
        serial=serial.text if isinstance(serial, SerialNumber) else None,
        firmware=".".join(str(number) for number in identity.firmware),
    )
    if before is not None and before.setup.device.serial != device.serial:
        raise SensorError(
            f"another sensor answers at {address}: {device.serial}, not {before.setup.device.serial}; "
            "put the right one back"
        )
    streams: list[CountedStream] = []
    layouts: dict[str, Layout] = {}
    remarks: list[str] = []
    for name, channels, wanted_hz in (
        (ACC, identity.acc_channels, wish.acc_hz),
        (EMG, identity.emg_channels, wish.emg_hz),
    ):
        if not channels:
            continue
        described = [await _description(ask, name, channel) for channel in range(channels)]
        if before is not None:
            wanted_hz = next((s.fs_hz for s in before.setup.streams if s.name == name), 0.0)  # noqa: PLW2901 - narrowed
        granted_hz = await _configure(ask, name, wanted_hz, wish, exactly=before is not None)
        if granted_hz:
            layouts[name] = Layout(channels, wish.bits, wish.coded)
            streams.insert(0, _stream(name, granted_hz, described, wish))
            if granted_hz < wanted_hz:
                remarks.append(f"{name} was asked for at {wanted_hz:g} Hz; sensor and link give {granted_hz:g} Hz")
    if EMG not in layouts:
        raise SensorError(f"the sensor at {address} has no EMG channel")
    remarks.extend(remarks_on_rate(streams[0].fs_hz))
    setup = Setup(
        device=device,
        streams=tuple(streams),
        keeps_s=float(identity.keeps_s),
        tick_hz=TICK_HZ,
        remarks=tuple(remarks),
    )
    return Agreement(setup, layouts, identity.boot)


async def _identity(ask: Ask) -> Identity:
    response = await ask(Hello())
    if response.result is Result.OPERATOR_NOT_SUPPORTED:
        raise SensorError(f"the sensor does not speak version {VERSION} of the profile: update it, or CrampWatch")
    if not isinstance(response.values, Identity):
        raise LinkLostError(f"the sensor answers HELLO with {response.result.name}")
    return response.values


async def _description(ask: Ask, stream: str, channel: int) -> Description:
    response = await ask(Describe(stream, channel))
    if response.result is Result.NOT_BONDED:
        raise SensorError("the sensor wants to be paired first: crampwatch sensors pair")
    if not isinstance(response.values, Description):
        raise SensorError(f"the sensor does not describe channel {channel} of {stream}: {response.result.name}")
    return response.values


async def _configure(ask: Ask, stream: str, wanted_hz: float, wish: Wish, *, exactly: bool) -> float:
    """Return the rate that the sensor grants; where the wish does not fit, the highest that does."""
    response = await ask(Configure(stream, wanted_hz, wish.bits, wish.coded))
    highest_hz = response.values.rate_hz if isinstance(response.values, Granted) else 0.0
    if response.result is Result.SUCCESS:
        if exactly and highest_hz != wanted_hz:
            raise LinkLostError(f"{stream} is now granted at {highest_hz:g} Hz, not at {wanted_hz:g} Hz as before")
        return highest_hz
    if response.result is not Result.RATE_DOES_NOT_FIT:
        raise SensorError(
            f"the sensor refuses {stream} at {wanted_hz:g} Hz and {wish.bits} bits ({response.result.name}); "
            "try other values of rate, bits, coding or acc"
        )
    if exactly:
        raise LinkLostError(f"the link now carries {stream} at {highest_hz:g} Hz only, not at {wanted_hz:g} Hz")
    if stream == EMG and highest_hz < LEAST_EMG_HZ:
        raise SensorError(
            f"the link carries EMG at {highest_hz:g} Hz only, {LEAST_EMG_HZ:g} Hz are needed; move the receiver "
            "closer, use one that takes longer packets, or leave acceleration out with ?acc=0"
        )
    if not highest_hz:
        raise SensorError(f"the link does not carry {stream} at any rate; leave it out with ?acc=0")
    return await _configure(ask, stream, highest_hz, wish, exactly=False)


def _stream(name: str, fs_hz: float, described: list[Description], wish: Wish) -> CountedStream:
    """Return the stream in CrampWatch's words; what was said in the URI goes before what the sensor says."""
    channels: list[Channel] = []
    for i, description in enumerate(described):
        site = description.place if name == ACC or description.place in MUSCLES else None
        if name == EMG and i == 0 and wish.wearing.muscle is not None:
            site = wish.wearing.muscle
        modality = "EMG" if name == EMG else "ACC"
        label = f"{modality} {wish.wearing.leg or '?'}-{site or '?'}"
        channels.append(Channel(label, modality, wish.wearing.leg, site))
    scales = (
        Scale(float(d.gain) * 2.0 ** max(0, d.bits - wish.bits), bits=wish.bits)  # a sensor sends the upper bits
        for d in described
    )
    return CountedStream(name, fs_hz, tuple(channels), tuple(scales))
