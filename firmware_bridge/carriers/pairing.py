"""Pairing by BlueZ: an agent that answers for us, pairing, forgetting. The keys stay with BlueZ."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from dbus_fast import DBusError
from dbus_fast.annotations import DBusObjectPath, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method

from firmware_bridge.carriers.bluez import ADAPTER, DEVICE, REPLY_S, BlueZ, in_words, radio
from firmware_bridge.carriers.scanning import find
from firmware_bridge.sensor import LinkLostError, SensorError

SEEK_S = 15.0
PAIR_S = 30.0
"""SMP gives up after 30 s without an answer (Core 5.4, Vol 3, Part H, 3.4)."""
ASK_S = 60.0
"""Time for a person to read a passkey off the sensor and type it."""

AskPasskey = Callable[[], Awaitable[int]]
_AGENT_PATH = "/org/crampwatch/agent"
_MANAGER = "org.bluez.AgentManager1"


@dataclass(frozen=True, slots=True)
class Known:
    """A device that BlueZ knows; `path` is its D-Bus object, `bonded` whether it keeps keys for it."""

    path: str
    adapter: str
    address: str
    name: str | None
    bonded: bool
    connected: bool


class Agent(ServiceInterface):
    """Answers BlueZ (org.bluez.Agent1) while one device is paired, and refuses every other one.

    Without an agent BlueZ refuses to pair even where there is nothing to ask. `ask` returns the passkey that the
    sensor shows; without it only pairing without a passkey (Just Works) is possible.
    """

    def __init__(self, device: str, ask: AskPasskey | None) -> None:
        super().__init__("org.bluez.Agent1")
        self._device = device
        self._ask = ask

    @property
    def capability(self) -> str:
        """What the person at this computer can do, in the words of org.bluez.AgentManager1."""
        return "NoInputNoOutput" if self._ask is None else "KeyboardDisplay"

    @dbus_method("RequestPasskey")
    async def request_passkey(self, device: DBusObjectPath) -> DBusUInt32:
        """Ask the person for the passkey."""
        self._check(device)
        if self._ask is None:
            raise _rejected("no passkey can be asked for")
        return await self._ask()

    @dbus_method("RequestAuthorization")
    def request_authorization(self, device: DBusObjectPath) -> None:
        """Agree to pair without a passkey: the person has just asked for it."""
        self._check(device)

    @dbus_method("RequestConfirmation")
    async def request_confirmation(self, device: DBusObjectPath, passkey: DBusUInt32) -> None:
        """Agree when the sensor shows the same number."""
        self._check(device)
        if self._ask is None or await self._ask() != passkey:
            raise _rejected("the numbers differ")

    @dbus_method("Cancel")
    def cancel(self) -> None:
        """Take note that BlueZ no longer waits; `pair` hears of it from its own call."""

    @dbus_method("Release")
    def release(self) -> None:
        """Take note that BlueZ has let the agent go."""

    def _check(self, device: str) -> None:
        if device != self._device:
            raise _rejected("another device is being paired")


async def pair(address: str, ask: AskPasskey | None = None) -> None:
    """Pair with the sensor at an address, once and for all; BlueZ keeps the keys. One that is paired stays so.

    Raises `LinkLostError` where it is not in reach, `SensorError` where it or BlueZ refuses.
    """
    address = address.upper()
    async with BlueZ() as bluez, radio():
        with in_words(address):
            if any(each.bonded for each in await known(bluez, address)):
                return
            device = await find(address, SEEK_S)
            if device is None:
                raise LinkLostError(f"{address} is not in reach: nothing heard of it for {SEEK_S:.0f} s")
            await _pair(bluez, address, device.details["path"], ask)


async def forget(address: str) -> None:
    """Let BlueZ forget a device and its keys. Raises `SensorError` where it knows none at this address."""
    address = address.upper()
    async with BlueZ() as bluez, radio():
        with in_words(address):
            devices = await known(bluez, address)
            if not devices:
                raise SensorError(f"{address} is not known to this computer; there is nothing to forget")
            for device in devices:
                async with asyncio.timeout(PAIR_S):
                    if device.connected:  # first: BlueZ takes a link that ends with its device gone for a fault
                        await bluez.call(device.path, DEVICE, "Disconnect")
                    await bluez.call(device.adapter, ADAPTER, "RemoveDevice", "o", device.path)


async def known(bluez: BlueZ, address: str) -> list[Known]:
    """Return what BlueZ knows of an address, one per adapter that has met it."""
    found = ((path, interfaces.get(DEVICE)) for path, interfaces in (await bluez.objects()).items())
    return [
        Known(
            path=path,
            adapter=device["Adapter"],
            address=device["Address"],
            name=device.get("Name"),
            bonded=device.get("Bonded", device["Paired"]),  # before BlueZ 5.65 there is only the other
            connected=device["Connected"],
        )
        for path, device in found
        if device and device["Address"] == address
    ]


async def _pair(bluez: BlueZ, address: str, path: str, ask: AskPasskey | None) -> None:
    """Pair with a device that was just heard, and end the link: whoever wants to stream makes its own."""
    agent = Agent(path, ask)
    bluez.offer(_AGENT_PATH, agent)
    # BlueZ asks the agent of the program that called Pair, so a desktop's own agent stays the default one
    await bluez.call("/org/bluez", _MANAGER, "RegisterAgent", "os", _AGENT_PATH, agent.capability)
    try:
        async with asyncio.timeout(PAIR_S if ask is None else ASK_S):
            await bluez.call(path, DEVICE, "Pair")
    except DBusError as error:
        raise SensorError(_why(address, error, asked=ask is not None)) from error
    except BaseException:
        # BlueZ would go on, and neither scan nor pair until the sensor has answered
        await _tidy(bluez, path, DEVICE, "CancelPairing")
        raise
    finally:
        await _tidy(bluez, "/org/bluez", _MANAGER, "UnregisterAgent", "o", _AGENT_PATH)
        await _tidy(bluez, path, DEVICE, "Disconnect")


async def _tidy(bluez: BlueZ, path: str, interface: str, member: str, signature: str = "", *arguments: str) -> None:
    """Call what may no longer be possible, because it has ended by itself."""
    with suppress(DBusError, TimeoutError):
        async with asyncio.timeout(REPLY_S):
            await bluez.call(path, interface, member, signature, *arguments)


def _why(address: str, error: DBusError, *, asked: bool) -> str:
    """Say why pairing failed."""
    why = {
        "org.bluez.Error.AuthenticationFailed": "it did not agree"
        + (": was the passkey right?" if asked else "; if it shows a passkey, pair with --passkey"),
        "org.bluez.Error.AuthenticationCanceled": "it was cancelled",
        "org.bluez.Error.AuthenticationRejected": "it was refused; is the sensor in pairing mode?",
        "org.bluez.Error.AuthenticationTimeout": "the sensor did not answer; is it in pairing mode?",
        "org.bluez.Error.ConnectionAttemptFailed": "the link was lost meanwhile; try again, closer to the sensor",
    }.get(error.type, f"{error.type}: {error.text}")
    return f"{address} cannot be paired: {why}"


def _rejected(why: str) -> DBusError:
    return DBusError("org.bluez.Error.Rejected", why)
