"""Blocks and gaps refuse what is no stretch of a stream, and never change."""

import numpy as np
import pytest

from signals import Channel, Gap, GapReason, SampleBlock, Stream


def test_the_values_of_a_block_cannot_be_written() -> None:
    values = np.zeros((4, 2))
    block = SampleBlock("emg", 0, values)
    with pytest.raises(ValueError, match="read-only"):
        block.values[0, 0] = 1.0
    values[0, 0] = 1.0  # the caller's own array stays the caller's


def test_the_end_of_a_block_is_the_sample_after_its_last() -> None:
    assert SampleBlock("emg", 10, np.zeros((5, 1))).end == 15


@pytest.mark.parametrize(("first", "shape", "message"), [(-1, (3, 1), "first_sample is -1"), (0, (3,), "shape")])
def test_a_block_that_is_none_is_refused(first: int, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SampleBlock("emg", first, np.zeros(shape))


@pytest.mark.parametrize(("first", "end"), [(5, 5), (5, 4), (-1, 3)])
def test_an_empty_or_impossible_gap_is_refused(first: int, end: int) -> None:
    with pytest.raises(ValueError, match="gap"):
        Gap("emg", first, end, GapReason.LINK_LOST)


def test_rails_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="rails"):
        Channel("EMG", "EMG", rails=(1.0, -1.0))


@pytest.mark.parametrize("fs_hz", [0.0, -1.0, float("nan")])
def test_a_stream_without_a_rate_is_refused(fs_hz: float) -> None:
    with pytest.raises(ValueError, match="rate"):
        Stream("emg", fs_hz, (Channel("a", "EMG"),))


def test_a_stream_without_channels_is_refused() -> None:
    with pytest.raises(ValueError, match="no channels"):
        Stream("emg", 1000.0, ())


def test_a_channel_has_a_name_even_where_the_file_says_little() -> None:
    assert Channel("Leg 1", "EMG").name == "EMG ?-?"
    assert Channel("x", "EMG", "R", "GM").name == "EMG R-GM"
    assert Channel("x", "ACC", "R", "X").unit == "g"
