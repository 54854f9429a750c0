"""Runs the tests in `guest` on the real Bluetooth stack, in one boot of the rig, and reports each of them."""

import os
import shutil
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.bluetooth.rig.machine import Run, run
from tests.bluetooth.rig.parts import Parts, UnavailableError, fetch

LOGS = ("output.log", "air.log", "bluetoothd.log", "console.log", "kernel.log", "qemu.log")


def parts() -> Parts:
    """Return the parts of the rig; skip where they cannot be had, but not in CI, nor where they could be."""
    try:
        return fetch()
    except UnavailableError as error:
        if "CI" in os.environ or (shutil.which("apt-get") and os.geteuid() == 0):
            pytest.fail(f"the Bluetooth stack cannot be tested: {error}")
        pytest.skip(f"THE BLUETOOTH STACK IS NOT TESTED: {error}")


def test_the_bridge_on_the_real_bluetooth_stack(tmp_path: Path, subtests: pytest.Subtests) -> None:
    pytest_in_guest = (
        *(sys.executable, "-m", "pytest", "tests/bluetooth/guest", "-p", "no:cacheprovider"),
        *("--junitxml=/run/exchange/results.xml", "--durations=0", "--durations-min=1", "--tb=native"),
    )
    done = run(parts(), pytest_in_guest, tmp_path)
    results = tmp_path / "results.xml"
    cases = list(ET.parse(results).iter("testcase")) if results.exists() else []  # noqa: S314 - we wrote it
    for case in cases:
        with subtests.test(case.get("name")):
            for bad in (*case.iter("failure"), *case.iter("error"), *case.iter("skipped")):
                pytest.fail(bad.text or bad.get("message", ""), pytrace=False)
    print(f"{len(cases)} tests in {done.took_s:.0f} s")  # noqa: T201 - for the record of the run
    assert cases, logs(done)
    assert done.status == 0, logs(done)


def logs(done: Run) -> str:
    return "\n".join(f"== {name}\n{done.log(name)}" for name in LOGS)
