"""The battery in the log: null where nothing is known, and covered by the audit trail where something is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, update

from nights import Battery, NightRecord
from nights.log import NightLog
from nights.log.audit import digest, entries, verify
from nights.log.database import open_database
from nights.log.schema import ADDED_TO_NIGHT, Night
from tests.nights.made_nights import recording

AT = datetime(2026, 3, 29, 7, 0, tzinfo=UTC)
WORN = Battery(start_share=0.91, end_share=0.73, start_v=None, end_v=None)


@pytest.fixture
def engine(log_url: str, cramp_night: NightRecord) -> Iterator[Engine]:
    """Return a log with a night of unknown battery, and with one of a known one."""
    with NightLog(log_url) as log:
        log.add(replace(cramp_night, recording=recording(sha256="0" * 64)), AT)
        log.add(replace(cramp_night, recording=replace(recording(sha256="1" * 64), battery=WORN)), AT)
    engine = open_database(log_url)
    yield engine
    engine.dispose()


def findings(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return [str(finding) for finding in verify(connection)]


def test_a_night_without_a_battery_has_the_digest_that_it_always_had(engine: Engine) -> None:
    with engine.connect() as connection:
        first, _ = entries(connection)
    with NightLog(engine.url.render_as_string(hide_password=False)) as log:
        night, episodes, gaps = log.night(1)
    columns = [column.name for column in Night.__table__.columns if column.name not in ADDED_TO_NIGHT]
    assert len(columns) == 27  # those of the first log
    whole = {
        "night": {name: getattr(night, name) for name in columns},
        "episodes": [{name: getattr(row, name) for name in row.__slots__} for row in episodes],
        "gaps": [{name: getattr(row, name) for name in row.__slots__} for row in gaps],
    }
    assert first.after is not None
    assert first.after["digest"] == digest(whole)


@pytest.mark.parametrize(
    ("night", "values"),
    [
        (1, {"battery_start_share": 0.5}),
        (1, {"battery_end_v": 0.0}),
        (2, {"battery_end_share": 0.731}),
        (2, {"battery_end_share": None}),
        (2, dict.fromkeys(ADDED_TO_NIGHT)),
    ],
)
def test_an_edited_battery_is_found(engine: Engine, night: int, values: dict[str, object]) -> None:
    assert findings(engine) == []
    with engine.begin() as connection:
        connection.execute(update(Night).where(Night.id == night).values(values))
    assert findings(engine) == [f"night {night}: is not what the audit trail says it is: it was edited"]
