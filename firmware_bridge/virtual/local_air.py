"""Bumble's radio in one process (`LocalLink`), with what a sensor needs of it and it lacks."""

from bumble import hci, ll
from bumble.controller import Controller, LegacyAdvertiser
from bumble.host import Host
from bumble.link import LocalLink


class TwofoldAdvertiser(LegacyAdvertiser):
    """Sends the scan response too, as an advertisement of its own: a `LocalLink` knows no scan requests."""

    def send_advertising_data(self) -> None:
        """Send both, one after the other, while advertising is on."""
        super().send_advertising_data()
        if self.enabled and self.scan_response_data:
            self.controller.send_advertising_pdu(ll.AdvInd(self.address, self.scan_response_data))


def host_on(link: LocalLink, name: str) -> Host:
    """Return the host of a new controller on the link.

    The controller claims neither LL Privacy nor Extended Advertising: Bumble answers a connect with the plain
    Connection Complete event, which Linux takes only from a controller without them (google/bumble issue 841).
    """
    controller = Controller(name, link=link)
    controller.le_features &= ~(hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING)
    controller.le_legacy_advertiser = TwofoldAdvertiser(controller)
    host = Host()
    host.controller = controller
    return host


def lose_links(link: LocalLink, address: hci.Address) -> None:
    """Let the connections of a controller end by supervision timeout, at both ends, as out of range."""
    near = link.find_le_controller(address)
    for connection in list(near.le_connections.values()) if near else []:
        far = link.find_le_controller(connection.peer_address)
        ends = [connection, *(c for c in far.le_connections.values() if c.peer_address == address)] if far else []
        for end in ends:
            end.controller.on_le_disconnected(end, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)


def leave(link: LocalLink, address: hci.Address) -> None:
    """Take a controller off the link, as when its battery is taken out."""
    controller = link.find_le_controller(address)
    if controller is not None:
        lose_links(link, address)
        controller.le_legacy_advertiser.stop()
        link.remove_controller(controller)
