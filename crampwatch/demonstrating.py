"""The demo: a made-up night through the whole program, from the sample to the comparison with its truth."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from crampwatch.evaluating.pairing import material_of
from crampwatch.replaying import replay
from crampwatch.scoring import Request
from crampwatch.simulating import write_simulated
from crampwatch.telling import said_in_words
from models import Label, Profile, ScoredEpisode
from models.evaluation import EvaluationSettings, evaluate
from nights import Flag
from simulation import PROFILES, Cohort, SimulatedNight

SEED = 13  # the first whose night has what the demo wants to show; chosen by its truth, not by what is counted

OLDER = PROFILES["older"]
WEARER = replace(
    OLDER,
    name="demo",
    rates=replace(
        OLDER.rates, cramps=3.0, plm_chance=1.0, plm_per_h=15.0, lead_off=1.0, dropouts_per_h=0.25, bathroom=2.0
    ),
)
"""An older wearer with many cramps, periodic leg movements, a loose electrode and a radio that drops out."""


@dataclass(frozen=True, slots=True)
class MadeUp:
    """The night of the demo as files, and what is in it in words."""

    recording: Path
    truth: Path
    words: str


def make_up(out: Path) -> MadeUp:
    """Simulate the night and write it with its truth into the folder `out`."""
    night = Cohort(SEED, 1, 1, WEARER).night(0, 0)
    out.mkdir(parents=True, exist_ok=True)
    row = write_simulated(night, out)
    return MadeUp(out / row["recording"], out / row["truth"], _contents(night))


def live(recording: Path) -> Iterator[str]:
    """Play the night through the live path; give what it says of cramps, when it says it."""
    request = Request(profile=Profile.load("calf-1"), report=False)
    for at_s, said in replay(recording, request, speed=None):
        if isinstance(said, Flag) or (isinstance(said, ScoredEpisode) and said.label is Label.CRAMP):
            yield said_in_words(at_s, said)


def compared(truth: Path, events: Path) -> str:
    """Say how the count compares with the truth."""
    material = material_of(truth, events, allow_unpaired=False)
    of = evaluate(material.nights, EvaluationSettings()).all_cramps
    return f"{of.true_cramps} true cramps, {of.matched} of them found, {of.false_cramps} false"


def _contents(night: SimulatedNight) -> str:
    kinds = [event.kind.value for event in night.truth]
    named = {"cramp": "cramps", "plm": "periodic leg movements", "turning": "turns", "walking": "walks"}
    named |= {"lead_off": "electrode losses", "dropout": "radio gaps"}
    parts = [f"{kinds.count(kind)} {words}" for kind, words in named.items()]
    return f"{night.duration_s / 3600:.1f} h with " + ", ".join(parts)
