"""Processes killed at any moment: the same command again gives what an undisturbed run gives."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nights.log.audit import verify
from nights.log.database import open_database
from tests.crampwatch.study_scoring.recordings import logged, record, study_file, trial
from tests.trial.studies import person

N = 12
PATIENCE_S = 60.0
PROGRAM = (sys.executable, "-c", "from crampwatch.command_line import app; app()")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Return the file of a study with twelve recordings, one of them of both legs, one of a stranger."""
    for k in range(N - 2):
        record(tmp_path / "nights" / f"{k:02d}.edf", "A-002", cramps=k % 2, seed=k)
    record(tmp_path / "nights" / "03-both.edf", legs=("L", "R"), seed=50)
    record(tmp_path / "nights" / "05-stranger.edf", "B-007", seed=51)
    return study_file(tmp_path, person("A-001", legs=("L", "R")), person("A-002"))


def words(study: Path, url: str, out: Path, *more: str | Path) -> list[str]:
    given: list[str | Path] = [study, "--recordings", study.parent / "nights", "--db", url, "--out", out, *more]
    return [str(word) for word in given]


def killed(command: list[str], ready: Callable[[], bool]) -> bool:
    """Start a command and kill it as soon as `ready`; return whether it was still running then."""
    process = subprocess.Popen(  # noqa: S603 - our own program
        [*PROGRAM, "trial", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline_s = time.monotonic() + PATIENCE_S
    while not ready() and process.poll() is None:
        assert time.monotonic() < deadline_s
        time.sleep(0.0005)
    process.kill()
    return process.wait() == -signal.SIGKILL


def n_lines(out: Path) -> int:
    log = out / "log.jsonl"
    return log.read_bytes().count(b"\n") if log.exists() else 0


def unchanged(url: str) -> bool:
    """Whether a log agrees with its audit trail."""
    engine = open_database(url)
    with engine.connect() as connection:
        found = list(verify(connection))
    engine.dispose()
    return found == []


def test_a_score_killed_again_and_again_ends_as_one_that_was_not(
    study: Path, tmp_path: Path, log_url: str, scheduler: str
) -> None:
    undisturbed = f"sqlite:///{tmp_path}/undisturbed.db"
    shared = ("--scheduler", scheduler)
    trial("score", *words(study, undisturbed, tmp_path / "undisturbed", *shared), code=3)
    out = tmp_path / "scored"
    command = ["score", *words(study, log_url, out, *shared)]
    began_s = time.monotonic()
    points: list[Callable[[], bool]] = [
        lambda: time.monotonic() > began_s + 0.7,  # while it is being imported
        (out / "log.jsonl").exists,  # the version is begun, nothing is in it
        *(lambda n=n: n_lines(out) >= n for n in (1, 4, 8)),  # right after a result, or in the next one
    ]
    hits = [killed(command, point) for point in points]
    assert hits == [True] * len(points)
    half = logged(log_url)
    assert 0 < len(half["nights"]) < N
    assert unchanged(log_url)
    trial(*command, code=3)
    assert logged(log_url) == logged(undisturbed)
    assert unchanged(log_url)


def test_a_rescore_with_workers_of_its_own_killed_ends_as_one_that_was_not(
    study: Path, tmp_path: Path, scheduler: str
) -> None:
    (tmp_path / "strict.toml").write_text('name = "strict-1"\n[rules]\ncramp_min_s = 70.0\n', "utf-8")
    trial("key", tmp_path / "key.pem")
    anew = ("--profile", tmp_path / "strict.toml", "--key", tmp_path / "key.pem")
    signed: list[bytes] = []
    urls = [f"sqlite:///{tmp_path}/{name}.db" for name in ("undisturbed", "killed")]
    for url in urls:
        out = tmp_path / url[-6:-3]
        shared = ("--scheduler", scheduler)
        trial("score", *words(study, url, out / "scored", *shared), code=3)
        if url == urls[1]:
            own = ["rescore", *words(study, url, out, *anew, "--workers", "1")]
            assert killed(own, lambda out=out: n_lines(out) >= 3)
            before_differences = ["rescore", *words(study, url, out, *anew, *shared)]
            assert killed(before_differences, lambda out=out: (out / "account.json").exists())
        trial("rescore", *words(study, url, out, *anew, *shared), code=3)
        signed.append((out / "differences.json").read_bytes())
        assert unchanged(url)
    assert logged(urls[1]) == logged(urls[0])
    assert signed[0] == signed[1]


def test_a_killed_worker_does_not_stop_the_run(study: Path, tmp_path: Path, cluster: Any) -> None:
    out, url = tmp_path / "scored", f"sqlite:///{tmp_path}/nights.db"
    deaths: list[int] = []

    def kill_twice() -> None:
        deadline_s = time.monotonic() + PATIENCE_S
        for n in (2, 6):
            while n_lines(out) < n and time.monotonic() < deadline_s:
                time.sleep(0.0005)
            pids = [nanny.pid for nanny in cluster.workers.values()]
            os.kill(pids[0], signal.SIGKILL)
            deaths.append(pids[0])

    killer = threading.Thread(target=kill_twice)
    killer.start()
    said = trial("score", *words(study, url, out, "--scheduler", str(cluster.scheduler_address)), code=3)
    killer.join()
    assert len(set(deaths)) == 2
    assert "11 recordings scored, 0 there already, 1 failed" in said  # the stranger's
    assert len(logged(url)["nights"]) == N
