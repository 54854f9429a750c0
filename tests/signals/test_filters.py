"""Causal filters: against scipy in one piece, over any cut, and across gaps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt

from signals.filters import SosFilter, band_pass, notches


@given(st.lists(st.integers(1, 400), min_size=1, max_size=20))
def test_the_cut_of_the_stream_changes_no_bit(lengths: list[int]) -> None:
    x = np.random.default_rng(0).standard_normal(sum(lengths))
    whole = band_pass(20, 450, 1000, 4).update(x)
    filtered = band_pass(20, 450, 1000, 4)
    pieces = [filtered.update(piece) for piece in np.split(x, np.cumsum(lengths)[:-1])]
    assert np.array_equal(np.concatenate(pieces), whole)


def test_without_offset_it_is_scipys_filter() -> None:
    x = np.random.default_rng(0).standard_normal(500)
    x[0] = 0.0  # the steady state of zero is the zero state
    sections = butter(4, (20, 450), "bandpass", fs=1000, output="sos")
    assert np.array_equal(band_pass(20, 450, 1000, 4).update(x), sosfilt(sections, x))


def test_a_constant_gives_nothing_from_the_first_sample_on() -> None:
    assert np.abs(band_pass(20, 450, 1000, 4).update(np.full(200, 1e5))).max() < 1e-6


def test_an_empty_block_is_no_event() -> None:
    filtered = band_pass(20, 450, 1000, 4)
    assert len(filtered.update(np.zeros(0))) == 0
    assert len(filtered.update(np.ones(3))) == 3


def test_a_gap_starts_the_filter_anew_and_is_zero_itself() -> None:
    rng = np.random.default_rng(0)
    x, present = rng.standard_normal(300), np.ones(300, bool)
    present[100:200] = False
    both = band_pass(20, 450, 1000, 4).update_between_gaps(x, present)
    assert np.array_equal(both[:100], band_pass(20, 450, 1000, 4).update(x[:100]))
    assert not both[100:200].any()
    assert np.array_equal(both[200:], band_pass(20, 450, 1000, 4).update(x[200:]))


def test_a_gap_at_the_end_is_not_forgotten_in_the_next_block() -> None:
    x = np.random.default_rng(0).standard_normal(200)
    filtered = band_pass(20, 450, 1000, 4)
    filtered.update_between_gaps(x[:100], np.arange(100) < 50)
    assert np.array_equal(filtered.update(x[100:]), band_pass(20, 450, 1000, 4).update(x[100:]))


@pytest.mark.parametrize(("low", "high"), [(0.0, 100.0), (100.0, 20.0), (20.0, 500.0)])
def test_a_band_that_does_not_fit_is_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        band_pass(low, high, 1000, 4)


def test_notches_take_out_their_lines_and_leave_the_rest() -> None:
    t = np.arange(4000) / 1000
    line, neighbour = np.sin(2 * np.pi * 50 * t), np.sin(2 * np.pi * 70 * t)
    settled = slice(2000, None)
    assert np.std(notches((50.0, 100.0), 3, 1000).update(line)[settled]) < 1e-3
    assert np.std(notches((50.0, 100.0), 3, 1000).update(neighbour)[settled]) == pytest.approx(
        np.sqrt(0.5), rel=0.02
    )


def test_reset_forgets_the_past() -> None:
    x = np.random.default_rng(0).standard_normal(100)
    filtered = SosFilter(butter(2, 100, fs=1000, output="sos"))
    first = filtered.update(x)
    filtered.reset()
    assert np.array_equal(filtered.update(x), first)
