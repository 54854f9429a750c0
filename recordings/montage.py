"""Which channels of a file are used: the scored muscle first, co-recorded muscles, acceleration X, Y, Z."""

from collections.abc import Sequence
from dataclasses import dataclass

from recordings.errors import ChannelChoiceError
from recordings.header import Header, SignalHeader
from recordings.labels import AXES, Place, leg_in, parted, place_of
from signals.channels import CALF_MUSCLES, Leg


@dataclass(frozen=True, slots=True)
class Pick:
    """One channel to use: its place among the ordinary signals of the file, and what is known of it."""

    ordinal: int
    signal: SignalHeader
    leg: Leg | None
    site: str | None


@dataclass(frozen=True, slots=True)
class Montage:
    """The channels to use; `emg[0]` is scored, `acc` is empty or X, Y, Z."""

    emg: tuple[Pick, ...]
    acc: tuple[Pick, ...]


def choose(header: Header, emg: Sequence[str], acc: Sequence[str]) -> Montage:
    """Choose the channels: those named, else those whose labels leave no doubt.

    `emg` names labels, each with or without `=L-GM`; `acc` three labels in the order X, Y, Z, or one prefix of
    three labels that end in X, Y and Z. Raises `ChannelChoiceError`, listing the channels, in any doubt.
    """
    muscles = _named_emg(header, emg) if emg else _found_emg(header)
    axes = _named_acc(header, acc) if acc else _found_acc(header, muscles[0].leg)
    for what, picks in (("EMG", muscles), ("ACC", axes)):
        rates = {pick.signal.samples_per_record for pick in picks}
        if len(rates) > 1:
            raise ChannelChoiceError(
                f"{header.path}: the {what} channels chosen have different rates. Choose channels of one rate. "
                + _channels(header)
            )
    return Montage(muscles, axes)


def _named_emg(header: Header, specs: Sequence[str]) -> tuple[Pick, ...]:
    picks: list[Pick] = []
    for spec in specs:
        label, said = parted(spec)
        place = said or place_of(label) or Place("EMG", None, None)
        picks.append(_pick(header, label, place.leg, place.site))
    if len({pick.ordinal for pick in picks}) < len(picks):
        raise ChannelChoiceError(f"{header.path}: a channel is named twice in {', '.join(specs)}.")
    return tuple(picks)


def _named_acc(header: Header, specs: Sequence[str]) -> tuple[Pick, ...]:
    if len(specs) == 1:
        labels = _axes_of_prefix(header, specs[0])
    elif len(specs) == len(AXES):
        labels = tuple(specs)
    else:
        raise ChannelChoiceError(
            f"{header.path}: {len(specs)} acceleration channels are named ({', '.join(specs)}); name three, in "
            "the order X, Y, Z, or one prefix of three labels that end in X, Y and Z. " + _channels(header)
        )
    return tuple(_pick(header, label, leg_in(label), axis) for label, axis in zip(labels, AXES, strict=True))


def _axes_of_prefix(header: Header, prefix: str) -> tuple[str, ...]:
    start = prefix.strip().casefold()
    labels: list[str] = []
    for axis in AXES:
        ends = {start + gap + axis.casefold() for gap in ("", " ", "-", "_", "/", ".")}
        found = [signal.label for signal in header.ordinary if signal.label.casefold() in ends]
        if len(found) != 1:
            raise ChannelChoiceError(
                f"{header.path}: {len(found)} labels consist of {prefix!r} and {axis}; one for each of X, Y and Z "
                "is needed. " + _channels(header)
            )
        labels.extend(found)
    return tuple(labels)


def _pick(header: Header, label: str, leg: Leg | None, site: str | None) -> Pick:
    wanted = label.strip().casefold()
    found = [(i, s) for i, s in enumerate(header.ordinary) if s.label.casefold() == wanted]
    if len(found) != 1:
        count = "no channel has" if not found else f"{len(found)} channels have"
        raise ChannelChoiceError(f"{header.path}: {count} the label {label!r}. {_channels(header)}")
    return Pick(*found[0], leg, site)


def _found_emg(header: Header) -> tuple[Pick, ...]:
    places = [(i, signal, place_of(signal.label)) for i, signal in enumerate(header.ordinary)]
    legs = [Pick(i, s, p.leg, p.site) for i, s, p in places if p is not None and p.modality == "EMG"]
    calves = [pick for pick in legs if pick.site in CALF_MUSCLES]
    candidates = calves or legs
    if not candidates:
        raise ChannelChoiceError(
            f"{header.path}: no channel is labelled as EMG of a leg. Name it with --emg. {_channels(header)}"
        )
    if len(candidates) > 1:
        choices = " or ".join(f'--emg "{pick.signal.label}"' for pick in candidates)
        raise ChannelChoiceError(
            f"{header.path}: {len(candidates)} channels could be the scored muscle. Choose with {choices}; where "
            f"the label does not say leg and muscle, add them, as in LABEL=L-GM. {_channels(header)}"
        )
    scored = candidates[0]
    return (scored, *(p for p in legs if p is not scored and (p.leg, p.site) == (scored.leg, "TA")))


def _found_acc(header: Header, leg: Leg | None) -> tuple[Pick, ...]:
    axes: dict[str | None, Pick] = {}
    for i, signal in enumerate(header.ordinary):
        place = place_of(signal.label)
        if place is None or (place.modality, place.leg) != ("ACC", leg):
            continue
        if place.site in axes:
            raise ChannelChoiceError(
                f"{header.path}: several channels have the label {signal.label!r}. {_channels(header)}"
            )
        axes[place.site] = Pick(i, signal, place.leg, place.site)
    missing = [axis for axis in AXES if axis not in axes]
    if axes and missing:
        raise ChannelChoiceError(
            f"{header.path}: acceleration lacks {' and '.join(missing)}; X, Y and Z are needed. {_channels(header)}"
        )
    return tuple(axes[axis] for axis in AXES if axes)


def _channels(header: Header) -> str:
    listed = ", ".join(f"{s.label!r} ({s.unit or 'no unit'}, {header.fs_hz(s):g} Hz)" for s in header.ordinary)
    return f"The file has: {listed or 'no channels besides annotations'}."
