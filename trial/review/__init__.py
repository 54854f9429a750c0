"""Blinded review: people read episodes without knowing whose they are or what the program called them."""

from trial.review.adjudicated import Adjudicated, adjudicated
from trial.review.drawing import Drawn, draw_packets
from trial.review.errors import ReviewError
from trial.review.packets import StoredPacket, drawn_packets
from trial.review.readings import Given, correct_reading, enter_readings, open_to

__all__ = [
    "Adjudicated",
    "Drawn",
    "Given",
    "ReviewError",
    "StoredPacket",
    "adjudicated",
    "correct_reading",
    "draw_packets",
    "drawn_packets",
    "enter_readings",
    "open_to",
]
