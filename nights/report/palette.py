"""The colours of the report: one accent for cramps, all else calm; told apart in grey by place and by words."""

from models import Label
from signals import GapReason

INK = "#1f2a33"
MUTED = "#66727c"
HAIR = "#d5dbe0"
BAND = "#9fbcd0"
USABLE = "#6f97b0"
ACCENT = "#c23b0a"

LABEL_COLOURS = {
    Label.CRAMP: ACCENT,
    Label.LEG_MOVEMENT: "#2f6b9a",
    Label.RHYTHMIC: "#7db3d8",
    Label.VOLUNTARY: "#3f8f7b",
    Label.GAIT: "#8a76a8",
    Label.ARTEFACT: "#9aa0a6",
}

LOSS_COLOURS = {
    GapReason.LINK_LOST: "#ddd7f0",
    GapReason.SENSOR_RESTART: "#cbc2e6",
    GapReason.SENSOR_FAULT: "#d9c7dc",
    GapReason.HOST_STOPPED: "#d3d9e6",
    GapReason.NOT_RECORDED: "#ececec",
    GapReason.LEAD_OFF: "#efe3bd",
    GapReason.SATURATED: "#efd0d9",
    GapReason.NOT_WORN: "#e0e0e0",
    GapReason.FLOOR_UNKNOWN: "#dce9d4",
}
