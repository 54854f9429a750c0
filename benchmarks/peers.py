"""One peer on one hour of EMG, in a process of its own: `python benchmarks/peers.py NAME FILE.npy`.

Prints one JSON line: seconds of the call (imports excluded), and how many of its events last 15 s or more
(cramps by length) and 0.5-10 s (leg movements by length).
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

EMG_HZ = 1000
CRAMP_MIN_S = 15.0
MOVEMENT_S = (0.5, 10.0)

Floats = NDArray[np.float64]


def neurokit2(emg_uv: Floats) -> list[float]:
    """Return the time taken and the durations of the activations that `emg_process` finds, default settings."""
    peer = import_module("neurokit2")
    began = time.perf_counter()
    _, info = peer.emg_process(emg_uv, sampling_rate=EMG_HZ)
    durations = (np.asarray(info["EMG_Offsets"]) - np.asarray(info["EMG_Onsets"])) / EMG_HZ
    return [time.perf_counter() - began, *durations.tolist()]


def psgscoring(emg_uv: Floats) -> list[float]:
    """Return the time taken and the durations of the leg movements that `analyze_plm` finds; all is sleep to it."""
    peer = import_module("psgscoring.plm")
    began = time.perf_counter()
    hypnogram = ["N2"] * (len(emg_uv) // (30 * EMG_HZ))
    result = peer.analyze_plm(emg_uv, None, EMG_HZ, hypnogram, leg_unit="uV", event_list_cap=None)
    durations = [event["duration_s"] for event in result["events"]]
    return [time.perf_counter() - began, *durations]


PEERS: dict[str, Callable[[Floats], list[float]]] = {"neurokit2": neurokit2, "psgscoring": psgscoring}


def main() -> None:
    """Run the peer that the command line names."""
    name, path = sys.argv[1:]
    warnings.simplefilter("ignore")  # the peers' own, not ours to mend
    seconds, *durations = PEERS[name](np.load(path))
    cramps = sum(d >= CRAMP_MIN_S for d in durations)
    movements = sum(MOVEMENT_S[0] <= d <= MOVEMENT_S[1] for d in durations)
    print(
        json.dumps(
            {"name": f"{name} {version(name)}", "seconds": seconds, "cramps": cramps, "movements": movements}
        )
    )


if __name__ == "__main__":
    main()
