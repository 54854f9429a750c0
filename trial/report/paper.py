"""The report as PDF, set by Typst: tagged, with its fonts in it, PDF/A-2a and PDF/UA-1."""

import json
from dataclasses import asdict
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import matplotlib as mpl
import typst

from trial.report.document import Document
from trial.report.page import COLOURS


def paper_of(document: Document) -> bytes:
    """Return the PDF; the same document gives the same bytes, dated when the analysis was made."""
    made = datetime.fromisoformat(document.made)
    content = {
        **asdict(document),
        "colours": COLOURS,
        "footer": f"{document.subtitle} · {document.made}",
        "moment": {part: getattr(made, part) for part in ("year", "month", "day", "hour", "minute", "second")},
    }
    inputs: dict[str, str | bytes] = {
        "main.typ": files("trial.report").joinpath("templates", "report.typ").read_bytes()
    }
    inputs["document.json"] = json.dumps(content, default=sorted).encode()
    inputs |= {f"{name}.svg": figure.svg.encode() for name, figure in document.figures.items()}
    return typst.compile(
        inputs,  # pyright: ignore[reportArgumentType] - files by name are allowed, its stub does not say so
        font_paths=[str(Path(mpl.get_data_path()) / "fonts" / "ttf")],
        ignore_system_fonts=True,
        format="pdf",
        timestamp=int(made.timestamp()),
        pdf_standards=["a-2a", "ua-1"],
    )
