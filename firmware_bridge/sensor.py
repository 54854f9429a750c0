"""The `Sensor` protocol: one sensor, reached by a URI; and the register of all makes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Protocol
from urllib.parse import parse_qsl

from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Missing, Reading, Setup

ENTRY_POINTS = "crampwatch.sensors"


class SensorError(Exception):
    """The sensor cannot be used as it is; trying again will not help until somebody does what the message says."""


class LinkLostError(Exception):
    """The way to the sensor is lost; trying again may help."""


class BondLostError(SensorError):
    """The sensor no longer knows this computer: forget it and pair again."""


class Sensor(Protocol):
    """One sensor. `open` and `receive` may be called again after `close`; a sensor outlives its links."""

    async def open(self) -> Setup:
        """Reach the sensor, agree on rates, let it stream.

        Raises `LinkLostError` where it cannot be reached now, `SensorError` where it never will as things are.
        """
        ...

    async def receive(self) -> Sequence[Reading]:
        """Wait for the next readings; all that have come. Raises `LinkLostError` when the link is gone."""
        ...

    async def request(self, missing: Missing) -> None:
        """Ask for samples again; they come by `receive`, and what the sensor lacks comes as `Absent`.

        Never called where `Setup.keeps_s` is 0. Returns when the request is on its way. Raises `LinkLostError`.
        """
        ...

    async def close(self) -> None:
        """Let the sensor stop and release it. Never raises; may be called at any time."""
        ...


@dataclass(frozen=True, slots=True)
class Address:
    """A sensor's URI, taken apart: `MAKE+CARRIER:PLACE?name=value`, or `SCHEME:PLACE`."""

    scheme: str
    place: str
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, uri: str) -> "Address":
        """Read a URI such as `ble:C4:1F:5E:0B:00:01`, `serial:/dev/ttyUSB0`, `umyo+ble:…`, `lsl:NAME?leg=L`.

        Raises `SensorError` where it is not one.
        """
        scheme, colon, rest = uri.partition(":")
        place, _, query = rest.partition("?")
        if not (colon and scheme and place):
            raise SensorError(f"{uri!r} is no sensor; write SCHEME:PLACE, as in ble:C4:1F:5E:0B:00:01")
        try:
            options = tuple(parse_qsl(query, keep_blank_values=True, strict_parsing=True)) if query else ()
        except ValueError as error:
            raise SensorError(f"{uri!r}: what follows the ? must read name=value&name=value") from error
        return cls(scheme.lower(), place, options)

    def read_options(self, **allowed: str | None) -> dict[str, str | None]:
        """Return the options with the defaults given; raises `SensorError` for one that is not among them."""
        given = dict(self.options)
        if unknown := sorted(set(given) - set(allowed)):
            raise SensorError(
                f"{self.scheme}: has no option {', '.join(unknown)}; it has {', '.join(sorted(allowed)) or 'none'}"
            )
        return {**allowed, **given}


Maker = Callable[[Address, HostClock], Sensor]
"""What an entry point of the group `crampwatch.sensors` names: makes the sensor at an address; does no I/O."""


def schemes() -> tuple[str, ...]:
    """Return the schemes of all makes that are installed."""
    return tuple(sorted(point.name for point in entry_points(group=ENTRY_POINTS)))


def sensor_at(uri: str, clock: HostClock) -> Sensor:
    """Return the sensor at a URI, not yet open. Raises `SensorError` for an unknown scheme or a bad place."""
    address = Address.parse(uri)
    found = entry_points(group=ENTRY_POINTS, name=address.scheme)
    if not found:
        raise SensorError(f"there is no kind of sensor {address.scheme!r}; there are {', '.join(schemes())}")
    maker: Maker = next(iter(found)).load()
    return maker(address, clock)
