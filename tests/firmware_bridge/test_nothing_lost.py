"""A quarter of an hour of a night with faults of every kind, streamed live: nothing is lost that could be had."""

from collections.abc import Iterator
from pathlib import Path

from firmware_bridge.readings import Setup
from firmware_bridge.virtual.faults import SERIAL_KINDS, FaultScript
from models import DEFAULT_PROFILE, Profile
from nights import NightScorer
from signals import SampleBlock, StreamItem
from tests.firmware_bridge.judging import judge
from tests.firmware_bridge.streaming import Plan, as_bytes, recording, store, stream
from tests.made_up import acc_stream, emg_stream, lying, muscle

DURATION_S = 900
CONTRACTIONS = tuple((40.0 * k + 10, 40.0 * k + 13 + k % 8, 60.0) for k in range(1, 21))


class MadeUp:
    """A muscle that contracts now and then, on a leg that lies still."""

    streams = (emg_stream(), acc_stream())
    start = None

    def __iter__(self) -> Iterator[StreamItem]:
        emg, acc = muscle(DURATION_S, *CONTRACTIONS), lying(DURATION_S)
        for s in range(0, DURATION_S, 10):
            yield SampleBlock("emg", s * 1000, emg[s * 1000 : (s + 10) * 1000])
            yield SampleBlock("acc", s * 52, acc[s * 52 : (s + 10) * 52])


def scorer(setup: Setup) -> NightScorer:
    """Return the scorer that runs while the night does."""
    return NightScorer([counted.stream for counted in setup.streams], Profile.load(DEFAULT_PROFILE))


def test_every_sample_that_the_sensor_still_had_arrives_once_and_live_equals_replay(tmp_path: Path) -> None:
    script = FaultScript.random(1, DURATION_S - 150, 26, SERIAL_KINDS)
    assert {fault.kind for fault in script.faults} == set(SERIAL_KINDS)
    plan = Plan(source=MadeUp, duration_s=DURATION_S, speed=60.0, script=script)
    streamed, runs = stream(plan, tmp_path, scorer)

    found = judge(plan, streamed, runs)
    assert found.sampled > 0.7e6
    assert (found.twice, found.wrong, found.unexplained, found.wrong_cause) == (0, 0, 0, {})
    assert found.arrived + found.misnumbered + found.forgotten == found.sampled
    # the virtual sensor's timer of 20 ms is more than a second of this night, and machines may be busy
    assert all(abs(error_s) < 20.0 for error_s in found.restart_errors_s)

    night = store(streamed, tmp_path / "night.night")
    again = NightScorer(night.streams, Profile.load(DEFAULT_PROFILE))
    replayed = [said for item in night for said in again.update(item)]
    assert streamed.scorer is not None
    live, replay = streamed.scorer.finish(recording()), again.finish(recording())
    assert len(live.episodes) > 5
    assert b"|".join(as_bytes(live)) == b"|".join(as_bytes(replay))
    assert b"|".join(as_bytes(streamed.scored)) == b"|".join(as_bytes(replayed))
