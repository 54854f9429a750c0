"""The card of a learned model: all that is needed to use it, check it and judge it; stored as JSON."""

from dataclasses import dataclass
from typing import ClassVar, Self

from pydantic import TypeAdapter, ValidationError

from models.labels import Label
from models.learned.operating_point import Metrics
from models.profile import ProfileError

SCHEMA = "crampwatch-model"
SCHEMA_VERSION = 1
PHASE = "Phase 0 of Beniczky and Ryvlin 2018 (Epilepsia 59 Suppl 1:9): proof of principle"
SIMULATED_LIMITS = (
    "Simulation only: no recording of a nocturnal cramp exists; the model was trained and measured without one.",
    "Its probabilities are calibrated for the simulated nights, which hold several times the cramps of real ones.",
    "Its metrics are of simulated wearers that it had not seen; nobody has measured how real ones differ.",
    "Live flags are raised by the rules; the model judges episodes that are over.",
    "Not a medical device.",
)
ANNOTATED_LIMITS = (
    "Its metrics are of wearers that it had not seen, from the same site and annotators.",
    "Live flags are raised by the rules; the model judges episodes that are over.",
    "Not a medical device.",
)


class ModelError(ProfileError):
    """A learned model that cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingData:
    """What a model learned from. `profiles` maps simulation profiles to the hash of their settings."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    source: str
    seed: int | None
    wearers: int
    nights: int
    profiles: dict[str, str]
    recordings: tuple[str, ...]
    episodes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Probe:
    """Inputs, None where undefined, and the probability of every class that the model must give for them."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    inputs: tuple[float | None, ...]
    expected: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything about a model but its weights.

    `medians` are those of the training episodes, in the order of `inputs`; `moving_g` and `gait_g` the limits of
    movement by which features were measured. `metrics` were measured on wearers whose episodes had a part neither
    in fitting nor in choosing the operating point, `rules_metrics` are those of the rules on the same nights, and
    `verdict` says which of the two is better.
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    schema: str
    schema_version: int
    name: str
    phase: str
    limits: tuple[str, ...]
    data: TrainingData
    inputs: tuple[str, ...]
    medians: tuple[float, ...]
    classes: tuple[Label, ...]
    moving_g: float
    gait_g: float
    operating_point: float
    metrics: Metrics
    rules_metrics: Metrics
    verdict: str
    versions: dict[str, str]
    weights_sha256: str
    probes: tuple[Probe, ...]

    @classmethod
    def parse(cls, text: str, where: str) -> Self:
        """Read a card; raises `ModelError` for another schema, and for anything unknown or missing."""
        try:
            card = TypeAdapter(cls).validate_json(text)
        except ValidationError as error:
            problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            raise ModelError(f"{where} is no card of a model: {problems}") from error
        if (card.schema, card.schema_version) != (SCHEMA, SCHEMA_VERSION):
            raise ModelError(
                f"{where} is {card.schema} {card.schema_version}, this version reads {SCHEMA} {SCHEMA_VERSION}: "
                "retrain with `crampwatch train`"
            )
        return card

    def json(self) -> str:
        """Write the card."""
        return TypeAdapter(type(self)).dump_json(self, indent=1).decode() + "\n"


def verdict_of(learned: Metrics, rules: Metrics) -> str:
    """Say plainly whether a model beats the rules: more cramps found, and no more false ones."""
    more = learned.sensitivity.successes > rules.sensitivity.successes
    no_worse = learned.false_per_night.events <= rules.false_per_night.events
    beaten = "beats the rules" if more and no_worse else "does not beat the rules in both"
    return (
        f"On these nights the model finds {learned.sensitivity.successes} of {learned.sensitivity.n} cramps with "
        f"{learned.false_per_night.events} false ones, the rules {rules.sensitivity.successes} with "
        f"{rules.false_per_night.events}: it {beaten}."
    )
