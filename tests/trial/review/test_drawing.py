"""Drawing packets: by the rule of the study, the same ones again, under codes that tell nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select

from nights.log import LogError
from nights.log.audit import SOFTWARE, Actor, Role, verify
from nights.log.database import open_database
from nights.log.schema import Packet, StudyLock
from tests.trial.logs import version_with
from tests.trial.review.nights import AT, FIRST, Made, night_with
from trial.records import join_version
from trial.review import Drawn, ReviewError, draw_packets
from trial.study import Study
from trial.study.parts import Review

BY = Actor("co", Role.COORDINATOR)


def drawn(engine: Engine, study: Study, by: Actor = BY) -> Drawn:
    with engine.begin() as connection:
        return draw_packets(connection, study, 1, by, AT)


def chosen(engine: Engine) -> set[tuple[int, int]]:
    with engine.connect() as connection:
        return {(row.night_id, row.number) for row in connection.execute(select(Packet.night_id, Packet.number))}


def test_cramps_and_near_misses_are_drawn_by_length_and_probability(engine: Engine, study: Study) -> None:
    assert drawn(engine, study) == Drawn(counted=2, near_misses=3, new=5)
    assert chosen(engine) == {(1, 1), (1, 2), (2, 1), (2, 2), (2, 5)}
    with engine.connect() as connection:
        assert list(verify(connection)) == []


def test_drawing_again_adds_what_is_new_only(engine: Engine, study: Study) -> None:
    drawn(engine, study)
    with engine.connect() as connection:
        before = connection.execute(select(Packet.__table__).order_by(Packet.id)).all()
    assert drawn(engine, study) == Drawn(counted=2, near_misses=3, new=0)
    with engine.begin() as connection:
        late = night_with(connection, FIRST + timedelta(days=5), [Made(at_h=1.0)])
        join_version(connection, study.name, 1, dict([late]), SOFTWARE, AT)
    assert drawn(engine, study) == Drawn(counted=3, near_misses=3, new=1)
    with engine.connect() as connection:
        assert connection.execute(select(Packet.__table__).order_by(Packet.id)).all()[:-1] == before


def test_codes_are_random_and_differ(engine: Engine, study: Study, tmp_path: Path) -> None:
    drawn(engine, study)
    other = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    with other.begin() as connection:
        version_with(connection, study, [night_with(connection, FIRST, [Made(at_h=n / 2) for n in range(1, 6)])])
        draw_packets(connection, study, 1, BY, AT)
        codes = set(connection.scalars(select(Packet.code)))
    with engine.connect() as connection:
        codes |= set(connection.scalars(select(Packet.code)))
    other.dispose()
    assert len(codes) == 10
    assert all(len(code) == 8 and not set(code) & set("AEIOUY01abc") for code in codes)


def test_shares_are_taken_and_stay_the_same_whenever_they_are_drawn(study: Study, tmp_path: Path) -> None:
    """Of 400 cramps a half is 200, give or take 4 standard deviations of 10; a second draw changes none."""
    engine = open_database(f"sqlite:///{tmp_path / 'nights.db'}")
    made = [Made(at_h=n / 60) for n in range(1, 401)]
    with engine.begin() as connection:
        version_with(connection, study, [night_with(connection, FIRST, made)])
    half = study.model_copy(update={"review": Review(counted_share=0.5)})
    more = study.model_copy(update={"review": Review(counted_share=0.6)})
    first = drawn(engine, half)
    taken = chosen(engine)
    assert 160 < first.counted < 240
    assert drawn(engine, half).new == 0
    assert drawn(engine, more).new > 0
    assert taken < chosen(engine)
    engine.dispose()


def test_only_who_may_draws_and_nothing_after_the_lock(engine: Engine, study: Study) -> None:
    with pytest.raises(LogError, match="may not change a packet"):
        drawn(engine, study, Actor("rr", Role.REVIEWER))
    assert chosen(engine) == set()
    values = {"study": study.name, "number": 1, "manifest": "", "signature": "", "public_key": "", "locked_at": AT}
    with engine.begin() as connection:
        connection.execute(insert(StudyLock).values(values))
    with pytest.raises(ReviewError, match="version 1 of study K2-EXAMPLE is locked"):
        drawn(engine, study)


def test_two_who_draw_at_once_draw_every_episode_once(engine: Engine, study: Study) -> None:
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(drawn, [engine] * 2, [study] * 2))
    assert sorted(one.new for one in found) == [0, 5]
    assert len(chosen(engine)) == 5


def test_nights_that_the_study_does_not_expect_are_not_read(engine: Engine, study: Study) -> None:
    with engine.begin() as connection:
        early = night_with(connection, FIRST - timedelta(days=1), [Made(at_h=1.0)])
        other = night_with(connection, FIRST, [Made(at_h=1.0)], participant="Z-999", recording_sha256="z" * 64)
        join_version(connection, study.name, 1, dict([early, other]), SOFTWARE, AT)
    assert drawn(engine, study).counted == 2
