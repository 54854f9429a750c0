"""Whose sensor is whose: bound on purpose, never by accident, and known again."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, delete, insert, update

from nights.log import LogError, SensorRegister
from nights.log.audit import SOFTWARE, Actor, Role, entries, verify
from nights.log.database import open_database
from nights.log.schema import BoundSensor

AT = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
LEFT = "ble:C4:1F:5E:0B:00:01"


LATER = AT.replace(hour=21)
COORDINATOR = Actor("mk", Role.COORDINATOR)


@pytest.fixture
def register(log_url: str) -> Iterator[SensorRegister]:
    with SensorRegister(log_url, COORDINATOR) as opened:
        yield opened


@pytest.fixture
def engine(log_url: str) -> Iterator[Engine]:
    opened = open_database(log_url)
    yield opened
    opened.dispose()


def findings(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return [str(finding) for finding in verify(connection)]


def test_a_binding_comes_out_as_it_went_in(register: SensorRegister) -> None:
    assert register.of(LEFT) is None
    bound = register.bind(LEFT, "P01", "L", AT)
    assert register.of(LEFT) == bound
    assert (bound.participant, bound.leg, bound.serial, bound.bound_at) == ("P01", "L", None, AT)


def test_the_same_binding_again_changes_nothing_and_another_one_is_refused(register: SensorRegister) -> None:
    first = register.bind(LEFT, "P01", "L", AT)
    assert register.bind(LEFT, "P01", "L", AT.replace(year=2027)) == first
    for participant, leg in (("P02", "L"), ("P01", "R")):
        with pytest.raises(LogError, match=r"bound to P01, leg L; end that first: crampwatch sensors unbind ble:"):
            register.bind(LEFT, participant, leg, AT)  # pyright: ignore[reportArgumentType] - L and R
    assert register.all() == [first]


def test_an_ended_binding_is_gone_and_cannot_be_ended_twice(register: SensorRegister) -> None:
    register.bind(LEFT, "P01", "L", AT)
    register.unbind(LEFT, LATER, "lost")
    assert register.all() == []
    with pytest.raises(LogError, match="is not bound"):
        register.unbind(LEFT, LATER, "lost")
    assert register.bind(LEFT, "P02", "R", AT).participant == "P02"


def test_another_sensor_at_the_same_place_is_refused(register: SensorRegister) -> None:
    register.bind("serial:/dev/ttyUSB0", "P01", "L", AT)
    register.recognise("serial:/dev/ttyUSB0", "CW-0001", AT)
    register.recognise("serial:/dev/ttyUSB0", "CW-0001", LATER)
    with pytest.raises(LogError, match="says it is CW-0002, but CW-0001 is the one bound to P01, leg L"):
        register.recognise("serial:/dev/ttyUSB0", "CW-0002", LATER)
    bound = register.of("serial:/dev/ttyUSB0")
    assert bound is not None
    assert bound.serial == "CW-0001"


def test_every_change_of_a_binding_is_in_the_audit_trail(register: SensorRegister, engine: Engine) -> None:
    register.bind(LEFT, "P01", "L", AT)
    register.bind(LEFT, "P01", "L", LATER)  # changes nothing, and says nothing
    with SensorRegister(engine.url.render_as_string(hide_password=False)) as monitor:
        monitor.recognise(LEFT, "CW-0001", AT)
        monitor.recognise(LEFT, "CW-0001", LATER)
    register.unbind(LEFT, LATER, "P01 has finished")
    assert register.bind(LEFT, "P02", "R", LATER).serial is None
    with engine.connect() as connection:
        found = list(entries(connection))
    assert {(entry.kind, entry.key) for entry in found} == {("sensor", LEFT)}
    assert [(entry.actor, entry.role, entry.at, entry.why) for entry in found] == [
        ("mk", "coordinator", AT, "bound"),
        (SOFTWARE.name, "software", AT, "the sensor said its serial number"),
        ("mk", "coordinator", LATER, "P01 has finished"),
        ("mk", "coordinator", LATER, "bound"),
    ]
    said = [
        tuple(None if of is None else (of["participant"], of["serial"]) for of in (entry.before, entry.after))
        for entry in found
    ]
    new, known = ("P01", None), ("P01", "CW-0001")
    assert said == [(None, new), (new, known), (known, None), (None, ("P02", None))]
    assert [entry.before for entry in found[1:3]] == [entry.after for entry in found[:2]]
    assert findings(engine) == []


def test_a_binding_that_was_edited_deleted_or_smuggled_in_is_found(
    register: SensorRegister, engine: Engine
) -> None:
    for number in range(3):
        register.bind(f"{LEFT}{number}", "P01", "L", AT)
    with engine.begin() as connection:
        connection.execute(update(BoundSensor).where(BoundSensor.uri == f"{LEFT}0").values(participant="P02"))
        connection.execute(delete(BoundSensor).where(BoundSensor.uri == f"{LEFT}1"))
        foreign = {"uri": "ble:foreign", "participant": "P01", "leg": "L", "bound_at": AT}
        connection.execute(insert(BoundSensor).values(foreign))
    assert sorted(findings(engine)) == [
        f"sensor {LEFT}0: is not what the audit trail says it is: it was edited",
        f"sensor {LEFT}1: is in the audit trail, but no longer in its table: it was deleted",
        "sensor ble:foreign: is in its table, but the audit trail knows nothing of it",
    ]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.STATISTICIAN])
def test_who_has_nothing_to_do_with_sensors_changes_none(
    register: SensorRegister, engine: Engine, role: Role
) -> None:
    register.bind(LEFT, "P01", "L", AT)
    with SensorRegister(engine.url.render_as_string(hide_password=False), Actor("rr", role)) as other:
        with pytest.raises(LogError, match=f"acts as {role} and may not change a sensor"):
            other.bind("ble:another", "P01", "R", AT)
        with pytest.raises(LogError, match="may not change a sensor"):
            other.unbind(LEFT, AT, "a try")
    assert [bound.uri for bound in register.all()] == [LEFT]
    assert findings(engine) == []


def test_to_end_a_binding_takes_a_reason(register: SensorRegister) -> None:
    register.bind(LEFT, "P01", "L", AT)
    with pytest.raises(LogError, match="takes a reason"):
        register.unbind(LEFT, AT, " ")
    assert register.of(LEFT) is not None
