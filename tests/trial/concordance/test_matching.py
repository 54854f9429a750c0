"""Pairs in time, against every way there is to pair."""

from itertools import permutations

import numpy as np
import pytest

from trial.concordance.matching import match


def best(felt: list[list[float]], seen: list[float], tolerance_s: float) -> tuple[int, float]:
    """Return most pairs and least distance over all ways, by trying them."""
    n = max(len(felt), len(seen))
    ways: list[tuple[int, float]] = []
    for order in permutations(range(n)):
        found = [
            min(abs(m - seen[j]) for m in felt[i]) for i, j in enumerate(order) if i < len(felt) and j < len(seen)
        ]
        near = [distance for distance in found if distance <= tolerance_s]
        ways.append((-len(near), sum(near)))
    pairs, distance = min(ways)
    return -pairs, distance


@pytest.mark.parametrize("seed", range(40))
def test_as_many_pairs_as_there_can_be_and_of_those_the_closest(seed: int) -> None:
    rng = np.random.default_rng(seed)
    felt = [list(rng.uniform(0, 6000, rng.integers(1, 3))) for _ in range(rng.integers(0, 6))]
    seen = list(rng.uniform(0, 6000, rng.integers(0, 6)))
    pairs = match(felt, seen, 900.0)
    assert len({pair.felt for pair in pairs}) == len({pair.seen for pair in pairs}) == len(pairs)
    assert (len(pairs), sum(abs(pair.offset_s) for pair in pairs)) == (
        best(felt, seen, 900.0)[0],
        pytest.approx(best(felt, seen, 900.0)[1]),
    )


def test_two_pairs_go_before_one_closer_one() -> None:
    """The first felt cramp is closest to the second seen one, which the second felt one needs."""
    pairs = match([[1000.0], [1700.0]], [100.0, 1100.0], 1000.0)
    assert [(pair.felt, pair.seen, pair.offset_s) for pair in pairs] == [(0, 0, 900.0), (1, 1, 600.0)]


@pytest.mark.parametrize(("offset_s", "n"), [(1799.0, 1), (1800.0, 1), (-1800.0, 1), (1801.0, 0)])
def test_at_the_tolerance_itself_it_is_a_pair(offset_s: float, n: int) -> None:
    assert len(match([[offset_s]], [0.0], 1800.0)) == n


def test_of_two_moments_that_a_clock_showed_alike_the_closer_one_counts() -> None:
    (pair,) = match([[0.0, 3600.0]], [3500.0], 1800.0)
    assert pair.offset_s == 100.0


def test_nothing_is_paired_with_nothing() -> None:
    assert match([], [1.0], 60.0) == match([[1.0]], [], 60.0) == []
