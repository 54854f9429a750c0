"""What a night file says of itself before the first sample: whose night, which sensor, which streams."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from recordings.errors import UnreadableRecordingError
from signals import LEGS, Channel, CountedStream, Leg, Scale

STREAMS = ("emg", "acc")


@dataclass(frozen=True, slots=True, kw_only=True)
class NightHeader:
    """The header of a night file; it never changes.

    `participant` is a pseudonym. `zone` (IANA) is that of the bedside, `night` the evening's local date (noon to
    noon), `began` the host's UTC when the file was made, which may be wrong: clock anchors correct it. `device_*`
    identify the sensor. `streams` begin with `emg`, whose first channel is scored; `acc` may follow; a channel that
    names no leg is of `leg`. `remarks` say what falls short of the standard and stand in every result. Raises
    ValueError for what cannot be.
    """

    participant: str
    leg: Leg
    zone: str
    night: date
    began: datetime
    streams: tuple[CountedStream, ...]
    software: str
    device_make: str = ""
    device_address: str = ""
    device_serial: str | None = None
    device_firmware: str | None = None
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.participant.strip():
            raise ValueError("the participant has no pseudonym")
        if self.leg not in LEGS:
            raise ValueError(f"leg {self.leg!r}; it is one of {', '.join(LEGS)}")
        if self.began.utcoffset() != timedelta(0):
            raise ValueError(f"the night began at {self.began}; UTC is needed")
        names = tuple(stream.name for stream in self.streams)
        if names not in (STREAMS, STREAMS[:1]):
            raise ValueError(f"streams {names}; emg is needed, then acc where there is one")
        object.__setattr__(self, "streams", tuple(_on_leg(stream, self.leg) for stream in self.streams))
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"there is no time zone {self.zone!r}; name one as in Europe/Zurich") from error

    @property
    def file_name(self) -> str:
        """`<participant>_<leg>_<night>.night`; what has no place in a file name is percent-encoded."""
        return f"{quote(self.participant, safe='')}_{self.leg}_{self.night}.night"

    def stream(self, name: str) -> CountedStream:
        """Return the stream of that name; raises ValueError where there is none."""
        for stream in self.streams:
            if stream.name == name:
                return stream
        raise ValueError(f"the night file has no stream {name!r}; it has {', '.join(s.name for s in self.streams)}")

    def as_json(self) -> str:
        """Return the header as the JSON document that stands in the file."""
        return json.dumps(asdict(self), default=str, sort_keys=True, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, document: str) -> "NightHeader":
        """Read the document back; raises `UnreadableRecordingError` where it is not one."""
        try:
            fields: dict[str, Any] = json.loads(document)
            fields["night"] = date.fromisoformat(fields["night"])
            fields["began"] = datetime.fromisoformat(fields["began"])
            fields["streams"] = tuple(_stream(stream) for stream in fields["streams"])
            fields["remarks"] = tuple(fields["remarks"])
            return cls(**fields)
        except (ValueError, TypeError, KeyError) as error:
            raise UnreadableRecordingError(f"the header of the night file cannot be read: {error}") from error


def _stream(fields: Mapping[str, Any]) -> CountedStream:
    channels = tuple(Channel(c["label"], c["modality"], c["leg"], c["site"]) for c in fields["channels"])
    scales = tuple(Scale(s["gain"], s["offset"], s["bits"]) for s in fields["scales"])
    return CountedStream(fields["name"], fields["fs_hz"], channels, scales)


def _on_leg(stream: CountedStream, leg: Leg) -> CountedStream:
    channels = tuple(replace(channel, leg=channel.leg or leg) for channel in stream.channels)
    return replace(stream, channels=channels)
