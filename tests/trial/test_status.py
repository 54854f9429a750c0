"""How a running study stands; every expectation was worked out by hand."""

import csv
import json
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from nights.log.database import open_database
from nights.log.schema import Night
from tests.trial.logs import VERSION, night, version_with
from tests.trial.studies import ZURICH, person, seen, study_of
from trial.errors import TrialError
from trial.nightly import Result, leg_nights
from trial.status import (
    Attention,
    LegStatus,
    SiteStatus,
    Told,
    Week,
    last_nights,
    sites_of,
    status_document,
    status_of,
    told_by_results,
    write_status,
)

FIRST = date(2026, 3, 2)
QUIET = Told(
    monitored_s=28_800.0,
    not_worn_s=0.0,
    lead_off_s=0.0,
    battery_start_share=None,
    battery_end_share=None,
    battery_start_v=None,
    battery_end_v=None,
)


def recorded(hours: Sequence[float | None], name: str = "A-001") -> list[Result]:
    """Return a recording of so many hours for every night from the first on; None is none."""
    return [
        seen(datetime(2026, 3, 2, 22, tzinfo=ZURICH) + timedelta(days=day), h, participant=name, number=day + 1)
        for day, h in enumerate(hours)
        if h is not None
    ]


def status(hours: Sequence[float | None], told: dict[int, Told] | None = None) -> LegStatus:
    """Return how a leg stands on the morning after so many nights."""
    study = study_of(person())
    results = recorded(hours)
    last = {"A-001": FIRST + timedelta(days=len(hours) - 1)}
    known = {result.id: QUIET for result in results} | (told or {})
    (found,) = status_of(study, leg_nights(study, results), last, known)
    return found


def drained(start: float | None, end: float | None, hours: float = 8.0, **more: Any) -> Told:
    return replace(QUIET, monitored_s=hours * 3600, battery_start_share=start, battery_end_share=end, **more)


@pytest.mark.parametrize(
    ("zone", "utc", "night"),
    [
        ("Asia/Shanghai", "2026-03-10T03:59:59", date(2026, 3, 8)),  # 11:59 on the 10th: the night goes on
        ("Asia/Shanghai", "2026-03-10T04:00:00", date(2026, 3, 9)),  # noon
        ("Asia/Shanghai", "2026-03-10T17:00:00", date(2026, 3, 9)),  # 01:00 on the 11th: in bed
        ("Asia/Shanghai", "2026-03-11T03:00:00", date(2026, 3, 9)),
        ("Europe/Zurich", "2026-03-28T11:00:00", date(2026, 3, 27)),  # noon, winter time
        ("Europe/Zurich", "2026-03-29T09:59:59", date(2026, 3, 27)),  # 11:59, summer time since this night
        ("Europe/Zurich", "2026-03-29T10:00:00", date(2026, 3, 28)),
        ("Pacific/Auckland", "2026-03-09T23:00:00", date(2026, 3, 9)),  # noon on the 10th, UTC+13
        ("America/Los_Angeles", "2026-03-10T18:59:59", date(2026, 3, 8)),  # 11:59 on the 10th
        ("America/Los_Angeles", "2026-03-10T19:00:00", date(2026, 3, 9)),
    ],
)
def test_the_last_night_is_the_one_that_is_over_where_somebody_lives(zone: str, utc: str, night: date) -> None:
    study = study_of(person(zone=zone))
    assert last_nights(study, datetime.fromisoformat(utc).replace(tzinfo=UTC)) == {"A-001": night}


def test_participants_of_one_study_have_last_nights_of_their_own() -> None:
    study = study_of(person("A-001", zone="Asia/Shanghai"), person("A-002", zone="America/Los_Angeles"))
    last = last_nights(study, datetime(2026, 3, 10, 12, tzinfo=UTC))  # 20:00 and 05:00
    assert last == {"A-001": date(2026, 3, 9), "A-002": date(2026, 3, 8)}
    found = status_of(study, leg_nights(study, []), last, {})
    assert [(leg.participant, leg.expected) for leg in found] == [("A-001", 8), ("A-002", 7)]


def test_nights_are_counted_by_what_became_of_them() -> None:
    found = status([8, None, 2, 8, None, None])
    assert (found.expected, found.received, found.valid, found.short, found.missing) == (6, 3, 2, 1, 3)
    assert found.why == (("not_received", 3), ("short_recording", 1))
    assert (found.last_seen, found.silent_nights) == (date(2026, 3, 5), 2)
    assert found.attention == (Attention.SILENT,)
    assert found.last_week.usable_h == 18 / 6


