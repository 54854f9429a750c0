"""Which channels are used: named ones, unmistakable ones, and the errors that list what the file has."""

from collections.abc import Sequence

import numpy as np
import pytest

from recordings import RecordedNight, open_recording
from recordings.errors import ChannelChoiceError
from tests.recordings.conftest import Put
from tests.recordings.handmade import File, Signal, acceleration


def labelled(*labels: str) -> File:
    """Return a file with one EMG channel for each label."""
    return File(tuple(Signal(label) for label in labels))


def emg_of(night: RecordedNight) -> list[tuple[str, str | None, str | None]]:
    """Return label, leg and site of the EMG channels."""
    return [(channel.label, channel.leg, channel.site) for channel in night.streams[0].channels]


def test_named_channels_are_taken_in_the_order_named_whatever_their_case(put: Put) -> None:
    night = open_recording(put(labelled("EMG BB", "EMG VL", "EMG TA")), ("emg ta ", "EMG BB"))
    assert emg_of(night) == [("EMG TA", None, "TA"), ("EMG BB", None, None)]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("Leg 1=L-GM", ("Leg 1", "L", "GM")),
        ("Leg 1=?-SO", ("Leg 1", None, "SO")),
        ("a=b=R-TA", ("a=b", "R", "TA")),
        ("a=b", ("a=b", None, None)),
    ],
)
def test_leg_and_muscle_may_be_said_after_the_last_equals_sign(
    put: Put, spec: str, expected: tuple[str, str | None, str | None]
) -> None:
    assert emg_of(open_recording(put(labelled("Leg 1", "a=b")), (spec,))) == [expected]


def test_an_unknown_muscle_is_refused_with_the_known_ones(put: Put) -> None:
    with pytest.raises(ChannelChoiceError, match="unknown muscle 'QQ'; known are GM gastrocnemius medialis"):
        open_recording(put(labelled("Leg 1")), ("Leg 1=L-QQ",))


def test_a_label_that_is_not_there_is_refused_with_those_that_are(put: Put) -> None:
    with pytest.raises(
        ChannelChoiceError, match=r"no channel has the label 'EMG XY'.*has: 'EMG BB' \(uV, 1000 Hz\)"
    ):
        open_recording(put(labelled("EMG BB")), ("EMG XY",))


def test_a_label_that_is_there_twice_is_refused(put: Put) -> None:
    with pytest.raises(ChannelChoiceError, match="2 channels have the label 'EMG BB'"):
        open_recording(put(labelled("EMG BB", "EMG BB")), ("EMG BB",))


def test_a_channel_named_twice_is_refused(put: Put) -> None:
    with pytest.raises(ChannelChoiceError, match="a channel is named twice in EMG BB, emg bb"):
        open_recording(put(labelled("EMG BB")), ("EMG BB", "emg bb"))


def test_emg_channels_of_different_rates_are_refused(put: Put) -> None:
    file = File((Signal("EMG BB"), Signal("EMG VL", digital=np.ones(4000, dtype=np.int32))))
    with pytest.raises(
        ChannelChoiceError, match=r"EMG channels chosen have different rates.*'EMG VL' \(uV, 2000 Hz\)"
    ):
        open_recording(put(file), ("EMG BB", "EMG VL"))


def test_the_only_calf_muscle_is_scored_beside_the_shin_of_its_leg(put: Put) -> None:
    night = open_recording(put(labelled("EMG R-TA", "EMG L-TA", "EMG Chin", "EMG L-SO", "EMG L-PL")))
    assert emg_of(night) == [("EMG L-SO", "L", "SO"), ("EMG L-TA", "L", "TA")]


@pytest.mark.parametrize("labels", [("EMG L-GM", "EMG R-GM"), ("EMG L-GM", "EMG L-SO"), ("EMG GM", "EMG GL")])
def test_several_calf_muscles_are_refused_with_what_to_type(put: Put, labels: tuple[str, str]) -> None:
    choices = f'Choose with --emg "{labels[0]}" or --emg "{labels[1]}"'
    with pytest.raises(ChannelChoiceError, match=f"2 channels could be the scored muscle. {choices}"):
        open_recording(put(labelled(*labels)))


@pytest.mark.parametrize(
    ("label", "leg", "site"),
    [
        ("LAT", "L", "TA"),
        ("RAT", "R", "TA"),
        ("Leg L", "L", None),
        ("Leg/R", "R", None),
        ("EMG LLeg", "L", None),
        ("Left Leg", "L", None),
        ("L Leg", "L", None),
        ("R-LEG", "R", None),
        ("Tib L", "L", "TA"),
        ("LTIB", "L", "TA"),
        ("EMG Tib/L", "L", "TA"),
        ("EMG RAT", "R", "TA"),
        ("PLMl", "L", None),
        ("PLMr", "R", None),
        ("Tibialis Left", "L", "TA"),
        ("L TA", "L", "TA"),
        ("TIB", None, "TA"),
        ("EMG TA", None, "TA"),
        ("EMG GM", None, "GM"),
        ("emg l-gl", "L", "GL"),
    ],
)
def test_the_labels_of_sleep_laboratories_are_recognised(
    put: Put, label: str, leg: str | None, site: str | None
) -> None:
    assert emg_of(open_recording(put(labelled("EEG C3-M2", "EMG Chin", label)))) == [(label, leg, site)]


