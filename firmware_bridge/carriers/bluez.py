"""BlueZ, Linux's Bluetooth service, where bleak does not reach; and what goes wrong with it in words."""

import asyncio
import logging
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self
from weakref import WeakKeyDictionary

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)
from dbus_fast import AuthError, BusType, DBusError, Message, MessageType, Variant, unpack_variants
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface

from firmware_bridge.sensor import LinkLostError, SensorError

ADAPTER, DEVICE = "org.bluez.Adapter1", "org.bluez.Device1"
REPLY_S = 10.0
"""How long bluetoothd may take to answer what needs no radio."""

_SERVICE, _BUS = "org.bluez", "org.freedesktop.DBus"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_OBJECTS = "org.freedesktop.DBus.ObjectManager"
_NOT_RUNNING = (
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.NoReply",
    "org.freedesktop.DBus.Error.Spawn.",
    "org.freedesktop.systemd1.",
)
_UNPAIRED = {
    BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION,
    BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHORIZATION,
    BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION,
    BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION_KEY_SIZE,
}
_log = logging.getLogger(__name__)
_radios: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


def radio() -> asyncio.Lock:
    """Return the lock to hold while scanning and connecting.

    BlueZ refuses a second scan of one program, and most adapters cannot scan and connect at the same time.
    """
    return _radios.setdefault(asyncio.get_running_loop(), asyncio.Lock())


