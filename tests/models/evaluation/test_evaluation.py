"""The whole: sums, hidden cramps, missing nights, breakdowns, and what is refused."""

import pytest

from models import Label
from models.evaluation import EvaluatedNight, EvaluationError, EvaluationSettings, PredictedEvent, Span, evaluate
from models.evaluation.breakdowns import CrampGroup
from signals import GapReason
from tests.models.evaluation.nights import night, predicted, true

SETTINGS = EvaluationSettings(replicates=50)
LEAD_OFF = Span(2990, 100)


def a_night_with_everything() -> EvaluatedNight:
    truth = [true(1000, 60), true(2000, 100), true(3000, 50), true(4000, 40), true(4055, 60), true(6000, 20)]
    episodes = [
        *(predicted(1000, 60), predicted(2000, 40), predicted(2060, 30), predicted(4000, 115)),
        *(predicted(8000, 60), predicted(9000, 60, 0.1)),
    ]
    return night(truth, episodes, lost=[LEAD_OFF])


def test_every_cramp_of_a_made_up_night_is_where_it_belongs() -> None:
    of = evaluate([a_night_with_everything()], SETTINGS).all_cramps
    assert (of.true_cramps, of.matched, of.missed, of.merged) == (6, 3, 2, 1)
    assert (of.predicted_cramps, of.fragments, of.false_cramps) == (5, 1, 1)
    assert (of.sensitivity.value, of.precision.value) == (0.5, 0.6)
    assert (of.agreement.true_cramps, of.agreement.predicted_cramps) == (6, 5)


def test_a_cramp_wholly_in_lost_time_is_shown_included_and_excluded() -> None:
    of = evaluate([a_night_with_everything()], SETTINGS)
    assert (of.not_observable.n, of.not_observable.by_truth, of.not_observable.by_prediction_only) == (1, 0, 1)
    assert (of.all_cramps.sensitivity.n, of.observable_cramps.sensitivity.n) == (6, 5)
    assert of.observable_cramps.missed == 1


@pytest.mark.parametrize(("end_s", "hidden"), [(1059.9, 0), (1060.0, 1), (1060.1, 1)])
def test_a_cramp_is_hidden_only_if_lost_time_covers_it_to_its_end(end_s: float, hidden: int) -> None:
    lost = [Span(900, 120), Span(1010, end_s - 1010)]
    assert evaluate([night([true(1000, 60)], lost=lost)], SETTINGS).not_observable.n == hidden


def test_the_word_of_the_truth_on_lost_time_is_told_apart() -> None:
    of = evaluate([night([true(990, 80, GapReason.LINK_LOST), true(1000, 60)])], SETTINGS).not_observable
    assert (of.n, of.by_truth, of.by_prediction_only) == (1, 1, 0)


def test_a_prediction_that_belongs_to_a_hidden_cramp_counts_neither_for_nor_against() -> None:
    episodes = [predicted(1062, 10), predicted(1075, 10)]
    of = evaluate([night([true(1000, 60)], episodes, lost=[Span(990, 72)])], SETTINGS)
    assert of.not_observable.found == 1
    assert (of.observable_cramps.true_cramps, of.observable_cramps.predicted_cramps) == (0, 0)
    assert (of.all_cramps.matched, of.all_cramps.fragments) == (1, 1)


def test_a_missing_night_is_listed_and_in_no_agreement_while_its_cramps_are_not_observable() -> None:
    of = evaluate([night(name="a"), night([true(1000, 60)], name="b", usable_s=0.0)], SETTINGS)
    assert of.missing_nights == ("b",)
    assert (of.n_nights, of.n_nights_with_count, of.all_cramps.agreement.n_nights) == (2, 1, 1)
    assert (of.all_cramps.sensitivity.n, of.observable_cramps.sensitivity.n) == (1, 0)
    assert of.all_cramps.false_per_night.exposure == 1
    assert [n.predicted_cramps for n in of.nights] == [0, None]


def test_false_cramps_are_held_against_the_time_that_was_usable() -> None:
    nights = [night([], [predicted(1000, 60)], name="a"), night(name="b", usable_s=14400.0)]
    of = evaluate(nights, SETTINGS).all_cramps
    assert of.false_per_night.value == 0.5
    assert of.false_per_8h_usable.value == pytest.approx(1 / 1.5)


def test_nights_without_any_cramp_leave_sensitivity_and_precision_undefined() -> None:
    of = evaluate([night(name="a"), night(name="b", participant="P2")], SETTINGS)
    assert (of.all_cramps.sensitivity.value, of.all_cramps.precision.value) == (None, None)
    assert of.all_cramps.agreement.icc.value is None
    assert (of.all_cramps.false_per_night.value, of.n_nights_without_true_cramp) == (0.0, 2)


