"""`crampwatch sensors virtual`: what it serves, and what it refuses."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from serial import Serial
from typer.testing import CliRunner

from crampwatch.command_line import app
from crampwatch.virtual_sensing import line
from firmware_bridge.virtual.sensor import State
from firmware_bridge.wire.envelope import Unwrapper, wrap
from recordings.samples import sample_path

PATIENCE_S = 60.0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--serial", "here", "--ble", "usb:0"), "give --serial or --ble"),
        (("--ble", "unix:none"), "there is no Bluetooth controller unix:none"),
        (("--ble", "nonsense"), "unknown transport scheme"),
        (("--serial", "taken"), "taken exists; name a path that is free"),
        (("--simulate", "giants"), "there is no profile 'giants'"),
        (("--faults", "none.toml"), "none.toml cannot be read"),
        (("--faults", "bad.toml"), "bad.toml: there is no fault 'nap'"),
        (("--night", "none.edf"), "none.edf"),
        (("--keeps-s", "100000"), "keeps_s is 100000"),
        (("--drift-ppm", "5000"), "at most 1000 either way"),
    ],
)
def test_what_cannot_be_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").touch()
    (tmp_path / "bad.toml").write_text("[[fault]]\nkind = 'nap'\n", "utf-8")
    result = CliRunner().invoke(app, ["sensors", "virtual", *words])
    assert result.exit_code == 1, result.output
    assert message in " ".join(result.output.split())


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_is_a_sensor_until_interrupted(tmp_path: Path, sent: signal.Signals) -> None:
    port = tmp_path / "port"
    night = str(sample_path("composite_night.edf"))
    words = ["sensors", "virtual", "--night", night, "--serial", str(port), "--speed", "10"]
    start = "from crampwatch.command_line import app; app()"
    with subprocess.Popen([sys.executable, "-c", start, *words], stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own command
        deadline = time.monotonic() + PATIENCE_S
        while not port.exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        with Serial(str(port), timeout=5) as line_to_it:
            line_to_it.write(b"\0" + wrap(b"\x18\x01\x07\x01\x01"))
            (hello,) = Unwrapper().feed(b"\0" + line_to_it.read_until(b"\0") + line_to_it.read_until(b"\0"))
        assert hello[:4] == b"\x19\x01\x07\x01"
        process.send_signal(sent)
        said, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert "It waits for a bridge" in said
    assert not port.is_symlink()


def test_the_line_says_how_it_is() -> None:
    state = State(
        night_s=3723.4,
        boot=2,
        sampling=True,
        linked=False,
        ended=False,
        frames_sent=100,
        frames_kept=50,
        battery_percent=97,
        faults_begun=3,
        latest_fault="link_loss",
    )
    assert line(state) == " 1:02:03 sampling · NO LINK · run 2 · 100 sent, 50 kept · 97 % · 3 faults"
