"""Cells of CSV tables: what is missing is empty, and a zero is a zero."""

import pytest

from trial.cells import cell
from trial.nightly import NightState


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (0, 0),
        (0.0, 0.0),
        (False, "false"),
        (1 / 3, 0.333333),
        (NightState.VALID, "valid"),
        ((), ""),
        ((("lead_off", 3), ("not_received", 1)), "lead_off=3;not_received=1"),
        ((NightState.SHORT, NightState.MISSING), "short;missing"),
    ],
)
def test_what_a_cell_holds(value: object, written: object) -> None:
    assert cell(value) == written
    assert type(cell(value)) is type(written)
