"""A virtual sensor in a process of its own, behind a pseudo-terminal: NIGHT PATH SPEED [KEEPS_S [SCRIPT]]."""

import asyncio
import sys
from pathlib import Path

from firmware_bridge.host_clock import HostClock
from firmware_bridge.virtual.faults import FaultScript
from firmware_bridge.virtual.hardware import Hardware
from firmware_bridge.virtual.pty import SerialCarrier
from firmware_bridge.virtual.sensor import VirtualSensor
from recordings import open_recording


def main(night: str, path: str, speed: str, keeps_s: str = "600", script: str = "") -> None:
    """Stream a recorded night until it is killed."""
    faults = FaultScript.load(Path(script)) if script else None
    hardware = Hardware(keeps_s=float(keeps_s))
    sensor = VirtualSensor(open_recording(Path(night)), HostClock(float(speed)), hardware, faults)
    asyncio.run(SerialCarrier(sensor, Path(path)).run())


if __name__ == "__main__":
    main(*sys.argv[1:])
