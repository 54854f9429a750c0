"""The endpoint as it was read: which cramps fall out, which come in, and what stays, worked by hand."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from nights.log.audit import Actor, Role
from tests.trial.review.nights import AT
from trial.nightly import leg_nights
from trial.records import results
from trial.review import Given, ReviewError, adjudicated, draw_packets, drawn_packets, enter_readings
from trial.study import Study

SECOND_NIGHT = datetime(2026, 3, 3, 22, tzinfo=ZoneInfo("Europe/Zurich")).timestamp()


def read_as(engine: Engine, study: Study, *calls: tuple[str, ...]) -> None:
    """Draw the packets and enter the labels of each, in the order of their episodes; up to three readers."""
    with engine.begin() as connection:
        draw_packets(connection, study, 1, Actor("co", Role.COORDINATOR), AT)
        packets = drawn_packets(connection, study.name, 1)
        packets.sort(key=lambda packet: (packet.night_id, packet.number))
        for place, reader in enumerate((*study.review.readers, study.review.third)):
            given = [
                Given(code=packet.code, label=labels[place])
                for packet, labels in zip(packets, calls, strict=True)
                if len(labels) > place
            ]
            enter_readings(connection, study, reader, given, AT)


def test_verdicts_take_the_place_of_the_programs_calls(engine: Engine, study: Study) -> None:
    read_as(
        engine, study,
        ("cramp", "cramp"), ("cramp", "gait", "voluntary"),  # the counted ones: confirmed, dropped by the third
        ("cramp", "cramp"), ("gait", "gait"), ("cramp", "gait", "cannot_tell"),  # near misses
    )  # fmt: skip
    with engine.connect() as connection:
        before = list(results(connection, study, 1))
        found = adjudicated(connection, study, 1, before)
    assert (found.packets, found.confirmed, found.dropped, found.added, found.refused) == (5, 1, 1, 1, 1)
    assert (found.undecided, found.waiting) == (1, 0)
    assert [len(result.cramps) for result in before] == [2, 0, 0]
    first, second, third = found.results
    assert first.cramps == before[0].cramps[:1]
    assert [(cramp.onset_s, cramp.duration_s, cramp.intensity) for cramp in second.cramps] == [
        (SECOND_NIGHT + 3600.0, 60.0, 10.0)
    ]
    assert third == before[2]
    assert [result.usable_s for result in found.results] == [result.usable_s for result in before]
    counts = [night.cramps for night in leg_nights(study, found.results)]
    assert [None if cramps is None else len(cramps) for cramps in counts[:4]] == [1, 1, 0, None]


def test_what_is_not_read_stays_as_the_program_has_it(engine: Engine, study: Study) -> None:
    read_as(engine, study, ("gait",), ("gait", "cramp"), ("cramp",), (), ("cramp", "cannot_tell"))
    with engine.connect() as connection:
        before = tuple(results(connection, study, 1))
        found = adjudicated(connection, study, 1, before)
    assert found.results == before
    assert (found.waiting, found.packets) == (5, 5)


def test_without_packets_there_is_nothing_to_adjudicate(engine: Engine, study: Study) -> None:
    with engine.connect() as connection, pytest.raises(ReviewError, match="no packet was drawn from version 1"):
        adjudicated(connection, study, 1, results(connection, study, 1))
