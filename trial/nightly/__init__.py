"""From logged results to the nights of a study: whose leg, how long it was seen, how many cramps."""

from trial.nightly.legs import LegNight, NightState, leg_nights
from trial.nightly.participants import ParticipantNight, participant_nights
from trial.nightly.results import Cramp, Result, result_of

__all__ = [
    "Cramp",
    "LegNight",
    "NightState",
    "ParticipantNight",
    "Result",
    "leg_nights",
    "participant_nights",
    "result_of",
]
