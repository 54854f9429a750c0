"""Fuzz the wire format: decoder, serial envelope, commands and responses.

Run: python benchmarks/fuzz_wire.py --mutate 10000000
     pip install atheris; python benchmarks/fuzz_wire.py [-runs=1000000] [-seed=1] [other options of libFuzzer]

The first changes a few bytes of valid frames, in batches. The second is guided by coverage; an input is one byte
that chooses what to try, and its material; the test vectors are the seeds; a finding is left in `crash-*`.
Beyond not failing, what must hold is checked: every frame is decoded or counted; together or alone gives the
same; what was decoded can be encoded and comes back; a serial line gives the same however it is cut, holds
little, lets sound frames through between garbage and no changed one. Both stop at the first finding and say what
the inputs met.
"""

import json
import sys
import tempfile
import time
from collections import Counter
from contextlib import nullcontext
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

GUIDED = "--mutate" not in sys.argv
atheris: Any = import_module("atheris") if GUIDED else None
with atheris.instrument_imports(include=["firmware_bridge.wire"]) if GUIDED else nullcontext():
    from firmware_bridge.wire.control import (
        CommandError,
        Response,
        decode_command,
        encode_command,
        encode_response,
    )
    from firmware_bridge.wire.decoder import Decoder, Frame
    from firmware_bridge.wire.envelope import LONGEST_ENVELOPE, Unwrapper, wrap
    from firmware_bridge.wire.frames import (
        ACC,
        EMG,
        LONGEST_FRAME,
        Layout,
        SampleFrame,
        encode_samples,
        encode_status,
    )

LONGEST_INPUT = 700
REPORT_EVERY = 1_000_000
FRAMES, SERIAL, GARBAGE, COMMAND = range(4)
BATCH, MOST_CHANGES, CHECKED = 2000, 4, 50
Bytes = NDArray[np.uint8]
met: Counter[str] = Counter()


class BrokenError(Exception):
    """Something that must hold does not."""


def hold(what: str, *, holds: bool) -> None:
    """Raise `BrokenError` unless it holds."""
    if not holds:
        raise BrokenError(what)


def layout_of(byte: int) -> Layout:
    """Return one of the 32 layouts: three bits of channels, one of bits, one of coding."""
    return Layout((byte & 7) + 1, 24 if byte & 8 else 16, bool(byte & 16))


def byte_of(layout: Layout) -> int:
    """Return the byte that `layout_of` reads so."""
    return (layout.channels - 1) | (layout.bits == 24) << 3 | layout.coded << 4  # noqa: PLR2004 - the other is 16


def pieces_of(data: bytes) -> list[bytes]:
    """Cut material into pieces of up to 255 bytes, each behind its length; 0 means all the rest."""
    pieces: list[bytes] = []
    while data:
        size = data[0] or len(data)
        pieces.append(data[1 : 1 + size])
        data = data[1 + size :]
    return pieces


def encoded(frame: Frame, layout: Layout) -> bytes:
    """Return the bytes of a frame of any kind."""
    if isinstance(frame, SampleFrame):
        return encode_samples(frame, layout)
    return encode_response(frame) if isinstance(frame, Response) else encode_status(frame)


def same(a: Frame, b: Frame) -> bool:
    """Whether two frames have the same fields."""
    if not isinstance(a, SampleFrame) or not isinstance(b, SampleFrame):
        return a == b
    names = ("stream", "boot", "sequence", "counter", "ticks", "lead_off", "saturated", "stored")
    return np.array_equal(a.counts, b.counts) and all(getattr(a, n) == getattr(b, n) for n in names)


