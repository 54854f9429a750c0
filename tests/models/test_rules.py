"""The rules, one criterion at a time: a clear cramp turned into something else by a single feature."""

from dataclasses import replace

import numpy as np
import pytest

from detection import Detector, Ended, Episode
from models import Features, Label, RuleClassifier, RuleSettings
from models.features import MovementLimits, features_of
from signals import SampleBlock
from tests.made_up import acc_stream, detect, emg_stream, lying, muscle

(CRAMP,) = detect([emg_stream(), acc_stream()], muscle(300, (100, 160, 60)), lying(300))[1]
LIMITS = MovementLimits(moving_g=0.1, gait_g=0.1)
FEATURES = features_of(CRAMP, LIMITS, None)
CLASSIFIER = RuleClassifier()


def test_a_sustained_contraction_of_a_still_leg_is_a_cramp_and_meets_every_criterion() -> None:
    scored = RuleClassifier().score(CRAMP)
    assert scored.label is Label.CRAMP
    assert all(reason.met for reason in scored.reasons)
    assert scored.probability[Label.CRAMP] > 0.9
    assert sum(scored.probability.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("feature", "met", "failed"),
    [
        ("observed_s", (15.0, 15.05), (14.95,)),
        ("duration_s", (1199.0, 1200.0), (1200.1,)),
        ("longest_bout_s", (10.0, 10.05), (9.95,)),
        ("rest_seen_s", (30.0, 31.0), (29.9,)),
        ("duty", (0.8, 0.81), (0.79,)),
        ("modulation_depth", (0.49, 0.5, float("nan")), (0.51,)),
        ("coactivation", (0.49, 0.5, float("nan")), (0.51,)),
        ("still_s", (10.0, 11.0, float("nan")), (9.0,)),
        ("artefact_share", (0.49, 0.5), (0.51,)),
    ],
)
def test_every_criterion_of_a_cramp_has_its_limit(
    feature: str, met: tuple[float, ...], failed: tuple[float, ...]
) -> None:
    for value in met:
        assert CLASSIFIER.judge(replace(FEATURES, **{feature: value})).label is Label.CRAMP
    for value in failed:
        judged = CLASSIFIER.judge(replace(FEATURES, **{feature: value}))
        assert judged.label is not Label.CRAMP
        assert [reason.feature for reason in judged.reasons if not reason.met] == [feature]
        assert judged.probability[Label.CRAMP] < 0.5


def test_the_probability_of_a_cramp_is_one_half_at_a_limit_and_falls_with_the_weakest_criterion() -> None:
    at_limit = CLASSIFIER.judge(replace(FEATURES, duty=0.8))
    assert at_limit.probability[Label.CRAMP] == pytest.approx(0.5)
    worse = CLASSIFIER.judge(replace(FEATURES, duty=0.7, still_s=0.0))
    assert worse.probability[Label.CRAMP] < CLASSIFIER.judge(replace(FEATURES, duty=0.7)).probability[Label.CRAMP]


def short(**changes: float) -> Features:
    return replace(FEATURES, duration_s=3.0, observed_s=3.0, longest_bout_s=3.0, still_s=2.0, **changes)


@pytest.mark.parametrize(
    ("features", "label"),
    [
        (short(), Label.LEG_MOVEMENT),
        (short(turn_deg=29.9), Label.LEG_MOVEMENT),
        (short(turn_deg=30.0), Label.VOLUNTARY),
        (short(artefact_share=0.6), Label.ARTEFACT),
        (replace(FEATURES, duration_s=12.0, observed_s=12.0), Label.VOLUNTARY),
        (replace(FEATURES, still_s=2.0, dynamic_g=0.3, gait_share=0.2), Label.VOLUNTARY),
        (replace(FEATURES, still_s=2.0, dynamic_g=0.3, gait_share=0.5), Label.GAIT),
        (replace(FEATURES, modulation_depth=0.8, modulation_hz=1.5), Label.RHYTHMIC),
        (replace(short(), modulation_depth=0.8, modulation_hz=1.5), Label.RHYTHMIC),  # 4.5 cycles
        (replace(short(), modulation_depth=0.8, modulation_hz=1.3), Label.LEG_MOVEMENT),  # 3.9 cycles
        (replace(short(), n_bouts=4, longest_bout_s=0.3), Label.RHYTHMIC),  # a train of bursts
        (replace(short(), n_bouts=3, longest_bout_s=0.3), Label.LEG_MOVEMENT),
        (replace(FEATURES, duration_s=1500.0, observed_s=1500.0), Label.VOLUNTARY),
    ],
)
def test_what_is_no_cramp_is_called_what_it_resembles(features: Features, label: Label) -> None:
    assert CLASSIFIER.judge(features).label is label


def test_an_undefined_feature_is_said_not_to_be_measured() -> None:
    reasons = CLASSIFIER.judge(replace(FEATURES, coactivation=float("nan"))).reasons
    (reason,) = (r for r in reasons if r.feature == "coactivation")
    assert reason.met
    assert reason.text.endswith("not measured")


def looks_at(episode_end_s: float) -> list[Episode]:
    detector = Detector((emg_stream(), acc_stream()))
    detector.update(SampleBlock("acc", 0, lying(300)))
    found = detector.update(SampleBlock("emg", 0, muscle(300, (100, episode_end_s, 60))))
    return [look for look in found if look.ended is Ended.OPEN]


def test_a_contraction_in_progress_is_flagged_ten_seconds_after_its_onset() -> None:
    look = looks_at(160)[0]
    assert look.duration_s == pytest.approx(10.0, abs=1.0)
    assert CLASSIFIER.flags(look)


def test_a_contraction_that_moves_the_leg_is_not_flagged() -> None:
    look = looks_at(160)[0]
    assert look.movement is not None
    moving = replace(look.movement, dynamic_g=np.full(len(look.movement.dynamic_g), 0.3))
    assert not CLASSIFIER.flags(replace(look, movement=moving))


@pytest.mark.parametrize("name", ["duty_min", "cramp_min_s", "gait_g"])
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_a_setting_that_is_no_positive_number_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"setting {name} is"):
        RuleSettings(**{name: value})


def test_settings_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match=r"cramp_min_s \(15.0\) must lie below cramp_max_s"):
        RuleSettings(cramp_max_s=15.0)


def test_another_setting_is_another_model() -> None:
    assert RuleClassifier().model_id == RuleClassifier(RuleSettings()).model_id
    assert RuleClassifier(RuleSettings(duty_min=0.7)).model_id != RuleClassifier().model_id
