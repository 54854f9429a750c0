"""A cramp and what its wearer does about it: wake, rub, stretch, stand up, walk, or nothing.

Nothing is published on how soon and how often which of them is done: all of it is assumption.
"""

import numpy as np

from simulation.accelerations import Posture, lying, upright
from simulation.happenings import Happening
from simulation.kinds import Kind
from simulation.profiles import Profile
from simulation.randomness import Span, between, chance, log_between, lognormal
from simulation.schedule import Group

HEADS = ("GM", "GL")
AFTER_END_S = 30.0  # a reaction begins at the latest so long after the end of the cramp
LAST_S: Span = (2.0, 60.0)  # a cramp that is stretched or stood upon lasts so much longer
RUB_S: Span = (5.0, 60.0)
STRETCH_S: Span = (3.0, 15.0)
STAND_S: Span = (5.0, 60.0)
WALK_S: Span = (8.0, 120.0)
RISE_S: Span = (1.5, 6.0)
STRENGTH: Span = (0.05, 0.5)


def cramp_with_reaction(rng: np.random.Generator, profile: Profile) -> Group:
    """Return a cramp, the fasciculations around it, and the reaction to it; times from its onset."""
    settings, body = profile.cramp, profile.body
    duration_s = lognormal(rng, settings.duration_median_s, settings.duration_sigma, settings.duration_s)
    felt = chance(rng, body.felt_chance)
    reaction = Group()
    if felt:
        begin_s = min(log_between(rng, body.reaction_delay_s), duration_s + between(rng, (1.0, AFTER_END_S)))
        reaction, helps = _reaction(rng, begin_s)
        if helps:
            shortest_s = settings.duration_s[0] * between(rng, (1.0, 1.5))
            duration_s = min(duration_s, max(shortest_s, begin_s + between(rng, LAST_S)))
    head = HEADS[chance(rng, body.other_head_chance)]
    cramp = Happening(Kind.CRAMP, 0.0, duration_s, 0, between(rng, settings.mvc_share), head=head, felt=felt)
    before_s, after_s = between(rng, settings.fasciculation_before_s), between(rng, settings.fasciculation_after_s)
    around = [
        Happening(Kind.FASCICULATION, -before_s, before_s, 0, head=head),
        Happening(Kind.FASCICULATION, duration_s, after_s, 0, 1.0, head=head),
    ]
    return Group([cramp, *around, *reaction.events], reaction.postures)


def _reaction(rng: np.random.Generator, begin_s: float) -> tuple[Group, bool]:
    """Return what the wearer does from `begin_s` on, and whether it ends the cramp."""
    choice = rng.random()
    if choice < 0.25:  # noqa: PLR2004 - a quarter lies still and waits
        return Group(), False
    if choice < 0.5:  # noqa: PLR2004 - a quarter rubs
        rub = _move(rng, Kind.RUBBING, begin_s, RUB_S)
        return Group([rub, *_motion(rng, rub, 0.5)]), False
    if choice < 0.75:  # noqa: PLR2004 - a quarter stretches in bed
        stretch = _move(rng, Kind.STRETCHING, begin_s, STRETCH_S)
        again = _move(rng, Kind.STRETCHING, stretch.end_s + between(rng, (1.0, 8.0)), STRETCH_S)
        return Group([stretch, again, *_motion(rng, stretch, 0.4)]), True
    return _stand_up(rng, begin_s), True


def _stand_up(rng: np.random.Generator, begin_s: float) -> Group:
    rise_s = between(rng, RISE_S)
    rising = Happening(Kind.TURNING, begin_s, rise_s, 0, between(rng, STRENGTH))
    stand = _move(rng, Kind.STANDING, rising.end_s, STAND_S)
    events = [*_motion(rng, rising, 0.5), rising, stand]
    if chance(rng, 0.6):
        events.append(_move(rng, Kind.WALKING, stand.end_s, WALK_S))
    down = Happening(Kind.TURNING, events[-1].end_s, between(rng, RISE_S), 0, between(rng, STRENGTH))
    postures = [
        Posture(begin_s, rise_s, upright(rng)),
        Posture(down.onset_s, down.duration_s, lying(rng, between(rng, (-np.pi, np.pi)))),
    ]
    return Group([*events, down], postures)


def _move(rng: np.random.Generator, kind: Kind, at_s: float, duration_s: Span) -> Happening:
    return Happening(kind, at_s, log_between(rng, duration_s), 0, log_between(rng, STRENGTH))


def _motion(rng: np.random.Generator, during: Happening, probability: float) -> list[Happening]:
    """Return the motion artefact that comes with a movement, if it does."""
    return [Happening(Kind.MOTION, during.onset_s, during.duration_s, 0)] * chance(rng, probability)
