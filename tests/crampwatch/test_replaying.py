"""A recording cut as it happened: all streams in step, nothing lost, nothing changed."""

from itertools import pairwise

import numpy as np

from crampwatch.replaying import as_it_happened
from recordings import open_recording
from recordings.samples import sample_path
from signals import SampleBlock


def test_streams_come_in_step_and_whole() -> None:
    source = open_recording(sample_path("composite_night.edf"))
    pieces = list(as_it_happened(source))
    ends = {stream.name: 0.0 for stream in source.streams}
    for end_s, item in pieces:
        ends[item.stream] = end_s
        assert max(ends.values()) - min(ends.values()) <= 0.5
    for stream in source.streams:
        whole = np.concatenate([i.values for i in source if isinstance(i, SampleBlock) and i.stream == stream.name])
        cut = [i for _, i in pieces if isinstance(i, SampleBlock) and i.stream == stream.name]
        assert all(a.end == b.first_sample for a, b in pairwise(cut))
        assert np.array_equal(np.concatenate([block.values for block in cut]), whole)
