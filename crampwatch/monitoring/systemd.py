"""A word to systemd: that the service is ready, that it is alive, what it does (protocol: man sd_notify)."""

import os
import socket


def tell_systemd(*lines: str) -> bool:
    """Send `READY=1`, `WATCHDOG=1`, `STATUS=…`; False where nobody listens: not started by systemd.

    Sent over the datagram socket in NOTIFY_SOCKET; `@` stands for a name in the abstract namespace.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as to:
        to.connect(address)
        to.sendall("\n".join(lines).encode())
    return True
