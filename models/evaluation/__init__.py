"""Predictions held against their truth: nights in, every figure with its interval out; no files, no plots."""

from models.evaluation.evaluation import Evaluation, evaluate
from models.evaluation.events import (
    EvaluatedNight,
    EvaluationError,
    PredictedEvent,
    RaisedFlag,
    Span,
    TrueEvent,
    Unlabelled,
)
from models.evaluation.matching import Matching, Tolerance, match
from models.evaluation.settings import EvaluationSettings
from models.evaluation.trial import TrialRates

__all__ = [
    "EvaluatedNight",
    "Evaluation",
    "EvaluationError",
    "EvaluationSettings",
    "Matching",
    "PredictedEvent",
    "RaisedFlag",
    "Span",
    "Tolerance",
    "TrialRates",
    "TrueEvent",
    "Unlabelled",
    "evaluate",
    "match",
]
