"""The labels, and an episode that has one."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from detection import Episode
from models.features import Features


class Label(StrEnum):
    """What an episode is; definitions in docs/glossary.md."""

    CRAMP = "cramp"
    LEG_MOVEMENT = "leg_movement"
    RHYTHMIC = "rhythmic"
    VOLUNTARY = "voluntary"
    GAIT = "gait"
    ARTEFACT = "artefact"


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion held against an episode: a value, its limit, which side is asked for, whether it was met."""

    feature: str
    value: float
    limit: float
    at_least: bool
    met: bool
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class ScoredEpisode:
    """An episode, its label, the probability of every label, who says so, and why.

    `candidate` tells whether it is a candidate leg movement by WASM 2016, whatever its label.
    """

    episode: Episode
    features: Features
    label: Label
    probability: Mapping[Label, float]
    candidate: bool
    model_id: str
    reasons: tuple[Reason, ...]
