"""What is in the air: the guest's adapter and the sensors, each a Bumble controller on one ideal link, no radio.

`python -m tests.bluetooth.rig.air ADAPTER STEERING` joins the two sockets of the machine: HCI of the guest's
adapter, and JSON lines by which the tests in the guest add sensors and let things happen to them.
"""

import asyncio
import json
import logging
import sys
from typing import Any

from bumble import hci
from bumble.controller import Controller
from bumble.link import LocalLink
from bumble.transport import open_transport

from firmware_bridge.virtual.local_air import lose_links
from tests.bluetooth.rig.peers import KINDS, Peer

_log = logging.getLogger("air")


class Adapter(Controller):
    """The guest's adapter, whose links outlive a change of its address.

    Linux scans under an address made up for the scan. A link keeps the address that it was made with; Bumble's
    `LocalLink` finds its ends by their address of now, and would lose it.
    """

    def on_hci_le_set_random_address_command(
        self,
        command: hci.HCI_LE_Set_Random_Address_Command,  # pyright: ignore[reportUnknownParameterType, reportMissingTypeArgument] - bumble's
    ) -> hci.HCI_StatusReturnParameters:
        """Take another address, but not while there is a link."""
        if self.le_connections:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)
        return super().on_hci_le_set_random_address_command(command)


class Air:
    """The link with all that is on it. Every public coroutine is something the tests may ask for, by its name."""

    def __init__(self) -> None:
        self.link = LocalLink()
        self._peers: dict[str, Peer] = {}

    async def add(self, address: str, kind: str, **settings: Any) -> None:
        """Switch a sensor of a kind on; `settings` are those of the kind."""
        peer = self._peers[address] = KINDS[kind](self.link, address, **settings)
        await peer.start()

    async def lose(self, address: str) -> None:
        """Let a sensor's link be lost as by distance: both ends see the supervision time run out."""
        lose_links(self.link, self._peers[address].device.random_address)

    async def unplug(self) -> None:
        """Let every sensor lose its link, as when the computer's adapter is pulled out."""
        for address in self._peers:
            await self.lose(address)

    async def clear(self) -> None:
        """Switch all sensors off and take them away."""
        for address in list(self._peers):
            await self.lose(address)
            peer = self._peers.pop(address)
            controller = self.link.find_le_controller(peer.device.random_address)
            await peer.stop()
            self.link.controllers.discard(controller)

    async def ask(self, address: str, which: str, **how: Any) -> Any:
        """Let a sensor do something of its own."""
        return await getattr(self._peers[address], which)(**how)


async def steer(air: Air, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Do what the tests ask, one JSON object a line, and answer each with one line; until the machine ends."""
    while line := await reader.readline():
        request: dict[str, Any] = json.loads(line)
        answer: dict[str, Any] = {}
        try:
            answer["value"] = await getattr(air, request.pop("do"))(**request)
        except Exception as error:  # noqa: BLE001 - the test that asked is told
            _log.exception("asked for %s", line)
            answer["error"] = repr(error)
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()


async def serve(adapter: str, steering: str) -> None:
    """Run until the machine ends."""
    air = Air()
    reader, writer = await asyncio.open_unix_connection(steering)
    async with await open_transport(f"unix:{adapter}") as opened:
        controller = Adapter("adapter", host_source=opened.source, host_sink=opened.sink, link=air.link)
        # as for sensors (local_air.host_on): Linux would wait for an event that Bumble does not send
        controller.le_features &= ~(hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING)
        _log.info("up")
        await steer(air, reader, writer)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(relativeCreated)d %(name)s %(message)s")
    asyncio.run(serve(sys.argv[1], sys.argv[2]))
