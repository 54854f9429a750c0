"""Parquet as two readers see it: types, nulls, units; a zero and a missing night never alike."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.trial.exports.made import FIRST, made_data
from trial.exports.columns import COLUMNS, MADE_BY, TABLES
from trial.exports.parquet import write_parquet

DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = write_parquet(made_data(), tmp_path)
    assert sorted(path.stem for path in files) == sorted(TABLES)
    return tmp_path


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    return cast("Any", pq.read_table(folder / f"{name}.parquet")).to_pylist()


def schema_of(folder: Path, name: str) -> Any:
    return cast("Any", pq.read_schema(folder / f"{name}.parquet"))


def test_a_zero_is_a_zero_and_a_missing_night_is_null(folder: Path) -> None:
    nights = {
        (row["participant"], row["night"]): (row["state"], row["cramps"], row["muscles"], row["awakenings"])
        for row in rows(folder, "nights")
    }
    assert nights == {
        ("A-001", FIRST): ("valid", 3, 3, 2),  # the two at 1 h are two muscles and one awakening
        ("A-001", FIRST + DAY): ("valid", 1, 1, 1),
        ("A-001", FIRST + 2 * DAY): ("valid", 0, 0, 0),
        ("A-001", FIRST + 3 * DAY): ("missing", None, None, None),
        ("B-002", FIRST): ("short", 0, 0, 0),
        ("B-002", FIRST + DAY): ("missing", None, None, None),
        ("B-002", FIRST + 2 * DAY): ("missing", None, None, None),
        ("B-002", FIRST + 3 * DAY): ("missing", None, None, None),
    }


def test_every_leg_says_how_long_it_was_seen_and_why_not(folder: Path) -> None:
    legs = {
        (row["participant"], row["leg"], row["night"].day): (
            row["state"], row["reason"], row["leg_cramps"], row["usable_h"], row["monitored_h"], row["results"],
        )
        for row in rows(folder, "leg_nights")
    }  # fmt: skip
    assert len(legs) == 12
    assert legs["A-001", "L", 27] == ("valid", None, 2, 8.0, 8.0, [1])
    assert legs["A-001", "R", 28] == ("missing", "not_received", None, 0.0, 0.0, [])
    assert legs["A-001", "L", 30] == ("missing", "lead_off", None, 0.0, 8.0, [6])
    assert legs["B-002", "L", 27] == ("short", "short_recording", 0, 2.0, 2.0, [7])


def test_the_night_of_23_hours_has_two_distances_from_utc(folder: Path) -> None:
    night = next(r for r in rows(folder, "leg_nights") if (r["leg"], r["night"].day) == ("L", 28))
    assert (night["started_at"], night["utc_offset_min"]) == (datetime(2026, 3, 28, 21, tzinfo=UTC), 60)
    assert night["ended_at"] == datetime(2026, 3, 29, 5, tzinfo=UTC)
    cramp = next(row for row in rows(folder, "cramps") if row["night"].day == 28)
    assert (cramp["onset_at"], cramp["utc_offset_min"]) == (datetime(2026, 3, 29, 2, tzinfo=UTC), 120)


def test_weeks_participants_and_the_diary(folder: Path) -> None:
    weeks = {(r["participant"], r["period"]): (r["cramps"], r["missing"]) for r in rows(folder, "weeks")}
    assert weeks == {
        ("A-001", "run-in"): (4, ""),
        ("A-001", "treatment"): (0, "lead_off=1"),
        ("B-002", "run-in"): (0, "not_received=1"),
        ("B-002", "treatment"): (None, "not_received=2"),
    }
    people = [(r["participant"], r["nights_seen"], r["nights_valid"]) for r in rows(folder, "participants")]
    assert people == [("A-001", 3, 3), ("B-002", 1, 0)]
    diary = [(row["night"], row["felt"], row["times_local"], row["severity"]) for row in rows(folder, "diary")]
    assert diary == [(FIRST, 2, ["23:10", "01:05"], 7.0), (date(2026, 3, 29), 0, [], None)]


def test_every_column_has_its_type_its_unit_and_its_meaning(folder: Path) -> None:
    schema = schema_of(folder, "leg_nights")
    assert schema.field("night").type == pa.date32()
    assert schema.field("started_at").type == pa.timestamp("us", tz="UTC")
    assert schema.field("leg_cramps").type == pa.int32()
    assert pa.types.is_dictionary(schema.field("reason").type)
    for name, columns in TABLES.items():
        table = schema_of(folder, name)
        assert table.names == [column for column in columns if column != "arm"]
        for field in table:
            about = field.metadata
            assert about[b"description"].decode() == COLUMNS[field.name].meaning
            assert about.get(b"unit", b"").decode() == (COLUMNS[field.name].unit or "")
        assert table.metadata[b"study"] == b"TEST"
        assert b"No public recording of a nocturnal cramp" in table.metadata[b"notice"]


def test_every_row_of_results_says_what_made_it(folder: Path) -> None:
    for name in set(TABLES) - {"diary"}:
        for row in rows(folder, name):
            made = [row[column] for column in MADE_BY]
            assert made[:4] == [1, "calf-1", "0" * 16, "crampwatch 0.1.0"]
            seen = row.get("started_at") or row.get("onset_at") or row.get("nights_seen") or row.get("seen_h")
            assert made[4:] == (["rules-1", "0" * 16] if seen or row.get("reason") == "lead_off" else [None, None])


def test_duckdb_counts_the_same(folder: Path) -> None:
    files = {name: str(folder / f"{name}.parquet") for name in TABLES}
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT count(*), count(cramps), sum(cramps), count(*) FILTER (cramps = 0) FROM read_parquet(?)",
            [files["nights"]],
        ).fetchone()
        assert found == (8, 4, 4, 2)
        types = connection.execute(
            "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(?))", [files["leg_nights"]]
        ).fetchall()
    assert {("night", "DATE"), ("started_at", "TIMESTAMP WITH TIME ZONE"), ("leg_cramps", "INTEGER")} <= set(types)


def test_the_arm_is_there_only_where_the_study_has_been_unblinded(tmp_path: Path) -> None:
    write_parquet(made_data(unblinded=True), tmp_path)
    assert {(row["participant"], row["arm"]) for row in rows(tmp_path, "participants")} == {
        ("A-001", "verum"),
        ("B-002", "placebo"),
    }


def test_the_same_study_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_parquet(made_data(), tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
