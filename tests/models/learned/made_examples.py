"""Made-up nights of labelled episodes: cramps are long and sustained, everything else short and broken."""

from dataclasses import fields, replace

import numpy as np

from models import Features, Label
from models.evaluation import Span
from models.learned.examples import Example, LabelledNight

BASE = Features(**dict.fromkeys((field.name for field in fields(Features)), 1.0))  # pyright: ignore[reportArgumentType] - all numbers


def episode(at_s: float, label: Label | None, *, length_s: float, duty: float) -> Example:
    features = replace(BASE, duration_s=length_s, observed_s=length_s, rest_seen_s=300.0, duty=duty)
    return Example(Span(at_s, length_s), features, label)


def night(wearer: int, number: int = 0) -> LabelledNight:
    """Return a night of two cramps and ten other episodes, five of them as long as a cramp."""
    rng = np.random.default_rng([wearer, number])
    examples = [
        episode(1000.0 * i, Label.CRAMP, length_s=rng.uniform(20, 90), duty=rng.uniform(0.76, 1)) for i in (1, 2)
    ]
    for i in range(3, 13):
        label = Label.LEG_MOVEMENT if i % 2 else Label.VOLUNTARY
        length_s = rng.uniform(1, 9) if i % 2 else rng.uniform(16, 90)
        examples.append(episode(1000.0 * i, label, length_s=length_s, duty=rng.uniform(0.2, 0.8)))
    return LabelledNight(
        name=f"{wearer}-{number}",
        wearer=f"w{wearer}",
        whole=True,
        cramps=tuple(e.span for e in examples[:2]),
        examples=tuple(examples),
        poorer=(),
    )