def try_frames(data: bytes) -> None:
    """Decode frames of EMG and acceleration."""
    if not data:
        return
    layouts = {EMG: layout_of(data[0]), ACC: Layout(3, 24 if data[0] & 32 else 16, bool(data[0] & 64))}
    raw = pieces_of(data[1:])
    decoder, alone = Decoder(layouts), Decoder(layouts)
    together = decoder.decode(raw)
    hold("every frame is decoded or counted", holds=len(together) + decoder.defects.total() == len(raw))
    one_by_one = [frame for piece in raw for frame in alone.decode([piece])]
    hold("the same defects alone", holds=alone.defects == decoder.defects)
    hold("as many alone", holds=len(together) == len(one_by_one))
    met.update({str(defect): n for defect, n in decoder.defects.items()})
    for a, b in zip(together, one_by_one, strict=True):
        met[type(a).__name__] += 1
        hold("the same frames alone", holds=same(a, b))
        layout = layouts[a.stream] if isinstance(a, SampleFrame) else layouts[EMG]
        (again,) = alone.decode([encoded(a, layout)])
        hold("a frame comes back", holds=same(a, again))


def try_serial(data: bytes) -> None:
    """Unwrap a line that is cut in two places."""
    if len(data) < 2:  # noqa: PLR2004 - two cuts
        return
    cuts, line = sorted(data[:2]), data[2:] * 3
    whole, cut = Unwrapper(), Unwrapper()
    frames = whole.feed(line)
    parts = line[: cuts[0]], line[cuts[0] : cuts[1]], line[cuts[1] :]
    hold("the same frames however cut", holds=[f for part in parts for f in cut.feed(part)] == frames)
    hold("the same damage however cut", holds=whole.damaged == cut.damaged)
    hold("holds little", holds=cut.held <= LONGEST_ENVELOPE)
    met["unwrapped"] += len(frames)
    met["damaged on the line"] += whole.damaged


def try_garbage(data: bytes) -> None:
    """Unwrap sound frames between garbage."""
    pieces = pieces_of(data)
    sound = [piece[:LONGEST_FRAME] for piece in pieces[1::2] if piece]
    line = b"".join(noise + b"\0" + wrap(frame) for noise, frame in zip(pieces[::2], sound, strict=False))
    received = iter(Unwrapper().feed(line))
    hold("sound frames come through", holds=all(frame in received for frame in sound))
    met["sound between garbage"] += len(sound)


def try_command(data: bytes) -> None:
    """Decode a command, and the same bytes as a response."""
    try:
        command, transaction = decode_command(data)
    except CommandError as error:
        met["bad command"] += 1
        if error.answer is not None:
            hold("the answer begins as a response does", holds=error.answer[:3] == b"\x19" + data[1:3])
    else:
        met[type(command).__name__] += 1
        hold("a command comes back", holds=encode_command(command, transaction) == data)
    decoder = Decoder({})
    for response in decoder.decode([b"\x19" + data[1:]]):
        met["response"] += 1
        hold("a response comes back", holds=isinstance(response, Response))
        hold("to the byte", holds=encoded(response, layout_of(0)) == b"\x19" + data[1:])


TRIALS = {FRAMES: try_frames, SERIAL: try_serial, GARBAGE: try_garbage, COMMAND: try_command}


def try_one(data: bytes) -> None:
    """Try one input."""
    if data:
        met["inputs"] += 1
        TRIALS[data[0] % len(TRIALS)](data[1:])
        if met["inputs"] % REPORT_EVERY == 0:
            print(dict(met.most_common()), flush=True)


def write_seeds(folder: Path) -> None:
    """Write the test vectors as inputs."""
    vectors: dict[str, Any] = json.loads((files("firmware_bridge.wire") / "vectors.json").read_text("utf-8"))
    plain = {"channels": 1, "bits": 16, "coded": False}
    seeds: list[bytes] = []
    for kind in ("samples", "status", "responses", "defective"):
        for vector in vectors[kind]:
            frame, layout = bytes.fromhex(vector["hex"]), Layout(**vector.get("layout", plain))
            seeds.append(bytes((FRAMES, byte_of(layout), len(frame))) + frame + b"\0" + frame)
            seeds.append(bytes((COMMAND,)) + frame)
    seeds += [bytes((COMMAND,)) + bytes.fromhex(v["hex"]) for v in vectors["commands"] + vectors["bad_commands"]]
    for vector in vectors["serial"] + vectors["bad_serial"]:
        line = bytes.fromhex(vector["line"])
        seeds += [bytes((SERIAL, 3, 9)) + line, bytes((GARBAGE, len(line))) + line + b"\0" + line]
    for number, seed in enumerate(seeds):
        (folder / f"{number:03}").write_bytes(seed)


