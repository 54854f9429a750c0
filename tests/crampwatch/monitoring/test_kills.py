"""A real monitor, killed again and again while a sensor streams: the file is valid each time, nothing is lost."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from crampwatch.scoring import Request, score_recording, silent
from models import DEFAULT_PROFILE, Profile
from nights.log import SensorRegister
from recordings import open_recording, write_edf
from recordings.night_file import StoredNight, verify
from signals import Gap, SampleBlock, Source
from tests.made_up import acc_stream, emg_stream, lying, muscle

PLANTED = ((50.0, 52.0, 40.0), (100.0, 130.0, 60.0), (170.0, 171.5, 40.0), (230.0, 260.0, 60.0))
NIGHT_S = 2000.0  # longer than is watched, since a monitor that starts on a busy computer takes its time
WATCHED_S, LAST_S = 300.0, 270.0
SPEED = 12.0
KILLS = 3
CRAMPWATCH = str(Path(sys.executable).with_name("crampwatch"))


class Place:
    """A folder with a sensor that streams, and how to start a monitor for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.db = f"sqlite:///{folder / 'nights.db'}"
        self.uri = f"serial:{folder / 'port'}"
        self.said = folder / "said.txt"
        self.source = folder / "source.edf"
        with SensorRegister(self.db) as register:
            register.bind(self.uri, "P01", "L", datetime.now(UTC))

    @contextmanager
    def monitor(self, **environment: str) -> Generator[subprocess.Popen[bytes]]:
        """Start a monitor; it is killed at the end at the latest."""
        options = ("--sensor", self.uri, "--participant", "P01", "--zone", "Europe/Zurich", "--speed", f"{SPEED}")
        words = (CRAMPWATCH, "monitor", *options, "--out", str(self.folder / "out"), "--db", self.db)
        with self.said.open("a") as said:
            process = subprocess.Popen(words, stdout=said, env={**os.environ, **environment})  # noqa: S603 - ours
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def night(self) -> StoredNight | None:
        """Return the night as it is on the disk now."""
        paths = list((self.folder / "out").glob("*.night"))
        return StoredNight(paths[0]) if paths else None

    def wait_for(self, seconds: float) -> None:
        """Wait until so much of the night is on the disk."""
        for _ in range(900):
            night = self.night()
            if night is not None and night.duration_s >= seconds:
                return
            time.sleep(0.05)
        raise AssertionError(f"{seconds} s never reach the disk:\n{self.said.read_text('utf-8')}")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    values = (muscle(NIGHT_S, *PLANTED), lying(NIGHT_S, 50.0))
    write_edf(place.source, (emg_stream(), acc_stream(50.0)), values, None, None)
    words = (CRAMPWATCH, "sensors", "virtual", "--night", str(place.source), "--serial", str(tmp_path / "port"))
    options = ("--speed", str(SPEED), "--keeps-s", "3600")
    with subprocess.Popen((*words, *options), stdout=subprocess.DEVNULL) as sensor:  # noqa: S603 - our own
        yield place
        sensor.kill()


def test_kills_cost_nothing_that_the_sensor_still_has(place: Place) -> None:
    dice = random.Random(4)  # noqa: S311 - moments to kill at
    stored_s = 0.0
    for _ in range(KILLS):
        with place.monitor() as process:
            place.wait_for(stored_s + dice.uniform(5.0, 60.0))
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        night = place.night()
        assert night is not None
        assert verify(night.path) == ()
        stored_s = night.duration_s
    with place.monitor() as process:
        place.wait_for(WATCHED_S)
        process.send_signal(signal.SIGINT)  # as Ctrl-C does: the night is over
        assert process.wait() == 0
    assert place.said.read_text("utf-8").count("going on with") == KILLS
    night = place.night()
    assert night is not None
    assert night.finished
    assert verify(night.path) == ()
    same_as_source(place, night)
    same_as_undisturbed(place, night)


def same_as_source(place: Place, night: StoredNight) -> None:
    """Hold every sample of EMG against what was streamed: within half a step of the virtual sensor's converter."""
    assert not any(isinstance(item, Gap) for item in night)
    kept, source = emg_of(night), emg_of(open_recording(place.source))
    half_step = night.header.streams[0].scales[0].gain / 2
    assert np.abs(kept - source[: len(kept)]).max() <= half_step * 1.000_001


def emg_of(source: Source) -> NDArray[np.float64]:
    """Return all EMG of a source in one piece."""
    return np.concatenate([i.values for i in source if i.stream == "emg" and isinstance(i, SampleBlock)])


def same_as_undisturbed(place: Place, night: StoredNight) -> None:
    """Hold what the monitor has counted against the recording that was streamed, scored directly."""
    request = Request(profile=Profile.load(DEFAULT_PROFILE), report=False)
    expected = score_recording(place.source, place.folder / "direct", request, silent).record
    again = score_recording(night.path, place.folder / "again", request, silent)
    table = (place.folder / "out" / f"{night.path.stem}_events.tsv").read_text("utf-8")
    assert table == again.events.read_text("utf-8")
    assert again.record.cramp_count == expected.cramp_count == 2
    counted = [(scored.label, scored.episode.start_s) for scored in again.record.episodes]
    direct = [(scored.label, scored.episode.start_s) for scored in expected.episodes]
    assert [one for one in counted if one[1] < LAST_S] == [one for one in direct if one[1] < LAST_S]


def test_systemd_is_told_that_the_monitor_is_ready_and_alive(place: Place, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(60)
        with place.monitor(NOTIFY_SOCKET=str(tmp_path / "notify")) as process:
            heard = b""
            while not (b"READY=1" in heard and b"WATCHDOG=1" in heard and b"STATUS=" in heard):
                heard += systemd.recv(4096)
            os.kill(process.pid, signal.SIGSTOP)
            time.sleep(0.2)
            silence(systemd)  # after what was said before
            time.sleep(1.5)
            assert silence(systemd) == 0  # a stopped monitor says nothing: systemd will kill it
            os.kill(process.pid, signal.SIGCONT)
            systemd.settimeout(60)
            assert b"WATCHDOG=1" in systemd.recv(4096)
            process.send_signal(signal.SIGTERM)
            assert process.wait() == 0


def silence(systemd: socket.socket) -> int:
    """Read until nothing is left; return how much there was."""
    systemd.settimeout(0)
    heard = 0
    with suppress(BlockingIOError):
        while systemd.recv(4096):
            heard += 1
    return heard


def test_an_unknown_sensor_and_that_of_another_are_refused(tmp_path: Path) -> None:
    place = Place(tmp_path)
    for uri, participant, words in (
        ("serial:/dev/ttyUSB7", "P01", "bind it: crampwatch sensors bind serial:/dev/ttyUSB7 --participant P01"),
        (place.uri, "P02", "is bound to P01, not to P02"),
        ("pigeon:loft", "P01", "is bound to nobody"),
    ):
        options = ("--sensor", uri, "--participant", participant, "--db", place.db, "--out", str(tmp_path / "out"))
        command = (CRAMPWATCH, "monitor", *options, "--zone", "Europe/Zurich")
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
        assert done.returncode == 1
        assert words in done.stderr
        assert not (tmp_path / "out").exists()
