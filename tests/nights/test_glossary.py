"""The glossary defines every word that can stand in a result."""

import json
from dataclasses import replace
from pathlib import Path

from detection import Began, Ended
from models import Features, Label
from nights import Missing, NightRecord, write_events, write_night
from nights.log.schema import Base
from signals import Gap, GapReason
from tests.glossary import keys, undefined


def test_every_column_of_the_table_is_defined(quiet_night: NightRecord, tmp_path: Path) -> None:
    write_events(quiet_night, tmp_path / "events.tsv")
    columns = set((tmp_path / "events.tsv").read_text("utf-8").split())
    assert "peak_uv" in columns
    assert undefined(columns) == set()


def test_every_key_of_the_night_record_is_defined(cramp_night: NightRecord, tmp_path: Path) -> None:
    lost = replace(cramp_night, gaps=(Gap("emg", 0, 1, GapReason.LINK_LOST),))
    write_night(lost, tmp_path / "night.json")
    found = keys(json.loads((tmp_path / "night.json").read_text("utf-8")))
    assert {"plm_index", "reason", "lead_off", "modulation_hz", "limit"} <= found
    assert undefined(found) == set()


def test_every_table_and_column_of_the_log_is_defined() -> None:
    tables = Base.metadata.tables
    assert undefined(set(tables)) == set()
    assert undefined({column.name for table in tables.values() for column in table.columns}) == set()


def test_every_feature_and_every_value_that_is_a_word_is_defined() -> None:
    assert undefined(set(Features.__slots__)) == set()
    for words in (Label, GapReason, Missing, Began, Ended):
        assert undefined({word.value for word in words}) == set()
