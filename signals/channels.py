"""What a channel is: modality, leg, place, unit and range.

Our own labels are `EMG L-GM` or `ACC R-X`: modality, leg, then the SENIAM abbreviation of the muscle or the
axis. X lies along the shank and reads +1 g when the leg is upright.
"""

from dataclasses import dataclass
from typing import Literal

Modality = Literal["EMG", "ACC"]
Leg = Literal["L", "R"]

LEGS: dict[Leg, str] = {"L": "left", "R": "right"}

MUSCLES = {
    "GM": "gastrocnemius medialis",
    "GL": "gastrocnemius lateralis",
    "SO": "soleus",
    "TA": "tibialis anterior",
    "PL": "peroneus longus",
}

CALF_MUSCLES = ("GM", "GL", "SO")
"""Muscles whose cramp is an instrumented-calf cramp; one of them is scored."""

UNIT_OF: dict[Modality, str] = {"EMG": "uV", "ACC": "g"}


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of a stream, in uV (EMG) or g (ACC).

    `label` is the label in the recording; `leg` and `site` (muscle abbreviation, or axis X, Y, Z) are None
    where the recording does not say. `rails` are the lowest and highest value that the converter can give,
    in the channel's unit; None where unknown.
    """

    label: str
    modality: Modality
    leg: Leg | None = None
    site: str | None = None
    rails: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.rails is not None and self.rails[0] >= self.rails[1]:
            raise ValueError(f"channel {self.label!r} has rails {self.rails}; the lower must come first")

    @property
    def unit(self) -> str:
        """`uV` for EMG, `g` for acceleration."""
        return UNIT_OF[self.modality]

    @property
    def name(self) -> str:
        """The channel in CrampWatch's own words, such as `EMG L-GM`; `?` stands for what is not known."""
        return f"{self.modality} {self.leg or '?'}-{self.site or '?'}"
