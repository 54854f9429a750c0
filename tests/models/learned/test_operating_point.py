"""The operating point: as low as 0.02 false cramps a night allow, and never below one half."""

from dataclasses import replace

import numpy as np
import pytest

from models import Label
from models.evaluation import Span
from models.learned.examples import LabelledNight
from models.learned.operating_point import called_cramps, metrics, operating_point
from tests.models.learned.made_examples import episode


def quiet_night(number: int, *, length_s: float = 60.0) -> LabelledNight:
    example = episode(5000.0, Label.VOLUNTARY, length_s=length_s, duty=0.9)
    return LabelledNight(
        name=str(number), wearer=str(number), whole=True, cramps=(), examples=(example,), poorer=()
    )


def cramp_night(number: int) -> LabelledNight:
    night = quiet_night(number)
    return replace(night, cramps=(Span(5000.0, 60.0),))


def values(*numbers: float) -> list[np.ndarray]:
    return [np.array([number]) for number in numbers]


def test_fifty_nights_may_have_one_false_cramp_and_forty_nine_none() -> None:
    false = np.linspace(0.51, 0.99, 50)
    assert operating_point([quiet_night(i) for i in range(50)], values(*false)) == pytest.approx(0.99)
    assert operating_point([quiet_night(i) for i in range(49)], values(*false[:49])) > false[48]


def test_a_night_that_is_worth_three_may_have_three_times_the_false_cramps() -> None:
    false = np.linspace(0.51, 0.99, 50)
    crowded = [replace(quiet_night(i), worth=3.0) for i in range(50)]
    assert operating_point(crowded, values(*false)) == pytest.approx(false[-3])


def test_the_operating_point_is_the_upper_end_of_what_gives_the_same_outcome() -> None:
    nights = [quiet_night(0), cramp_night(1), cramp_night(2)]
    assert operating_point(nights, values(0.6, 0.8, 0.9)) == 0.8


def test_it_is_never_below_one_half() -> None:
    assert operating_point([cramp_night(0), cramp_night(1)], values(0.3, 0.7)) == 0.7
    assert operating_point([cramp_night(0)], values(0.3)) == 0.5


def test_episodes_that_the_definition_excludes_and_samples_that_are_no_nights_do_not_raise_it() -> None:
    short = quiet_night(0, length_s=14.9)
    sample = replace(quiet_night(1), whole=False)
    assert operating_point([short, sample, cramp_night(2)], values(0.95, 0.96, 0.7)) == 0.7
    assert called_cramps(short, np.array([1.0]), 0.5) == []


def test_metrics_count_found_and_false_cramps_on_whole_nights() -> None:
    nights = [quiet_night(0), cramp_night(1), cramp_night(2), replace(quiet_night(3), whole=False)]
    called = [called_cramps(n, v, 0.5) for n, v in zip(nights, values(0.9, 0.9, 0.1, 0.9), strict=True)]
    measured = metrics(nights, called)
    assert (measured.sensitivity.successes, measured.sensitivity.n) == (1, 2)
    assert (measured.false_per_night.events, measured.false_per_night.exposure) == (1, 3)
    assert (measured.precision.successes, measured.precision.n) == (1, 2)