def test_false_cramps_are_told_apart_by_what_they_overlap_most() -> None:
    truth = [
        *(true(1000, 10, Label.VOLUNTARY, "turning"), true(1010, 30, Label.GAIT, "walking")),
        *(true(3000, 3, Label.LEG_MOVEMENT, "plm"), true(4000, 3, Label.LEG_MOVEMENT, "plm")),
    ]
    episodes = [predicted(1000, 40), predicted(3000, 20), predicted(3001, 5), predicted(7000, 60)]
    rows = {(m.label, m.kind): m for m in evaluate([night(truth, episodes)], SETTINGS).by_mimic}
    assert {sort: m.false_cramps for sort, m in rows.items()} == {
        ("leg_movement", "plm"): 2,
        ("gait", "walking"): 1,
        ("nothing", None): 1,
        ("voluntary", "turning"): 0,
    }
    plm = rows["leg_movement", "plm"].per_event
    assert plm is not None
    assert (plm.successes, plm.n) == (1, 2)
    assert rows["nothing", None].per_event is None


def test_sensitivity_is_broken_down_by_kind_duration_and_level() -> None:
    truth = [
        *(true(1000, 29.9, kind="short", amplitude_ratio=3.0), true(2000, 30, kind="long", amplitude_ratio=4.0)),
        *(true(3000, 600, kind="long"), true(5000, 120)),
    ]
    of = evaluate([night(truth, [predicted(1000, 30), predicted(3000, 600)])], SETTINGS)

    def found(groups: tuple[CrampGroup, ...]) -> list[tuple[str, int, int]]:
        return [(group.group, group.sensitivity.successes, group.sensitivity.n) for group in groups]

    assert found(of.by_kind) == [("long", 1, 2), ("not stated", 0, 1), ("short", 1, 1)]
    assert found(of.by_duration) == [
        ("below 30 s", 1, 1),
        ("30 s to 2 min", 0, 1),
        ("2 to 10 min", 0, 1),
        ("10 min or more", 1, 1),
    ]
    assert found(of.by_amplitude) == [("3 to 4", 1, 1), ("4 to 6", 0, 1), ("not stated", 1, 2)]


def test_nights_are_grouped_by_their_usable_share() -> None:
    shares = (0.49, 0.5, 0.75, 0.9, 1.0)
    nights = [night(name=str(share), usable_s=share * 28800) for share in shares]
    groups = [(g.group, g.n_nights) for g in evaluate(nights, SETTINGS).by_quality]
    assert groups == [("below 50 %", 1), ("50 to 75 %", 1), ("75 to 90 %", 1), ("90 % or more", 2)]


@pytest.mark.parametrize(
    ("truth", "says"),
    [
        ([(2000, 60), (1000, 60)], "sort the rows"),
        ([(1000, 60), (1059, 60)], "overlap"),
        ([(1000, 0)], "no duration"),
        ([(28800, 60)], "same recording"),
    ],
)
def test_a_truth_that_cannot_be_is_refused(truth: list[tuple[float, float]], says: str) -> None:
    with pytest.raises(EvaluationError, match=says):
        night([true(*times) for times in truth])


def test_cramps_that_touch_do_not_overlap() -> None:
    assert len(night([true(1000, 60), true(1060, 60)]).true_cramps) == 2


@pytest.mark.parametrize(("onset_s", "duration_s"), [(1.0, -0.1), (float("nan"), 1.0), (0.0, float("inf"))])
def test_times_that_are_no_times_are_refused(onset_s: float, duration_s: float) -> None:
    with pytest.raises(EvaluationError):
        Span(onset_s, duration_s)


@pytest.mark.parametrize("probability", [-0.01, 1.01, float("nan")])
def test_a_probability_outside_zero_to_one_is_refused(probability: float) -> None:
    with pytest.raises(EvaluationError, match="outside"):
        PredictedEvent(span=Span(0, 1), label=Label.CRAMP, probability_cramp=probability)


def test_more_usable_than_monitored_time_is_refused() -> None:
    with pytest.raises(EvaluationError, match="usable"):
        night(usable_s=28801.0)


def test_a_night_without_a_count_cannot_have_counted_cramps() -> None:
    with pytest.raises(EvaluationError, match="no count"):
        night([], [predicted(1000, 60)], usable_s=0.0)


def test_no_night_and_nights_of_one_name_are_refused() -> None:
    with pytest.raises(EvaluationError, match="no night"):
        evaluate([], SETTINGS)
    with pytest.raises(EvaluationError, match="several nights named a"):
        evaluate([night(name="a"), night(name="a")], SETTINGS)


def test_a_bootstrap_without_replicates_is_refused() -> None:
    with pytest.raises(ValueError, match="0 replicates"):
        EvaluationSettings(replicates=0)
