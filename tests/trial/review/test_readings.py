"""Readings: each packet once by each reader, two of them, a third for disputes; all in the audit trail."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, insert, select, update

from nights.log.audit import Actor, Role, entries, verify
from nights.log.schema import Reading, StudyLock
from tests.trial.review.nights import AT
from trial.review import (
    Given,
    ReviewError,
    StoredPacket,
    correct_reading,
    draw_packets,
    drawn_packets,
    enter_readings,
    open_to,
)
from trial.review.form import read_form, write_form
from trial.review.verdicts import State
from trial.study import Study
from trial.study.parts import Review

ONE, TWO, THIRD = "reader-1", "reader-2", "reader-3"


@pytest.fixture
def codes(engine: Engine, study: Study) -> list[str]:
    """Draw the packets; return their codes in the order of their episodes."""
    with engine.begin() as connection:
        draw_packets(connection, study, 1, Actor("co", Role.COORDINATOR), AT)
        packets = drawn_packets(connection, study.name, 1)
    return [packet.code for packet in sorted(packets, key=lambda packet: (packet.night_id, packet.number))]


def read(engine: Engine, study: Study, reader: str, *said: tuple[str, str]) -> None:
    with engine.begin() as connection:
        enter_readings(connection, study, reader, [Given(code=code, label=label) for code, label in said], AT)


def to_read(engine: Engine, study: Study, reader: str) -> list[str]:
    with engine.connect() as connection:
        return [packet.code for packet in open_to(drawn_packets(connection, study.name, 1), study.review, reader)]


def states(engine: Engine, study: Study) -> dict[str, State]:
    with engine.connect() as connection:
        return {packet.code: packet.state for packet in drawn_packets(connection, study.name, 1)}


def test_two_readers_read_everything_and_the_third_what_they_dispute(
    engine: Engine, study: Study, codes: list[str]
) -> None:
    agreed, disputed, unsure = codes[:3]
    assert set(to_read(engine, study, ONE)) == set(to_read(engine, study, TWO)) == set(codes)
    assert to_read(engine, study, THIRD) == []
    read(engine, study, ONE, (agreed, "cramp"), (disputed, "cramp"), (unsure, "cannot_tell"))
    assert set(to_read(engine, study, ONE)) == set(codes[3:])
    assert set(to_read(engine, study, TWO)) == set(codes)
    assert to_read(engine, study, THIRD) == []
    read(engine, study, TWO, (agreed, "cramp"), (disputed, "gait"), (unsure, "gait"))
    assert set(to_read(engine, study, THIRD)) == {disputed, unsure}
    with pytest.raises(ReviewError, match="the third reader reads disputes only"):
        read(engine, study, THIRD, (agreed, "cramp"))
    read(engine, study, THIRD, (disputed, "artefact"))
    assert to_read(engine, study, THIRD) == [unsure]
    found = states(engine, study)
    assert [found[code] for code in codes] == [
        State.DONE, State.DONE, State.DISPUTED, State.UNREAD, State.UNREAD,
    ]  # fmt: skip
    with engine.connect() as connection:
        assert list(verify(connection)) == []


def test_the_order_is_each_readers_own_and_stays(engine: Engine, study: Study, codes: list[str]) -> None:
    assert to_read(engine, study, ONE) == to_read(engine, study, ONE)
    assert set(to_read(engine, study, ONE)) == set(codes)


def test_no_two_readers_have_the_same_order() -> None:
    """Of 30! orders of 30 packets, four readers have four; none is that of the codes."""
    codes = [f"CODE{n:02d}" for n in range(30)]
    packets = [
        StoredPacket(id=n, code=code, night_id=1, number=n, readings=()) for n, code in enumerate(codes, start=1)
    ]
    review = Review(readers=("a", "b", "c", "d"))
    orders = [[packet.code for packet in open_to(packets, review, reader)] for reader in review.readers]
    assert len({tuple(order) for order in [*orders, codes]}) == 5
    assert all(sorted(order) == codes for order in orders)


def test_everything_that_is_wrong_with_a_form_is_said_at_once_and_nothing_is_entered(
    engine: Engine, study: Study, codes: list[str], tmp_path: Path
) -> None:
    read(engine, study, ONE, (codes[0], "cramp"))
    form = tmp_path / "form.csv"
    lines = [f"{codes[0]},gait,", f"{codes[1]},Cramp,", "NONE,gait,", f"{codes[2]},gait,ok", f"{codes[2]},gait,"]
    form.write_text("\n".join(["code,label,comment", *lines, f"{codes[3]},,"]), "utf-8")
    given, unsaid = read_form(form)
    assert unsaid == 1
    with engine.connect() as connection, pytest.raises(ReviewError) as error:
        enter_readings(connection, study, ONE, given, AT)
    assert [problem.split(": ", 1)[0] for problem in error.value.problems] == [
        "form.csv line 2", "form.csv line 3", "form.csv line 4", "form.csv line 6",
    ]  # fmt: skip
    assert "'Cramp' is no label; the labels are cramp, leg_movement" in str(error.value)
    assert "there is no packet 'NONE'" in str(error.value)
    assert "is there twice" in str(error.value)
    with engine.connect() as connection:
        assert len(connection.execute(select(Reading.id)).all()) == 1


def test_a_stranger_and_a_fourth_are_refused(engine: Engine, study: Study, codes: list[str]) -> None:
    with pytest.raises(ReviewError, match="names no reader 'zz'; it names reader-1, reader-2, reader-3"):
        read(engine, study, "zz", (codes[0], "cramp"))
    more = study.model_copy(update={"review": Review(readers=(ONE, TWO, "stand-in"))})
    read(engine, more, ONE, (codes[0], "cramp"))
    read(engine, more, "stand-in", (codes[0], "gait"))
    with pytest.raises(ReviewError, match="two others have read it"):
        read(engine, more, TWO, (codes[0], "gait"))
    read(engine, more, THIRD, (codes[0], "gait"))
    assert codes[0] not in to_read(engine, more, TWO)


def test_a_correction_needs_a_reason_and_keeps_what_was_said(
    engine: Engine, study: Study, codes: list[str]
) -> None:
    code = codes[0]
    read(engine, study, ONE, (code, "cramp"))
    with pytest.raises(ReviewError, match=r"has read packet \w+ already; correct it"):
        read(engine, study, ONE, (code, "gait"))
    now = Given(code=code, label="gait", comment="steps")
    for given, why, problem in (
        (now, " ", "say why"),
        (Given(code=code, label="cramp"), "typo", "read just so already"),
        (Given(code=code, label="leg"), "typo", "is no label"),
        (Given(code=codes[1], label="gait"), "typo", "has not read a packet"),
    ):
        with engine.connect() as connection, pytest.raises(ReviewError, match=problem):
            correct_reading(connection, study, ONE, given, why, AT)
    with engine.begin() as connection:
        correct_reading(connection, study, ONE, now, "wrong line", AT)
    with engine.connect() as connection:
        assert [packet.labels for packet in drawn_packets(connection, study.name, 1) if packet.labels] == [
            ("gait",)
        ]
        last = list(entries(connection))[-1]
        assert (last.kind, last.actor, last.role, last.why) == ("reading", ONE, "reviewer", "wrong line")
        assert last.before is not None
        assert (last.before["label"], last.before["comment"]) == ("cramp", "")
        assert last.after is not None
        assert (last.after["label"], last.after["comment"]) == ("gait", "steps")
        assert list(verify(connection)) == []


def test_a_reading_changed_behind_the_trail_is_found(engine: Engine, study: Study, codes: list[str]) -> None:
    read(engine, study, ONE, (codes[0], "cramp"))
    with engine.begin() as connection:
        connection.execute(update(Reading).values(label="gait"))
    with engine.connect() as connection:
        assert [str(finding) for finding in verify(connection)] == [
            "reading 1: is not what the audit trail says it is: it was edited"
        ]


def test_readings_are_frozen_by_the_lock(engine: Engine, study: Study, codes: list[str]) -> None:
    read(engine, study, ONE, (codes[0], "cramp"))
    values = {"study": study.name, "number": 1, "manifest": "", "signature": "", "public_key": "", "locked_at": AT}
    with engine.begin() as connection:
        connection.execute(insert(StudyLock).values(values))
    with pytest.raises(ReviewError, match="frozen"):
        read(engine, study, TWO, (codes[0], "cramp"))
    with engine.connect() as connection, pytest.raises(ReviewError, match="frozen"):
        correct_reading(connection, study, ONE, Given(code=codes[0], label="gait"), "typo", AT)


def test_readers_at_once_are_both_heard_and_never_three_of_them(
    engine: Engine, study: Study, codes: list[str]
) -> None:
    """Three readers who might each be the second read every packet at the same moment."""
    three = study.model_copy(update={"review": Review(readers=(ONE, TWO, "stand-in"))})
    together = Barrier(3)

    def go(reader: str) -> int:
        refused = 0
        for code in codes:
            together.wait()
            try:
                read(engine, three, reader, (code, "cramp"))
            except ReviewError as error:
                assert "two others have read it" in str(error)  # noqa: PT017 - which reader is refused is open
                refused += 1
        return refused

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(go, three.review.readers)) == len(codes)
    with engine.connect() as connection:
        assert {len(packet.readings) for packet in drawn_packets(connection, study.name, 1)} == {2}
        assert list(verify(connection)) == []


def test_a_form_comes_back_as_it_was_filled_in(tmp_path: Path) -> None:
    form = tmp_path / "readings.csv"
    write_form(form, ["ABC", "DEF"])
    assert read_form(form) == ([], 2)
    form.write_text('\ufeffcode,label,comment\r\nABC, cramp ,"well, yes"\r\nDEF,,\r\n', "utf-8")
    given, unsaid = read_form(form)
    assert (given[0].code, given[0].label, given[0].comment, unsaid) == ("ABC", "cramp", "well, yes", 1)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("code,label\nA,cramp\n", "the columns are code, label; code, label, comment are needed"),
        ("", "the columns are none"),
        ("code,label,comment\nA,cramp\n", "line 2: does not have three cells"),
        ("code,label,comment\nA,cramp,x,y\n", "line 2: does not have three cells"),
        ("code,label,comment\nA,,surely\n", "packet A has a comment and no label"),
        ('code,label,comment\nA,"cramp\n', "is no CSV file"),
    ],
)
def test_what_is_no_form_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    form = tmp_path / "form.csv"
    form.write_text(text, "utf-8")
    with pytest.raises(ReviewError, match=problem):
        read_form(form)
    with pytest.raises(ReviewError, match="cannot be read"):
        read_form(tmp_path / "absent.csv")