def test_a_night_that_came_but_showed_nothing_is_no_silent_one() -> None:
    study = study_of(person())
    unseen = seen(datetime(2026, 3, 2, 22, tzinfo=ZURICH), 8, lost_h=((0, 8, "not_worn"),))
    worn = replace(QUIET, not_worn_s=28_800.0)
    (found,) = status_of(study, leg_nights(study, [unseen]), {"A-001": FIRST}, {1: worn})
    assert (found.received, found.missing, found.silent_nights, found.last_seen) == (1, 1, 0, None)
    assert found.why == (("not_worn", 1),)
    assert found.last_week.not_worn_share == 1.0


def test_who_has_no_night_yet_is_not_listed_and_who_is_through_needs_no_call() -> None:
    study = study_of(person())
    nights = list(leg_nights(study, []))
    assert status_of(study, nights, {"A-001": FIRST - timedelta(days=1)}, {}) == []
    (on_the_last_morning,) = status_of(study, nights, {"A-001": FIRST + timedelta(days=20)}, {})
    assert (on_the_last_morning.over, on_the_last_morning.attention) == (False, (Attention.GONE,))
    (after,) = status_of(study, nights, {"A-001": FIRST + timedelta(days=21)}, {})
    assert (after.over, after.attention, after.expected) == (True, (), 21)


@pytest.mark.parametrize(
    ("silent", "attention"), [(0, set[str]()), (1, {"silent"}), (14, {"silent", "few_valid"}), (15, {"gone"})]
)
def test_two_weeks_of_silence_are_another_matter_than_a_night(silent: int, attention: set[str]) -> None:
    found = status([8.0] * 6 + [None] * silent)
    assert set(found.attention) - {"wear_falling"} == attention


@pytest.mark.parametrize(("hours", "falls"), [(7.1, False), (7.0, True), (6.9, True)])
def test_an_hour_less_a_night_is_a_fall(hours: float, falls: bool) -> None:  # noqa: FBT001 - a table
    found = status([8.0] * 7 + [hours] * 7)
    assert found.week_before is not None
    assert (found.week_before.usable_h, found.last_week.usable_h) == (8.0, pytest.approx(hours))
    assert (found.attention == (Attention.WEAR_FALLING,)) is falls


def test_a_fall_against_less_than_a_week_is_none() -> None:
    assert status([8.0] * 6 + [6.0] * 7).attention == ()


@pytest.mark.parametrize(("valid", "few"), [(3, True), (4, False)])
def test_a_week_needs_four_valid_nights(valid: int, few: bool) -> None:  # noqa: FBT001 - a table
    found = status([3.9] * (7 - valid) + [4.0] * valid)
    assert (found.attention == (Attention.FEW_VALID,)) is few
    assert found.week_before is None


def test_what_wear_cost_is_a_share_of_what_was_monitored() -> None:
    told = {1: replace(QUIET, not_worn_s=7_200.0), 2: replace(QUIET, monitored_s=7_200.0, lead_off_s=3_600.0)}
    week = status([8, 2], told).last_week
    assert week.not_worn_share == 7_200 / 36_000
    assert week.lead_off_share == 3_600 / 36_000
    nothing = status([None]).last_week
    assert (nothing.not_worn_share, nothing.lead_off_share, nothing.usable_h) == (None, None, 0.0)


@pytest.mark.parametrize(("share", "low"), [(0.16, False), (0.15, True), (0.0, True)])
def test_a_battery_is_low_by_its_last_known_morning(share: float, low: bool) -> None:  # noqa: FBT001 - a table
    found = status([8, 8, 8], {1: drained(0.9, 0.5), 2: drained(0.5, share)})
    assert found.battery_share == share
    assert (found.attention == (Attention.BATTERY_LOW,)) is low


def test_the_drain_is_that_of_8_hours_and_a_charge_tells_nothing() -> None:
    told = {1: drained(0.9, 0.7, 4.0), 2: drained(0.7, 0.6, 4.0), 3: drained(0.2, 0.9), 4: drained(None, 0.8)}
    week = status([4, 4, 8, 8], told).last_week
    assert week.drain_share == pytest.approx(0.3)  # 0.2 and 0.1 in 8 h together
    assert week.drain_v is None
    volts = {1: drained(None, None, battery_start_v=4.1, battery_end_v=3.9)}
    assert status([8], volts).last_week.drain_v == pytest.approx(0.2)
    assert status([8], volts).battery_v == 3.9


@pytest.mark.parametrize(("later", "ageing"), [(0.34, False), (0.36, True)])
def test_a_battery_that_loses_a_tenth_more_a_night_is_ageing(later: float, ageing: bool) -> None:  # noqa: FBT001
    told = {day: drained(1.0, 0.75 if day <= 7 else 1.0 - later) for day in range(1, 15)}
    assert (status([8.0] * 14, told).attention == (Attention.BATTERY_AGEING,)) is ageing


