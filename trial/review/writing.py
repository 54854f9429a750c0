"""Packets as files for one reader: a page and a JSON file for each, an index and the form to fill in."""

import json
import os
from collections.abc import Iterable, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from numpy.typing import NDArray

from nights.night_json import NOTICE
from nights.report.palette import ACCENT, BAND, HAIR, INK, MUTED
from nights.report.wording import NOT_MEASURED, measured
from trial.review.blinded import DECIMALS, DIGITS, SHOWN, BlindPacket, Signals
from trial.review.errors import ReviewError
from trial.review.form import write_form
from trial.review.picture import HOP_S, envelope_uv, picture_of
from trial.review.verdicts import CANNOT_TELL, READ_LABELS

SCHEMA = "crampwatch-packet"
SCHEMA_VERSION = 1
COLOURS = {"ink": INK, "muted": MUTED, "hair": HAIR, "band": BAND, "accent": ACCENT}
FORM = "readings.csv"
NO_TIME = 0  # of a file: 1 January 1970

MEANINGS: dict[str, str] = {
    "cramp": "sustained involuntary contraction of the calf, 15 s or more, that no movement explains; "
    "standing up or stretching at its end does not speak against it",
    "leg_movement": "a short contraction, as in periodic leg movements",
    "rhythmic": "it waxes and wanes several times: foot tremor, alternating activation",
    "voluntary": "turning over, stretching, standing",
    "gait": "steps",
    "artefact": "not muscle: electrodes, cable, mains",
    CANNOT_TELL: "the packet does not show enough to decide",
}


def write_packets(out: Path, reader: str, order: Sequence[str], packets: Iterable[BlindPacket]) -> None:
    """Write packets into a folder that must be empty or new; `order` has their codes as they are to be read.

    For each `<code>.html` and `<code>.json`, and for all of them `index.html` and the form `readings.csv`. Nothing
    but what `BlindPacket` holds gets into them, and the name of the reader. All files bear the same time: packets
    come night by night, and the times would tell which belong together. Raises `ReviewError` for a folder that is
    not empty.
    """
    if out.exists() and any(out.iterdir()):
        raise ReviewError(f"{out} is not empty; name a new folder")
    out.mkdir(parents=True, exist_ok=True)
    pages = Environment(
        loader=PackageLoader("trial.review"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = pages.get_template("packet.html")
    for packet in packets:
        figure = None if packet.signals is None else picture_of(packet, packet.signals)
        html = page.render(colours=COLOURS, packet=packet, rows=_rows(packet), figure=figure, notice=NOTICE)
        (out / f"{packet.code}.html").write_text(html, encoding="utf-8")
        document = json.dumps(packet_document(packet), allow_nan=False)
        (out / f"{packet.code}.json").write_text(document + "\n", encoding="utf-8")
    meanings = [(label, MEANINGS[label]) for label in READ_LABELS]
    index = pages.get_template("index.html")
    html = index.render(colours=COLOURS, reader=reader, codes=order, meanings=meanings, form=FORM, notice=NOTICE)
    (out / "index.html").write_text(html, encoding="utf-8")
    write_form(out / FORM, order)
    for path in out.iterdir():
        os.utime(path, (NO_TIME, NO_TIME))


def packet_document(packet: BlindPacket) -> dict[str, Any]:
    """Return a packet as JSON has it; docs/glossary.md defines the keys."""
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "notice": NOTICE,
        "code": packet.code,
        "features": packet.features,
        "signals": None if packet.signals is None else _signals(packet.signals),
    }


def _rows(packet: BlindPacket) -> list[tuple[str, str]]:
    return [
        (words, NOT_MEASURED if value is None else measured(name, value))
        for name, words in SHOWN.items()
        for value in (packet.features[name],)
    ]


def _signals(signals: Signals) -> dict[str, Any]:
    return {
        "onset_s": round(signals.onset_s, DECIMALS),
        "envelope_step_s": HOP_S,
        "envelope_uv": [
            _numbers(envelope_uv(signals.emg_uv[:, channel], signals.emg_fs_hz))
            for channel in range(signals.emg_uv.shape[1])
        ],
        "acceleration_hz": signals.acc_fs_hz,
        "acceleration_g": None if signals.acc_g is None else [_numbers(axis) for axis in signals.acc_g.T],
    }


def _numbers(values: NDArray[np.float64]) -> list[float | None]:
    return [float(f"{value:.{DIGITS}g}") if isfinite(value) else None for value in values.tolist()]
