"""Diary and sensor side by side: which cramps were felt and seen, and what a diary alone would have concluded."""

from trial.concordance.concordance import LIMITS, TOLERANCE_MIN, Concordance, concordance_of
from trial.concordance.diary_endpoint import Endpoint, both_endpoints, diary_counts, diary_nights
from trial.concordance.errors import ConcordanceError
from trial.concordance.nights import ConcordanceNight, Standing

__all__ = [
    "LIMITS",
    "TOLERANCE_MIN",
    "Concordance",
    "ConcordanceError",
    "ConcordanceNight",
    "Endpoint",
    "Standing",
    "both_endpoints",
    "concordance_of",
    "diary_counts",
    "diary_nights",
]
