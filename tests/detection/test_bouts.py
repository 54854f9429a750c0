"""Hysteresis, edges, and what a gap does to a bout."""

from math import nan

import pytest

from detection.bouts import BoutDecider, Rest

WINDOW = 10
REST = Rest((2.0,), 60.0)  # on at 6, off below 4


def decider() -> BoutDecider:
    return BoutDecider(on_ratio=3.0, off_ratio=2.0, window_hops=WINDOW, gap_hops=100)


@pytest.mark.parametrize(("level", "begins"), [(5.999, False), (6.0, True), (6.001, True)])
def test_a_bout_begins_at_three_times_the_floor(level: float, *, begins: bool) -> None:
    d = decider()
    d.update(0, [level], REST)
    assert d.active is begins


@pytest.mark.parametrize(("level", "ends"), [(4.001, False), (4.0, False), (3.999, True)])
def test_a_bout_ends_below_twice_the_floor(level: float, *, ends: bool) -> None:
    d = decider()
    assert bool(d.update(0, [8.0, level], REST)) is ends


def test_the_edges_are_those_of_the_contraction_not_of_the_window() -> None:
    # a loud contraction in hops 20..29 is in the 0.5-s windows that end at 20 up to 38
    levels = [50.0 if 20 <= hop <= 29 + WINDOW - 1 else 2.0 for hop in range(60)]
    (bout,) = decider().update(0, levels, REST)
    assert (bout.start, bout.end) == (20, 30)


def test_the_tail_between_the_levels_keeps_the_bout_open_but_is_not_part_of_it() -> None:
    (bout,) = decider().update(0, [8.0] * 40 + [5.0] * 50 + [2.0], REST)
    assert bout.end == 40 - WINDOW + 1


@pytest.mark.parametrize(("gap", "bouts"), [(100, 0), (101, 1)])
def test_unknown_levels_do_not_end_a_bout_unless_they_last(gap: int, bouts: int) -> None:
    assert len(decider().update(0, [8.0] * 20 + [nan] * gap, REST)) == bouts


def test_what_is_still_active_at_the_end_lasts_to_the_end() -> None:
    d = decider()
    d.update(0, [2.0] * 5 + [8.0] * 20, REST)
    closed = d.close()
    assert closed is not None
    assert (closed.start, closed.end) == (5, 25)
    assert d.close() is None


def test_a_bout_remembers_the_rest_it_rose_from() -> None:
    d = decider()
    d.update(0, [8.0], REST)
    (bout,) = d.update(1, [1.0], Rest((1.0,), 61.0))
    assert bout.rest == REST
