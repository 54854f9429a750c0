"""How the report says things: labels, causes of loss, spans of time, values with their units."""

from math import isnan

from models import Label, Reason
from signals import GapReason

LABEL_WORDS = {
    Label.CRAMP: "cramp",
    Label.LEG_MOVEMENT: "leg movement",
    Label.RHYTHMIC: "rhythmic",
    Label.VOLUNTARY: "voluntary",
    Label.GAIT: "gait",
    Label.ARTEFACT: "artefact",
}

LOSS_WORDS = {
    GapReason.LINK_LOST: "link lost",
    GapReason.SENSOR_RESTART: "sensor restarted",
    GapReason.SENSOR_FAULT: "sensor at fault",
    GapReason.HOST_STOPPED: "computer stopped",
    GapReason.NOT_RECORDED: "not recorded",
    GapReason.LEAD_OFF: "electrode off",
    GapReason.SATURATED: "saturated",
    GapReason.NOT_WORN: "not worn",
    GapReason.FLOOR_UNKNOWN: "resting level unknown",
}

MINUTE_S, HOUR_S = 60, 3600
TENTHS_BELOW_S = 9.95  # from here on, tenths of a second say nothing
SHARES = ("duty", "artefact_share", "saturated_share", "gait_share")
UNITS = {"_s": "s", "_uv": "µV", "_hz": "Hz", "_g": "g", "_deg": "°", "_ratio": "× floor"}
NOT_MEASURED = "not measured"


def counted(number: int, noun: str) -> str:
    """Say a number and its noun, such as `1 cramp` or `0 cramps`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def span(seconds: float) -> str:
    """Say a span of time in the two units that matter, such as `7.2 s`, `1 min 05 s` or `7 h 32 min`."""
    if seconds < TENTHS_BELOW_S:
        return f"{seconds:.1f} s" if seconds else "0 s"
    whole = round(seconds)
    if whole < MINUTE_S:
        return f"{whole} s"
    if whole < HOUR_S:
        return f"{whole // MINUTE_S} min {whole % MINUTE_S:02d} s"
    minutes = round(seconds / MINUTE_S)
    return f"{minutes // MINUTE_S} h {minutes % MINUTE_S:02d} min"


def measured(feature: str, value: float) -> str:
    """Say the value of a feature of `models.Features` with its unit; NaN is `not measured`."""
    if isnan(value):
        return NOT_MEASURED
    if feature in SHARES:
        return f"{100 * value:.0f} %"
    unit = next((unit for suffix, unit in UNITS.items() if feature.endswith(suffix)), "")
    number = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits, no exponent
    return f"{number} {unit}".rstrip()


def limit(reason: Reason) -> str:
    """Say the limit of a criterion and its side."""
    return f"{'≥' if reason.at_least else '≤'} {measured(reason.feature, reason.limit)}"
