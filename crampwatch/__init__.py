"""CrampWatch: counts nocturnal leg cramps from calf EMG and acceleration.

The public API, gathered from the folders; each name is imported when it is first used, so that the command
line starts quickly.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detection import DetectionSettings, Detector, Episode
    from models import Label, Profile, RuleClassifier, RuleSettings, ScoredEpisode
    from nights import Flag, NightRecord, NightScorer, Recording
    from recordings import open_recording, write_edf
    from signals import Channel, Gap, GapReason, SampleBlock, Source, Stream

_HOMES = {
    "detection": ("DetectionSettings", "Detector", "Episode"),
    "models": ("Label", "Profile", "RuleClassifier", "RuleSettings", "ScoredEpisode"),
    "nights": ("Flag", "NightRecord", "NightScorer", "Recording"),
    "recordings": ("open_recording", "write_edf"),
    "signals": ("Channel", "Gap", "GapReason", "SampleBlock", "Source", "Stream"),
}

__all__ = [
    "Channel",
    "DetectionSettings",
    "Detector",
    "Episode",
    "Flag",
    "Gap",
    "GapReason",
    "Label",
    "NightRecord",
    "NightScorer",
    "Profile",
    "Recording",
    "RuleClassifier",
    "RuleSettings",
    "SampleBlock",
    "ScoredEpisode",
    "Source",
    "Stream",
    "open_recording",
    "write_edf",
]


def __getattr__(name: str) -> object:
    """Import a public name from its folder."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"crampwatch has no {name!r}; it has {', '.join(__all__)}")