def mutated(rng: np.random.Generator, frame: bytes) -> list[bytes]:
    """Return copies of a frame with up to four bytes changed, one in eight of another length."""
    copies: Bytes = np.tile(np.frombuffer(frame, np.uint8), (BATCH, 1))
    at = np.arange(BATCH)
    for _ in range(MOST_CHANGES):
        changed = at[rng.random(BATCH) < 0.5]  # noqa: PLR2004 - two on average
        places = rng.integers(0, len(frame), len(changed))
        bits, whole = 1 << rng.integers(0, 8, len(changed)), rng.integers(0, 256, len(changed))
        copies[changed, places] ^= np.where(rng.random(len(changed)) < 0.5, bits, whole).astype(np.uint8)  # noqa: PLR2004
    lengths = np.where(rng.integers(0, 8, BATCH) == 0, rng.integers(0, len(frame) + 3, BATCH), len(frame))
    padded = np.hstack((copies, rng.integers(0, 256, (BATCH, 2), dtype=np.uint8)))
    return [row[:length].tobytes() for row, length in zip(padded, lengths.tolist(), strict=True)]


def valid_frames(rng: np.random.Generator) -> list[tuple[bytes, Layout]]:
    """Return the vectors, and made samples of all layouts and sizes, each with its layout."""
    vectors: dict[str, Any] = json.loads((files("firmware_bridge.wire") / "vectors.json").read_text("utf-8"))
    frames = [
        (bytes.fromhex(vector["hex"]), Layout(**vector.get("layout", {"channels": 1, "bits": 16})))
        for kind in ("samples", "status", "responses", "commands")
        for vector in vectors[kind]
    ]
    for byte in range(32):
        layout = layout_of(byte)
        for payload in (61, 182, 244):
            rows = layout.rows_within(payload)
            counts = rng.normal(0, 100, (rows, layout.channels)).astype(np.int32)
            frames.append((encode_samples(SampleFrame(EMG, 1, 2, 3, 4, counts), layout), layout))
    return frames


def try_batch(rng: np.random.Generator, frame: bytes, layout: Layout) -> None:
    """Try one frame, changed in many ways, in every part of the codec."""
    changed = mutated(rng, frame)
    decoder = Decoder({EMG: layout, ACC: layout})
    decoded = decoder.decode(changed)
    hold("every frame is decoded or counted", holds=len(decoded) + decoder.defects.total() == len(changed))
    met.update({str(defect): n for defect, n in decoder.defects.items()})
    met["decoded"] += len(decoded)
    for value in decoded[::CHECKED]:
        (again,) = decoder.decode([encoded(value, layout)])
        hold("a frame comes back", holds=same(value, again))
    if frame[0] == 0x18:  # noqa: PLR2004 - a command
        for copy in changed:
            try_command(copy)
    line = wrap(frame)
    lines = b"\0".join(mutated(rng, line)[::CHECKED])
    unwrapper, cut = Unwrapper(), int(rng.integers(0, len(lines)))
    through = unwrapper.feed(lines[:cut]) + unwrapper.feed(lines[cut:] + b"\0")
    hold("no changed frame passes", holds=all(passed == frame for passed in through))
    met["inputs"] += len(changed) + len(changed) // CHECKED


def mutate(inputs: int) -> None:
    """Try at least so many changed frames."""
    rng, began = np.random.default_rng(1), time.monotonic()
    while met["inputs"] < inputs:
        for frame, layout in valid_frames(rng):
            try_batch(rng, frame, layout)
        print(f"{time.monotonic() - began:.0f} s", dict(met.most_common()), flush=True)


def main() -> None:
    """Fuzz until a finding, or as many inputs as asked for."""
    if not GUIDED:
        mutate(int(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        write_seeds(Path(folder))
        atheris.Setup([sys.argv[0], f"-max_len={LONGEST_INPUT}", *sys.argv[1:], folder], try_one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
