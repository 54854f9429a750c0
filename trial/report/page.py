"""The report as one HTML file that needs nothing else."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from nights.report.drawing import address
from nights.report.palette import ACCENT, HAIR, INK, MUTED
from trial.report.document import Document

COLOURS = {"ink": INK, "muted": MUTED, "hair": HAIR, "accent": ACCENT}


def page_of(document: Document) -> str:
    """Return the page; the same document gives the same text."""
    environment = Environment(
        loader=PackageLoader("trial.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["address"] = address
    return environment.get_template("page.html").render(document=document, colours=COLOURS)
