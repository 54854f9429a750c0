"""Agreement, against R (`vcd::Kappa` and its `confint`, by reference.R) and a table worked by hand."""

import pytest
from sqlalchemy import Engine

from nights.log.audit import Actor, Role
from tests.trial.review.nights import AT
from trial.review import Given, ReviewError, draw_packets, drawn_packets, enter_readings
from trial.review.agreement import Confusion, Kappa, agreement_of, kappa_of, refuse_early
from trial.study import Study

ONE, TWO, THIRD = "reader-1", "reader-2", "reader-3"
STATISTICIAN = Actor("st", Role.STATISTICIAN)


def kappa(both: int, only_one: int, only_other: int, neither: int, unsure: int = 0) -> Kappa:
    kinds = ((True, True, both), (True, False, only_one), (False, True, only_other), (False, False, neither))
    return kappa_of("a", "b", [(a, b) for a, b, n in (*kinds, (True, None, unsure)) for _ in range(n)])


@pytest.mark.parametrize(
    ("table", "expected"),
    [  # as reference.R prints them
        ((20, 5, 10, 15), (0.4000000000, 0.1510922905, 0.6489077095)),
        ((118, 5, 2, 2), (0.3370618941, -0.0335500126, 0.7076738008)),
        ((40, 9, 6, 45), (0.6995192308, 0.5595903408, 0.8394481208)),
    ],
)
def test_kappa_and_its_interval_are_those_of_r(
    table: tuple[int, int, int, int], expected: tuple[float, float, float]
) -> None:
    found = kappa(*table)
    assert (found.kappa, found.low, found.high) == pytest.approx(expected, abs=1e-9)


def test_what_cannot_be_told_is_left_out_and_counted() -> None:
    """By hand: 35 of 50 agree; PABAK is 2 * 0.7 - 1."""
    found = kappa(20, 5, 10, 15, unsure=7)
    assert (found.n, found.unsure, found.share) == (50, 7, 0.7)
    assert found.pabak == pytest.approx(0.4)
    assert (found.both, found.only_one, found.only_other, found.neither) == (20, 5, 10, 15)


@pytest.mark.parametrize("table", [(9, 0, 0, 0), (9, 0, 3, 0), (0, 0, 0, 0), (0, 4, 0, 5)])
def test_there_is_no_kappa_where_one_of_two_always_says_the_same(table: tuple[int, int, int, int]) -> None:
    found = kappa(*table)
    assert (found.kappa, found.low, found.high) == (None, None, None)
    assert (found.share is None) == (sum(table) == 0)


def test_readers_and_program_are_compared_packet_by_packet(engine: Engine, study: Study) -> None:
    """Two cramps and three near misses: of the cramps one is refused, of the misses one is a cramp, one open."""
    said = {
        ONE: ("cramp", "gait", "cramp", "gait", "cramp"),
        TWO: ("cramp", "gait", "cramp", "cannot_tell", "gait"),
    }
    with engine.begin() as connection:
        draw_packets(connection, study, 1, Actor("co", Role.COORDINATOR), AT)
        packets = drawn_packets(connection, study.name, 1)
        codes = [packet.code for packet in sorted(packets, key=lambda packet: (packet.night_id, packet.number))]
        for reader, labels in said.items():
            given = [Given(code=code, label=label) for code, label in zip(codes, labels, strict=True)]
            enter_readings(connection, study, reader, given, AT)
        enter_readings(connection, study, THIRD, [Given(code=codes[3], label="cannot_tell")], AT)
        packets = drawn_packets(connection, study.name, 1)
        found = agreement_of(connection, study, packets)
    assert (found.packets, found.waiting) == (5, 1)
    (pair,) = found.readers
    assert (pair.one, pair.other, pair.n, pair.unsure) == (ONE, TWO, 4, 1)
    assert (pair.both, pair.only_one, pair.only_other, pair.neither) == (2, 1, 0, 1)
    first, second, verdict = found.program
    assert (first.one, first.other, first.both, first.only_one, first.only_other) == (ONE, "program", 1, 2, 1)
    assert (second.n, second.unsure) == (4, 1)
    assert (verdict.n, verdict.unsure, verdict.both, verdict.only_one, verdict.only_other) == (3, 1, 1, 1, 1)
    assert found.confusion == (
        Confusion(label="cramp", cramp=1, not_cramp=1, undecided=0, waiting=0),
        Confusion(label="rhythmic", cramp=0, not_cramp=0, undecided=0, waiting=1),
        Confusion(label="voluntary", cramp=1, not_cramp=0, undecided=1, waiting=0),
    )
    with pytest.raises(ReviewError, match="1 of 5 packets are not done"):
        refuse_early(packets, STATISTICIAN, incomplete=False)
    refuse_early(packets, STATISTICIAN, incomplete=True)
    for role in (Role.COORDINATOR, Role.REVIEWER, Role.PARTICIPANT):
        with pytest.raises(ReviewError, match="only administrator and statistician may see it"):
            refuse_early([], Actor("xx", role), incomplete=True)
