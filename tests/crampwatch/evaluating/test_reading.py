"""Reading truth and predictions: what is read, and what is refused with value and remedy."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crampwatch.evaluating.pairing import material_of
from crampwatch.evaluating.predictions import read_prediction
from crampwatch.evaluating.truth import read_truth
from crampwatch.scoring import InputError
from models import Label
from models.evaluation import Unlabelled
from nights import Flag
from signals import GapReason
from tests.crampwatch.evaluating.conftest import Cohort, Scored
from tests.crampwatch.evaluating.tables import CRAMP, write_prediction, write_replay, write_truth


def changed(path: Path, **values: Any) -> None:
    """Change top-level keys of a JSON file."""
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), "utf-8")


def test_a_truth_is_read_with_kind_and_level(tmp_path: Path) -> None:
    header = "onset\tduration\ttrial_type\tkind\tamplitude_ratio"
    path = write_truth(tmp_path, "n", "10.5 60 cramp short 4.5", "90 5 gap n/a n/a", header=header)
    cramp, gap = read_truth(path)
    assert (cramp.span.onset_s, cramp.span.end_s, cramp.label) == (10.5, 70.5, Label.CRAMP)
    assert (cramp.kind, cramp.amplitude_ratio) == ("short", 4.5)
    assert (gap.label, gap.kind, gap.amplitude_ratio) == (GapReason.NOT_RECORDED, None, None)


def test_a_simulated_truth_gives_its_level_as_peak_ratio_and_what_is_below_the_definition_as_minor(
    tmp_path: Path,
) -> None:
    header = "onset\tduration\ttrial_type\tpeak_ratio"
    (minor,) = read_truth(write_truth(tmp_path, "n", "10 8 minor 2.5", header=header))
    assert (minor.label, minor.amplitude_ratio) == (Unlabelled.MINOR, 2.5)


def test_a_truth_from_another_system_may_have_crlf_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "n_truth.tsv"
    path.write_bytes(b"\xef\xbb\xbfonset\tduration\ttrial_type\r\n1\t20\tcramp\r\n")
    assert [event.span.duration_s for event in read_truth(path)] == [20.0]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("10 60 spasm x", "line 2: trial_type 'spasm' is unknown.*cramp, leg_movement"),
        ("10 60 n/a x", "trial_type None is unknown"),
        ("ten 60 cramp x", "onset is 'ten'"),
        ("10 inf cramp x", "duration is 'inf'"),
        ("10 n/a cramp x", "must both be given"),
        ("10 -1 cramp x", "duration -1.0 s at onset 10.0 s is negative"),
        ("10 60 cramp", "3 cells, but the header has 4"),
    ],
)
def test_a_bad_row_is_refused_by_its_line_and_value(tmp_path: Path, row: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_truth(write_truth(tmp_path, "n", row))


def test_a_level_of_zero_is_refused(tmp_path: Path) -> None:
    header = "onset\tduration\ttrial_type\tamplitude_ratio"
    with pytest.raises(InputError, match=r"level of 0\.0"):
        read_truth(write_truth(tmp_path, "n", "10 60 cramp 0", header=header))


def test_a_table_without_a_required_column_is_refused_with_what_it_has(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column trial_type: it has onset, duration, eventType"):
        read_truth(write_truth(tmp_path, "n", header="onset\tduration\teventType"))


def test_an_empty_file_is_no_quiet_night(tmp_path: Path) -> None:
    (tmp_path / "n_truth.tsv").touch()
    with pytest.raises(InputError, match="is empty"):
        read_truth(tmp_path / "n_truth.tsv")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "n_truth.tsv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        read_truth(tmp_path / "n_truth.tsv")


def test_a_scored_night_is_read_as_it_was_written(tmp_path: Path, records: Scored) -> None:
    write_prediction(tmp_path, "n", records.cramp)
    of = read_prediction(tmp_path / "n_events.tsv")
    (cramp,) = [event for event in of.events if event.label is Label.CRAMP]
    assert cramp.span.onset_s == pytest.approx(CRAMP[0], abs=1.0)
    assert (of.monitored_s, of.missing, of.participant) == (300.0, None, "P01")
    assert of.made_by.profile_hash == records.cramp.provenance.profile_hash
    assert of.flags is None


def test_a_night_without_contact_has_no_count_and_its_lost_time(tmp_path: Path, records: Scored) -> None:
    write_prediction(tmp_path, "n", records.lead_off)
    of = read_prediction(tmp_path / "n_events.tsv")
    assert (of.missing, of.usable_s, of.events) == ("no_usable_time", 0.0, ())
    assert sum(span.duration_s for span in of.lost) == pytest.approx(240.0)


def test_a_pseudonym_that_is_the_name_of_the_file_gives_way_to_the_part_before_the_night(
    tmp_path: Path, records: Scored
) -> None:
    write_prediction(tmp_path, "wearer-007_night-03", records.quiet, participant="wearer-007_night-03")
    assert read_prediction(tmp_path / "wearer-007_night-03_events.tsv").participant == "wearer-007"


def test_a_table_without_its_night_record_is_refused(tmp_path: Path, records: Scored) -> None:
    write_prediction(tmp_path, "n", records.cramp)
    (tmp_path / "n_night.json").unlink()
    with pytest.raises(InputError, match=r"n_night\.json cannot be read"):
        read_prediction(tmp_path / "n_events.tsv")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"schema_version": 99}, "99"),
        ({"cramp_count": 7}, "has 1 cramps, n_night.json counts 7"),
        ({"gaps": None}, "lacks or garbles"),
        ({"gaps": [{"onset_s": 1, "duration_s": -5}]}, "negative"),
        ({"provenance": {}}, "lacks or garbles 'software'"),
    ],
)
def test_a_night_record_that_cannot_be_is_refused(
    tmp_path: Path, records: Scored, values: dict[str, Any], says: str
) -> None:
    write_prediction(tmp_path, "n", records.cramp)
    changed(tmp_path / "n_night.json", **values)
    with pytest.raises(InputError, match=says):
        read_prediction(tmp_path / "n_events.tsv")


def test_a_night_record_that_is_no_object_is_refused(tmp_path: Path, records: Scored) -> None:
    write_prediction(tmp_path, "n", records.cramp)
    (tmp_path / "n_night.json").write_text("[]", "utf-8")
    with pytest.raises(InputError, match="no night record"):
        read_prediction(tmp_path / "n_events.tsv")


def test_flags_are_read_from_the_replay_beside_the_prediction(tmp_path: Path, records: Scored) -> None:
    write_prediction(tmp_path, "n", records.cramp)
    write_replay(tmp_path, "n", records.cramp, Flag(120.2, 130.7))
    flags = read_prediction(tmp_path / "n_events.tsv").flags
    assert flags is not None
    assert [(flag.onset_s, flag.raised_s) for flag in flags] == [(120.2, 130.7)]


def test_a_replay_of_another_profile_is_refused(tmp_path: Path, records: Scored) -> None:
    write_prediction(tmp_path, "n", records.cramp)
    other = replace(records.cramp, provenance=replace(records.cramp.provenance, profile_hash="beef"))
    write_replay(tmp_path, "n", other)
    with pytest.raises(InputError, match="beef"):
        read_prediction(tmp_path / "n_events.tsv")


@pytest.mark.parametrize(
    ("text", "says"), [("", "stops before the end"), ("{\n", "is not what"), ("{}\n", "is not what")]
)
def test_a_broken_replay_is_refused(tmp_path: Path, records: Scored, text: str, says: str) -> None:
    write_prediction(tmp_path, "n", records.cramp)
    (tmp_path / "n_replay.jsonl").write_text(text, "utf-8")
    with pytest.raises(InputError, match=says):
        read_prediction(tmp_path / "n_events.tsv")


def test_nights_are_paired_by_name_and_keep_their_subfolders(tmp_path: Path, records: Scored) -> None:
    for site in ("north", "south"):
        write_truth(tmp_path / "t" / site, "n")
        write_prediction(tmp_path / "p" / site, "n", records.quiet)
    material = material_of(tmp_path / "t", tmp_path / "p", allow_unpaired=False)
    assert [night.name for night in material.nights] == ["north/n", "south/n"]


def test_one_folder_may_hold_truth_and_predictions(tmp_path: Path, records: Scored) -> None:
    write_truth(tmp_path, "n", "120 60 cramp x")
    write_prediction(tmp_path, "n", records.cramp)
    (night,) = material_of(tmp_path, tmp_path, allow_unpaired=False).nights
    assert [event.kind for event in night.truth] == ["x"]


def test_a_night_with_one_side_only_is_refused_by_its_name(cohort: Cohort, records: Scored) -> None:
    write_truth(cohort.truth, "P9_night-1")
    write_prediction(cohort.predicted, "P8_night-1", records.quiet)
    with pytest.raises(InputError, match=r"P9_night-1.*P8_night-1.*--allow-unpaired"):
        material_of(cohort.truth, cohort.predicted, allow_unpaired=False)
    material = material_of(cohort.truth, cohort.predicted, allow_unpaired=True)
    assert (material.only_in_truth, material.only_in_predicted) == (("P9_night-1",), ("P8_night-1",))
    assert len(material.nights) == 5


@pytest.mark.parametrize("field", ["software", "profile_hash", "model"])
def test_predictions_of_different_making_are_not_mixed(cohort: Cohort, field: str) -> None:
    path = cohort.predicted / "P2_night-1_night.json"
    provenance = json.loads(path.read_text("utf-8"))["provenance"]
    changed(path, provenance=provenance | {field: "other-9"})
    with pytest.raises(InputError, match=r"mixture.*other-9"):
        material_of(cohort.truth, cohort.predicted, allow_unpaired=False)


def test_a_truth_of_overlapping_cramps_is_refused_with_the_name_of_its_night(
    tmp_path: Path, records: Scored
) -> None:
    write_truth(tmp_path, "n", "100 60 cramp a", "150 60 cramp b")
    write_prediction(tmp_path, "n", records.cramp)
    with pytest.raises(InputError, match=r"n: the true cramps at 100\.0 s and 150\.0 s overlap"):
        material_of(tmp_path, tmp_path, allow_unpaired=False)


def test_paths_that_hold_nothing_are_refused(tmp_path: Path, cohort: Cohort) -> None:
    with pytest.raises(InputError, match="no file or folder"):
        material_of(tmp_path / "nowhere", cohort.predicted, allow_unpaired=False)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no table"):
        material_of(tmp_path / "empty", cohort.predicted, allow_unpaired=False)
    with pytest.raises(InputError, match="rename it"):
        material_of(cohort.predicted / "P1_night-1_night.json", cohort.predicted, allow_unpaired=False)
    with pytest.raises(InputError, match="no night is in both"):
        material_of(write_truth(tmp_path / "z", "Z"), cohort.predicted, allow_unpaired=True)
