"""Drawing: figures in one style, as SVG inside a page, the same bytes for the same content."""

import re
from base64 import b64encode
from collections.abc import Callable
from io import StringIO
from threading import Lock
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter
from matplotlib.transforms import Transform
from numpy.typing import NDArray

from nights.report.palette import HAIR, INK, MUTED

FONT_POINTS = 8.5
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same layout on every computer
    "font.size": FONT_POINTS,
    "text.color": INK,
    "text.parse_math": False,  # names come from files
    "axes.edgecolor": HAIR,
    "axes.linewidth": 0.6,
    "legend.fontsize": FONT_POINTS,
    "xtick.labelsize": FONT_POINTS,
    "ytick.labelsize": FONT_POINTS,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": HAIR,
    "ytick.color": HAIR,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "svg.fonttype": "path",
    "svg.hashsalt": "crampwatch",
}
NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
POINT = re.compile(r"([ML] -?\d+\.\d)\d*( -?\d+\.\d)\d*")
CAPTION_POINTS = 4
BEHIND = 0.6  # above the grid, below every line

_one_at_a_time = Lock()  # matplotlib's settings belong to the process


def picture(draw: Callable[[Figure], None], width_in: float, height_in: float) -> str:
    """Have `draw` fill a figure of this size; return it as a `data:` address of an SVG."""
    return address(svg_of(draw, width_in, height_in))


def svg_of(draw: Callable[[Figure], None], width_in: float, height_in: float) -> str:
    """Have `draw` fill a figure of this size; return it as the text of an SVG file."""
    text = StringIO()
    with _one_at_a_time, mpl.rc_context(STYLE):
        figure = Figure(figsize=(width_in, height_in))
        draw(figure)
        figure.savefig(text, format="svg", metadata=NO_METADATA)
    return POINT.sub(r"\1\2", text.getvalue())  # a tenth of a point is finer than what a reader sees


def panel(draw: Callable[[Axes], None], width_in: float, height_in: float) -> str:
    """Have `draw` fill the one panel of a figure of this size; return it as the text of an SVG file."""

    def fill(figure: Figure) -> None:
        figure.set_layout_engine("constrained")
        draw(figure.add_subplot())

    return svg_of(fill, width_in, height_in)


def address(svg: str) -> str:
    """Return an SVG as a `data:` address, which keeps its ids apart from those of the page."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode("ascii")


def caption(axes: Axes, text: str) -> None:
    """Name a panel above its upper left corner."""
    axes.annotate(text, (0, 1), (0, CAPTION_POINTS), "axes fraction", "offset points", color=MUTED, va="bottom")


def bars(axes: Axes, spans: NDArray[np.float64], low: float, high: float, colour: str, place: Transform) -> None:
    """Draw spans along x, shape (n, 2), as boxes from `low` to `high` of `place`, behind all else, as one shape."""
    if not len(spans):
        return
    left, right = spans.T
    bottom, top = np.full_like(left, low), np.full_like(left, high)
    corners = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
    vertices = np.stack([np.stack(corner, axis=1) for corner in corners], axis=1).reshape(-1, 2)
    codes = np.tile([Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY], len(left))
    shape = Path(vertices, codes)
    axes.add_patch(PathPatch(shape, facecolor=colour, linewidth=0, clip_on=False, transform=place, zorder=BEHIND))


def decades(axes: Axes, low: float, high: float) -> None:
    """Scale y by decades from `low` to `high`, with plain numbers."""
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.yaxis.set_major_locator(LogLocator(numticks=6))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(axis="y", which="minor", length=0)


def plain(name: str) -> str:
    """Return a name from a file without what a font cannot draw."""
    return "".join(sign if sign.isascii() and sign.isprintable() else "?" for sign in name)
