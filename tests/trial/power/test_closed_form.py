"""The closed form against published sizes, and against R: the examples in the manual of `MKmisc::power.nb.test`."""

from math import ceil

import pytest

from trial.power import Comparison, PowerError, VarianceMethod

# Zhu and Lakkis 2014, parameters of tables I to IV and section 5, in the order of the manual of MKmisc: the arms,
# the power, and controls by methods 1, 2, 3 as R has them
BY_R = [
    (Comparison(control=0.8, treated=0.68, exposure=0.75, dispersion=0.4), 0.8, (1254.2286, 1315.6899, 1310.7301)),
    (Comparison(control=1.4, treated=1.61, exposure=0.75, dispersion=1.5), 0.8, (1955.7613, 1920.9082, 1918.4716)),
    (Comparison(control=2.0, treated=1.0, exposure=1.0, dispersion=1.0), 0.8, (51.3969, 57.1775, 55.2657)),
    (
        Comparison(control=10.0, treated=15.0, exposure=1.0, dispersion=5.0, allocation=1.5),
        0.8,
        (405.4882, 404.7462, 404.2037),
    ),
    (Comparison(control=5.0, treated=10.0, exposure=1.0, dispersion=0.5), 0.8, (22.3739, 21.2373, 20.8556)),
    (
        Comparison(control=5.9 / 3, treated=0.4 * 5.9 / 3, exposure=3.0, dispersion=1 / 0.49),
        0.9,
        (56.5711, 58.5056, 57.6792),
    ),
    (
        Comparison(control=13 / 6, treated=0.2 * 13 / 6, exposure=6.0, dispersion=1 / 0.52),
        0.9,
        (16.7138, 17.4740, 16.9685),
    ),
    (Comparison(control=0.66, treated=0.528, exposure=0.9, dispersion=0.8), 0.9, (1082.8280, 1136.9604, 1130.9885)),
]


@pytest.mark.parametrize(("arms", "power", "controls"), BY_R)
def test_sizes_by_all_three_methods_are_those_of_r(
    arms: Comparison, power: float, controls: tuple[float, float, float]
) -> None:
    for method, expected in zip(VarianceMethod, controls, strict=True):
        found = arms.controls(power, 0.05, method)
        assert found == pytest.approx(expected, abs=1e-4)
        assert arms.power(found, 0.05, method) == pytest.approx(power, abs=1e-12)


def test_the_trial_of_dransfield_2013_had_390_per_group_and_nquery_gives_it_90_05_percent() -> None:
    # Lancet Respir Med 1:210: 1.4 a year, ratio 0.75, dispersion 0.7, a year, 90 % power
    arms = Comparison(control=1.4, treated=1.05, exposure=1, dispersion=0.7)
    assert ceil(arms.controls(0.9, 0.05, VarianceMethod.TRUE_RATES)) == 390
    assert arms.power(390, 0.05, VarianceMethod.TRUE_RATES) == pytest.approx(0.9005, abs=5e-5)


@pytest.mark.parametrize(
    ("dispersion", "sizes"), [(0.8, (38, 141, 216, 358)), (1.5, (69, 257, 394, 653))], ids=("0.8", "1.5")
)
def test_sizes_for_cramps_three_a_week_over_eight_weeks(dispersion: float, sizes: tuple[int, ...]) -> None:
    for ratio, size in zip((0.5, 0.7, 0.75, 0.8), sizes, strict=True):
        arms = Comparison(control=3, treated=3 * ratio, exposure=8, dispersion=dispersion)
        assert ceil(arms.controls(0.9, 0.05, VarianceMethod.TRUE_RATES)) == size


def test_without_a_difference_there_is_no_size() -> None:
    with pytest.raises(PowerError, match="without a difference"):
        Comparison(control=3, treated=3, exposure=8, dispersion=0.8).controls(0.9, 0.05, VarianceMethod.REFERENCE)


@pytest.mark.parametrize("wrong", [{"control": 0.0}, {"exposure": -1.0}, {"dispersion": -0.1}, {"allocation": 0.0}])
def test_what_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    right = {"control": 3.0, "treated": 2.0, "exposure": 8.0, "dispersion": 0.0}
    assert Comparison(**right).ratio == pytest.approx(2 / 3)
    with pytest.raises(PowerError, match="above 0"):
        Comparison(**right | wrong)
