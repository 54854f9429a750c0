"""What a learned classifier learns from: nights whose episodes have a known label."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.evaluation import Span, TrueEvent
from models.features import Features
from models.labels import Label

SHARE_MIN = 0.1  # ours; of an episode that true events of one label must cover to explain it
CRAMP_SHARE_MIN = 0.5  # ours; of a true cramp that makes an episode the one in which it is counted
MINOR_LABELS = {"fasciculation": Label.RHYTHMIC}
"""Labels of activity that has none of its own; a cramp that does not meet the definition stays without."""


@dataclass(frozen=True, slots=True)
class Example:
    """One episode. `label` is None where it is unknown: it is not learned from, but counts if called a cramp."""

    span: Span
    features: Features
    label: Label | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledNight:
    """The episodes of one night in order of completion.

    `wearer` is the person by whom data are split. `cramps` are the true ones. `whole` is false for a sample that
    is no night and does not count where cramps are counted per night. `worth` is the number of usual nights that
    hold as much of what is taken for a cramp: above 1 where rare events were made frequent. `poorer` are the same
    episodes as a sensor with fewer channels would have described them: without acceleration, without a second
    muscle, or without both.
    """

    name: str
    wearer: str
    whole: bool
    cramps: tuple[Span, ...]
    examples: tuple[Example, ...]
    poorer: tuple[Example, ...]
    worth: float = 1.0


def label_of(span: Span, truth: Sequence[TrueEvent], unexplained: Label | None) -> Label | None:
    """Return the label whose true events cover most of an episode, or `cramp` where it holds half of one.

    A cramp with a long tail of standing and walking would otherwise be lost for the count. Lost time explains
    nothing. `unexplained` is the answer where no label covers a tenth of the episode.
    """
    cramps = [event.span for event in truth if event.label is Label.CRAMP]
    if any(span.overlap_s(cramp) >= CRAMP_SHARE_MIN * cramp.duration_s for cramp in cramps):
        return Label.CRAMP
    covered: dict[Label | None, float] = {}
    for event in truth:
        overlap_s = span.overlap_s(event.span)
        if overlap_s and (isinstance(event.label, Label) or event.label == "minor"):
            label = event.label if isinstance(event.label, Label) else MINOR_LABELS.get(event.kind or "")
            covered[label] = covered.get(label, 0.0) + overlap_s
    best = max(covered, key=lambda label: covered[label], default=unexplained)
    return best if covered.get(best, 0.0) >= SHARE_MIN * span.duration_s else unexplained
