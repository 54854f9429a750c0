"""Nights as a data set of the Brain Imaging Data Structure, BIDS 1.11, with its part for EMG."""

from recordings.bids.dataset import write_dataset

__all__ = ["write_dataset"]
