"""Episodes in, labels and probabilities out: features, rules, leg movements, scoring profiles."""

from models.features import Features
from models.fingerprint import fingerprint
from models.judging import EpisodeClassifier
from models.labels import Label, Reason, ScoredEpisode
from models.leg_movements import LegMovements, Series, leg_movements
from models.profile import DEFAULT_PROFILE, Profile, ProfileError
from models.rules import RuleClassifier, RuleSettings

__all__ = [
    "DEFAULT_PROFILE",
    "EpisodeClassifier",
    "Features",
    "Label",
    "LegMovements",
    "Profile",
    "ProfileError",
    "Reason",
    "RuleClassifier",
    "RuleSettings",
    "ScoredEpisode",
    "Series",
    "fingerprint",
    "leg_movements",
]
