"""Nights with known labels: simulated ones, and the real samples, which hold no cramp."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from crampwatch.evaluating.truth import LABELS
from crampwatch.training.wearers import PROFILE_CYCLE, TRAINING_PROFILES, worth_of
from detection import Detector, Ended, Episode
from models import Features, Label, Profile, RuleSettings
from models.evaluation import Span, TrueEvent
from models.features import MovementLimits, features_of
from models.learned.examples import Example, LabelledNight, label_of
from recordings import EdfNight
from recordings.samples import sample_path
from signals import Source
from simulation import Cohort

SAMPLES = {
    "treadmill_walk.edf": ("EMG GM", Label.GAIT),
    "biceps_fatigue.edf": ("EMG BB", Label.VOLUNTARY),
    "biceps_bursts.edf": ("EMG BB", Label.VOLUNTARY),
    "thumb_rest_and_twitches.edf": ("EMG AP", Label.LEG_MOVEMENT),
    "elderly_id01.edf": ("EMG TA", Label.VOLUNTARY),
    "elderly_id07.edf": ("EMG TA", Label.VOLUNTARY),
    "elderly_id13.edf": ("EMG TA", Label.VOLUNTARY),
}
"""Real recordings by file: the channel and what was done. The composite is left out: its "cramp" is made up."""


@dataclass(frozen=True, slots=True)
class SimulatedJob:
    """One simulated night, by what it follows from."""

    seed: int
    wearer: int
    night: int

    @property
    def profile(self) -> str:
        """Name of the wearer's simulation profile."""
        return PROFILE_CYCLE[self.wearer % len(PROFILE_CYCLE)]


def cohort_seed(seed: int, profile: str) -> int:
    """Derive the seed of one profile's cohort, the same on every machine."""
    return int(np.random.SeedSequence((seed, *profile.encode())).generate_state(1)[0])


def simulated_night(job: SimulatedJob) -> LabelledNight:
    """Simulate, detect and label one night; wearer k of every profile is another person."""
    cohort = Cohort(
        cohort_seed(job.seed, job.profile), job.wearer + 1, job.night + 1, TRAINING_PROFILES[job.profile]
    )
    source = cohort.night(job.wearer, job.night)
    episodes = episodes_of(source)
    truth = [
        TrueEvent(span=Span(e.onset_s, e.duration_s), label=LABELS[e.trial_type], kind=e.kind.value)
        for e in source.truth
    ]
    wearer = f"{job.profile}-{job.wearer + 1:03d}"
    name = f"{wearer}_night-{job.night + 1:02d}"
    # everything that happens is in the truth: what nothing explains is no muscle
    return replace(
        labelled_night(name, wearer, episodes, truth, Label.ARTEFACT),
        worth=worth_of(TRAINING_PROFILES[job.profile]),
    )


def sample_night(name: str) -> LabelledNight:
    """Read one real sample; all its episodes have the label of what was done."""
    channel, label = SAMPLES[name]
    episodes = episodes_of(EdfNight(sample_path(name), (channel,)))
    return replace(labelled_night(name, f"real-{name}", episodes, (), label), whole=False)


def episodes_of(source: Source) -> list[Episode]:
    """Return the closed episodes of a source in order of completion, with the default detection settings."""
    detector = Detector(source.streams, Profile(name="training").detection)
    episodes = [e for item in source for e in detector.update(item) if e.ended is not Ended.OPEN]
    return episodes + detector.finish()


def labelled_night(
    name: str, wearer: str, episodes: Sequence[Episode], truth: Sequence[TrueEvent], unexplained: Label | None
) -> LabelledNight:
    """Describe and label the episodes of one night."""
    examples: list[Example] = []
    poorer: list[Example] = []
    previous_s: float | None = None
    for number, episode in enumerate(episodes):
        span = Span(episode.start_s, episode.duration_s)
        label = label_of(span, truth, unexplained)
        examples.append(Example(span, described(episode, previous_s), label))
        poorer.append(Example(span, _poorer(episode, previous_s, number), label))
        previous_s = episode.start_s
    return LabelledNight(
        name=name,
        wearer=wearer,
        whole=True,
        cramps=tuple(event.span for event in truth if event.label is Label.CRAMP),
        examples=tuple(examples),
        poorer=tuple(poorer),
    )


def described(episode: Episode, previous_onset_s: float | None) -> Features:
    """Describe an episode with the default limits of movement."""
    rules = RuleSettings()
    return features_of(episode, MovementLimits(moving_g=rules.moving_g, gait_g=rules.gait_g), previous_onset_s)


def _poorer(episode: Episode, previous_onset_s: float | None, number: int) -> Features:
    """Describe an episode without acceleration, without a second muscle, or without both, in turn."""
    if number % 3 != 1:
        episode = replace(episode, movement=None)
    if number % 3 != 0:
        alone = replace(episode.envelope, level_uv=episode.envelope.level_uv[:1])
        episode = replace(episode, envelope=alone, floor_uv=episode.floor_uv[:1])
    return described(episode, previous_onset_s)
