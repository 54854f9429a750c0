"""What is said of a sensor in its URI: where it is worn (`leg`, `muscle`); and which rates of EMG are taken."""

from dataclasses import dataclass

from firmware_bridge.sensor import Address, SensorError
from signals import LEGS, MUSCLES, Channel, CountedStream, Leg, Scale

LEAST_EMG_HZ = 200.0
LOW_EMG_HZ = 500.0


@dataclass(frozen=True, slots=True)
class Wearing:
    """Which leg and which muscle; None where nobody said."""

    leg: Leg | None = None
    muscle: str | None = None

    def emg(self, fs_hz: float, scale: Scale, others: tuple[str, ...] = ()) -> CountedStream:
        """Return the EMG stream: the worn muscle first, then channels of these labels, all of one scale."""
        channel = Channel("EMG", "EMG", self.leg, self.muscle)
        channels = (Channel(channel.name, "EMG", self.leg, self.muscle), *(Channel(o, "EMG") for o in others))
        return CountedStream("emg", fs_hz, channels, (scale,) * len(channels))

    def acc(self, fs_hz: float, scales: tuple[Scale, Scale, Scale]) -> CountedStream:
        """Return the stream of the three axes in the order X, Y, Z."""
        channels = tuple(Channel(f"ACC {self.leg or '?'}-{axis}", "ACC", self.leg, axis) for axis in "XYZ")
        return CountedStream("acc", fs_hz, channels, scales)


def read_wearing(address: Address, **others: str | None) -> tuple[Wearing, dict[str, str | None]]:
    """Return `leg` and `muscle` of a URI, and its other options with the defaults given.

    Raises `SensorError` for an option that does not exist, a leg or a muscle that is none.
    """
    options = address.read_options(leg=None, muscle=None, **others)
    leg, muscle = options.pop("leg"), options.pop("muscle")
    if leg is not None and leg not in LEGS:
        raise SensorError(f"leg={leg}: write {' or '.join(LEGS)}")
    if muscle is not None and muscle not in MUSCLES:
        raise SensorError(f"muscle={muscle}: write one of {', '.join(MUSCLES)}")
    return Wearing(leg, muscle), options


def remarks_on_rate(fs_hz: float) -> tuple[str, ...]:
    """Return what is to be said of EMG at a rate. Raises `SensorError` for one that is too low to be of use."""
    if fs_hz < LEAST_EMG_HZ:
        raise SensorError(
            f"EMG at {fs_hz:g} Hz is too slow: what lies above {fs_hz / 2:g} Hz is lost, most of the EMG;"
            f" at least {LEAST_EMG_HZ:g} Hz is needed, 1000 Hz recommended"
        )
    if fs_hz <= LOW_EMG_HZ:
        return (f"EMG is sampled at {fs_hz:g} Hz only: what lies above {fs_hz / 2:g} Hz is not seen",)
    return ()
