"""What a log of a whole trial costs: time and memory of the commands that read all of it, on both databases.

Run: python benchmarks/log_scale.py [--people 398] [--bare]

A made-up trial like the vitamin K2 trial with twice its people: more than 22,000 nights, as with two legs each.
Every night also holds the episodes of one whole simulated night, scored for this, with all features and criteria:
cramps are few rows, what was not counted is most of a log; `--bare` leaves them out.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from subprocess import DEVNULL, Popen, run
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection

from nights.log import NightLog
from nights.log.audit import Actor
from nights.log.database import open_database
from nights.log.log import enter_night
from nights.night_json import JsonObject
from tests.postgresql import new_database, server
from trial.simulated import K2, simulate_trial, writing

SHARE_TREATED = 103 / 199  # as in the vitamin K2 trial
SEED = 1
KIB_PER_MB = 1024
PROGRAM = """
import re, sys
from pathlib import Path
from crampwatch.command_line import app

try:
    app(sys.argv[2:])
finally:  # what the system reports of a child begins at the size of its parent
    Path(sys.argv[1]).write_text(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def crampwatch(*words: str | Path, peak: Path = Path(os.devnull)) -> list[str]:
    """Return a command of the program as words to start; it leaves its peak memory in kB in a file."""
    return [sys.executable, "-c", PROGRAM, str(peak), *(str(word) for word in words)]


def uncounted(folder: Path) -> list[JsonObject]:
    """Simulate and score a night of an older wearer, and return its episodes that are no cramps."""
    made, url = folder / "made", f"sqlite:///{folder / 'one.db'}"
    run(
        crampwatch("simulate", "--wearers", "1", "--nights", "1", "--seed", "5", "--out", made),
        check=True,
        stdout=DEVNULL,
    )
    run(crampwatch("score", made, "--out", folder / "one", "--no-report", "--db", url), check=True, stdout=DEVNULL)
    with NightLog(url) as log:
        _, episodes, _ = log.night(1)
    columns = [name for name in episodes[0].__slots__ if name not in ("night_id", "number")]
    return [{name: getattr(row, name) for name in columns} for row in episodes if row.label != "cramp"]


@contextmanager
def with_episodes(others: Sequence[JsonObject]) -> Generator[None]:
    """Let the nights that are written hold these episodes too."""

    def fuller(
        connection: Connection,
        night: JsonObject,
        episodes: Sequence[JsonObject],
        gaps: Sequence[JsonObject],
        by: Actor,
    ) -> int:
        both = [{**row, "number": number} for number, row in enumerate([*episodes, *others], start=1)]
        return enter_night(connection, night, both, gaps, by)

    writing.enter_night = fuller
    try:
        yield
    finally:
        writing.enter_night = enter_night


def measured(words: Sequence[str | Path], database: str, peak: Path) -> tuple[float, float, float]:
    """Run a command of the program; return its seconds, those of a processor, and its peak memory in MB.

    A PostgreSQL server's own work is in the former alone.
    """
    begin = time.monotonic()
    process = Popen(crampwatch(*words, peak=peak), stdout=DEVNULL, env={**os.environ, "CRAMPWATCH_DB": database})
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(map(str, words))} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, int(peak.read_text()) / KIB_PER_MB


def size_mb(database: str) -> float:
    """Return how large a database is."""
    engine = open_database(database)
    with engine.connect() as connection:
        asked = (
            "SELECT pg_database_size(current_database())"
            if engine.dialect.name == "postgresql"
            else "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        )
        found: Any = connection.exec_driver_sql(asked).scalar_one()
    engine.dispose()
    return float(found) / KIB_PER_MB**2


def measure(database: str, people: int, folder: Path, others: Sequence[JsonObject]) -> None:
    """Write a trial into a database, and print what every command costs."""
    treated = round(people * SHARE_TREATED)
    trial = simulate_trial(replace(K2, n_treated=treated, n_control=people - treated), SEED)
    engine, begin = open_database(database), time.monotonic()
    with with_episodes(others):
        writing.write_trial(trial, folder, engine, datetime.now(UTC))
    engine.dispose()
    wrote_s = time.monotonic() - begin
    print(
        f"\n{database.partition(':')[0]}: {len(trial.results)} nights, {len(others)} episodes more in each, "
        f"{size_mb(database):.0f} MB, written in {wrote_s:.0f} s\n"
    )
    print("| command | s | processor, s | MB |\n|---|---|---|---|")
    study, key = folder / "study.toml", folder / "key.pem"
    measured(["trial", "key", key], database, folder / "peak")
    for words in (
        ["verify"],
        ["trial", "status", study, "--night", "2026-04-30"],
        ["trial", "endpoint", study, "--out", folder / "endpoint"],
        ["trial", "lock", study, "--key", key],
        ["trial", "prove", study],
        ["audit", "export", "--out", folder / "trail.jsonl"],
        ["audit", "export", "--study", trial.study.name, "--out", folder / "study.csv"],
    ):
        took_s, processor_s, peak_mb = measured(words, database, folder / "peak")
        name = " ".join(
            str(word) for word in words if not isinstance(word, Path) and word not in ("--out", "--key")
        )
        print(f"| `{name}` | {took_s:.1f} | {processor_s:.1f} | {peak_mb:.0f} |", flush=True)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=398)
    parser.add_argument("--bare", action="store_true", help="nights with nothing but their cramps")
    options = parser.parse_args()
    with TemporaryDirectory() as name, server() as pattern:
        folder = Path(name)
        others = [] if options.bare else uncounted(folder)
        measure(f"sqlite:///{folder / 'nights.db'}", options.people, folder / "sqlite", others)
        measure(new_database(pattern, "scale"), options.people, folder / "postgresql", others)
        print(json.dumps({"cpus": os.cpu_count(), "at": datetime.now(UTC).date().isoformat()}))


if __name__ == "__main__":
    main()
