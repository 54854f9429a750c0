"""Which bouts are one episode: each number of the definition below, at, and above."""

import pytest

from detection.assembly import Assembler, AssemblyLimits, Group
from detection.bouts import Bout, Rest
from detection.episode import Ended

REST = Rest((3.0,), 60.0)
HOPS_PER_S = 20


def bout(start_s: float, end_s: float) -> Bout:
    return Bout(round(start_s * HOPS_PER_S), round(end_s * HOPS_PER_S), REST)


def all_observed(start: int, end: int) -> int:
    return max(0, end - start)


def assembler() -> Assembler:
    limits = AssemblyLimits(
        min_hops=10,
        bridge_hops=200,
        long_bout_hops=200,
        gap_hops=12_000,
        burst_hops=50,
        pause_hops=20,
        train_bursts=4,
    )
    return Assembler(limits)


def spans(groups: list[Group]) -> list[tuple[float, float]]:
    return [(g.start / HOPS_PER_S, g.end / HOPS_PER_S) for g in groups]


def assemble(*bouts: Bout) -> list[tuple[float, float]]:
    a = assembler()
    groups = [g for b in bouts for g in a.add(b, all_observed)]
    return spans(groups + a.finish(Ended.FELL))


def test_two_long_bouts_less_than_ten_seconds_apart_are_one() -> None:
    assert assemble(bout(0, 20), bout(29.95, 50)) == [(0, 50)]


@pytest.mark.parametrize("apart_s", [10.0, 10.05])
def test_two_bouts_ten_seconds_apart_are_two(apart_s: float) -> None:
    assert assemble(bout(0, 20), bout(20 + apart_s, 50)) == [(0, 20), (20 + apart_s, 50)]


def test_a_long_bout_takes_up_a_short_one_before_and_after_it() -> None:
    assert assemble(bout(0, 2), bout(8, 30), bout(39, 41)) == [(0, 41)]


def test_leg_movements_stay_apart_however_close() -> None:
    assert assemble(bout(0, 3), bout(4, 8), bout(9, 12)) == [(0, 3), (4, 8), (9, 12)]


@pytest.mark.parametrize(("length_s", "one"), [(9.95, False), (10.0, True), (10.05, True)])
def test_a_bout_is_long_from_ten_seconds(length_s: float, *, one: bool) -> None:
    assert (len(assemble(bout(0, length_s), bout(length_s + 5, length_s + 7))) == 1) is one


@pytest.mark.parametrize(("length_s", "kept"), [(0.45, False), (0.5, True), (0.55, True)])
def test_less_than_half_a_second_is_no_movement_but_is_counted(length_s: float, *, kept: bool) -> None:
    a = assembler()
    a.add(bout(1, 1 + length_s), all_observed)
    assert bool(a.finish(Ended.FELL)) is kept
    assert a.too_short == (0 if kept else 1)


def test_a_cramp_of_twenty_minutes_is_not_split() -> None:
    assert assemble(bout(0, 1200)) == [(0, 1200)]


@pytest.mark.parametrize(("gap_s", "one"), [(240, True), (600, True), (600.05, False)])
def test_a_gap_of_up_to_ten_minutes_is_no_rest(gap_s: float, *, one: bool) -> None:
    first, second = bout(0, 20), bout(20 + gap_s, 40 + gap_s)

    def observed(start: int, end: int) -> int:
        inside = max(0, min(end, second.start) - max(start, first.end))
        return max(0, end - start) - inside

    a = assembler()
    groups = a.add(first, observed) + a.add(second, observed) + a.finish(Ended.FELL)
    assert (len(groups) == 1) is one


@pytest.mark.parametrize(("now_s", "out"), [(29.95, False), (30.0, True)])
def test_a_group_is_given_out_after_ten_seconds_of_rest(now_s: float, *, out: bool) -> None:
    a = assembler()
    a.add(bout(0, 20), all_observed)
    assert bool(a.advance(round(now_s * HOPS_PER_S), None, all_observed)) is out


def test_a_group_waits_for_a_bout_in_progress_that_may_belong_to_it() -> None:
    a = assembler()
    a.add(bout(0, 20), all_observed)
    assert a.advance(60 * HOPS_PER_S, 25 * HOPS_PER_S, all_observed) == []
    assert spans([a.pending_with(bout(25, 60), all_observed)]) == [(0, 60)]
    assert a.add(bout(25, 70), all_observed) == []
    assert spans(a.finish(Ended.FELL)) == [(0, 70)]


def test_a_bout_in_progress_out_of_reach_stands_alone() -> None:
    a = assembler()
    a.add(bout(0, 20), all_observed)
    assert spans([a.pending_with(bout(31, 45), all_observed)]) == [(31, 45)]
    assert spans(a.advance(45 * HOPS_PER_S, 31 * HOPS_PER_S, all_observed)) == [(0, 20)]


def train(n: int, length_s: float = 0.35, period_s: float = 1.0) -> list[Bout]:
    return [bout(k * period_s, k * period_s + length_s) for k in range(n)]


@pytest.mark.parametrize(("n", "episodes"), [(3, []), (4, [(0, 3.35)]), (20, [(0, 19.35)])])
def test_four_short_bursts_make_a_train_fewer_are_nothing(n: int, episodes: list[tuple[float, float]]) -> None:
    assert assemble(*train(n)) == episodes


@pytest.mark.parametrize(("pause_s", "one"), [(0.95, True), (1.0, False), (1.05, False)])
def test_the_pauses_of_a_train_are_shorter_than_a_second(pause_s: float, *, one: bool) -> None:
    assert (len(assemble(*train(6, 0.6, 0.6 + pause_s))) == 1) is one


@pytest.mark.parametrize(("length_s", "one"), [(2.45, True), (2.5, True), (2.55, False)])
def test_a_burst_lasts_two_and_a_half_seconds_at_most(length_s: float, *, one: bool) -> None:
    assert (len(assemble(*train(6, length_s, length_s + 0.5))) == 1) is one


def test_a_long_train_does_not_take_up_a_leg_movement_but_a_cramp_takes_up_a_train() -> None:
    tremor = train(20)
    assert assemble(*tremor, bout(25, 28)) == [(0, 19.35), (25, 28)]
    assert assemble(*tremor, bout(25, 60)) == [(0, 60)]


def test_what_is_too_short_and_in_no_train_is_counted() -> None:
    a = assembler()
    for burst in train(3):
        a.add(burst, all_observed)
    assert a.finish(Ended.FELL) == []
    assert a.too_short == 3
