"""What every source promises, whether a file, a simulation or a sensor; `hold` checks it on one."""

from itertools import islice

import numpy as np

from signals import Gap, SampleBlock, Source, StreamItem


def hold(source: Source, n_items: int = 200, *, repeatable: bool = True) -> list[StreamItem]:
    """Check the first `n_items` items of a source, and that a recorded one says the same again; return them.

    Streams have unlike names, `emg` first, `acc` of three axes; the items of each are in order without a hole, of
    as many channels as announced, finite, and within the rails.
    """
    streams = {stream.name: stream for stream in source.streams}
    assert len(streams) == len(source.streams)
    assert source.streams[0].name == "emg"
    assert set(streams) <= {"emg", "acc"}
    assert all(channel.modality == "EMG" for channel in streams["emg"].channels)
    if "acc" in streams:
        assert [channel.modality for channel in streams["acc"].channels] == ["ACC"] * 3
    due = dict.fromkeys(streams, 0)
    items = list(islice(source, n_items))
    assert items
    for item in items:
        assert item.first_sample == due[item.stream]
        assert item.end > item.first_sample
        due[item.stream] = item.end
        if isinstance(item, SampleBlock):
            channels = streams[item.stream].channels
            assert item.values.shape[1] == len(channels)
            assert np.isfinite(item.values).all()
            for channel, values in zip(channels, item.values.T, strict=True):
                low, high = channel.rails or (-np.inf, np.inf)
                assert low <= values.min()
                assert values.max() <= high
    if repeatable:
        assert [_as_bytes(item) for item in islice(source, n_items)] == [_as_bytes(item) for item in items]
        assert source.streams == tuple(streams.values())
    return items


def _as_bytes(item: StreamItem) -> tuple[str, int, int, bytes]:
    content = item.reason.encode() if isinstance(item, Gap) else item.values.tobytes()
    return item.stream, item.first_sample, item.end, content
