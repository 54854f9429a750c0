"""Allocation, estimand and the rows that are analysed, with answers worked out by hand."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.trial.studies import ZURICH, person, seen, study_of
from trial.analysis.allocation import Allocation, read_allocation
from trial.analysis.dataset import dataset_of
from trial.analysis.errors import AnalysisError
from trial.analysis.estimand import concerned, under_the_estimand
from trial.nightly import ParticipantNight, Result, leg_nights, participant_nights
from trial.study import Study
from trial.study.parts import Event, IntercurrentEvent, Strategy

FIRST = date(2026, 3, 2)
WHY = "for a test of what it does"


def nights_of(study: Study, results: Sequence[Result]) -> list[ParticipantNight]:
    return list(participant_nights(study, leg_nights(study, results)))


def every_night(name: str, cramps: int = 1, nights: int = 21) -> list[Result]:
    evenings = [datetime.combine(FIRST + timedelta(days=n), datetime.min.time(), ZURICH) for n in range(nights)]
    hours = tuple(float(h) for h in range(1, cramps + 1))
    return [
        seen(evening + timedelta(hours=22), 8, hours, participant=name, number=n)
        for n, evening in enumerate(evenings)
    ]


def test_one_row_per_week_of_treatment_that_was_seen() -> None:
    study = study_of(person("A-1"), person("A-2"), person("B-1", site="B"))
    allocation = Allocation("placebo", "active", {"A-1": "placebo", "A-2": "active", "B-1": "active"})
    results = [*every_night("A-1", 2), *every_night("A-2", 1, nights=14)]
    found = dataset_of(study, nights_of(study, results), allocation)
    counts = found.counts()
    assert [(row.participant, row.week) for row in found.seen_weeks] == [("A-1", 1), ("A-1", 2), ("A-2", 1)]
    assert counts.count.tolist() == [14, 14, 7]
    assert counts.exposure.tolist() == [1, 1, 1]
    assert counts.cluster.tolist() == [0, 0, 1]
    assert counts.covariates["treated"].tolist() == [0, 0, 1]
    assert "site B" not in counts.covariates  # nobody of that site is in a row
    mean = (21 + 0.5) / 2  # of the run-in, cramps a week
    expected = [np.log((n + 0.5) / (w + 0.5 / mean)) for n, w in ((14, 1), (7, 1), (0, 0))]
    assert found.participants["baseline"].tolist() == pytest.approx(expected)
    assert np.exp(expected[2]) == pytest.approx(mean)


@pytest.mark.parametrize(
    ("strategy", "analysed_nights", "missing_nights"),
    [
        ("treatment-policy", 21, 0),
        ("composite", 21, 0),
        ("hypothetical", 21, 3),
        ("while-on-treatment", 18, 0),
        ("principal-stratum", 0, 0),
    ],
)
def test_what_an_intercurrent_event_does(strategy: Strategy, analysed_nights: int, missing_nights: int) -> None:
    event = Event(kind="hospital", first_night=date(2026, 3, 10), last_night=date(2026, 3, 12))
    participant = person("A-1").model_copy(update={"events": (event,)})
    planned = IntercurrentEvent(kind="hospital", strategy=strategy, rationale=WHY)
    study = study_of(person("A-1")).model_copy(
        update={"intercurrent_events": (planned,), "participants": (participant,)}
    )
    nights = nights_of(study, every_night("A-1"))
    found = list(under_the_estimand(study, nights))
    assert len(found) == analysed_nights
    assert sum(night.muscle_cramps is None for night in found) == missing_nights
    (said,) = concerned(study, nights)
    assert (said.participants, said.nights) == (1, 3)


def allocation_of(folder: Path, text: str) -> Allocation:
    path = folder / "allocation.csv"
    path.write_text(text, encoding="utf-8")
    return read_allocation(path, study_of(person("A-1"), person("A-2")), "placebo")


def test_an_allocation_is_read(tmp_path: Path) -> None:
    found = allocation_of(tmp_path, "participant,arm\nA-1,placebo\nA-2,K2\n")
    assert (found.treated, found.is_treated("A-2"), found.is_treated("A-1")) == ("K2", True, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,arm\nA-1,placebo\n", "participant,arm is needed"),
        ("participant,arm\nA-1,placebo\n", "no arm for A-2"),
        ("participant,arm\nA-1,placebo\nA-2,K2\nA-3,K2\n", "not in the study: A-3"),
        ("participant,arm\nA-1,placebo\nA-1,K2\nA-2,K2\n", "there twice"),
        ("participant,arm\nA-1,placebo\nA-2,placebo\n", "two are compared"),
        ("participant,arm\nA-1,a\nA-2,b\n", "'placebo' is not among a, b"),
        ("participant,arm\nA-1,placebo\nA-2,\n", "two are compared"),
    ],
)
def test_an_allocation_that_does_not_fit_the_study_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(AnalysisError, match=said):
        allocation_of(tmp_path, text)
