"""Several programs at one log at once, and a connection that is killed: real processes, both kinds of database."""

from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, event, text

from nights import NightRecord
from nights.log import Added, LogError, NightLog
from nights.log.audit import verify
from nights.log.database import open_database
from tests.nights.made_nights import recording
from tests.postgresql import new_database

SCORED_AT = datetime(2026, 3, 29, 7, 0, tzinfo=UTC)
WRITERS = 4
PATIENCE_S = 300.0  # of a machine that does much else


def write(url: str, records: list[NightRecord], start: Barrier, results: "Queue[list[Added]]") -> None:
    """Open the log at the same moment as the others, and add every record."""
    start.wait(PATIENCE_S)
    with NightLog(url) as log:
        results.put([log.add(record, SCORED_AT) for record in records])


def test_programs_that_make_one_log_and_write_at_once_all_succeed_and_the_same_night_is_there_once(
    log_url: str, cramp_night: NightRecord
) -> None:
    own = [replace(cramp_night, recording=recording(sha256=f"{n:064}")) for n in range(WRITERS)]
    shared = replace(cramp_night, recording=recording(sha256="f" * 64))
    context = get_context("spawn")
    start, results = context.Barrier(WRITERS), context.Queue()
    writers = [context.Process(target=write, args=(log_url, [shared, night], start, results)) for night in own]
    for writer in writers:
        writer.start()
    added = [results.get(timeout=PATIENCE_S) for _ in writers]
    for writer in writers:
        writer.join(PATIENCE_S)
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    assert sorted(shared_one.new for shared_one, _ in added) == [False, False, False, True]
    assert len({shared_one.night_id for shared_one, _ in added}) == 1
    assert all(own_one.new for _, own_one in added)
    with NightLog(log_url) as log:
        assert len(log.nights()) == WRITERS + 1
        assert all(len(log.night(night.id)[1]) == 2 for night in log.nights())
    assert unchanged(log_url)


def test_a_connection_killed_in_the_middle_of_a_night_leaves_nothing_of_it(
    postgresql: str, cramp_night: NightRecord
) -> None:
    url = new_database(postgresql, f"log_{uuid4().hex}")
    engine = open_database(url)

    def kill(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO episode"):
            pid = connection.connection.driver_connection.info.backend_pid  # pyright: ignore[reportOptionalMemberAccess] - connected
            with engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    with NightLog(url) as log:
        event.listen(Engine, "before_cursor_execute", kill)
        try:
            with pytest.raises(LogError, match="check that the database runs"):
                log.add(cramp_night, SCORED_AT)
        finally:
            event.remove(Engine, "before_cursor_execute", kill)
        assert log.nights() == []
        assert log.add(cramp_night, SCORED_AT).new
    assert unchanged(url)
    engine.dispose()


def unchanged(url: str) -> bool:
    """Whether the audit trail agrees with the tables."""
    engine = open_database(url)
    with engine.connect() as connection:
        found = list(verify(connection))
    engine.dispose()
    return not found
