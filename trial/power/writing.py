"""A sample size as files: one JSON document, the assumptions to start again from, and the plots."""

import json
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from models.fingerprint import fingerprint
from trial.power.assumptions import Design, assumptions_of, write_assumptions
from trial.power.errors import PowerError
from trial.power.plots import plots_of
from trial.power.study import PowerStudy

NOT_KNOWN = (
    (
        "Everything is simulated. No trial has counted cramps by a sensor yet: the detector's errors come from "
        "simulated nights, those of a diary of cramps (diary_*) are assumed, and so is the dispersion of nights."
    ),
    (
        "How much a person's rate changes from the run-in to the treatment (change_dispersion) is assumed, and "
        "decides what the baseline is worth. `baseline = false` gives the size without it."
    ),
    "Missing nights and dropout have nothing to do with cramps here; the effect is the same factor for everybody.",
)
"""What a reader of any of the numbers has to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked beside the assumptions: the true ratio, the power, trials of a size, the seed, sizes given."""

    ratio: float
    power: float
    trials: int
    seed: int
    n: tuple[int, ...]


def document_of(study: PowerStudy, design: Design, asked: Asked) -> dict[str, Any]:
    """Return all that was found with all that it rests on, as JSON has it."""
    assumptions = assumptions_of(design)
    return {
        "not_known": list(NOT_KNOWN),
        "software": f"crampwatch {version('crampwatch')}",
        "config_hash": fingerprint({"asked": asdict(asked), "assumptions": assumptions}),
        "asked": asdict(asked),
        "assumptions": assumptions,
        **asdict(study),
    }


def write_power(study: PowerStudy, design: Design, asked: Asked, out: Path) -> list[Path]:
    """Write `power.json`, `assumptions.toml` and the plots into a folder, which must be empty or new."""
    if out.exists() and any(out.iterdir()):
        raise PowerError(f"{out} is not empty; name a new folder")
    out.mkdir(parents=True, exist_ok=True)
    document = json.dumps(document_of(study, design, asked), indent=1, allow_nan=False)
    (out / "power.json").write_text(document + "\n", encoding="utf-8")
    write_assumptions(design, out / "assumptions.toml")
    for name, svg in plots_of(study, design, asked.power).items():
        (out / name).write_text(svg, encoding="utf-8")
    return sorted(out.iterdir())