@pytest.mark.parametrize(("left", "right"), [("LAT", "RAT"), ("Leg L", "Leg R"), ("Leg 1", "Leg 2")])
def test_two_legs_are_refused_with_what_to_type(put: Put, left: str, right: str) -> None:
    with pytest.raises(
        ChannelChoiceError, match=f'--emg "{left}" or --emg "{right}"; where the label does not say'
    ):
        open_recording(put(labelled("EMG Chin", left, right)))


@pytest.mark.parametrize("label", ["EMG Chin", "EMG BB", "EMG L-QQ", "Flow", "ECG", "Plethysmogram", "Leg L-R"])
def test_a_file_without_leg_emg_is_refused_with_its_channels(put: Put, label: str) -> None:
    message = (
        rf"no channel is labelled as EMG of a leg. Name it with --emg. The file has: '{label}' \(uV, 1000 Hz\)"
    )
    with pytest.raises(ChannelChoiceError, match=message):
        open_recording(put(labelled(label)))


def test_a_channel_without_a_unit_is_listed_as_such(put: Put) -> None:
    with pytest.raises(ChannelChoiceError, match=r"'Flow' \(no unit, 1000 Hz\)"):
        open_recording(put(File((Signal("Flow", ""),))))


def test_acceleration_of_the_scored_leg_is_taken(put: Put) -> None:
    night = open_recording(put(File((*acceleration(104, "R"), Signal(), *acceleration(104)))))
    assert [(c.label, c.leg, c.site) for c in night.streams[1].channels] == [
        ("ACC L-X", "L", "X"),
        ("ACC L-Y", "L", "Y"),
        ("ACC L-Z", "L", "Z"),
    ]


def test_acceleration_of_the_other_leg_is_left_out(put: Put) -> None:
    assert [s.name for s in open_recording(put(File((Signal(), *acceleration(104, "R"))))).streams] == ["emg"]


def shank(leg: str) -> list[Signal]:
    """Return three axes with labels that are not ours."""
    return [Signal(f"ACC shank {leg} {axis}", "g", digital=np.ones(104, dtype=np.int32)) for axis in "XYZ"]


@pytest.mark.parametrize("acc", [("ACC shank R",), ("acc shank r x", "ACC shank R Y", "ACC shank R Z")])
def test_acceleration_is_named_by_a_prefix_or_by_three_labels(put: Put, acc: Sequence[str]) -> None:
    night = open_recording(put(File((Signal(), *shank("L"), *shank("R")))), acc=acc)
    assert [(c.label, c.leg, c.site) for c in night.streams[1].channels] == [
        ("ACC shank R X", "R", "X"),
        ("ACC shank R Y", "R", "Y"),
        ("ACC shank R Z", "R", "Z"),
    ]


@pytest.mark.parametrize("acc", [("a", "b"), ("a", "b", "c", "d")])
def test_another_number_of_acceleration_channels_is_refused(put: Put, acc: Sequence[str]) -> None:
    with pytest.raises(ChannelChoiceError, match=f"{len(acc)} acceleration channels are named .*; name three, in"):
        open_recording(put(File((Signal(), *shank("L")))), acc=acc)


def test_a_prefix_without_three_axes_is_refused(put: Put) -> None:
    with pytest.raises(ChannelChoiceError, match="0 labels consist of 'ACC shank' and X; one for each"):
        open_recording(put(File((Signal(), *shank("L")))), acc=("ACC shank",))


def test_acceleration_without_one_axis_is_refused(put: Put) -> None:
    with pytest.raises(ChannelChoiceError, match="acceleration lacks Y; X, Y and Z are needed"):
        open_recording(put(File((Signal(), *acceleration(104)[::2]))))


def test_acceleration_with_one_axis_twice_is_refused(put: Put) -> None:
    axes = acceleration(104)
    with pytest.raises(ChannelChoiceError, match="several channels have the label 'ACC L-Z'"):
        open_recording(put(File((Signal(), *axes, axes[2]))))


def test_acceleration_of_different_rates_is_refused(put: Put) -> None:
    with pytest.raises(ChannelChoiceError, match="the ACC channels chosen have different rates"):
        open_recording(put(File((Signal(), *acceleration(104)[:2], acceleration(200)[2]))))


def test_a_leg_that_a_label_does_not_name_once_stays_unknown(put: Put) -> None:
    axes = [Signal(f"L R acc {axis}", "g", digital=np.ones(104, dtype=np.int32)) for axis in "XYZ"]
    night = open_recording(put(File((Signal(), *axes))), acc=("L R acc",))
    assert [channel.leg for channel in night.streams[1].channels] == [None, None, None]
