"""Every scripted fault does what it says, and a script that says nothing sensible is refused."""

from pathlib import Path

import numpy as np
import pytest

from firmware_bridge.virtual.air import Air
from firmware_bridge.virtual.crystal import Crystal
from firmware_bridge.virtual.faults import (
    BLE_KINDS,
    LASTING,
    OF_FRAMES,
    SERIAL_KINDS,
    Fault,
    FaultError,
    FaultKind,
    FaultScript,
)
from firmware_bridge.virtual.hardware import Hardware, Link
from firmware_bridge.wire.commands import Count, Hello, Report, Start
from firmware_bridge.wire.envelope import Unwrapper, wrap
from firmware_bridge.wire.frames import RestartCause, StatusFrame
from firmware_bridge.wire.operations import Result
from tests.firmware_bridge.virtual.conversing import BLE, CABLE, Conversation, emg_counts

EXACT = Hardware(crystal=Crystal(ppm=0, cool_c=25, warm_c=25))
FRAMES = [bytes((i,)) * 20 for i in range(1, 11)]

SCRIPT = """
seed = 7

[[fault]]
kind = "brown_out"
at_s = 200
duration_s = 2.5

[[fault]]
kind = "drop"
at_s = 60.5
frames = 3

[[fault]]
kind = "lost_bond"
at_s = 100
"""


def fault(kind: str, at_s: float = 0.0, duration_s: float = 0.0, frames: int = 0) -> Fault:
    return Fault(kind=FaultKind(kind), at_s=at_s, duration_s=duration_s, frames=frames)


def test_a_script_is_read_in_order_of_time(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(SCRIPT, "utf-8")
    assert FaultScript.load(path) == FaultScript(
        (fault("drop", 60.5, frames=3), fault("lost_bond", 100), fault("brown_out", 200, 2.5)), seed=7
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("faults = 1", "a script has no faults"),
        ("seed = -1", "seed is -1"),
        ("fault = 3", r"write \[\[fault\]\]"),
        ("seed =", "not valid TOML"),
        ("[[fault]]\nkind = 'nap'", "there is no fault 'nap'; there are link_loss"),
        ("[[fault]]\nat_s = 3", "there is no fault None"),
        ("[[fault]]\nkind = 'drop'\nframes = 2\nfor_s = 2", "a fault has no for_s"),
        ("[[fault]]\nkind = 'drop'", "drop with frames = 0; it takes a number of frames above 0"),
        ("[[fault]]\nkind = 'drop'\nframes = 1.5", "drop: frames is 1.5"),
        ("[[fault]]\nkind = 'drop'\nframes = -1", "it takes a number of frames above 0"),
        ("[[fault]]\nkind = 'drop'\nframes = 1\nduration_s = 1", "it takes no duration_s"),
        ("[[fault]]\nkind = 'link_loss'", "it takes a duration_s above 0"),
        ("[[fault]]\nkind = 'link_loss'\nduration_s = true", "link_loss: duration_s is True"),
        ("[[fault]]\nkind = 'lost_bond'\nframes = 1", "it takes no frames"),
        ("[[fault]]\nkind = 'lost_bond'\nat_s = -1", "lost_bond at -1 s"),
        ("[[fault]]\nkind = 'lost_bond'\nat_s = nan", "lost_bond at nan s"),
    ],
)
def test_a_script_that_makes_no_sense_is_refused(text: str, message: str) -> None:
    with pytest.raises(FaultError, match=message):
        FaultScript.parse(text)


def test_a_script_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FaultError, match=r"none\.toml cannot be read"):
        FaultScript.load(tmp_path / "none.toml")


def test_a_random_script_is_the_same_for_the_same_seed() -> None:
    script = FaultScript.random(3, 28_800, 400)
    assert script == FaultScript.random(3, 28_800, 400)
    assert script != FaultScript.random(4, 28_800, 400)
    assert len(script.faults) == 400
    assert {one.kind for one in script.faults} == set(FaultKind)
    lasting = [one.duration_s for one in script.faults if one.kind in LASTING]
    assert all(1 <= s <= 60 or 600 <= s <= 900 for s in lasting)
    assert max(lasting) > 600
    assert all(1 <= one.frames <= 20 for one in script.faults if one.kind in OF_FRAMES)
    assert {one.kind for one in FaultScript.random(3, 100, 400, SERIAL_KINDS).faults} == set(SERIAL_KINDS)
    assert FaultKind.UNPLUG not in BLE_KINDS


def through(kind: str, frames: int, seed: int = 0) -> list[bytes]:
    """Send the ten frames, the fault beginning before the third."""
    air = Air(seed)
    pieces: list[bytes] = []
    for i, frame in enumerate(FRAMES):
        if i == 2:
            air.begin(fault(kind, frames=frames))
        pieces += air.through(frame)
    return pieces