def test_whom_to_call_first_stands_first() -> None:
    names = ("A-001", "A-002", "A-003", "A-004", "A-005")
    study = study_of(*(person(name) for name in names))
    hours: list[list[float | None]] = [
        [8.0] * 16,
        [8.0] * 15 + [None],
        [None] * 16,
        [8.0] * 16,
        [8.0] * 13 + [None] * 3,
    ]
    results = [one for name, of in zip(names, hours, strict=True) for one in recorded(of, name)]
    numbered = [replace(result, id=number) for number, result in enumerate(results)]
    told = {one.id: drained(0.9, 0.1) if one.participant == "A-004" else QUIET for one in numbered}
    last: dict[str, date] = dict.fromkeys(names, FIRST + timedelta(days=15))
    found = status_of(study, leg_nights(study, numbered), last, told)
    assert [(leg.participant, leg.attention[:1]) for leg in found] == [
        ("A-005", (Attention.SILENT,)),
        ("A-002", (Attention.SILENT,)),
        ("A-004", (Attention.BATTERY_LOW,)),
        ("A-003", (Attention.GONE,)),
        ("A-001", ()),
    ]


def test_a_site_is_the_sum_of_its_legs_and_one_without_anybody_is_there() -> None:
    study = study_of(person("A-001"), person("A-002", legs=("L", "R")))
    results = recorded([8, 2], "A-001")
    last: dict[str, date] = dict.fromkeys(("A-001", "A-002"), FIRST + timedelta(days=1))
    legs = status_of(study, leg_nights(study, results), last, {1: QUIET, 2: QUIET})
    a, b = sites_of(study, legs)
    assert (a.participants, a.legs, a.under_way, a.expected, a.received) == (2, 3, 3, 6, 2)
    assert (a.valid, a.short, a.missing) == (1, 1, 4)
    assert a.why == (("not_received", 4), ("short_recording", 1))
    assert a.attention == (("silent", 2),)
    assert a.usable_h_last_week == pytest.approx((5 + 0 + 0) / 3)
    assert (b.site, b.legs, b.expected, b.why, b.usable_h_last_week) == ("B", 0, 0, (), None)


def test_wear_and_battery_come_from_the_log(log_url: str) -> None:
    study = study_of(person())
    engine = open_database(log_url)
    with engine.begin() as connection:
        first = night(connection, FIRST, [2.0])
        version_with(connection, study, [first])
        night(connection, FIRST, participant="A-999")  # of another study
        values = {"lost_s": {"not_worn": 60.0, "lead_off": 30.0}, "battery_start_share": 0.9}
        connection.execute(update(Night).where(Night.id == first[1]).values(values))
        told = told_by_results(connection, study.name, 1)
    engine.dispose()
    assert told == {
        first[1]: Told(
            monitored_s=28_800.0,
            not_worn_s=60.0,
            lead_off_s=30.0,
            battery_start_share=0.9,
            battery_end_share=None,
            battery_start_v=None,
            battery_end_v=None,
        )
    }


def test_the_table_and_the_document_say_the_same_and_what_is_not_known_is_empty(tmp_path: Path) -> None:
    leg = status([8, None], {1: drained(0.9, 0.1, not_worn_s=2_880.0)})
    write_status(tmp_path / "status.csv", VERSION, [leg])
    with (tmp_path / "status.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["attention"] == "silent;battery_low"
    assert (row["why"], row["last_seen"], row["over"]) == ("not_received=1", "2026-03-02", "false")
    assert (row["usable_h_last_week"], row["usable_h_week_before"]) == ("4.0", "")
    assert (row["not_worn_share_last_week"], row["battery_share"], row["battery_v"]) == ("0.1", "0.1", "")
    assert (row["version"], row["profile"], row["profile_hash"]) == ("1", "calf-1", "0" * 16)
    with pytest.raises(TrialError, match="exists already"):
        write_status(tmp_path / "status.csv", VERSION, [leg])
    study = study_of(person())
    document = json.loads(json.dumps(status_document("TEST", VERSION, sites_of(study, [leg]), [leg]), default=str))
    assert document["software"] == "crampwatch 0.1.0"
    (said,) = document["legs"]
    assert (said["attention"], said["week_before"], said["why"]) == (
        ["silent", "battery_low"],
        None,
        {"not_received": 1},
    )
    assert said["last_week"]["usable_h"] == 4.0
    assert document["sites"][0]["attention"] == {"silent": 1, "battery_low": 1}


def test_every_column_and_every_reason_to_call_is_defined() -> None:
    text = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text("utf-8")
    words = {field.name for of in (LegStatus, SiteStatus, Week) for field in fields(of)} | set(Attention)
    assert [word for word in sorted(words) if f"`{word}`" not in text] == []
