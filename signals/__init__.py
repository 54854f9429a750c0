"""What a sample is: blocks, gaps, channels, units, time, causal filters with state, and the `Source` protocol."""

from signals.blocks import Gap, GapReason, SampleBlock, StreamItem
from signals.channels import LEGS, MUSCLES, Channel, Leg, Modality
from signals.counts import CountBlock, CountedStream, Counts, Scale
from signals.filters import SosFilter
from signals.source import Source, Stream
from signals.time import hop_samples, night_of, sample_at, seconds_at

__all__ = [
    "LEGS",
    "MUSCLES",
    "Channel",
    "CountBlock",
    "CountedStream",
    "Counts",
    "Gap",
    "GapReason",
    "Leg",
    "Modality",
    "SampleBlock",
    "Scale",
    "SosFilter",
    "Source",
    "Stream",
    "StreamItem",
    "hop_samples",
    "night_of",
    "sample_at",
    "seconds_at",
]
