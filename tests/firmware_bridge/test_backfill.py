"""What is asked for again, in which order, how often."""

import numpy as np
import pytest

from firmware_bridge.backfill import OUTSTANDING, PIECE_S, TIMEOUT_S, TRIES, Backfill
from firmware_bridge.readings import Chunk, Missing

RATES = {"emg": 1000.0, "acc": 52.0}
LONG = [Missing("emg", 1, 0, 600_000), Missing("acc", 1, 0, 31_200)]
SHORT = [Missing("emg", 1, 5000, 6000)]


def chunk(first: int, end: int) -> Chunk:
    return Chunk("emg", 1, first, np.zeros((end - first, 1), np.int32), 0.0)


def test_the_oldest_is_asked_for_first_in_pieces_and_few_at_a_time() -> None:
    ask, hopeless = Backfill(RATES).plan(LONG, 0.0)
    assert len(ask) == OUTSTANDING
    assert ask[:4] == [
        Missing("acc", 1, 0, 1560),
        Missing("emg", 1, 0, 30_000),
        Missing("acc", 1, 1560, 3120),
        Missing("emg", 1, 30_000, 60_000),
    ]
    assert all((m.end - m.first) / RATES[m.stream] <= PIECE_S for m in ask)
    assert hopeless == []


def test_what_was_filled_makes_room_for_the_next() -> None:
    backfill = Backfill(RATES)
    backfill.plan(LONG, 0.0)
    ask, _ = backfill.plan([Missing("emg", 1, 30_000, 600_000)], 1.0)
    assert [m.first for m in ask] == [60_000, 90_000, 120_000]


@pytest.mark.parametrize(("after_s", "again"), [(TIMEOUT_S - 0.1, False), (TIMEOUT_S, True)])
def test_what_does_not_come_is_asked_for_again_after_a_while(after_s: float, *, again: bool) -> None:
    backfill = Backfill(RATES)
    assert backfill.plan(SHORT, 0.0) == (SHORT, [])
    assert bool(backfill.plan(SHORT, after_s)[0]) is again


def test_after_some_tries_it_is_given_up() -> None:
    backfill = Backfill(RATES)
    for n in range(TRIES):
        assert backfill.plan(SHORT, n * TIMEOUT_S) == (SHORT, [])
    assert backfill.plan(SHORT, TRIES * TIMEOUT_S) == ([], SHORT)


def test_tries_that_end_with_the_link_do_not_count() -> None:
    backfill = Backfill(RATES)
    for n in range(3 * TRIES):
        assert backfill.plan(SHORT, n * 1.0) == (SHORT, [])
        backfill.link_lost()


def test_as_long_as_any_of_it_comes_all_have_time() -> None:
    backfill = Backfill(RATES)
    backfill.plan(LONG, 0.0)
    backfill.came(chunk(10_000, 10_250), TIMEOUT_S - 1)  # asked for
    assert backfill.plan(LONG, TIMEOUT_S) == ([], [])
    backfill.came(chunk(700_000, 700_250), 2 * TIMEOUT_S - 2)  # live
    assert len(backfill.plan(LONG, 2 * TIMEOUT_S)[0]) == OUTSTANDING
