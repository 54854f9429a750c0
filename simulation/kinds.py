"""What can happen in a simulated night, and what the project calls it."""

from enum import StrEnum


class Kind(StrEnum):
    """One kind of event; the words of the column `kind` of a truth table."""

    CRAMP = "cramp"
    FASCICULATION = "fasciculation"
    PLM = "plm"
    LEG_MOVEMENT = "leg_movement"
    TURNING = "turning"
    ALMA = "alma"
    FOOT_TREMOR = "foot_tremor"
    FRAGMENTARY_MYOCLONUS = "fragmentary_myoclonus"
    HYPNIC_JERK = "hypnic_jerk"
    STRETCHING = "stretching"
    RUBBING = "rubbing"
    STANDING = "standing"
    WALKING = "walking"
    TONIC = "tonic"
    MOTION = "motion_artefact"
    POP = "electrode_pop"
    LEAD_OFF = "lead_off"
    SATURATION = "saturation"
    DROPOUT = "dropout"
    RESTART = "sensor_restart"


MINOR = "minor"
"""Trial type of activity without a label of the project: fasciculations, and what never meets the definition."""

TRIAL_TYPE: dict[Kind, str] = {
    Kind.CRAMP: "cramp",
    Kind.FASCICULATION: MINOR,
    Kind.PLM: "leg_movement",
    Kind.LEG_MOVEMENT: "leg_movement",
    Kind.TURNING: "voluntary",
    Kind.ALMA: "rhythmic",
    Kind.FOOT_TREMOR: "rhythmic",
    Kind.FRAGMENTARY_MYOCLONUS: "rhythmic",
    Kind.HYPNIC_JERK: "leg_movement",
    Kind.STRETCHING: "voluntary",
    Kind.RUBBING: "voluntary",
    Kind.STANDING: "voluntary",
    Kind.WALKING: "gait",
    Kind.TONIC: "voluntary",
    Kind.MOTION: "artefact",
    Kind.POP: "artefact",
    Kind.LEAD_OFF: "lead_off",
    Kind.SATURATION: "saturated",
    Kind.DROPOUT: "link_lost",
    Kind.RESTART: "sensor_restart",
}

NO_MUSCLE = ("artefact", "lead_off", "saturated", "link_lost", "sensor_restart")

MUSCULAR = tuple(kind for kind, label in TRIAL_TYPE.items() if label not in NO_MUSCLE)
"""Kinds that contract a muscle."""

GAPS = (Kind.DROPOUT, Kind.RESTART)
"""Kinds that leave nothing to read."""

MIMICS = tuple(kind for kind in Kind if kind not in (Kind.CRAMP, Kind.FASCICULATION))
"""Everything that is not a cramp."""
