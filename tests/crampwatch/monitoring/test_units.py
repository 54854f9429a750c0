"""The unit files that are shipped, by systemd's own judgement, and by what the monitor needs of them."""

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crampwatch.monitoring.settings import MonitorSettings

DEPLOY = Path(__file__).parents[3] / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("*.service"))
INSTALLED = "/opt/crampwatch/bin/crampwatch"


def test_systemd_has_nothing_to_say_against_the_units(tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        if "CI" in os.environ:
            pytest.fail("systemd-analyze is missing; in CI the units have to be checked: install systemd")
        pytest.skip("systemd-analyze is not installed: the unit files are NOT checked")
    here = str(Path(sys.executable).with_name("crampwatch"))
    for unit in UNITS:
        text = (DEPLOY / unit).read_text("utf-8").replace(INSTALLED, here)
        (tmp_path / unit.replace("@", "@P01")).write_text(text, "utf-8")
        (tmp_path / unit).write_text(text, "utf-8")
    names = [str(tmp_path / unit.replace("@", "@P01")) for unit in UNITS]
    done = subprocess.run([tool, "verify", "--man=no", *names], capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, "")


def section(unit: str) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # pyright: ignore[reportAttributeAccessIssue] - as its documentation says
    parser.read(DEPLOY / unit, "utf-8")
    return parser["Service"]


@pytest.mark.parametrize("unit", ["crampwatch-monitor@.service", "crampwatch-watch@.service"])
def test_a_service_that_hangs_or_dies_is_started_again_for_ever(unit: str) -> None:
    service = section(unit)
    assert service["Type"] == "notify"
    assert service["Restart"] == "always"
    assert "StartLimitIntervalSec=0" in (DEPLOY / unit).read_text("utf-8")
    assert float(service["WatchdogSec"]) >= 2 * MonitorSettings().heartbeat_s


def test_monitor_and_watch_agree_on_where_the_sign_of_life_is() -> None:
    monitor, watch = section("crampwatch-monitor@.service"), section("crampwatch-watch@.service")
    assert f"RUNTIME_DIRECTORY=/run/{monitor['RuntimeDirectory']}" in watch["Environment"]
    assert monitor["RuntimeDirectoryPreserve"] == "yes"  # what a dead monitor has left must stay to be seen
