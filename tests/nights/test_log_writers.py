"""Several programs at one log at once: real processes, one SQLite file."""

from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

from nights import NightRecord
from nights.log import Added, NightLog
from tests.nights.made_nights import recording

SCORED_AT = datetime(2026, 3, 29, 7, 0, tzinfo=UTC)
WRITERS = 4
PATIENCE_S = 60.0


def write(url: str, records: list[NightRecord], start: Barrier, results: "Queue[list[Added]]") -> None:
    """Open the log at the same moment as the others, and add every record."""
    start.wait(PATIENCE_S)
    with NightLog(url) as log:
        results.put([log.add(record, SCORED_AT) for record in records])


def test_programs_that_make_one_log_and_write_at_once_all_succeed_and_the_same_night_is_there_once(
    tmp_path: Path, cramp_night: NightRecord
) -> None:
    url = f"sqlite:///{tmp_path / 'nights.db'}"
    own = [replace(cramp_night, recording=recording(sha256=f"{n:064}")) for n in range(WRITERS)]
    shared = replace(cramp_night, recording=recording(sha256="f" * 64))
    context = get_context("spawn")
    start, results = context.Barrier(WRITERS), context.Queue()
    writers = [context.Process(target=write, args=(url, [shared, night], start, results)) for night in own]
    for writer in writers:
        writer.start()
    added = [results.get(timeout=PATIENCE_S) for _ in writers]
    for writer in writers:
        writer.join(PATIENCE_S)
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    assert sorted(shared_one.new for shared_one, _ in added) == [False, False, False, True]
    assert len({shared_one.night_id for shared_one, _ in added}) == 1
    assert all(own_one.new for _, own_one in added)
    with NightLog(url) as log:
        assert len(log.nights()) == WRITERS + 1
        assert all(len(log.night(night.id)[1]) == 2 for night in log.nights())
