"""Assumptions from a file: read, written, read again; what is unknown, sought or out of range is refused."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from trial.power import Design, PowerError, assumptions_of, read_design, write_assumptions
from trial.power.assumptions import NO_PART, SOUGHT
from trial.simulated import K2, TrialPlan


def test_an_empty_file_is_the_default(tmp_path: Path) -> None:
    file = tmp_path / "assumptions.toml"
    file.write_text("")
    assert read_design(file) == Design()


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    plan = replace(K2, sites=("A", "B", "C"), dispersion=1.5, control_per_week=4.35, treatment_nights=28)
    design = Design(plan=plan, alpha=0.01, allocation=2.0, baseline=False)
    write_assumptions(design, tmp_path / "assumptions.toml")
    assert read_design(tmp_path / "assumptions.toml") == design


def test_every_number_of_a_made_up_trial_is_an_assumption_or_said_to_be_none() -> None:
    keys = {field.name for field in fields(TrialPlan)}
    assert set(assumptions_of(Design())) | {*SOUGHT, *NO_PART} == keys | {"alpha", "allocation", "baseline"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("disperson = 0.8", "disperson: is not a key that is known here"),
        ("n_control = 40", "n_control: is no assumption; numbers are sought"),
        ("treated_per_week = 2", "--ratio gives the rate of the treated"),
        ("duration_sigma = 1", "duration_sigma: has no part in the primary analysis"),
        ("dispersion = 'high'", "dispersion: Input should be a valid number"),
        ("sensitivity = 1.2", "a share lies between 0 and 1"),
        ("dispersion = -0.1", "dispersion: Input should be greater than or equal to 0"),
        ("treatment_nights = 0", "treatment_nights: Input should be greater than or equal to 1"),
        ("sites = []", "sites: "),
        ("allocation = 0", "allocation: Input should be greater than 0"),
        ("alpha = ", "is not TOML"),
        ("alpha = 0.05\nbeta = 1\ngamma = 2", "beta: is not a key that is known here\n.*gamma: is not a key"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "assumptions.toml"
    file.write_text(text)
    with pytest.raises(PowerError, match=message):
        read_design(file)


def test_a_file_that_is_not_there_is_said() -> None:
    with pytest.raises(PowerError, match="cannot be read"):
        read_design(Path("nowhere.toml"))
