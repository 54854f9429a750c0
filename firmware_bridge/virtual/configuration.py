"""What a sensor can be set to, and what it is set to."""

from collections.abc import Mapping

from firmware_bridge.virtual.converter import Converter, rates_mhz, scale_of
from firmware_bridge.virtual.hardware import Link
from firmware_bridge.virtual.sampler import Setting
from firmware_bridge.wire.commands import Configure, Describe
from firmware_bridge.wire.control import fits
from firmware_bridge.wire.frames import Layout
from firmware_bridge.wire.operations import Result
from firmware_bridge.wire.values import Description, Granted
from signals import Scale, Stream

NOWHERE = "??"  # the source does not say which muscle or axis


class Configuration:
    """The settings of all streams; it outlives a restart, as it lies in flash memory."""

    def __init__(self, streams: Mapping[str, Stream], bits: int) -> None:
        self._streams, self._bits = streams, bits
        self._scales: dict[str, tuple[Scale, ...]] = {
            name: tuple(scale_of(channel, bits) for channel in stream.channels) for name, stream in streams.items()
        }
        self.settings: dict[str, Setting] = {}

    def describe(self, command: Describe) -> Description | None:
        """Return what a channel is, None where there is no such one."""
        stream = self._streams.get(command.stream)
        if stream is None or command.channel >= len(stream.channels):
            return None
        scale = self._scales[command.stream][command.channel]
        place = stream.channels[command.channel].site or NOWHERE
        return Description(self._bits, scale.gain, place[:2], max(rates_mhz(stream)) / 1000)

    def converter(self, stream: str, setting: Setting) -> Converter:
        """Return a new converter for a stream as it is set."""
        return Converter(self._streams[stream], self._scales[stream], setting.divider, setting.layout.bits)

    def configure(self, command: Configure, link: Link) -> tuple[Result, Granted | None]:
        """Set one stream to the nearest rate that it has, or say why not."""
        stream = self._streams.get(command.stream)
        if stream is None or command.bits > self._bits:
            return Result.OPERAND_INVALID, None
        asked_mhz = round(command.rate_hz * 1000)
        if asked_mhz == 0:
            self.settings.pop(command.stream, None)
            return Result.SUCCESS, Granted(0.0)
        rates = rates_mhz(stream)
        nearest_mhz = min(rates, key=lambda rate: abs(rate - asked_mhz))
        layout = Layout(len(stream.channels), command.bits, command.coded)
        highest_mhz = self._highest_mhz(link, command.stream, layout)
        if nearest_mhz > highest_mhz:
            fitting_mhz = max((rate for rate in rates if rate <= highest_mhz), default=0)
            return Result.RATE_DOES_NOT_FIT, Granted(fitting_mhz / 1000)
        self.settings[command.stream] = Setting(nearest_mhz, rates[nearest_mhz], layout)
        return Result.SUCCESS, Granted(nearest_mhz / 1000)

    def _highest_mhz(self, link: Link, stream: str, layout: Layout) -> int:
        """Return the highest rate that fits beside the other streams."""
        layouts = {name: setting.layout for name, setting in self.settings.items()} | {stream: layout}
        rates = {name: setting.rate_mhz / 1000 for name, setting in self.settings.items()}
        return round(fits(link.payload_bytes, link.frames_per_s, layouts, rates, stream) * 1000)
