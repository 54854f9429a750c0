"""What a sensor can be set to, and what it is set to."""

from collections.abc import Mapping

from firmware_bridge.virtual.converter import rates_mhz, scale_of
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
        self.scales: dict[str, tuple[Scale, ...]] = {
            name: tuple(scale_of(channel, bits) for channel in stream.channels) for name, stream in streams.items()
        }
        self.settings: dict[str, Setting] = {}

    def describe(self, command: Describe) -> Description | None:
        """Return what a channel is, None where there is no such one."""
        stream = self._streams.get(command.stream)
        if stream is None or command.channel >= len(stream.channels):
            return None
        scale = self.scales[command.stream][command.channel]
        place = stream.channels[command.channel].site or NOWHERE
        return Description(self._bits, scale.gain, place[:2], max(rates_mhz(stream)) / 1000)

    def configure(self, command: Configure, link: Link, *, sampling: bool) -> tuple[Result, Granted | None]:
        """Set one stream, or say why not; while the sensor samples nothing can be changed."""
        stream = self._streams.get(command.stream)
        rates = rates_mhz(stream) if stream else {}
        asked_mhz = round(command.rate_hz * 1000)
        granted_mhz = max((rate for rate in rates if rate <= asked_mhz), default=0)
        if stream is None or command.bits < self._bits or (asked_mhz and not granted_mhz):
            return Result.OPERAND_INVALID, None
        setting = None
        if granted_mhz:
            layout = Layout(len(stream.channels), command.bits, command.coded)
            highest_mhz = self._highest_mhz(link, command.stream, layout)
            if granted_mhz > highest_mhz:
                fitting_mhz = max((rate for rate in rates if rate <= highest_mhz), default=0)
                return Result.RATE_DOES_NOT_FIT, Granted(fitting_mhz / 1000)
            setting = Setting.for_link(granted_mhz, rates[granted_mhz], layout, link.payload_bytes)
        if sampling:
            held = self.settings.get(command.stream)
            same = (held and (held.rate_mhz, held.layout)) == (setting and (setting.rate_mhz, setting.layout))
            return (Result.SUCCESS, Granted(granted_mhz / 1000)) if same else (Result.NOT_COMPLETED, None)
        self.settings.pop(command.stream, None)
        if setting:
            self.settings[command.stream] = setting
        return Result.SUCCESS, Granted(granted_mhz / 1000)

    def _highest_mhz(self, link: Link, stream: str, layout: Layout) -> int:
        """Return the highest rate that fits beside the other streams."""
        layouts = {name: setting.layout for name, setting in self.settings.items()} | {stream: layout}
        rates = {name: setting.rate_mhz / 1000 for name, setting in self.settings.items()}
        return round(fits(link.payload_bytes, link.frames_per_s, layouts, rates, stream) * 1000)
