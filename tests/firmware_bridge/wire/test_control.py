"""Commands, responses, and which rate fits a link."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.readings import Defect
from firmware_bridge.wire.control import (
    Abort,
    Command,
    CommandError,
    Configure,
    Count,
    Describe,
    Hello,
    Operation,
    Report,
    Response,
    Result,
    Serial,
    Start,
    Stop,
    decode_command,
    decode_response,
    encode_command,
    encode_response,
    fits,
)
from firmware_bridge.wire.defective import DefectiveFrameError
from firmware_bridge.wire.frames import ACC, EMG, Layout
from firmware_bridge.wire.values import Description, Granted, Held, Identity, Sent, SerialNumber, Values

u8, u16, u32 = (st.integers(0, 2**bits - 1) for bits in (8, 16, 32))
hertz = u32.map(lambda millihertz: millihertz / 1000)
streams = st.sampled_from((EMG, ACC))
widths = st.sampled_from((16, 24))
ranges = st.tuples(u32, u32).map(sorted)
text = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)

commands: st.SearchStrategy[Command] = st.one_of(
    st.tuples(u8, u8).map(lambda pair: Hello(*sorted(pair))),
    st.builds(Describe, streams, u8),
    st.builds(Configure, streams, hertz, widths, st.booleans()),
    st.tuples(streams, u16, ranges).map(lambda t: Report(t[0], t[1], *t[2])),
    st.builds(Count, streams),
    st.sampled_from((Serial(), Start(), Stop(), Abort())),
)
values: st.SearchStrategy[tuple[Operation, Values]] = st.one_of(
    st.tuples(
        st.just(Operation.HELLO),
        st.builds(
            Identity,
            version=u8,
            boot=u16,
            firmware=st.tuples(u8, u8, u8),
            keeps_s=u16,
            frames_per_s=u16,
            emg_channels=st.integers(1, 8),
            acc_channels=st.sampled_from((0, 3)),
        ),
    ),
    st.tuples(st.just(Operation.SERIAL), st.builds(SerialNumber, text.map(lambda t: t[:16]))),
    st.tuples(
        st.just(Operation.DESCRIBE),
        st.builds(
            Description,
            widths,
            st.floats(width=32, allow_nan=False, allow_infinity=False).filter(bool),
            text.map(lambda t: t[:2]),
            hertz,
        ),
    ),
    st.tuples(st.just(Operation.CONFIGURE), st.builds(Granted, hertz)),
    st.tuples(st.just(Operation.REPORT), st.builds(Sent, u32)),
    st.tuples(st.just(Operation.COUNT), st.tuples(u16, ranges).map(lambda t: Held(t[0], *t[1]))),
)


@settings(deadline=None)
@given(commands, u8)
def test_commands_come_back_and_fit_the_smallest_link(command: Command, transaction: int) -> None:
    frame = encode_command(command, transaction)
    assert decode_command(frame) == (command, transaction)
    assert len(frame) <= 20


@settings(deadline=None)
@given(values, u8)
def test_responses_come_back_and_fit_the_smallest_link(case: tuple[Operation, Values], transaction: int) -> None:
    response = Response(case[0], transaction, Result.SUCCESS, case[1])
    frame = encode_response(response)
    assert decode_response(frame) == response
    assert len(frame) <= 20


@settings(deadline=None)
@given(st.sampled_from(Operation), u8, st.sampled_from([r for r in Result if r is not Result.SUCCESS]))
def test_a_refusal_has_no_values_but_the_rate_that_fits(op: Operation, transaction: int, result: Result) -> None:
    fitting = op is Operation.CONFIGURE and result is Result.RATE_DOES_NOT_FIT
    response = Response(op, transaction, result, Granted(741.0) if fitting else None)
    frame = encode_response(response)
    assert len(frame) == (8 if fitting else 4)
    assert decode_response(frame) == response


@settings(deadline=None)
@given(st.binary(max_size=24))
def test_any_bytes_are_a_command_or_refused(frame: bytes) -> None:
    answer: bytes | None = None
    try:
        command, transaction = decode_command(frame)
    except CommandError as error:
        answer = error.answer
    else:
        assert encode_command(command, transaction) == frame
    assert answer is None or answer[:3] == b"\x19" + frame[1:3]


@settings(deadline=None)
@given(st.binary(max_size=24).map(lambda tail: b"\x19" + tail))
def test_any_bytes_are_a_response_or_defective(frame: bytes) -> None:
    defect = Defect.TRUNCATED
    try:
        response = decode_response(frame)
    except DefectiveFrameError as error:
        defect = error.defect
    else:
        assert encode_response(response) == frame
    assert defect in {Defect.TRUNCATED, Defect.DAMAGED}


@pytest.mark.parametrize(
    "command",
    [Hello(0, 256), Describe(EMG, 256), Configure(EMG, 4_294_967.296, 16), Report(EMG, 65_536, 0, 1), Count(EMG)],
)
def test_a_command_with_a_field_out_of_range_is_not_sent(command: Command) -> None:
    transaction = 256 if command == Count(EMG) else 0
    with pytest.raises(ValueError, match="range"):
        encode_command(command, transaction)


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (Response(Operation.START, 0, Result.SUCCESS, Sent(1)), "other than"),
        (Response(Operation.REPORT, 0, Result.SUCCESS), "other than"),
        (Response(Operation.REPORT, 0, Result.NO_RECORDS, Sent(0)), "other than"),
        (Response(Operation.REPORT, 0, Result.SUCCESS, Sent(2**32)), "out of range"),
        (Response(Operation.SERIAL, 0, Result.SUCCESS, SerialNumber("A" * 17)), "1 to 16"),
        (Response(Operation.DESCRIBE, 0, Result.SUCCESS, Description(16, 1e39, "GM", 1.0)), "out of range"),
        (Response(Operation.DESCRIBE, 0, Result.SUCCESS, Description(16, 1.0, "SOL", 1.0)), "1 or 2"),
    ],
)
def test_a_response_that_cannot_be_is_not_sent(response: Response, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        encode_response(response)


ONE, AXES = Layout(1, 16), Layout(3, 16)


def test_the_worked_example_of_the_protocol() -> None:
    layouts = {EMG: ONE, ACC: AXES}
    assert fits(20, 400, layouts, {ACC: 52.0}, EMG) == 741.0
    assert fits(20, 100, layouts, {ACC: 52.0}, EMG) == 66.0
    assert fits(20, 100, layouts, {}, EMG) == (75 - 1) * 3  # without acceleration
    assert fits(20, 400, layouts, {ACC: 52.0, EMG: 500.0}, EMG) == 741.0  # its own rate does not count


@pytest.mark.parametrize(
    ("payload", "layout", "rows"),
    [
        (20, Layout(1, 16), 3),
        (20, Layout(1, 24), 2),
        (20, Layout(2, 24), 1),
        (20, Layout(8, 24), 0),  # a row of 24 bytes
        (37, Layout(8, 24), 0),
        (38, Layout(8, 24), 1),
        (244, Layout(1, 16), 115),
        (512, Layout(2, 16), 124),
        (514, Layout(2, 16), 124),  # MTU 517; a frame has 512 bytes at most
        (14, Layout(1, 16), 0),
        (0, Layout(1, 16), 0),
    ],
)
def test_the_rows_that_a_payload_holds_set_the_rate(payload: int, layout: Layout, rows: int) -> None:
    assert layout.rows_within(payload) == rows
    assert fits(payload, 100, {EMG: layout}, {}, EMG) == 74 * rows


def test_a_stream_needs_a_frame_every_250_ms() -> None:
    # 52 Hz of acceleration fill 52/38 frames a second of 244 bytes; 4 are counted
    assert fits(244, 12, {EMG: ONE, ACC: AXES}, {ACC: 52.0}, EMG) == (9 - 1 - 4) * 115
    assert fits(244, 11, {EMG: ONE, ACC: AXES}, {ACC: 52.0}, EMG) == 0.0


def test_nothing_fits_beside_a_stream_that_does_not_fit() -> None:
    assert fits(20, 400, {EMG: ONE, ACC: Layout(3, 24)}, {ACC: 52.0}, EMG) == 0.0
    assert fits(20, 400, {EMG: ONE, ACC: Layout(3, 24)}, {ACC: 0.0}, EMG) == 299 * 3  # off


@settings(deadline=None)
@given(st.integers(0, 600), st.integers(0, 65_535), st.integers(1, 8), widths, hertz)
def test_the_live_frames_at_the_rate_that_fits_leave_a_quarter_of_the_link(
    payload: int, frames_per_s: int, channels: int, bits: int, acc_hz: float
) -> None:
    layouts = {EMG: Layout(channels, bits), ACC: AXES}
    rate_hz = fits(payload, frames_per_s, layouts, {ACC: acc_hz}, EMG)
    rows = [max(0, min(payload, 512) - 14) // (n * width // 8) for n, width in ((channels, bits), (3, 16))]

    def frames(rate: float, rows: int) -> float:
        return max(4.0, rate / rows) if rate else 0.0

    if rate_hz:
        live = 1 + frames(rate_hz, rows[0]) + frames(acc_hz, rows[1])
        assert live <= 0.75 * frames_per_s + 1e-6
        if rate_hz < 4_294_967.295:  # what the field can say
            assert live > 0.75 * frames_per_s - 0.002 * math.ceil(rows[0])
