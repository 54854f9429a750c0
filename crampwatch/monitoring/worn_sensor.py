"""A sensor on the leg that it is bound to: all that comes of it is labelled so."""

from collections.abc import Sequence
from dataclasses import replace

from firmware_bridge.readings import Missing, Reading, Setup
from firmware_bridge.sensor import Sensor, SensorError
from signals import LEGS, CountedStream, Leg


class WornSensor:
    """A `Sensor` that is worn on a leg; what it says of itself gets the leg and the labels of our own.

    `open` raises `SensorError` where the sensor, or its URI, says that it is on the other leg.
    """

    def __init__(self, sensor: Sensor, leg: Leg) -> None:
        self._sensor = sensor
        self._leg: Leg = leg

    async def open(self) -> Setup:
        """Open the sensor."""
        setup = await self._sensor.open()
        return replace(setup, streams=tuple(self._worn(stream) for stream in setup.streams))

    async def receive(self) -> Sequence[Reading]:
        """Wait for the next readings."""
        return await self._sensor.receive()

    async def request(self, missing: Missing) -> None:
        """Ask for samples again."""
        await self._sensor.request(missing)

    async def close(self) -> None:
        """Release the sensor."""
        await self._sensor.close()

    def _worn(self, stream: CountedStream) -> CountedStream:
        if any(channel.leg not in (None, self._leg) for channel in stream.channels):
            leg = LEGS[self._leg]
            raise SensorError(f"the sensor is bound to the {leg} leg but set up for the other one; bind it anew")
        channels = [replace(channel, leg=self._leg) for channel in stream.channels]
        labelled = tuple(replace(c, label=c.name if c.site else c.label) for c in channels)
        return replace(stream, channels=labelled)
