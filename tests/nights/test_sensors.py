"""Whose sensor is whose: bound on purpose, never by accident, and known again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nights.log import LogError, SensorRegister

AT = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
LEFT = "ble:C4:1F:5E:0B:00:01"


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SensorRegister]:
    with SensorRegister(f"sqlite:///{tmp_path / 'nights.db'}") as opened:
        yield opened


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
    register.unbind(LEFT)
    assert register.all() == []
    with pytest.raises(LogError, match="is not bound"):
        register.unbind(LEFT)
    assert register.bind(LEFT, "P02", "R", AT).participant == "P02"


def test_another_sensor_at_the_same_place_is_refused(register: SensorRegister) -> None:
    register.bind("serial:/dev/ttyUSB0", "P01", "L", AT)
    register.recognise("serial:/dev/ttyUSB0", "CW-0001")
    register.recognise("serial:/dev/ttyUSB0", "CW-0001")
    with pytest.raises(LogError, match="says it is CW-0002, but CW-0001 is the one bound to P01, leg L"):
        register.recognise("serial:/dev/ttyUSB0", "CW-0002")
    bound = register.of("serial:/dev/ttyUSB0")
    assert bound is not None
    assert bound.serial == "CW-0001"
