"""Stream items in, episodes out: score, decide, assemble, signal quality, wear."""

from detection.coverage import Coverage
from detection.detector import Detector
from detection.episode import Began, Ended, Envelope, Episode
from detection.movement import Movement
from detection.settings import DetectionSettings
from detection.trace import NightTrace

__all__ = [
    "Began",
    "Coverage",
    "DetectionSettings",
    "Detector",
    "Ended",
    "Envelope",
    "Episode",
    "Movement",
    "NightTrace",
]
