"""The evaluation as strict JSON: `null` for what is undefined, times in s."""

import json
from dataclasses import asdict
from typing import Any

from crampwatch.evaluating.pairing import Material
from crampwatch.evaluating.wording import PHASE_0
from models.evaluation import Evaluation

SCHEMA = "crampwatch-evaluation"
SCHEMA_VERSION = 1


def document_of(material: Material, evaluation: Evaluation) -> dict[str, Any]:
    """Return everything that an evaluation says; docs/evaluation.md defines every key."""
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "notice": PHASE_0,
        "made_by": asdict(material.made_by),
        "only_in_truth": list(material.only_in_truth),
        "only_in_predicted": list(material.only_in_predicted),
        **asdict(evaluation),
    }


def as_json(document: dict[str, Any]) -> str:
    """Return the document as text; raises `ValueError` for a number that JSON does not have."""
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
