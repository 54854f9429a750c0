"""Labelled nights: the same everywhere, with the truth's labels, and real samples without a cramp."""

import numpy as np
import pytest

from crampwatch.training.nights import (
    SAMPLES,
    SimulatedJob,
    cohort_seed,
    sample_night,
    simulated_night,
)
from crampwatch.training.wearers import PROFILE_CYCLE, TRAINING_PROFILES
from models import Label
from models.learned.fitting import PEOPLE_MIN
from models.learned.inputs import INPUTS, inputs_of

ACCELERATION = ("still_s", "lead_s", "dynamic_g", "typical_g", "gait_share", "turn_deg")
OTHERS = ("coactivation", "own_coactivation")


def test_a_simulated_night_has_labels_and_poorer_descriptions_of_every_episode() -> None:
    night = simulated_night(SimulatedJob(seed=4, wearer=0, night=0))
    assert night.wearer == "older-001"
    assert len(night.poorer) == len(night.examples) > 10
    assert {e.label for e in night.examples} > {Label.LEG_MOVEMENT, Label.VOLUNTARY}
    shown = inputs_of([example.features for example in night.poorer])
    unmoved = np.isnan(shown[:, [INPUTS.index(name) for name in ACCELERATION]])
    alone = np.isnan(shown[:, [INPUTS.index(name) for name in OTHERS]])
    assert unmoved[0::3].all()
    assert alone[1::3].all()
    assert unmoved[2::3].all()
    assert alone[2::3].all()


def test_cohorts_of_different_profiles_and_seeds_share_no_seed() -> None:
    seeds = [cohort_seed(seed, profile) for seed in range(50) for profile in set(PROFILE_CYCLE)]
    assert len(set(seeds)) == len(seeds)


def test_people_without_cramps_stay_without() -> None:
    assert TRAINING_PROFILES["no-cramps"].rates.cramps == 0.0
    assert TRAINING_PROFILES["older"].rates.cramps > 0.0


def test_every_training_profile_is_worn_by_the_people_needed_to_learn_from_it() -> None:
    assert set(PROFILE_CYCLE) == set(TRAINING_PROFILES)
    assert min(PROFILE_CYCLE.count(name) for name in TRAINING_PROFILES) >= PEOPLE_MIN


@pytest.mark.parametrize("name", SAMPLES)
def test_a_real_sample_is_no_night_and_has_no_cramp(name: str) -> None:
    night = sample_night(name)
    assert not night.whole
    assert night.cramps == ()
    assert {example.label for example in night.examples} == {SAMPLES[name][1]}
