"""Where a sensor is worn, and which rates are taken."""

import pytest

from firmware_bridge.drivers.wearing import read_wearing, remarks_on_rate
from firmware_bridge.sensor import Address, SensorError
from signals import Scale


def test_the_muscle_is_the_first_channel_and_the_axes_are_those_of_the_leg() -> None:
    wearing, options = read_wearing(Address.parse("umyo+ble:D4?leg=L&muscle=GM&rate=1137"), rate=None)
    emg = wearing.emg(1137.0, Scale(2.0))
    acc = wearing.acc(25.0, (Scale(1e-3), Scale(1e-3), Scale(1e-3)))
    assert options == {"rate": "1137"}
    assert [channel.name for channel in (*emg.channels, *acc.channels)] == [
        "EMG L-GM",
        "ACC L-X",
        "ACC L-Y",
        "ACC L-Z",
    ]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("leg=left", "leg=left: write L or R"),
        ("muscle=XX", "muscle=XX: write one of GM"),
        ("legs=L", "no option legs"),
    ],
)
def test_what_cannot_be_is_refused(query: str, message: str) -> None:
    with pytest.raises(SensorError, match=message):
        read_wearing(Address.parse(f"lsl:NAME?{query}"))


@pytest.mark.parametrize(("rate_hz", "remarks"), [(200.0, 1), (500.0, 1), (500.1, 0), (1000.0, 0)])
def test_a_low_rate_is_taken_and_said(rate_hz: float, remarks: int) -> None:
    assert len(remarks_on_rate(rate_hz)) == remarks


def test_a_rate_below_200_hz_is_refused() -> None:
    with pytest.raises(SensorError, match=r"EMG at 199\.9 Hz is too slow"):
        remarks_on_rate(199.9)
