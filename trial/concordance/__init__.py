"""Diary and sensor side by side: which cramps were felt and seen, and what a diary alone would have concluded."""

from trial.concordance.diary_endpoint import diary_counts, diary_nights

__all__ = ["diary_counts", "diary_nights"]
