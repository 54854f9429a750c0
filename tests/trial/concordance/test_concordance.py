"""Diary and sensor of made-up trials whose truth is known."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from trial.concordance import ConcordanceError, both_endpoints, concordance_of
from trial.concordance.concordance import Concordance
from trial.concordance.writing import write_concordance
from trial.diary import DiaryNight
from trial.nightly import ParticipantNight, leg_nights, participant_nights
from trial.simulated import K2, SimulatedTrial, simulate_trial

SMALL = replace(K2, n_treated=40, n_control=40)
TRUE_SENSOR = replace(
    SMALL, sensitivity=1.0, false_per_night=0.0, lost_share=0.0, partial_share=0.0, diary_made_up=0.0,
    diary_other_per_week=0.0,
)  # fmt: skip


def nights_of(trial: SimulatedTrial) -> list[ParticipantNight]:
    return list(participant_nights(trial.study, leg_nights(trial.study, trial.results)))


def concordance(trial: SimulatedTrial) -> Concordance:
    return concordance_of(trial.study, nights_of(trial), trial.diary, 30.0)


def test_the_planted_share_of_cramps_that_are_written_down_comes_out_week_by_week() -> None:
    """Nothing made up, nothing felt elsewhere, a sensor without error: pairs are what was noticed.

    A share of n cramps with probability p has the standard error sqrt(p (1 - p) / n); four of them are allowed.
    """
    found = concordance(simulate_trial(TRUE_SENSOR, 1))
    assert found.by_cramp.written_seen.value == 1.0
    assert len(found.by_week_of_study) == 10
    for week in found.by_week_of_study:
        assert week.week is not None
        planted = K2.diary_noticed * K2.diary_fatigue_per_week ** (week.week - 1)
        error = np.sqrt(planted * (1 - planted) / week.seen)
        assert week.seen_written.value == pytest.approx(planted, abs=4 * error)
    first, last = found.by_week_of_study[0], found.by_week_of_study[-1]
    assert (first.seen_written.value or 0) > (last.seen_written.value or 1)


def test_cramps_felt_elsewhere_are_written_and_not_seen() -> None:
    """A diary of nothing but cramps felt elsewhere, and a sensor with nothing to see: their rate comes out."""
    plan = replace(TRUE_SENSOR, diary_noticed=0.0, diary_other_per_week=0.5, run_in_per_week=1e-9, dispersion=0.01)
    plan = replace(plan, control_per_week=1e-9, treated_per_week=1e-9)
    found = concordance(simulate_trial(plan, 2))
    n = found.by_night.n_nights
    assert found.by_cramp.pairs == found.by_cramp.seen == 0
    assert found.by_cramp.felt == pytest.approx(n * 0.5 / 7, abs=4 * np.sqrt(n * 0.5 / 7))
    assert found.by_week.bland_altman.bias.value == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(("late_min", "paired"), [(0, 1.0), (29, 1.0), (40, 0.0)])
def test_cramps_written_down_with_their_times_are_found_again_in_every_zone(late_min: int, paired: float) -> None:
    """Every cramp at most once a night, written to the minute, in Zurich also when the clock changes."""
    trial = simulate_trial(replace(TRUE_SENSOR, n_treated=30, n_control=30, control_per_week=1.0), 6)
    zones = {person.id: ZoneInfo(trial.study.zone_of(person)) for person in trial.study.participants}
    diary: list[DiaryNight] = []
    for result in trial.results:
        if len(result.cramps) == 1 and result.cramps[0].onset_s > result.monitored[0] + 3600:
            zone = zones[result.participant]
            felt = datetime.fromtimestamp(result.cramps[0].onset_s + late_min * 60, UTC).astimezone(zone)
            diary.append(DiaryNight(result.participant, result.night, 1, (f"{felt:%H:%M}",), None, "d.csv", 1))
    found = concordance_of(trial.study, nights_of(trial), diary, 30.0)
    assert {zone.key for zone in zones.values()} == {"Asia/Shanghai", "Europe/Zurich"}
    assert found.nights_by_time == found.by_night.n_nights > 300
    assert found.by_cramp.seen_written.value == paired
    for night in found.nights:
        assert all(late_min * 60 - 60 < offset <= late_min * 60 for offset in night.offsets_s)


def test_every_night_is_accounted_for_as_a_plain_count_has_it() -> None:
    """The trial like K2 with all its errors, counted again here without any of the code that is tested."""
    trial = simulate_trial(SMALL, 3)
    found = concordance(trial)
    written = {(entry.participant, entry.night): entry.cramps for entry in trial.diary}
    seen = {(result.participant, result.night): result for result in trial.results}
    standings: Counter[str] = Counter()
    table = Counter({"felt_and_seen": 0, "felt_only": 0, "seen_only": 0})
    for night in trial.truth:
        key = (night.participant, night.night)
        usable_s = seen[key].usable_s if key in seen else 0.0
        if key not in written:
            standings["no_diary" if usable_s else "neither"] += 1
        elif not usable_s:
            standings["not_monitored"] += 1
        elif usable_s < 4 * 3600 or usable_s < 0.75 * seen[key].monitored_s:
            standings["partly_monitored"] += 1
        else:
            standings["compared"] += 1
            pairs = min(written[key], len(seen[key].cramps))
            table += Counter(
                felt_and_seen=pairs, felt_only=written[key] - pairs, seen_only=len(seen[key].cramps) - pairs
            )
    assert found.standings == dict(standings)
    assert sum(found.standings.values()) == len(trial.truth) == 80 * 70
    assert (found.by_cramp.pairs, found.by_cramp.felt, found.by_cramp.seen) == (
        table["felt_and_seen"],
        table["felt_and_seen"] + table["felt_only"],
        table["felt_and_seen"] + table["seen_only"],
    )
    assert found.unexpected == 0


def test_an_entry_of_a_night_that_is_not_expected_is_counted_and_not_compared() -> None:
    trial = simulate_trial(replace(SMALL, n_treated=5, n_control=5), 4)
    last = max(night for _, night in trial.study.nights_of(trial.study.participants[0]))
    stray = DiaryNight(trial.study.participants[0].id, last.replace(year=2030), 1, (), None, "diary.csv", 1)
    found = concordance_of(trial.study, nights_of(trial), [*trial.diary, stray], 30.0)
    assert (found.unexpected, found.standings) == (1, concordance(trial).standings)


@pytest.mark.parametrize(("tolerance_min", "fine"), [(0.0, False), (0.1, True), (180.0, True), (180.1, False)])
def test_a_tolerance_has_limits(tolerance_min: float, fine: bool) -> None:  # noqa: FBT001 - a column of the table
    trial = simulate_trial(replace(SMALL, n_treated=2, n_control=2), 4)
    if fine:
        assert concordance_of(trial.study, nights_of(trial), trial.diary, tolerance_min).tolerance_min
        return
    with pytest.raises(ConcordanceError, match="is not above 0 and up to 180 min"):
        concordance_of(trial.study, nights_of(trial), trial.diary, tolerance_min)


def test_a_diary_without_a_single_night_that_was_seen_is_accounted_for_and_nothing_else(tmp_path: Path) -> None:
    trial = replace(simulate_trial(replace(SMALL, n_treated=2, n_control=2), 4), results=())
    found = concordance(trial)
    assert found.standings["not_monitored"] == len(trial.diary)
    assert found.standings["neither"] == 4 * 70 - len(trial.diary)
    assert (found.by_night.kappa.value, found.by_cramp.seen_written.value, found.by_week.icc_weeks.value) == (
        None,
    ) * 3
    files = write_concordance(tmp_path, found, {"version": "1"})
    assert [path.suffix for path in files] == [".json", ".csv", ".csv", ".csv"]  # nothing to draw
    assert (tmp_path / "participants.csv").read_text("utf-8").splitlines()[1].startswith("A-001,A,70,0,0,")


def test_without_a_diary_there_is_nothing_to_compare() -> None:
    trial = simulate_trial(replace(SMALL, n_treated=2, n_control=2), 4)
    with pytest.raises(ConcordanceError, match="has no diary in this log"):
        concordance_of(trial.study, nights_of(trial), [], 30.0)


def test_both_endpoints_say_what_went_into_them() -> None:
    trial = simulate_trial(TRUE_SENSOR, 1)
    sensor, diary = both_endpoints(trial.study, nights_of(trial), trial.diary, trial.allocation)
    first = {person.id: person.first_night for person in trial.study.participants}
    treatment = [entry for entry in trial.diary if (entry.night - first[entry.participant]).days >= 14]
    assert (sensor.source, diary.source) == ("sensor", "diary")
    assert diary.cramps == sum(entry.cramps for entry in treatment)
    assert diary.exposure_weeks == pytest.approx(len(treatment) / 7)
    weeks = {(entry.participant, (entry.night - first[entry.participant]).days // 7) for entry in treatment}
    assert (diary.n_weeks, diary.n_participants) == (len(weeks), len({name for name, _ in weeks}))
    assert sensor.ratio.low < K2.true_ratio < sensor.ratio.high
