"""What the label of a channel says about modality, leg and muscle.

Read are our own labels (`EMG L-GM`, `ACC R-X`), muscle labels without a leg (`EMG TA`), and the labels by
which sleep laboratories call the EMG of the legs; that is the tibialis anterior where the label says so.
"""

import re
from dataclasses import dataclass

from recordings.errors import ChannelChoiceError
from signals.channels import MUSCLES, Leg, Modality

AXES = ("X", "Y", "Z")
LEG_OF: dict[str, Leg] = {"l": "L", "left": "L", "r": "R", "right": "R"}

_OURS = re.compile(r"(emg|acc) +(?:([lr?])-)?([a-z]{1,2})")
_PLACE = re.compile(r"([LR?])-([A-Z]{2})")
_SIDE_WORD = re.compile(r"(?<![a-z])(left|right|l|r)(?![a-z])")
_TIBIALIS = r"at|ta|tib|tibialis|tibialisanterior|tibialisant|tibant|anttib"
# letters only and without "emg": "Leg L" is legl, "EMG LLeg" lleg, "EMG Tib/L" tibl, "PLMl" plml, "LAT" lat
_SLEEP_LABORATORY = (
    re.compile(rf"(?P<side>left|right|l|r)(?P<word>leg|plms?|{_TIBIALIS})"),
    re.compile(rf"(?P<word>leg|plms?|{_TIBIALIS})(?P<side>left|right|l|r)"),
    re.compile(r"(?P<word>leg|plms?|tib|tibialis|tibialisanterior|tibialisant|tibant|anttib)(?P<side>)"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Modality, leg, and muscle or axis; None where the label does not say."""

    modality: Modality
    leg: Leg | None
    site: str | None


def place_of(label: str) -> Place | None:
    """Return where a channel was recorded, as its label says; None where the label is of no known kind."""
    text = label.strip().lower()
    ours = _OURS.fullmatch(text)
    if ours is not None:
        modality: Modality = "EMG" if ours[1] == "emg" else "ACC"
        site = ours[3].upper()
        known = site in MUSCLES if modality == "EMG" else site in AXES
        return Place(modality, LEG_OF.get(ours[2]), site) if known else None
    letters = re.sub(r"[^a-z]", "", text).replace("emg", "")
    for pattern in _SLEEP_LABORATORY:
        match = pattern.fullmatch(letters)
        if match is not None:
            site = "TA" if re.fullmatch(_TIBIALIS, match["word"]) else None
            return Place("EMG", LEG_OF.get(match["side"]), site)
    return None


def leg_in(label: str) -> Leg | None:
    """Return the leg that a word of `label` names (L, R, left, right); None where none or both are named."""
    legs: set[Leg] = {LEG_OF[word] for word in _SIDE_WORD.findall(label.lower())}
    return legs.pop() if len(legs) == 1 else None


def parted(spec: str) -> tuple[str, Place | None]:
    """Part `label=L-GM` into the label and the place that it is said to be; other text is a label as it is.

    Parted is at the last '=', and only where leg and muscle follow it. Raises `ChannelChoiceError` for a
    muscle that is not known.
    """
    label, equals, said = spec.rpartition("=")
    match = _PLACE.fullmatch(said.strip())
    if not equals or match is None:
        return spec.strip(), None
    if match[2] not in MUSCLES:
        known = ", ".join(f"{short} {name}" for short, name in MUSCLES.items())
        raise ChannelChoiceError(f"{spec!r} names the unknown muscle {match[2]!r}; known are {known}.")
    return label.strip(), Place("EMG", LEG_OF.get(match[1].lower()), match[2])