def test_frames_are_dropped_repeated_and_swapped() -> None:
    assert through("drop", 3) == FRAMES[:2] + FRAMES[5:]
    assert through("duplicate", 2) == FRAMES[:2] + [FRAMES[2]] * 2 + [FRAMES[3]] * 2 + FRAMES[4:]
    assert through("reorder", 2) == [*FRAMES[:2], FRAMES[3], FRAMES[2], FRAMES[5], FRAMES[4], *FRAMES[6:]]


@pytest.mark.parametrize("seed", range(5))
def test_frames_are_damaged(seed: int) -> None:
    flipped = through("flip", 4, seed)
    wrong = [sum(a != b for a, b in zip(x, y, strict=True)) for x, y in zip(flipped, FRAMES, strict=True)]
    assert wrong == [0, 0, 1, 1, 1, 1, 0, 0, 0, 0]
    short = through("truncate", 4, seed)
    assert [frame.startswith(piece) for frame, piece in zip(FRAMES, short, strict=True)] == [True] * 10
    assert [1 <= len(piece) < 20 for piece in short] == [False] * 2 + [True] * 4 + [False] * 4
    among = through("garbage", 3, seed)
    assert [piece for piece in among if piece in FRAMES] == FRAMES
    assert [among.index(frame) for frame in FRAMES] == [0, 1, 3, 5, 7, 8, 9, 10, 11, 12]


def test_faults_of_frames_end_with_the_link() -> None:
    air = Air(0)
    for kind in OF_FRAMES:
        air.begin(fault(kind, frames=20))
    assert air.through(FRAMES[0]) == []
    air.clear()
    assert [piece for frame in FRAMES for piece in air.through(frame)] == FRAMES


@pytest.mark.parametrize("kind", ["flip", "truncate", "garbage"])
def test_damage_on_a_serial_line_costs_no_more_than_the_damaged_and_its_neighbour(kind: str) -> None:
    air, unwrapper = Air(1, wrap), Unwrapper()
    air.begin(fault(kind, frames=1))
    line = b"".join(piece for frame in FRAMES for piece in air.through(frame))
    arrived = unwrapper.feed(line)
    assert arrived[-8:] == FRAMES[2:]
    assert set(arrived) <= set(FRAMES)
    assert unwrapper.damaged >= 1


@pytest.mark.parametrize("link", [BLE, CABLE])
def test_a_lost_link_costs_nothing_that_the_ring_holds(link: Link) -> None:
    talk = Conversation(hardware=EXACT, faults=(fault("link_loss", 20, 15),), link=link)
    talk.begin()
    talk.wait(20)
    before = len(talk.said)
    talk.wait(14.9, steps=15)
    assert len(talk.said) == before
    assert not talk.sensor.reachable
    talk.sensor.command(b"\x18\x01\x07\x01\x01")
    assert talk.wait(0.05) == []
    talk.wait(0.1)
    assert talk.sensor.reachable
    if link.session:
        talk.sensor.connected(link)
    talk.begin()
    talk.wait(1)
    assert talk.faults == [fault("link_loss", 20, 15)]
    talk.sensor.command(
        b"\x18\x10\x09\x01\x01\x00" + (19_000).to_bytes(4, "little") + (36_000).to_bytes(4, "little")
    )
    talk.wait(5, steps=50)
    found = talk.counts()
    assert set(range(40_000)) <= {counter for _, counter in found}
    for (boot, counter), row in found.items():
        assert boot == 1
        assert row == emg_counts(counter, counter + 1)[0]


def test_a_cable_goes_on_after_silence_and_a_session_does_not() -> None:
    cable = Conversation(hardware=EXACT, faults=(fault("link_loss", 5, 5),), link=CABLE)
    session = Conversation(hardware=EXACT, faults=(fault("link_loss", 5, 5),), link=BLE)
    for talk in (cable, session):
        talk.begin()
        talk.wait(10)
    assert cable.wait(5)
    assert not session.wait(5)


def test_a_brown_out_starts_again_with_an_empty_ring_and_another_boot_id() -> None:
    talk = Conversation(hardware=EXACT, faults=(fault("brown_out", 30, 4),))
    talk.begin()
    talk.wait(34.5)
    talk.sensor.connected(BLE)
    hello = talk.ask(Hello()).values
    assert getattr(hello, "boot", None) == 2
    talk.ask(Start())
    talk.wait(6)
    assert talk.sensor.boots == (1, 2)
    assert talk.ask(Report("emg", 1, 0, 29_000)).result is Result.NO_RECORDS
    second = [frame for frame in talk.frames() if frame.boot == 2]
    for frame in second:
        assert frame.ticks == frame.counter * 32768 // 1000 % 65536  # the clock began again
        assert np.array_equal(frame.counts, emg_counts(34_000 + frame.counter, 34_000 + frame.counter + 115))
    assert talk.ask(Count("emg")).values is not None
    status = [said for said in talk.said if isinstance(said, StatusFrame)][-1]
    assert status.cause is RestartCause.BROWN_OUT
    assert len(talk.sensor.sampled("emg", 1)) == 30_000
    assert len(talk.sensor.sampled("emg", 2)) == 6_500
    assert talk.sensor.taken_s("emg", 2, 0) == pytest.approx(5034)


