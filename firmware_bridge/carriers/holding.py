"""One sensor, one program: a lock per address that the kernel gives back when its holder dies."""

import errno
import socket

from firmware_bridge.sensor import LinkLostError


def hold(address: str) -> socket.socket:
    """Hold a sensor until what is returned is closed. Raises `LinkLostError` where another program holds it.

    BlueZ lets any program take a link over, and does not say whether the one that made it still lives. The lock is
    a name in Linux's abstract socket namespace (unix(7)): no file that a full or read-only disk could refuse.
    """
    lock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        lock.bind(f"\0crampwatch-sensor-{address}")
    except OSError as error:
        lock.close()
        if error.errno != errno.EADDRINUSE:
            raise
        raise LinkLostError(
            f"{address} is in use by another program on this computer; is a monitor running?"
        ) from error
    return lock
