"""What every classifier does with an episode: describe it, judge the description, keep the order of onsets."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from detection import Episode
from models.features import Features, MovementLimits, features_of
from models.labels import Label, Reason, ScoredEpisode


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a classifier makes of features: a label, the probability of every label, and every criterion."""

    label: Label
    probability: Mapping[Label, float]
    reasons: tuple[Reason, ...]


class EpisodeClassifier(ABC):
    """Labels the episodes of one night in the order in which they are completed."""

    def __init__(self, limits: MovementLimits) -> None:
        self._limits = limits
        self._previous_onset_s: float | None = None

    @property
    @abstractmethod
    def model_id(self) -> str:
        """Name and hash of all that decides, such as `rules-1:0f3a…`."""

    @abstractmethod
    def judge(self, features: Features) -> Judgement:
        """Judge the features of an episode that has closed."""

    @abstractmethod
    def flags(self, look: Episode) -> bool:
        """Whether a contraction in progress looks like a cramp so far."""

    @abstractmethod
    def is_candidate(self, features: Features) -> bool:
        """Whether this is a candidate leg movement of one leg by WASM 2016."""

    def score(self, episode: Episode) -> ScoredEpisode:
        """Label one episode that has closed."""
        features = self.described(episode)
        self._previous_onset_s = episode.start_s
        judgement = self.judge(features)
        return ScoredEpisode(
            episode=episode,
            features=features,
            label=judgement.label,
            probability=judgement.probability,
            candidate=self.is_candidate(features),
            model_id=self.model_id,
            reasons=judgement.reasons,
        )

    def described(self, episode: Episode) -> Features:
        """Describe an episode, or a look at one in progress, that comes after those scored so far."""
        return features_of(episode, self._limits, self._previous_onset_s)
