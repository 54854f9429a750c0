"""What a sample size rests on, from a TOML file: everything but what is sought and what is varied."""

import tomllib
from dataclasses import Field as PlanField
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any

import tomli_w
from pydantic import Field, ValidationError, create_model

from trial.power.errors import PowerError
from trial.simulated import K2, TrialPlan
from trial.study.parts import Part

SOUGHT = ("n_treated", "n_control", "treated_per_week")
"""What a `TrialPlan` has and an assumption is not: sizes are sought, the ratio gives the rate of the treated."""
NO_PART = ("duration_median_s", "duration_sigma", "validation_cramps", "validation_nights")
"""What has no part in the primary analysis; to take such a key would be to promise an effect."""

NOT_NEGATIVE = Field(ge=0, le=1000, allow_inf_nan=False)
LIMITS = {
    "sites": Field(min_length=1),
    "run_in_nights": Field(ge=1, le=365),
    "treatment_nights": Field(ge=1, le=365),
}
"""Limits of keys; all others are numbers that are not negative. A `TrialPlan` checks its shares itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A trial to be sized: what it is like, and how it will be analysed. The numbers of `plan` are not looked at.

    `allocation` is treated participants per control; `baseline` says whether the log rate of the run-in is a
    covariate, as in the planned analysis.
    """

    plan: TrialPlan = K2
    alpha: float = 0.05
    allocation: float = 1.0
    baseline: bool = True

    def sized(self, n: int) -> TrialPlan:
        """Return the plan with so many controls."""
        return replace(self.plan, n_control=n, n_treated=treated_for(n, self.allocation))

    def with_ratio(self, ratio: float) -> "Design":
        """Return the design with another true rate ratio."""
        if ratio <= 0:
            raise PowerError(f"a rate ratio of {ratio:g} cannot be; it lies above 0")
        return replace(self, plan=replace(self.plan, treated_per_week=ratio * self.plan.control_per_week))


def treated_for(n_control: int, allocation: float) -> int:
    """Return the number of treated that goes with so many controls."""
    return max(1, round(n_control * allocation))


class _Analysis(Part):
    """Keys that are no part of a made-up trial."""

    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    allocation: Annotated[float, Field(gt=0, le=10)] = 1.0
    baseline: bool = True


def _keys() -> list[PlanField[Any]]:
    return [field for field in fields(TrialPlan) if field.name not in (*SOUGHT, *NO_PART)]


def _assumptions() -> type[_Analysis]:
    keys: dict[str, Any] = {
        field.name: (Annotated[field.type, LIMITS.get(field.name, NOT_NEGATIVE)], getattr(K2, field.name))
        for field in _keys()
    }
    return create_model("Assumptions", __base__=_Analysis, **keys)


def read_design(path: Path) -> Design:
    """Read assumptions; an absent key keeps its default. Raises `PowerError` with everything that is wrong."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PowerError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PowerError(f"{path} is not TOML: {error}") from error
    try:
        read = _assumptions().model_validate(document)
        analysis = {name: getattr(read, name) for name in _Analysis.model_fields}
        plan = replace(K2, **read.model_dump(exclude=set(analysis)))
        return Design(plan=plan, **analysis)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        problems = [f"{path}: {_problem(one['loc'], one['type'], one['msg'])}" for one in found]
        raise PowerError("\n".join(problems)) from error
    except ValueError as error:
        raise PowerError(f"{path}: {error}") from error


def _problem(place: tuple[int | str, ...], kind: str, message: str) -> str:
    name = ".".join(str(step) for step in place)
    if kind != "extra_forbidden":
        return f"{name}: {message}"
    if name in SOUGHT:
        return f"{name}: is no assumption; numbers are sought, and --ratio gives the rate of the treated"
    if name in NO_PART:
        return f"{name}: has no part in the primary analysis"
    return f"{name}: is not a key that is known here"


def assumptions_of(design: Design) -> dict[str, Any]:
    """Return every assumption by its key, those that are defaults too, as JSON or TOML have it."""
    plan = {field.name: getattr(design.plan, field.name) for field in _keys()}
    plan["sites"] = list(design.plan.sites)
    return plan | {"alpha": design.alpha, "allocation": design.allocation, "baseline": design.baseline}


def write_assumptions(design: Design, path: Path) -> None:
    """Write a file that `read_design` reads back to the same assumptions."""
    path.write_text(tomli_w.dumps(assumptions_of(design)), encoding="utf-8")
