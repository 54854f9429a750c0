"""What another muscle does, told from what its electrodes hear, on planted signals."""

from dataclasses import replace

import numpy as np
import pytest

from detection import Episode
from models.coactivation import Coactivation, coactivation_of
from tests.made_up import Floats, detect, emg_stream, muscle

WHOLE = slice(None)
CALF_UV, REST_UV = 60.0, 3.0


def contraction(heard: float, own_uv: float, course: Floats | None = None) -> Episode:
    """Plant 40 s of a calf of 60 uV, a share of which the shin's electrodes hear, and a shin of its own level."""
    calf, rest = muscle(200, (100, 140, CALF_UV), seed=1), muscle(200, seed=2)
    own = muscle(200, (100, 140, own_uv), rest_uv=1e-3, seed=3)
    if course is not None:
        calf[100_000:140_000, 0] *= course
        own[100_000:140_000, 0] *= course
    (episode,) = detect(
        [emg_stream(1000.0, "GM", "TA")], np.asfortranarray(np.hstack([calf, rest + heard * calf + own]))
    )[1]
    return episode


@pytest.mark.parametrize("heard", [0.1, 0.3])
def test_what_is_only_heard_is_no_activity_of_ones_own(heard: float) -> None:
    found = coactivation_of(contraction(heard, 1e-3), WHOLE)
    assert found.own < 0.3 * heard
    assert found.heard > 0.7


@pytest.mark.parametrize("own_uv", [6.0, 20.0, 60.0])
def test_a_muscle_with_potentials_of_its_own_is_measured_beyond_its_floor(own_uv: float) -> None:
    found = coactivation_of(contraction(0.0, own_uv), WHOLE)
    assert found.own == pytest.approx(own_uv / CALF_UV, rel=0.15)
    assert found.heard == pytest.approx(0.0, abs=0.15)


@pytest.mark.parametrize("hz", [0.2, 1.4])
def test_a_common_course_is_no_crosstalk(hz: float) -> None:
    swing = 1 + 0.3 * np.sin(2 * np.pi * hz * np.arange(40_000) / 1000)
    found = coactivation_of(contraction(0.0, 30.0, swing), WHOLE)
    assert found.own == pytest.approx(0.5, rel=0.2)


def test_both_are_told_apart() -> None:
    found = coactivation_of(contraction(0.2, 12.0), WHOLE)
    assert found.own == pytest.approx(12 / CALF_UV, rel=0.3)


def test_one_muscle_alone_and_a_moment_leave_it_undefined() -> None:
    episode = contraction(0.1, 6.0)
    alone = replace(episode, envelope=replace(episode.envelope, level_uv=episode.envelope.level_uv[:1]))
    assert np.isnan([*vars_of(coactivation_of(alone, WHOLE))]).all()
    brief = coactivation_of(episode, slice(0, 10))
    assert brief.relative > 0
    assert np.isnan([brief.own, brief.heard]).all()


def vars_of(found: Coactivation) -> tuple[float, float, float]:
    return found.relative, found.own, found.heard
