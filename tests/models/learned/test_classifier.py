"""The learned classifier: the model decides within the definition, and says why."""

from dataclasses import replace

import pytest

from models import Features, Label, RuleClassifier
from models.learned.classifier import LearnedClassifier
from models.learned.inputs import INPUTS
from models.learned.storage import LearnedModel
from tests.made_up import acc_stream, detect, emg_stream, lying, muscle
from tests.models.learned.made_examples import BASE

CRAMP = replace(BASE, duration_s=60.0, observed_s=60.0, rest_seen_s=300.0, duty=0.95)
VOLUNTARY = replace(CRAMP, duty=0.4)


def test_the_model_tells_a_cramp_from_a_voluntary_contraction(model: LearnedModel) -> None:
    classifier = LearnedClassifier(model)
    assert classifier.judge(CRAMP).label is Label.CRAMP
    refused = classifier.judge(VOLUNTARY)
    assert refused.label is RuleClassifier().resembles(VOLUNTARY) is not Label.CRAMP
    assert refused.probability[refused.label] == pytest.approx(1 - refused.probability[Label.CRAMP])


@pytest.mark.parametrize("duty", [0.79, 0.8])
def test_without_another_muscle_the_rules_decide(model: LearnedModel, duty: float) -> None:
    alone = replace(CRAMP, coactivation=float("nan"), own_coactivation=float("nan"), duty=duty)
    assert LearnedClassifier(model).judge(alone) == RuleClassifier().judge(alone)


@pytest.mark.parametrize(
    ("changes", "feature"),
    [
        ({"observed_s": 14.9}, "observed_s"),
        ({"duration_s": 1200.1}, "duration_s"),
        ({"rest_seen_s": 29.9}, "rest_seen_s"),
    ],
)
def test_what_fails_the_definition_is_never_a_cramp(
    model: LearnedModel, changes: dict[str, float], feature: str
) -> None:
    judged = LearnedClassifier(model).judge(replace(CRAMP, **changes))
    assert judged.label is not Label.CRAMP
    assert judged.probability[Label.CRAMP] == 0.0
    assert sum(judged.probability.values()) == pytest.approx(1.0)
    assert feature in [reason.feature for reason in judged.reasons if not reason.met]


@pytest.mark.parametrize(
    "levels",
    [{"floor_uv": 100.0, "peak_uv": 5000.0, "median_uv": 900.0}, {"frequency_hz": 300.0}, {"rest_seen_s": 31.0}],
)
def test_gain_front_end_and_spacing_do_not_matter(model: LearnedModel, levels: dict[str, float]) -> None:
    classifier = LearnedClassifier(model)
    assert classifier.judge(replace(CRAMP, **levels)).probability == classifier.judge(CRAMP).probability


def test_the_reasons_name_the_feature_that_made_the_difference(model: LearnedModel) -> None:
    weighed = LearnedClassifier(model).judge(VOLUNTARY).reasons[4:]
    assert 1 <= len(weighed) <= 4
    assert "duty" in [reason.feature for reason in weighed if not reason.met]
    assert all(reason.met == (reason.at_least == (reason.value >= reason.limit)) for reason in weighed)
    assert all(reason.limit == model.card.medians[INPUTS.index(reason.feature)] for reason in weighed)


def test_the_operating_point_stands_among_the_reasons(model: LearnedModel) -> None:
    (asked,) = (r for r in LearnedClassifier(model).judge(CRAMP).reasons if r.feature == "probability_cramp")
    assert asked.limit == model.card.operating_point
    assert asked.met


def test_it_scores_flags_and_finds_candidates_like_the_rules(model: LearnedModel) -> None:
    _, (episode,) = detect([emg_stream(), acc_stream()], muscle(300, (100, 160, 60)), lying(300))
    learned, rules = LearnedClassifier(model), RuleClassifier()
    assert learned.flags(episode) is rules.flags(episode) is True
    scored = learned.score(episode)
    assert scored.model_id.startswith("small-1:")
    assert scored.candidate is rules.is_candidate(scored.features)
    assert isinstance(scored.features, Features)
    assert sum(scored.probability.values()) == pytest.approx(1.0)
