"""The result files of a night: what they say, and that a quiet night and a missing one never look alike."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models import Features, Label
from nights import NightRecord, night_summary, write_events, write_night
from signals import Gap, GapReason
from tests.nights.made_nights import contract, recording, rest, scored

HEADER = (
    *("onset", "duration", "trial_type", "probability", "probability_cramp"),
    *("began", "ended", "peak_uv", "median_uv", "floor_uv", "peak_ratio", "duty", "modulation_depth"),
    *("frequency_hz", "coactivation", "still_s", "turn_deg", "gait_share", "gap_s", "artefact_share"),
    *("saturated_share", "n_bouts", "candidate", "periodic", "reasons"),
    *("software", "profile", "profile_hash", "model", "config_hash"),
)
NAN = float("nan")


def events(record: NightRecord, folder: Path) -> str:
    path = folder / "night_events.tsv"
    write_events(record, path)
    return path.read_text("utf-8")


def rows(record: NightRecord, folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(events(record, folder).splitlines(), delimiter="\t"))


def document(record: NightRecord, folder: Path) -> dict[str, Any]:
    path = folder / "night_night.json"
    write_night(record, path)

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(path.read_text("utf-8"), parse_constant=refuse)


def test_a_quiet_night_has_a_table_of_its_header_alone(quiet_night: NightRecord, tmp_path: Path) -> None:
    assert events(quiet_night, tmp_path) == "\t".join(HEADER) + "\n"


def test_a_quiet_night_counts_zero_cramps(quiet_night: NightRecord, tmp_path: Path) -> None:
    night = document(quiet_night, tmp_path)
    assert night["cramp_count"] == 0
    assert night["missing"] is None
    assert (night["monitored_s"], night["usable_s"]) == (240.0, 240.0)


def test_the_table_of_a_night_without_contact_begins_with_the_reason(
    lead_off_night: NightRecord, tmp_path: Path
) -> None:
    (row,) = rows(lead_off_night, tmp_path)
    assert (row["onset"], row["duration"], row["trial_type"]) == ("0.000", "240.000", "no_usable_time")
    assert row["probability"] == "n/a"


def test_a_night_without_contact_has_a_reason_and_no_count(lead_off_night: NightRecord, tmp_path: Path) -> None:
    night = document(lead_off_night, tmp_path)
    assert night["cramp_count"] is None
    assert night["missing"] == "no_usable_time"
    assert (night["usable_s"], night["lost_s"]["lead_off"]) == (0.0, 240.0)
    assert night["leg_movements"]["plm_index"] is None
    assert night["gaps"] == [{"onset_s": 0.0, "duration_s": 240.0, "reason": "lead_off"}]


def test_the_table_shows_the_planted_contractions(cramp_night: NightRecord, tmp_path: Path) -> None:
    cramp, twitch = rows(cramp_night, tmp_path)
    assert (cramp["trial_type"], cramp["reasons"], cramp["candidate"]) == ("cramp", "all criteria met", "false")
    assert float(cramp["onset"]) == pytest.approx(120, abs=0.5)
    assert float(cramp["duration"]) == pytest.approx(60, abs=0.5)
    assert (twitch["trial_type"], twitch["candidate"], twitch["periodic"]) == ("leg_movement", "true", "false")
    assert float(twitch["onset"]) == pytest.approx(220.5, abs=0.5)
    assert "not met: lasts at least as long as the definition asks" in twitch["reasons"]
    assert "is sustained" not in twitch["reasons"]


def test_the_probability_is_that_of_the_label(cramp_night: NightRecord, tmp_path: Path) -> None:
    cramp, twitch = rows(cramp_night, tmp_path)
    assert cramp["probability"] == cramp["probability_cramp"]
    assert float(cramp["probability"]) > 0.5
    assert float(twitch["probability_cramp"]) < 0.5 < float(twitch["probability"])


def test_every_row_says_what_it_was_made_by(cramp_night: NightRecord, tmp_path: Path) -> None:
    for row in rows(cramp_night, tmp_path):
        assert row["software"].startswith("crampwatch ")
        assert row["profile"] == "test-1"
        assert len(row["profile_hash"]) == len(row["config_hash"]) == 16
        assert row["model"].startswith("rules-1:")


def test_times_and_levels_have_three_decimals_and_what_is_undefined_reads_na(
    cramp_night: NightRecord, tmp_path: Path
) -> None:
    cramp = rows(cramp_night, tmp_path)[0]
    assert all(len(cramp[column].partition(".")[2]) == 3 for column in ("onset", "duration", "peak_uv", "turn_deg"))
    assert cramp["coactivation"] == "n/a"  # there is no second muscle


def test_zero_has_no_sign(cramp_night: NightRecord, tmp_path: Path) -> None:
    first = cramp_night.episodes[0]
    rounded = replace(first, features=replace(first.features, gap_s=-1e-15))
    assert rows(replace(cramp_night, episodes=(rounded,)), tmp_path)[0]["gap_s"] == "0.000"


def test_a_tab_in_a_name_is_refused_by_name(cramp_night: NightRecord, tmp_path: Path) -> None:
    made_by = replace(cramp_night.provenance, profile="my\tprofile")
    with pytest.raises(ValueError, match=r"profile is 'my\\tprofile'.*rename"):
        events(replace(cramp_night, provenance=made_by), tmp_path)


def test_four_movements_at_even_intervals_are_periodic(tmp_path: Path) -> None:
    emg_uv = rest(5)
    for onset_s in (100.0, 120.0, 140.0, 160.0):
        emg_uv = contract(emg_uv, onset_s, 2.0)
    record = scored(emg_uv)
    assert [row["periodic"] for row in rows(record, tmp_path)] == ["true"] * 4
    leg_movements = document(record, tmp_path)["leg_movements"]
    # four in the five minutes of the night are 48 an hour
    assert leg_movements == {"n_candidates": 4, "n_periodic": 4, "n_series": 1, "plm_index": pytest.approx(48)}


def test_the_record_says_whose_night_it_is_and_what_the_software_is_not(
    cramp_night: NightRecord, tmp_path: Path
) -> None:
    night = document(cramp_night, tmp_path)
    assert (night["schema"], night["schema_version"]) == ("crampwatch-night", 1)
    assert night["notice"] == (
        "Research software, not a medical device. No public recording of a nocturnal cramp exists; "
        "no scoring profile is validated on one."
    )
    assert night["recording"] == {
        "participant": "P01",
        "leg": "L",
        "muscle": "GM",
        "channel": "EMG L-GM",
        "night": "2026-03-28",
        "start": "2026-03-28T22:30:00+01:00",
        "zone": "Europe/Berlin",
        "file": "night.edf",
        "sha256": "a" * 64,
        "fs_hz": 1000.0,
        "has_acceleration": True,
        "remarks": ["starts late"],
        "battery": None,
    }
    assert night["cramp_count"] == 1
    assert night["cramp_durations_s"] == [pytest.approx(60, abs=0.5)]
    assert night["valid"] is False  # five minutes


def test_every_episode_of_the_record_has_its_features_and_criteria(
    cramp_night: NightRecord, tmp_path: Path
) -> None:
    cramp, twitch = document(cramp_night, tmp_path)["episodes"]
    assert (cramp["label"], cramp["began"], cramp["ended"]) == ("cramp", "rose", "fell")
    assert set(cramp["probability"]) == {"cramp", "leg_movement", "rhythmic", "voluntary", "gait", "artefact"}
    assert sum(twitch["probability"].values()) == pytest.approx(1)
    assert cramp["features"]["coactivation"] is None
    assert all(criterion["met"] for criterion in cramp["criteria"])
    lasting = twitch["criteria"][0]
    assert (lasting["feature"], lasting["limit"], lasting["met"]) == ("observed_s", 15.0, False)
    assert lasting["value"] == pytest.approx(2, abs=0.5)


def test_what_is_undefined_in_every_feature_is_still_strict_json(cramp_night: NightRecord, tmp_path: Path) -> None:
    first = cramp_night.episodes[0]
    unknown = {name: NAN for name in Features.__slots__ if name != "n_bouts"}
    nothing = replace(first, features=replace(first.features, **unknown), probability=dict.fromkeys(Label, NAN))
    night = document(replace(cramp_night, episodes=(nothing,)), tmp_path)
    assert set(night["episodes"][0]["probability"].values()) == {None}
    assert night["episodes"][0]["features"]["floor_uv"] is None


def test_gaps_are_given_in_seconds_with_their_cause(quiet_night: NightRecord, tmp_path: Path) -> None:
    lost = replace(quiet_night, gaps=(Gap("emg", 1500, 4000, GapReason.LINK_LOST),))
    assert document(lost, tmp_path)["gaps"] == [{"onset_s": 1.5, "duration_s": 2.5, "reason": "link_lost"}]


def test_a_recording_that_hides_its_date_has_none(quiet_night: NightRecord, tmp_path: Path) -> None:
    hidden = document(replace(quiet_night, recording=recording(start=None)), tmp_path)["recording"]
    assert (hidden["night"], hidden["start"], hidden["zone"]) == (None, None, None)


def test_the_summary_is_the_record_without_its_episodes(cramp_night: NightRecord, tmp_path: Path) -> None:
    night = document(cramp_night, tmp_path)
    del night["episodes"]
    assert json.loads(json.dumps(night_summary(cramp_night), allow_nan=False)) == night


def test_the_same_night_scored_twice_gives_the_same_bytes(cramp_night: NightRecord, tmp_path: Path) -> None:
    again = scored(contract(contract(rest(5), 120.0, 60.0), 220.5, 2.0))
    for write in (write_events, write_night):
        write(cramp_night, tmp_path / "first")
        write(again, tmp_path / "second")
        assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_a_file_is_replaced_whole_and_nothing_else_is_left(cramp_night: NightRecord, tmp_path: Path) -> None:
    path = tmp_path / "night_events.tsv"
    path.write_text("old and much longer than it should be\n" * 1000)
    write_events(cramp_night, path)
    assert len(path.read_text("utf-8").splitlines()) == 3
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_the_old_file_and_no_part(cramp_night: NightRecord, tmp_path: Path) -> None:
    in_the_way = tmp_path / "night_events.tsv"
    in_the_way.mkdir()
    with pytest.raises(IsADirectoryError):
        write_events(cramp_night, in_the_way)
    assert list(tmp_path.iterdir()) == [in_the_way]
