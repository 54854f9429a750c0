"""What the bridge says while a night runs."""

from dataclasses import dataclass

from firmware_bridge.readings import Defects, Setup, Status
from signals import CountBlock, Gap


@dataclass(frozen=True, slots=True)
class Opened:
    """The sensor streams, for the first time or again, and delivers this from now on."""

    setup: Setup


@dataclass(frozen=True, slots=True)
class Placed:
    """New samples, to be stored at once; blocks of one stream may come out of order, but none comes twice.

    All that is stored can be given back by `Bridge.restore`.
    """

    block: CountBlock


@dataclass(frozen=True, slots=True)
class Released:
    """What the detector gets: each stream's items in order and without a hole, streams in any interleaving.

    The gaps among them are to be stored with the blocks. An EMG block whose `lead_off` is set never stands here: it
    is stored, and a `Gap` of the reason `LEAD_OFF` is released in its place.
    """

    items: tuple[CountBlock | Gap, ...]


@dataclass(frozen=True, slots=True)
class LinkDown:
    """There is no link; `cause` says why in words, `since_s` when it went (host's monotonic clock).

    Said when the link is lost and after every try to open it that failed; `tries` counts those, and the next comes
    in `again_s`.
    """

    cause: str
    since_s: float
    tries: int = 0
    again_s: float = 0.0


Event = Opened | Placed | Released | LinkDown | Status | Defects