class BlueZ:
    """A connection of our own to bluetoothd; an asynchronous context manager."""

    def __init__(self) -> None:
        self._bus = MessageBus(bus_type=BusType.SYSTEM)

    async def __aenter__(self) -> Self:
        """Connect to the system bus. Raises `LinkLostError` where there is none."""
        with in_words("the system bus"):
            try:
                await self._bus.connect()
            except BaseException:
                self._bus.disconnect()
                raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bus.disconnect()
        with suppress(EOFError, OSError):  # what had ended it before, TimeoutError among them
            async with asyncio.timeout(REPLY_S):
                await self._bus.wait_for_disconnect()

    async def call(self, path: str, interface: str, member: str, signature: str = "", *arguments: Any) -> list[Any]:
        """Call a method of BlueZ; return its values. Raises `DBusError`."""
        return await self._call(_SERVICE, path, interface, member, signature, *arguments)

    async def objects(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """Return all objects of BlueZ: path, interface, property, value. Raises `DBusError`."""
        async with asyncio.timeout(REPLY_S):
            (objects,) = await self.call("/", _OBJECTS, "GetManagedObjects")
        return unpack_variants(objects)

    async def get(self, path: str, interface: str, name: str) -> Any:
        """Return a property. Raises `DBusError`."""
        async with asyncio.timeout(REPLY_S):
            (value,) = await self.call(path, _PROPERTIES, "Get", "ss", interface, name)
        return value.value

    async def switch(self, adapter: str, *, on: bool) -> None:
        """Switch an adapter on or off. Raises `DBusError`."""
        async with asyncio.timeout(REPLY_S):
            await self.call(adapter, _PROPERTIES, "Set", "ssv", ADAPTER, "Powered", Variant("b", on))

    def offer(self, path: str, interface: ServiceInterface) -> None:
        """Let BlueZ call us at a path."""
        self._bus.export(path, interface)

    async def when_stopped(self, tell: Callable[[], None]) -> None:
        """Call `tell` when bluetoothd leaves the bus; raises `DBusError` where it is not there.

        bleak learns of that only from the farewell of a service that ends in order; one that is killed says none,
        and bleak would take the link for good for ever.
        """

        def hear(message: Message) -> None:
            if message.member == "NameOwnerChanged" and message.body[0] == _SERVICE and not message.body[2]:
                tell()

        self._bus.add_message_handler(hear)
        await self._ask_bus(
            "AddMatch", f"type='signal',member='NameOwnerChanged',sender='{_BUS}',arg0='{_SERVICE}'"
        )
        (runs,) = await self._ask_bus("NameHasOwner", _SERVICE)
        if not runs:
            raise DBusError(_NOT_RUNNING[1], "bluetoothd is not running")

    async def when_disconnected(self, device: str, tell: Callable[[], None]) -> None:
        """Call `tell` whenever a link to a device ends, also one that was not complete. Raises `DBusError`."""

        def hear(message: Message) -> None:
            if message.member == "PropertiesChanged" and message.path == device and message.body[0] == DEVICE:
                connected = message.body[1].get("Connected")
                if connected is not None and not connected.value:
                    tell()

        self._bus.add_message_handler(hear)
        await self._ask_bus("AddMatch", f"type='signal',member='PropertiesChanged',path='{device}'")

    async def _ask_bus(self, member: str, argument: str) -> list[Any]:
        async with asyncio.timeout(REPLY_S):
            return await self._call(_BUS, "/org/freedesktop/DBus", _BUS, member, "s", argument)

    async def _call(
        self, destination: str, path: str, interface: str, member: str, signature: str, *arguments: Any
    ) -> list[Any]:
        message = Message(
            destination=destination,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=list(arguments),
        )
        reply = await self._bus.call(message)
        if reply.message_type is MessageType.ERROR:
            raise DBusError(reply.error_name or "", str(next(iter(reply.body), "")))
        return reply.body


async def restart_adapters(bluez: BlueZ) -> None:
    """Switch adapters that are on off and on, unless a device is connected. Raises `DBusError`.

    That ends a scan in which BlueZ or the adapter hangs, and that would find nothing for ever (bleak issue 2021).
    """
    objects = await bluez.objects()
    if any(interfaces.get(DEVICE, {}).get("Connected") for interfaces in objects.values()):
        return
    for path, interfaces in objects.items():
        if interfaces.get(ADAPTER, {}).get("Powered"):
            _log.warning("%s is switched off and on: nothing was heard for long", path)
            await bluez.switch(path, on=False)
            await bluez.switch(path, on=True)


@contextmanager
def in_words(what: str) -> Generator[None]:
    """Turn what bleak and D-Bus raise into `LinkLostError` and `SensorError`; `what` begins the message.

    bleak raises AssertionError where the bus goes while it waits, and dbus-fast EOFError or an OSError.
    """
    try:
        yield
    except (BleakGATTProtocolError, BleakCharacteristicNotFoundError) as error:
        raise _refused(what, error) from error
    except TimeoutError as error:
        raise LinkLostError(f"{what}: no answer in time") from error
    except (BleakError, DBusError, AuthError, EOFError, OSError, AssertionError) as error:
        if str(error).endswith("Not paired"):
            raise SensorError(f"{what}: {_pair_first()}") from error
        raise LinkLostError(f"{what}: {explain(error)}") from error


def _refused(what: str, error: BleakGATTProtocolError | BleakCharacteristicNotFoundError) -> Exception:
    """Return what to raise for an answer of the sensor that is no."""
    if isinstance(error, BleakCharacteristicNotFoundError):
        return SensorError(f"{what}: it has no characteristic {error.char_specifier}; is it of another make?")
    if error.code in _UNPAIRED:
        return SensorError(f"{what}: {_pair_first()}")
    if error.code is BleakGATTProtocolErrorCode.UNLIKELY_ERROR:  # BlueZ's word for a link that went meanwhile
        return LinkLostError(f"{what}: the link was lost meanwhile")
    return SensorError(f"{what}: it refuses: {error.args[1]}")


def _pair_first() -> str:
    return "it only talks to a paired computer; pair it once with: crampwatch sensors pair ADDRESS"


def explain(error: BaseException) -> str:
    """Say in words what went wrong, and what to do."""
    if isinstance(error, BleakBluetoothNotAvailableError):
        return {
            BleakBluetoothNotAvailableReason.NO_BLUETOOTH: "this computer has no Bluetooth adapter",
            BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: "the Bluetooth adapter cannot do Low Energy",
            BleakBluetoothNotAvailableReason.POWERED_OFF: "Bluetooth is switched off; switch it on with: "
            "bluetoothctl power on (and rfkill unblock bluetooth, where that is refused)",
        }.get(error.reason, _NO_PERMISSION)
    name = str(getattr(error, "dbus_error", None) or getattr(error, "type", ""))
    if name.endswith((".UnknownObject", ".DoesNotExist")):
        return "BlueZ has just lost it: the adapter was pulled out, or the sensor was forgotten"
    if name.startswith(_NOT_RUNNING):
        return "the Bluetooth service is not running; start it with: sudo systemctl enable --now bluetooth"
    if isinstance(error, AuthError | PermissionError) or name.endswith(".AccessDenied"):
        return _NO_PERMISSION
    if isinstance(error, FileNotFoundError | ConnectionRefusedError):
        return "this computer has no D-Bus system bus, or it is not running; Bluetooth needs Linux with BlueZ"
    return str(error) or type(error).__name__


_NO_PERMISSION = (
    "this user may not use Bluetooth; join the group with: sudo usermod -aG bluetooth $USER, then log in again"
)
