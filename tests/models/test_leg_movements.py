"""Periodic leg movements: each number of WASM 2016 below, at, and above."""

from dataclasses import replace

import pytest

from detection import Episode
from models import Label, RuleClassifier, ScoredEpisode, leg_movements
from tests.made_up import detect, emg_stream, muscle

(MOVEMENT,) = detect([emg_stream()], muscle(60, (40, 43, 60)))[1]
SCORED = RuleClassifier().score(MOVEMENT)


def at(onset_s: float, *, candidate: bool = True, label: Label = Label.LEG_MOVEMENT) -> ScoredEpisode:
    """Return a movement of 3 s at that onset."""
    start = round(onset_s * 1000)
    episode: Episode = replace(MOVEMENT, start=start, end=start + 3000)
    return replace(SCORED, episode=episode, candidate=candidate, label=label)


def series_of(*onsets_s: float) -> list[int]:
    return [len(series.onsets_s) for series in leg_movements([at(onset) for onset in onsets_s]).series]


@pytest.mark.parametrize(("n", "series"), [(3, []), (4, [4]), (5, [5])])
def test_four_movements_make_a_series(n: int, series: list[int]) -> None:
    assert series_of(*(30.0 * k for k in range(n))) == series


@pytest.mark.parametrize(("interval_s", "joins"), [(9.999, False), (10.0, True), (90.0, True), (90.001, False)])
def test_intervals_from_ten_to_ninety_seconds_join(interval_s: float, *, joins: bool) -> None:
    onsets = [0.0, 30.0, 60.0, 90.0, 90.0 + interval_s]
    assert series_of(*onsets) == ([5] if joins else [4])


def test_a_short_interval_ends_one_series_and_may_begin_the_next() -> None:
    assert series_of(0, 20, 40, 60, 65, 85, 105, 125) == [4, 4]


def test_a_movement_that_is_no_candidate_ends_a_series() -> None:
    movements = [at(20.0 * k, candidate=k != 4) for k in range(9)]
    found = leg_movements(movements)
    assert [len(s.onsets_s) for s in found.series] == [4, 4]
    assert (found.n_candidates, found.n_periodic) == (8, 8)


def test_an_artefact_is_no_movement() -> None:
    movements = [at(20.0 * k) for k in range(4)] + [at(30.0, candidate=False, label=Label.ARTEFACT)]
    assert leg_movements(movements).n_periodic == 4


def test_no_movements_no_series() -> None:
    found = leg_movements([])
    assert (found.n_candidates, found.n_periodic, found.series) == (0, 0, ())


@pytest.mark.parametrize(("duration_s", "candidate"), [(0.45, False), (0.5, True), (10.0, True), (10.05, False)])
def test_a_candidate_lasts_half_a_second_to_ten(duration_s: float, *, candidate: bool) -> None:
    features = replace(SCORED.features, duration_s=duration_s)
    assert RuleClassifier().is_candidate(features) is candidate


def test_a_train_of_bursts_is_no_candidate() -> None:
    assert not RuleClassifier().is_candidate(replace(SCORED.features, n_bouts=4))


@pytest.mark.parametrize(("peak_uv", "candidate"), [(10.99, False), (11.0, True), (11.01, True)])
def test_a_candidate_rises_eight_microvolt_above_rest(peak_uv: float, *, candidate: bool) -> None:
    features = replace(SCORED.features, floor_uv=3.0, peak_uv=peak_uv)
    assert RuleClassifier().is_candidate(features) is candidate
