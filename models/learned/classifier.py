"""The learned classifier: labels episodes by a trained model, within the definition of a cramp."""

from math import isnan, log

import numpy as np

from detection import Episode
from models.features import Features, MovementLimits
from models.fingerprint import fingerprint
from models.judging import EpisodeClassifier, Judgement
from models.labels import Label, Reason
from models.learned.inputs import INPUTS, Floats, could_be_cramp, inputs_of
from models.learned.storage import LearnedModel
from models.rules import RuleClassifier, RuleSettings

REASONS = 4
SURE = 1e-12  # probabilities nearer to 0 or 1 than this say nothing more


class LearnedClassifier(EpisodeClassifier):
    """Labels episodes in the order in which they are completed, as `RuleClassifier` does.

    The definition binds: an episode below 15 s, above 20 min, or without a known floor is no cramp, and its
    probability of being one is 0. Else it is one from the model's operating point on. Without another muscle
    nothing but texture tells a cramp from a voluntary contraction in a leg that lies still, and the texture of a
    cramp is what a simulator makes it: there, the rules decide. What is no cramp has the label of the rules; they
    also say whether a contraction in progress is flagged, and what is a candidate leg movement.
    """

    def __init__(self, model: LearnedModel, rules: RuleSettings | None = None) -> None:
        self._model = model
        self._rules = RuleClassifier(rules)
        super().__init__(MovementLimits(moving_g=model.card.moving_g, gait_g=model.card.gait_g))

    @property
    def model_id(self) -> str:
        """Name and hash of weights, operating point and settings, such as `learned-1:0f3a…`."""
        card = self._model.card
        parts = {
            "weights": card.weights_sha256,
            "operating_point": card.operating_point,
            "rules": fingerprint(self._rules.settings),
        }
        return f"{card.name}:{fingerprint(parts)}"

    def judge(self, features: Features) -> Judgement:
        """Label the features of an episode that has closed; the reasons are the definition, p(cramp), and why.

        Which features weighed most is asked only where the definition leaves it to the model. Where no other muscle
        was seen, the rules judge.
        """
        if isnan(features.coactivation):
            return self._rules.judge(features)
        definition, otherwise = self._definition(features), self._rules.resembles(features)
        if not could_be_cramp(features, self._rules.settings):
            return Judgement(otherwise, dict.fromkeys(Label, 0.0) | {otherwise: 1.0}, definition)
        card = self._model.card
        inputs = inputs_of([features])
        cramp = float(self._model.predict(inputs)[0, card.classes.index(Label.CRAMP)])
        asked = _asked("probability_cramp", cramp, card.operating_point, "is a cramp for the model")
        probability = dict.fromkeys(Label, 0.0) | {otherwise: 1 - cramp, Label.CRAMP: cramp}
        reasons = (*definition, asked, *self._weighed(features, inputs, cramp))
        return Judgement(Label.CRAMP if asked.met else otherwise, probability, reasons)

    def flags(self, look: Episode) -> bool:
        """Whether a contraction in progress looks like a cramp so far, by the rules."""
        return self._rules.flags(look)

    def is_candidate(self, features: Features) -> bool:
        """Whether this is a candidate leg movement of one leg by WASM 2016."""
        return self._rules.is_candidate(features)

    def _definition(self, features: Features) -> tuple[Reason, ...]:
        rules = self._rules.settings
        too_long = features.duration_s > rules.cramp_max_s
        return (
            _asked("observed_s", features.observed_s, rules.cramp_min_s, "lasts as long as the definition asks"),
            Reason(
                "duration_s", features.duration_s, rules.cramp_max_s, at_least=False, met=not too_long,
                text="is not tonic activity of wakefulness",
            ),
            _asked("rest_seen_s", features.rest_seen_s, rules.rest_min_s, "rises from a known resting floor"),
        )  # fmt: skip

    def _weighed(self, features: Features, inputs: Floats, cramp: float) -> tuple[Reason, ...]:
        """Return the features that moved the logit of p(cramp) most, each against its median in training."""
        card = self._model.card
        ablated = np.repeat(inputs, len(INPUTS), axis=0)
        np.fill_diagonal(ablated, card.medians)
        without = self._model.predict(ablated)[:, card.classes.index(Label.CRAMP)].tolist()
        moved = [
            (_logit(cramp) - _logit(p), name, median)
            for p, name, median in zip(without, INPUTS, card.medians, strict=True)
        ]
        most = sorted(moved, key=lambda each: -abs(each[0]))[:REASONS]
        return tuple(_weight(name, getattr(features, name), median, by) for by, name, median in most if by)


def _asked(feature: str, value: float, limit: float, text: str) -> Reason:
    return Reason(feature, value, limit, at_least=True, met=value >= limit, text=text)


def _weight(feature: str, value: float, median: float, by: float) -> Reason:
    """Say that a value, other than the median of the training episodes, speaks for a cramp or against it."""
    text = f"speaks {'for' if by > 0 else 'against'} a cramp by {abs(by):.1f} (log odds, to the training median)"
    return Reason(feature, value, median, at_least=(value >= median) == (by > 0), met=by > 0, text=text)


def _logit(p: float) -> float:
    p = min(max(p, SURE), 1 - SURE)
    return log(p / (1 - p))