def test_a_loose_electrode_is_at_the_rail_and_flagged() -> None:
    talk = Conversation(hardware=EXACT, faults=(fault("lead_off", 10, 5),))
    talk.begin()
    talk.wait(20, steps=7)
    for frame in talk.frames():
        counters = np.arange(frame.counter, frame.counter + len(frame.counts))
        loose = (counters >= 10_000) & (counters < 15_000)
        assert frame.lead_off == frame.saturated == loose.any()
        expected = np.where(loose[:, None], 32767, emg_counts(frame.counter, frame.counter + len(frame.counts)))
        assert np.array_equal(frame.counts, expected)
    assert not any(frame.lead_off for frame in talk.frames("acc"))
    flagged = [said.ticks // 32768 for said in talk.said if isinstance(said, StatusFrame) and said.lead_off]
    assert 15 in flagged
    assert set(flagged) <= set(range(10, 18))


def test_a_stuck_counter_stands_while_sequences_go_on_and_then_is_right_again() -> None:
    talk = Conversation(hardware=EXACT, faults=(fault("stuck_counter", 10, 5),))
    talk.begin()
    talk.wait(30, steps=11)
    frames = talk.frames()
    assert [frame.sequence for frame in frames] == list(range(len(frames)))
    wrong = [frame for frame in frames if frame.counter != 115 * frame.sequence]
    assert len(wrong) == pytest.approx(5000 / 115, abs=1.5)
    assert {frame.counter for frame in wrong} == {frames[wrong[0].sequence - 1].counter}
    ((first, end),) = talk.sensor.misnumbered("emg", 1)
    assert (first, end) == (115 * wrong[0].sequence, 115 * (wrong[-1].sequence + 1))
    for frame in frames:
        assert np.array_equal(frame.counts, emg_counts(115 * frame.sequence, 115 * frame.sequence + 115))


def test_an_empty_battery_is_the_end() -> None:
    talk = Conversation(hardware=Hardware(battery_h=1, battery_percent=1, crystal=EXACT.crystal))
    talk.begin()
    talk.wait(35)
    assert talk.sensor.reachable
    talk.wait(10)
    assert not talk.sensor.reachable
    assert talk.sensor.state().battery_percent == 0
    assert len(talk.sensor.sampled("emg", 1)) == 36_000
    talk.wait(3600)
    assert not talk.sensor.reachable


def test_faults_may_overlap_and_come_between_two_looks() -> None:
    faults = (
        fault("link_loss", 5, 10),
        fault("brown_out", 8, 3),
        fault("link_loss", 12, 1),
        fault("drop", 9, frames=2),
    )
    talk = Conversation(hardware=EXACT, faults=faults)
    talk.begin()
    talk.wait(14.9)
    assert not talk.sensor.reachable
    talk.wait(0.2)
    assert talk.sensor.reachable
    assert [one.kind for one in talk.faults] == ["link_loss", "brown_out", "drop", "link_loss"]
    assert talk.sensor.boots == (1, 2)
    assert len(talk.sensor.sampled("emg", 1)) == 8_000


def test_a_fault_may_be_let_in_by_hand() -> None:
    talk = Conversation(hardware=EXACT)
    talk.begin()
    talk.wait(5)
    talk.sensor.inject(fault("link_loss", duration_s=2))
    talk.wait(1)
    assert not talk.sensor.reachable
    talk.wait(1.1)
    assert talk.sensor.reachable


@pytest.mark.parametrize(("link", "seed"), [(BLE, 0), (BLE, 1), (CABLE, 2), (CABLE, 3)])
def test_under_any_script_every_frame_is_what_was_sampled_there(link: Link, seed: int) -> None:
    rng = np.random.default_rng(seed)
    script = FaultScript.random(seed, 600, 20, SERIAL_KINDS)
    talk = Conversation(hardware=Hardware(keeps_s=60), faults=script.faults, link=link)
    for minute in range(10):
        if talk.sensor.reachable:
            talk.sensor.connected(link)
            talk.begin()
            boot = talk.sensor.boots[-1]
            first = max(0, minute * 60_000 - int(rng.integers(120_000)))
            command = b"\x18\x10\xff\x01" + boot.to_bytes(2, "little")
            talk.sensor.command(command + first.to_bytes(4, "little") + (first + 50_000).to_bytes(4, "little"))
        talk.wait(60, steps=int(rng.integers(1, 300)))
    known = {
        (name, boot): (talk.sensor.sampled(name, boot), talk.sensor.misnumbered(name, boot))
        for name in ("emg", "acc")
        for boot in talk.sensor.boots
    }
    for name in ("emg", "acc"):
        assert len(talk.frames(name, stored=True)) > 10 or name == "acc"
        for frame in talk.frames(name) + talk.frames(name, stored=True):
            sampled, misnumbered = known[name, frame.boot]
            at = frame.sequence * len(frame.counts)  # all frames of a run are of one length
            assert frame.counter == at or any(first <= at < end for first, end in misnumbered)
            assert np.array_equal(frame.counts, sampled[at : at + len(frame.counts)])
