"""The alarm that watches the monitor, with real processes that are stopped and killed; and the word to systemd."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crampwatch.monitoring.companion import verdict
from crampwatch.monitoring.health import State
from crampwatch.monitoring.heartbeat import FILE_NAME, Heartbeat, place_of_heartbeat
from crampwatch.monitoring.systemd import tell_systemd

BEATING = """
import sys, time
from pathlib import Path
from crampwatch.monitoring.health import State
from crampwatch.monitoring.heartbeat import Heartbeat
while True:
    Heartbeat.now(State.OK, "P01 left: all is well").write(Path(sys.argv[1]))
    time.sleep(0.1)
"""
STALE_S = 2.0
CRAMPWATCH = str(Path(sys.executable).with_name("crampwatch"))


@contextmanager
def started(*words: str) -> Generator[subprocess.Popen[str]]:
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


@contextmanager
def watching(folder: Path) -> Generator[subprocess.Popen[str]]:
    with started(CRAMPWATCH, "watch", "--out", str(folder), "--stale", str(STALE_S)) as process:
        yield process


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def wait_for(path: Path) -> None:
    for _ in range(200):
        if path.exists():
            return
        time.sleep(0.05)
    raise AssertionError(f"{path} does not appear")


@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGKILL])
def test_a_monitor_that_hangs_or_dies_is_missed(tmp_path: Path, how: signal.Signals) -> None:
    beat = tmp_path / FILE_NAME
    with started(sys.executable, "-c", BEATING, str(beat)) as monitor:
        wait_for(beat)
        with watching(tmp_path) as companion:
            os.kill(monitor.pid, how)
            line = next_line(companion)
            assert "THE MONITOR IS SILENT" in line
            assert f"process {monitor.pid}" in line
            assert "P01 left: all is well" in line
            if how is signal.SIGSTOP:
                os.kill(monitor.pid, signal.SIGCONT)
                assert "alive again" in next_line(companion)


def test_a_monitor_that_was_never_there_is_missed(tmp_path: Path) -> None:
    with watching(tmp_path) as companion:
        assert "there is no sign of a monitor" in next_line(companion)


@pytest.mark.parametrize(
    ("age_s", "ended", "wrong"),
    [
        (0.0, False, None),
        (60.0, False, None),
        (60.1, False, "SILENT for 1.0 min"),
        (1e6, True, None),  # it ended because it was asked to
        (-5.0, False, "started again"),  # the clock counts from the start of the computer
    ],
)
def test_the_verdict_on_a_sign_of_life(age_s: float, wrong: str | None, *, ended: bool) -> None:
    beat = Heartbeat(1234, 1000.0, "OK", "all is well", ended)
    found = verdict(beat, 1000.0 + age_s, 60.0)
    assert found is None if wrong is None else found is not None and wrong in found


def test_a_sign_of_life_is_read_as_it_was_written(tmp_path: Path) -> None:
    beat = Heartbeat.now(State.FAULT, "no link", ended=True)
    beat.write(tmp_path / "beat.json")
    assert Heartbeat.read(tmp_path / "beat.json") == beat
    assert json.loads((tmp_path / "beat.json").read_text("utf-8"))["pid"] == os.getpid()
    assert Heartbeat.read(tmp_path / "nothing.json") is None
    assert [path.name for path in tmp_path.iterdir()] == ["beat.json"]


def test_the_sign_of_life_lives_in_memory_where_systemd_gave_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    assert place_of_heartbeat(tmp_path) == tmp_path / FILE_NAME
    monkeypatch.setenv("RUNTIME_DIRECTORY", "/run/crampwatch")
    assert place_of_heartbeat(tmp_path) == Path("/run/crampwatch") / FILE_NAME


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_hears_what_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, abstract: bool) -> None:
    name = f"@crampwatch-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0" + name[1:] if abstract else name)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        assert tell_systemd("READY=1", "STATUS=OK: all is well")
        assert systemd.recv(4096) == b"READY=1\nSTATUS=OK: all is well"
    monkeypatch.delenv("NOTIFY_SOCKET")
    assert not tell_systemd("WATCHDOG=1")
