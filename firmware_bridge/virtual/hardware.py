"""What kind of sensor it is: numbers that a firmware engineer chooses and a patient's night does not change."""

from dataclasses import dataclass, field

from firmware_bridge.virtual.crystal import Crystal

LONGEST_KEPT_S = 65535  # what HELLO can say
EMPTY_MV, FULL_MV = 3300, 4200  # of a lithium polymer cell; a straight line in between


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """A sensor: serial number, firmware, how long it keeps samples, its crystal, its battery, its converter.

    `battery_h` is how long a full battery lasts, `battery_percent` what is in it at the beginning. `boot` is its
    first boot id. `bits` is what its converters give, 16 or 24.
    """

    serial: str = "CW-VIRTUAL-1"
    firmware: tuple[int, int, int] = (1, 0, 0)
    keeps_s: float = 600.0
    crystal: Crystal = field(default_factory=Crystal)
    battery_h: float = 72.0
    battery_percent: float = 100.0
    boot: int = 1
    bits: int = 16

    def __post_init__(self) -> None:
        if not 0 < self.keeps_s <= LONGEST_KEPT_S:
            raise ValueError(f"keeps_s is {self.keeps_s}; it must be above 0 and at most {LONGEST_KEPT_S}")
        if not (self.battery_h > 0 and 0 < self.battery_percent <= 100):  # noqa: PLR2004 - percent
            raise ValueError(
                f"a battery of {self.battery_percent} % for {self.battery_h} h; above 0, at most 100 % are needed"
            )
        if self.bits not in (16, 24):
            raise ValueError(f"a converter of {self.bits} bits; the profile has 16 and 24")

    @property
    def empty_s(self) -> float:
        """When the battery is empty, in s from the beginning."""
        return self.battery_percent / 100 * self.battery_h * 3600

    def battery(self, true_s: float) -> tuple[int, int]:
        """Percent and mV after `true_s` seconds."""
        percent = max(0.0, self.battery_percent - 100 * true_s / 3600 / self.battery_h)
        return round(percent), round(EMPTY_MV + (FULL_MV - EMPTY_MV) * percent / 100)


@dataclass(frozen=True, slots=True)
class Link:
    """A way to the bridge: the longest frame it carries, frames a second, and whether it is a session.

    A session (Bluetooth) ends with a lost link and must be made anew; a cable (serial) falls silent and goes on.
    """

    payload_bytes: int
    frames_per_s: int
    session: bool
