"""The rule classifier: published criteria in order, transparent, the baseline for every learned model."""

from dataclasses import dataclass, fields
from math import exp, isfinite, isnan
from typing import ClassVar

from detection import Episode
from models.features import Features, MovementLimits
from models.fingerprint import fingerprint
from models.judging import EpisodeClassifier, Judgement
from models.labels import Label, Reason

MODEL_NAME = "rules-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSettings:
    """Limits of the rules; the sources stand beside them, values without one are marked "ours"."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}  # an unknown key in a profile is an error

    cramp_min_s: float = 15.0  # the definition
    cramp_max_s: float = 1200.0  # ours; twice the consensus maximum of 10 min (Hallegraeff 2017)
    cramp_bout_s: float = 10.0  # WASM 2016: no leg movement lasts longer, so some bout of a cramp must
    rest_min_s: float = 30.0  # ours; rest seen before onset, without which there is no resting floor
    duty_min: float = 0.8  # ours; share of 250-ms windows that makes a contraction sustained
    modulation_max: float = 0.5  # ours; ALMA, foot tremor and high-frequency leg movements wax and wane deeper
    rhythm_min_cycles: float = 4.0  # AASM: at least four bursts make a train
    coactivation_max: float = 0.5  # ours; other muscles are quiet in a cramp (Ross & Thomas 1995)
    still_min_s: float = 10.0  # ours; so long no movement may explain the contraction
    artefact_max: float = 0.5  # ours; share of the episode
    movement_min_uv: float = 8.0  # WASM 2016 and AASM: above resting EMG
    movement_min_s: float = 0.5  # WASM 2016
    movement_max_s: float = 10.0  # WASM 2016, one leg
    moving_g: float = 0.1  # ours; standard deviation within a second
    gait_g: float = 0.1  # ours; RMS at 0.5-3 Hz: half the slowest walk of the sample recordings
    gait_min: float = 0.5  # ours; share of seconds with strides
    turn_deg: float = 30.0  # ours; change of posture
    flag_still_s: float = 7.0  # ours; of the first 10 s, for a live flag

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not (isfinite(value) and value > 0):
                raise ValueError(f"setting {field.name} is {value}; it must be a number above 0")
        for low, high in (("cramp_min_s", "cramp_max_s"), ("movement_min_s", "movement_max_s")):
            if not getattr(self, low) < getattr(self, high):
                raise ValueError(
                    f"setting {low} ({getattr(self, low)}) must lie below {high} ({getattr(self, high)})"
                )


@dataclass(frozen=True, slots=True)
class _Criterion:
    """A feature held against a limit; `softness` is the distance over which the answer becomes sure."""

    feature: str
    limit: float
    at_least: bool
    softness: float
    text: str

    def held_against(self, value: float) -> Reason:
        """Judge one value; an undefined one meets every limit, which the text then says."""
        met = isnan(value) or (value >= self.limit if self.at_least else value <= self.limit)
        text = f"{self.text}: not measured" if isnan(value) else self.text
        return Reason(self.feature, value, self.limit, self.at_least, met, text)

    def confidence(self, value: float) -> float:
        """0.5 at the limit, towards 1 inside and 0 outside; no opinion where undefined."""
        if isnan(value):
            return 1.0
        distance = (value - self.limit) if self.at_least else (self.limit - value)
        return 1 / (1 + exp(-max(-50.0, min(50.0, distance / self.softness))))


def _at_least(feature: str, limit: float, softness: float, text: str) -> _Criterion:
    return _Criterion(feature, limit, at_least=True, softness=softness, text=text)


def _at_most(feature: str, limit: float, softness: float, text: str) -> _Criterion:
    return _Criterion(feature, limit, at_least=False, softness=softness, text=text)


class RuleClassifier(EpisodeClassifier):
    """Labels episodes in the order in which they are completed.

    A cramp meets every criterion of `_cramp_criteria`; what fails one is called what it resembles. The
    probability of a cramp is the confidence of its weakest criterion, and lies above one half exactly where
    all are met. It orders episodes by how clearly the rules decide; it is not calibrated, there being no
    recording of a cramp to calibrate it with.
    """

    def __init__(self, settings: RuleSettings | None = None) -> None:
        self.settings = settings or RuleSettings()
        super().__init__(MovementLimits(moving_g=self.settings.moving_g, gait_g=self.settings.gait_g))

    @property
    def model_id(self) -> str:
        """Name and hash of the settings, such as `rules-1:0f3a…`."""
        return f"{MODEL_NAME}:{fingerprint(self.settings)}"

    def judge(self, features: Features) -> Judgement:
        """Hold every criterion against the features of an episode that has closed."""
        criteria = self._cramp_criteria(still_min_s=self.settings.still_min_s)
        reasons = tuple(c.held_against(getattr(features, c.feature)) for c in criteria)
        sure = min(c.confidence(getattr(features, c.feature)) for c in criteria)
        otherwise = self.resembles(features)
        probability = dict.fromkeys(Label, 0.0) | {otherwise: 1 - sure, Label.CRAMP: sure}
        label = Label.CRAMP if all(reason.met for reason in reasons) else otherwise
        return Judgement(label, probability, reasons)

    def flags(self, look: Episode) -> bool:
        """Whether a contraction in progress looks like a cramp so far."""
        features = self.described(look)
        timeless = ("observed_s", "longest_bout_s", "duration_s")
        criteria = self._cramp_criteria(still_min_s=self.settings.flag_still_s)
        return all(c.held_against(getattr(features, c.feature)).met for c in criteria if c.feature not in timeless)

    def is_candidate(self, features: Features) -> bool:
        """Whether this is a candidate leg movement of one leg by WASM 2016: by EMG alone, whatever the cause.

        Departures: the end is where the 0.5-s RMS last stood at 3 x the floor instead of floor + 2 uV, and a
        movement smaller than 3 x the floor is not seen where the floor lies above 4 uV.
        """
        limits = self.settings
        long_enough = limits.movement_min_s <= features.duration_s <= limits.movement_max_s
        return (
            features.n_bouts == 1 and long_enough and features.peak_uv >= features.floor_uv + limits.movement_min_uv
        )

    def _cramp_criteria(self, still_min_s: float) -> tuple[_Criterion, ...]:
        s = self.settings
        return (
            _at_least("observed_s", s.cramp_min_s, 1.0, "lasts at least as long as the definition asks"),
            _at_most("duration_s", s.cramp_max_s, 60.0, "is not tonic activity of wakefulness"),
            _at_least("longest_bout_s", s.cramp_bout_s, 1.0, "holds a bout longer than any leg movement"),
            _at_least("rest_seen_s", s.rest_min_s, 5.0, "rises from a resting floor that is known"),
            _at_least("duty", s.duty_min, 0.03, "is sustained"),
            _at_most("modulation_depth", s.modulation_max, 0.05, "does not wax and wane in a rhythm"),
            _at_most("coactivation", s.coactivation_max, 0.1, "leaves the other muscles quiet"),
            _at_least("still_s", still_min_s, 1.0, "is not explained by movement of the leg"),
            _at_most("artefact_share", s.artefact_max, 0.05, "is muscle, not artefact"),
        )

    def resembles(self, features: Features) -> Label:
        """Return what an episode is that is no cramp."""
        s = self.settings
        if features.artefact_share > s.artefact_max:
            return Label.ARTEFACT
        if features.gait_share >= s.gait_min and features.dynamic_g >= s.moving_g:
            return Label.GAIT
        cycles = features.modulation_hz * features.duration_s
        waves = features.modulation_depth > s.modulation_max and cycles >= s.rhythm_min_cycles
        train = features.n_bouts >= s.rhythm_min_cycles and features.longest_bout_s < s.cramp_bout_s
        if waves or train:
            return Label.RHYTHMIC
        if features.duration_s <= s.movement_max_s and not features.turn_deg >= s.turn_deg:  # NaN: no turn seen
            return Label.LEG_MOVEMENT
        return Label.VOLUNTARY
